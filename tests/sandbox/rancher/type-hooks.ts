import type { KubeObject } from '../contracts.ts';
import { json } from './answers.ts';
import type { ManagedCluster } from './clusters.ts';
import { steveHeaders } from './steve/errors.ts';
import type { ObjectCall, TypeHooks } from './steve/hooks.ts';
import type { Decoration } from './steve/resource.ts';
import { steveUrl } from './steve/schemas.ts';
import { stateOf } from './steve/state.ts';
import { objectId } from './steve/type-ids.ts';
import { fieldsOf, stringOf, valueAt } from './values.ts';
import type { Fields } from './values.ts';

/** `local` and hosted clusters begin as a management cluster, the others as a provisioning cluster. */
function isAdopted(provisioning: KubeObject): boolean {
  return valueAt(provisioning, 'status.clusterName') === provisioning.metadata.name;
}

/** The provisioning cluster of a management cluster; remembered until something changes, for lists ask for each row. */
class ProvisioningIndex {
  private revision = '';
  private readonly byId = new Map<string, KubeObject>();

  find(cluster: ManagedCluster, id: string): KubeObject | undefined {
    const { store } = cluster.kube;
    const type = store.findType('provisioning.cattle.io', 'clusters');

    if (type && this.revision !== store.revision()) {
      this.byId.clear();
      store.list(type).forEach((one) => this.byId.set(stringOf(valueAt(one, 'status.clusterName')), one));
      this.revision = store.revision();
    }

    return this.byId.get(id);
  }
}

function provisioningOf(found: KubeObject | undefined): Fields[] {
  if (!found) {
    return [];
  }
  const way = isAdopted(found) ? 'to' : 'from';

  return [{ [`${ way }Id`]: objectId(found.metadata), [`${ way }Type`]: 'provisioning.cattle.io.cluster', rel: 'applies', state: 'active', message: 'Resource is current' }];
}

/** Workloads tell which pods they select, and how those are. */
function workload({ cluster, object }: Omit<ObjectCall, 'request'>): Decoration | undefined {
  const labels = fieldsOf(valueAt(object, 'spec.selector.matchLabels'));
  const selector = Object.entries(labels).map(([key, value]) => `${ key }=${ String(value) }`).sort().join(',');
  const pods = cluster.kube.store.findType('', 'pods');

  if (!selector || !pods) {
    return undefined;
  }
  const data = cluster.kube.store.list(pods, { namespace: object.metadata.namespace, labelSelector: selector }).map((pod) => {
    const { error, name, transitioning } = stateOf(pods, pod);

    return { childName: objectId(pod.metadata), state: { name, error: String(error), message: '', transitioning: String(transitioning) } };
  });

  return {
    relationships: [{ toType: 'pod', toNamespace: object.metadata.namespace, rel: 'selects', selector }],
    metadata:      { associatedData: [{ gvk: { group: '', kind: 'Pod', version: 'v1' }, data }] }
  };
}

/** What Rancher itself adds to its types in Steve. */
export function rancherHooks(): [string, TypeHooks][] {
  const index = new ProvisioningIndex();

  return [
    ['management.cattle.io.cluster', {
      decorate: ({ access, base, cluster, object, type }) => {
        const { name } = object.metadata;
        const self = steveUrl(base, 'management.cattle.io.clusters', name);
        const v3 = `${ base.origin }/v3/clusters/${ name }`;
        const owner = access.grants('update', type, undefined, name);

        return {
          links: {
            log: `${ self }?link=log`, projects: `${ self }?link=projects`, schemas: `${ self }?link=schemas`, subscribe: `${ self }?link=subscribe`,
            ...owner ? { shell: `${ v3.replace(/^http/, 'ws') }?shell=true` } : {}
          },
          relationships: provisioningOf(index.find(cluster, name)),
          actions:       { ...owner ? { apply: `${ self }?action=apply`, importYaml: `${ v3 }?action=importYaml` } : {}, generateKubeconfig: `${ v3 }?action=generateKubeconfig` }
        };
      }
    }],
    ['provisioning.cattle.io.cluster', {
      decorate: ({ object }) => {
        const id = stringOf(valueAt(object, 'status.clusterName'));

        const way = isAdopted(object) ? 'from' : 'to';

        return id ? { relationships: [{ [`${ way }Id`]: id, [`${ way }Type`]: 'management.cattle.io.cluster', rel: 'applies', state: 'active', message: 'Resource is Ready' }] } : undefined;
      }
    }],
    ...['apps.daemonset', 'apps.deployment', 'apps.replicaset', 'apps.statefulset', 'batch.job'].map((id): [string, TypeHooks] => [id, { decorate: workload }]),
    ['ext.cattle.io.selfuser', {
      create: ({ base, user }) => json(201, {
        type:       'ext.cattle.io.selfuser',
        links:      { view: `${ base.origin }/apis/ext.cattle.io/v1/selfusers` },
        apiVersion: 'ext.cattle.io/v1',
        kind:       'SelfUser',
        metadata:   { generateName: 'su-', relationships: null, state: { error: false, message: 'Resource is current', name: 'active', transitioning: false } },
        status:     { userID: user.name }
      }, steveHeaders(base))
    }],
  ];
}
