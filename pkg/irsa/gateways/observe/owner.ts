import type { AccountOwner } from '../../domain/facts';
import type { Gateways } from '../index';
import type { KubeObject } from '../kubernetes/client';
import { listApps, readApp } from '../rancher/apps';

type App = Awaited<ReturnType<typeof listApps>>[number];

/** Who writes each account's annotations, in the order given; the Apps of a namespace are listed once. */
export async function ownersIn(gateways: Gateways, clusterId: string, accounts: KubeObject[], mayReadApps: boolean, signal?: AbortSignal): Promise<AccountOwner[]> {
  const apps = new Map<string, Promise<App[]>>();
  const appsIn = (namespace: string): Promise<App[]> => {
    const known = apps.get(namespace) ?? (mayReadApps ? listApps(gateways.transport, clusterId, namespace, signal) : Promise.resolve([]));

    apps.set(namespace, known);

    return known;
  };

  return Promise.all(accounts.map((account) => ownerOf(gateways, clusterId, account, appsIn, signal)));
}

async function ownerOf(gateways: Gateways, clusterId: string, { metadata }: KubeObject, appsIn: (namespace: string) => Promise<App[]>, signal?: AbortSignal): Promise<AccountOwner> {
  const controller = metadata.ownerReferences?.find((owner) => owner.controller) ?? metadata.ownerReferences?.[0];
  const release = metadata.annotations?.['meta.helm.sh/release-name'];
  const namespace = metadata.annotations?.['meta.helm.sh/release-namespace'] ?? metadata.namespace ?? '';

  if (controller) {
    // The release that brought the controller's object: its accounts are named after it (`rancher-logging-root-fluentd`).
    const app = (await appsIn(metadata.namespace ?? '')).filter(({ metadata: { name } }) => metadata.name.startsWith(`${ name }-`)).sort((a, b) => b.metadata.name.length - a.metadata.name.length)[0];

    return {
      kind: 'controller', apiVersion: controller.apiVersion, controllerKind: controller.kind, name: controller.name, app: app ? await readApp(gateways.transport, clusterId, app, signal) : undefined
    };
  }
  if (release && metadata.labels?.['app.kubernetes.io/managed-by'] === 'Helm') {
    const app = (await appsIn(namespace)).find(({ metadata: { name } }) => name === release);

    return app ? { kind: 'app', ...await readApp(gateways.transport, clusterId, app, signal) } : { kind: 'helm', release, namespace };
  }

  return { kind: 'nobody' };
}
