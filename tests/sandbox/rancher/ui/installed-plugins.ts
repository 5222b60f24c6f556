import type { HttpAnswer, KubeCluster, KubeObject, ResourceType } from '../../contracts.ts';
import { fieldsOf, stringOf } from '../values.ts';
import { typeOfFile } from './static-files.ts';

/** An extension that was installed through the catalog: its chart made a UIPlugin, which says where its files are. */
export interface InstalledPlugin {
  name: string;
  version: string;
  /** Holds `files.txt` and what is listed there. */
  endpoint: string;
  annotations: Record<string, string>;
}

function uiPlugins(local: KubeCluster): ResourceType {
  const type = local.store.findType('catalog.cattle.io', 'uiplugins');

  if (!type) {
    throw new Error('no uiplugins');
  }

  return type;
}

function read(resource: KubeObject): InstalledPlugin {
  const plugin = fieldsOf(fieldsOf(resource.spec).plugin);

  return { name: stringOf(plugin.name), version: stringOf(plugin.version), endpoint: stringOf(plugin.endpoint).replace(/\/$/, ''), annotations: fieldsOf(plugin.metadata) as Record<string, string> };
}

export function hasPlugin(local: KubeCluster, name: string): boolean {
  return local.store.list(uiPlugins(local)).some(({ metadata }) => metadata.name === name);
}

/** Those whose files Rancher has fetched. */
export function cachedPlugins(local: KubeCluster): InstalledPlugin[] {
  return local.store.list(uiPlugins(local)).filter(({ status }) => fieldsOf(status).cacheState === 'cached').map(read);
}

/** A file of an extension, from where its chart says it is. Only what is listed there is handed out, as Rancher fetches nothing else. */
export async function pluginFile({ endpoint }: InstalledPlugin, path: string): Promise<HttpAnswer | undefined> {
  const listed = await (await fetch(`${ endpoint }/files.txt`)).text();

  if (!listed.split('\n').includes(`plugin/${ path }`)) {
    return undefined;
  }
  const answer = await fetch(`${ endpoint }/plugin/${ path }`);

  return answer.ok ? { status: 200, headers: { 'content-type': typeOfFile(path), 'cache-control': 'no-cache' }, body: Buffer.from(await answer.arrayBuffer()) } : undefined;
}

/** Fetches an extension when its UIPlugin appears (rancher pkg/controllers/dashboard/plugin), and says how that went. */
export function runPluginController(local: KubeCluster): () => void {
  const type = uiPlugins(local);

  return local.store.watch((event) => {
    if (event.resourceType === type && event.type !== 'DELETED' && fieldsOf(event.object.status).cacheState === undefined) {
      void look(local, type, event.object);
    }
  });
}

async function look(local: KubeCluster, type: ResourceType, resource: KubeObject): Promise<void> {
  const found = await fetch(`${ read(resource).endpoint }/files.txt`).then(({ ok }) => ok, () => false);
  const now = local.store.get(type, resource.metadata.namespace, resource.metadata.name);

  if (now) {
    local.store.update(type, { ...now, status: { cacheState: found ? 'cached' : 'pending', ready: found, observedGeneration: now.metadata.generation ?? 1 } }, 'status');
  }
}
