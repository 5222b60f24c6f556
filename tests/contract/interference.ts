import type { Plan, Step } from '../../pkg/irsa/plans/plan';
import type { KubeObject } from '../sandbox/contracts.ts';
import { removeApp } from '../sandbox/catalog/apps.ts';
import { findRelease, uninstall } from '../sandbox/catalog/helm.ts';
import { repositoryUrl } from '../sandbox/catalog/repositories.ts';
import { install } from '../sandbox/scenario/populate.ts';
import { putNamespace } from '../sandbox/scenario/put.ts';
import type { World } from '../sandbox/scenario/world.ts';
import { done, still } from './interference-act';
import { atAws } from './interference-aws';

/** Something that somebody else does to what a step is about, just before it. */
export interface Interference {
  /** Of the row, for people. */
  name: string;
  /** Does it. Gives a question for later: whether their work is still there, whole. */
  act(): () => boolean;
  /** How the run has to end: it goes on beside their work, notices it and stops, or is refused by who holds it. */
  ends: 'done' | 'changed' | 'failed';
  /** A plan that is made anew is about what they made, and a person reads it before it runs: it may take that away. */
  asksAnew?: true;
}

/**
 * What can come in the way of a step like that; a reason where nothing can. A kind of step that nobody thought about throws, so a new
 * one brings its own rows.
 */
export function interferences(step: Step, { steps }: Plan, world: World): Interference[] | string {
  const { call, helm } = step;

  if ('wait' in call || 'verify' in call) {
    return 'only looks';
  }
  if ('aws' in call) {
    return atAws(step, call.aws, steps, world);
  }
  if (helm) {
    return atRelease(step, world);
  }
  const request = 'kubernetes' in call ? call.kubernetes : { ...call.rancher, clusterId: /^\/k8s\/clusters\/([^/]+)/.exec(call.rancher.path)?.[1] ?? 'local', path: call.rancher.path.replace(/^\/k8s\/clusters\/[^/]+/, '') };

  return atObject(step, request, world);
}

/** `/api/v1/…`, `/apis/GROUP/…` and Steve's `/v1/GROUP.RESOURCE`. */
function placeOf(path: string): { group: string; namespace?: string; resource: string; name?: string } {
  const steve = /^\/v1\/(.+)\.([^.]+)$/.exec(path);

  if (steve) {
    return { group: steve[1]!, resource: steve[2]! };
  }
  const [, group = '', namespace, resource = '', name] = /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];

  return { group, namespace, resource, name };
}

type Fields = Record<string, unknown>;

function atObject(step: Step, { clusterId, verb, path, body }: { clusterId: string; verb: string; path: string; body?: unknown }, world: World): Interference[] {
  const { group, namespace, resource, name } = placeOf(path);
  const { store } = world.kube(clusterId);
  const type = store.findType(group, resource)!;
  const object = (): KubeObject | undefined => name ? store.get(type, namespace, name) : undefined;
  const patch = (change: Fields, kind = 'merge') => store.patch(type, namespace, name!, `application/${ kind }-patch+json`, change as never);
  const again = (change: Fields) => {
    const { metadata: { uid: _uid, resourceVersion: _version, ...metadata }, ...rest } = object()!;

    store.delete(type, namespace, name!);
    store.create(type, { ...rest, metadata, ...change } as KubeObject);
  };

  if (verb === 'POST') {
    const given = body as KubeObject;

    return [{
      name: 'makes one of this name',
      ends: 'changed',
      act() {
        const made: KubeObject = store.create(type, { apiVersion: `${ type.group ? `${ type.group }/` : '' }${ type.version }`, kind: type.kind, metadata: { name: given.metadata.name, ...(namespace ? { namespace } : {}), labels: { theirs: 'yes' } }, ...theirSpec(resource) } as KubeObject);

        return () => store.get(type, namespace, given.metadata.name)?.metadata.uid === made.metadata.uid && store.get(type, namespace, given.metadata.name)?.metadata.labels?.theirs === 'yes' && JSON.stringify(store.get(type, namespace, given.metadata.name)?.spec) === JSON.stringify(made.spec);
      },
    }];
  }
  if (resource === 'secrets') {
    return [
      { name: 'writes something into it', ends: 'changed', asksAnew: true, act: still(() => patch({ data: { password: 'dGhlaXJz' } }), () => object()?.data) },
      { name: 'makes it anew', ends: 'changed', asksAnew: true, act: still(() => again({ data: { theirs: 'eWVz' } }), () => object()?.metadata.uid) },
    ];
  }
  if (resource === 'helmops') {
    const targets = () => (object()?.spec as { targets?: { clusterName?: string }[] } | undefined)?.targets ?? [];

    return [{ name: 'tells another cluster', ends: 'changed', act: done(() => patch({ spec: { targets: [...targets(), { name: 'theirs', clusterName: 'theirs', helm: { values: {} } }] } }), () => targets().some(({ clusterName }) => clusterName === 'theirs')) }];
  }
  const labelled: Interference = {
    name: 'labels it',
    ends: JSON.stringify(body).includes('"resourceVersion"') ? 'changed' : 'done',
    ...(verb === 'DELETE' ? { asksAnew: true as const } : {}),
    act:  done(() => patch({ metadata: { labels: { theirs: 'yes' } } }), () => object()?.metadata.labels?.theirs === 'yes'),
  };

  switch (resource) {
  case 'clusters': {
    const list = () => (object()!.spec as { rkeConfig: { machineGlobalConfig: Record<string, string[] | undefined> } }).rkeConfig.machineGlobalConfig['kube-apiserver-arg'] ?? [];

    return [labelled, { name: 'gives servers another argument', ends: 'changed', act: done(() => patch({ spec: { rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': [...list(), 'audit-log-maxbackup=7'] } } } }), () => list().includes('audit-log-maxbackup=7')) }];
  }
  case 'deployments': case 'statefulsets': case 'daemonsets': case 'cronjobs': return [labelled, ...atTemplate(step, object, patch)];
  case 'clusteroutputs': case 'outputs': case 'backups': return [labelled, ...atField(step, object, patch)];
  case 'serviceaccounts': return [labelled, { ...labelled, name: 'annotates it', act: done(() => patch({ metadata: { annotations: { theirs: 'yes' } } }), () => object()?.metadata.annotations?.theirs === 'yes') }];
  case 'proxyendpoints': return [labelled, { name: 'lets it forward to another host', ends: 'changed', act: done(() => patch({ spec: { routes: [{ domain: 'sts.%.amazonaws.com' }, { domain: 'api.their.example' }] } }), () => JSON.stringify(object()?.spec ?? {}).includes('their.example')) }];
  case 'settings': return [labelled, { name: 'allows another host', ends: 'changed', act: done(() => patch({ value: `${ String((object() as { value?: string }).value ?? '') },api.their.example` }), () => String((object() as { value?: string }).value).includes('api.their.example')) }];
  case 'clusterrepos': return [labelled];
  default: throw new Error(`nobody thought about who else writes ${ resource } (${ step.id })`);
  }
}

/** What an object of theirs says, so that nobody takes it for ours. */
function theirSpec(resource: string): Fields {
  switch (resource) {
  case 'serviceaccounts': return {};
  case 'proxyendpoints': return { spec: { routes: [{ domain: 'api.their.example' }] } };
  case 'clusterrepos': return { spec: { url: 'https://charts.their.example' } };
  case 'helmops': return { spec: { helm: { repo: 'https://charts.their.example', chart: 'theirs' }, targets: [{ name: 'theirs', clusterName: 'theirs' }] } };
  case 'clusteroutputs': case 'outputs': return { spec: { nullout: {} } };
  default: throw new Error(`nobody thought about what else a ${ resource } may say`);
  }
}

interface Container { name: string; env?: { name: string; valueFrom?: unknown }[]; envFrom?: unknown[] }

/** A workload that others change while we do. */
function atTemplate({ expects }: Step, object: () => KubeObject | undefined, patch: (change: Fields, kind?: string) => unknown): Interference[] {
  const path = object()?.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const at = () => path.reduce<Fields>((inside, key) => inside[key] as Fields, object() as unknown as Fields) as { metadata?: { annotations?: Fields }; spec: { containers: Container[] } };
  const inTemplate = (change: Fields, kind = 'strategic-merge') => patch(path.reduceRight<Fields>((inner, key) => ({ [key]: inner }), change), kind);
  const container = () => at().spec.containers[0]!;
  const of = (change: Partial<Container>) => inTemplate({ spec: { containers: [{ name: container().name, ...change }] } });
  const is = (expects && 'kubernetesObject' in expects ? expects.kubernetesObject.is : {}) as { containers?: Container[] };
  const [expected] = is.containers ?? [];
  const [variable] = expected?.env ?? [];

  return [
    { name: 'annotates its pods', ends: 'done', act: done(() => inTemplate({ metadata: { annotations: { theirs: 'yes' } } }), () => at().metadata?.annotations?.theirs === 'yes') },
    { name: 'gives it a variable', ends: 'done', act: done(() => of({ env: [{ name: 'THEIRS', value: 'yes' } as never] }), () => JSON.stringify(container().env ?? []).includes('THEIRS')) },
    ...(variable ? [{ name: 'gives its variable another key', ends: 'changed' as const, asksAnew: true as const, act: done(() => of({ env: [{ name: variable.name, valueFrom: { secretKeyRef: { name: 'theirs', key: 'id' } } }] }), () => JSON.stringify(container().env).includes('theirs')) }] : []),
    ...(expected?.envFrom ? [{ name: 'gives it more variables', ends: 'changed' as const, act: done(() => of({ envFrom: [...container().envFrom ?? [], { secretRef: { name: 'theirs' } }] }), () => JSON.stringify(container().envFrom).includes('theirs')) }] : []),
  ];
}

/** A custom resource of which one field says which key it signs with. */
function atField({ expects }: Step, object: () => KubeObject | undefined, patch: (change: Fields) => unknown): Interference[] {
  const { field, is } = (expects as { kubernetesObject: { field: string[]; is: unknown } }).kubernetesObject;
  const read = (path: string[]) => path.reduce<unknown>((inside, key) => (inside as Fields | undefined)?.[key], object());
  const write = (path: string[], value: unknown) => patch(path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Fields);
  const beside = [...field.slice(0, -1), 'path'];
  const other = typeof is === 'string' ? 'theirs' : { valueFrom: { secretKeyRef: { name: 'theirs', key: 'id' } } };

  return [
    { name: 'changes another field', ends: 'done', act: done(() => write(beside, 'theirs/'), () => read(beside) === 'theirs/') },
    { name: 'gives it another key', ends: 'changed', asksAnew: true, act: done(() => write(field, other), () => JSON.stringify(read(field)).includes('theirs')) },
  ];
}

/** A release of Helm's. */
function atRelease({ helm, until }: Step, world: World): Interference[] {
  const { clusterId, app } = (until as { helmOperation: { clusterId: string; app: { namespace: string; name: string } } }).helmOperation;
  const kube = world.kube(clusterId);
  const release = () => findRelease(kube, app.namespace, app.name);
  const admin = { name: 'system:admin', groups: ['system:masters'] };
  const { chart, repo, isNew, removes } = helm!;

  if (removes) {
    return [{
      name: 'uninstalls it',
      ends: 'done',
      act() {
        uninstall(kube, admin, app.namespace, app.name, false);
        removeApp(kube, app.namespace, app.name);

        return () => release() === undefined;
      },
    }];
  }

  return [{
    name: isNew ? 'installs it' : 'upgrades it',
    ends: 'changed',
    act() {
      const url = repositoryUrl(kube.store.get(kube.store.findType('catalog.cattle.io', 'clusterrepos')!, undefined, repo)!);

      if (isNew) {
        putNamespace(kube, app.namespace);
      }
      install(kube, world.sources, { chart, release: app.name, namespace: app.namespace, values: { ...release()?.config, theirs: 'yes' } }, { name: repo, url });

      return () => release()?.config.theirs === 'yes';
    },
  }];
}
