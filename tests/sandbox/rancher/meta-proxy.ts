import type { KubeCluster, KubeObject } from '../contracts.ts';
import type { Identity } from './auth/auth.ts';
import type { ManagedCluster } from './clusters.ts';
import { CREDENTIAL_NAMESPACE } from './norman/cloud-credentials.ts';
import { fieldsOf, listOf, stringOf, valueAt } from './values.ts';

function listAll(cluster: KubeCluster, group: string, resource: string): KubeObject[] {
  const type = cluster.store.findType(group, resource);

  return type ? cluster.store.list(type) : [];
}

/**
 * Hosts Rancher passes requests on to: ProxyEndpoints, the `whitelist-domain` setting, and what active drivers name
 * (rancher.md §2.8). Patterns as they are written; matching is the proxy's.
 */
export function allowedDomains(local: KubeCluster): string[] {
  const endpoints = listAll(local, 'management.cattle.io', 'proxyendpoints').flatMap((endpoint) => listOf(valueAt(endpoint, 'spec.routes')).map((route) => stringOf(fieldsOf(route).domain)));
  const setting = listAll(local, 'management.cattle.io', 'settings').find((one) => one.metadata.name === 'whitelist-domain');
  const drivers = ['nodedrivers', 'kontainerdrivers'].flatMap((resource) => listAll(local, 'management.cattle.io', resource))
    .filter((driver) => valueAt(driver, 'spec.active') === true)
    .flatMap((driver) => listOf(valueAt(driver, 'spec.whitelistDomains')).map(stringOf));
  const listed = (stringOf(setting?.value) || stringOf(setting?.default)).split(',').map((domain) => domain.trim());

  return [...new Set([...endpoints, ...listed, ...drivers])].filter((domain) => domain !== '');
}

/** The keys of a cloud credential. */
export interface CredentialKeys {
  accessKey: string;
  secretKey: string;
}

/**
 * The keys behind `credID=…`, if the asker may use them: who may read the credential, or may change a cluster that uses it.
 * Undefined makes Rancher send the request unsigned.
 */
export function credentialKeys(local: ManagedCluster, identity: Identity, credentialId: string): CredentialKeys | undefined {
  const name = credentialId.replace(`${ CREDENTIAL_NAMESPACE }:`, '');
  const secret = listAll(local.kube, '', 'secrets').find((one) => one.metadata.namespace === CREDENTIAL_NAMESPACE && one.metadata.name === name);

  if (!secret || !mayUse(local, identity, name)) {
    return undefined;
  }
  const read = (field: string): string => Buffer.from(stringOf(fieldsOf(secret.data)[`amazonec2credentialConfig-${ field }`]), 'base64').toString();

  return { accessKey: read('accessKey'), secretKey: read('secretKey') };
}

function mayUse(local: ManagedCluster, identity: Identity, name: string): boolean {
  const access = local.accessOf(identity.kube);
  const id = `${ CREDENTIAL_NAMESPACE }:${ name }`;

  if (access.grants('get', { group: '', resource: 'secrets' }, CREDENTIAL_NAMESPACE, name)) {
    return true;
  }
  const provisioned = listAll(local.kube, 'provisioning.cattle.io', 'clusters').some((cluster) => valueAt(cluster, 'spec.cloudCredentialSecretName') === id &&
    access.grants('update', { group: 'provisioning.cattle.io', resource: 'clusters' }, cluster.metadata.namespace, cluster.metadata.name));

  return provisioned || listAll(local.kube, 'management.cattle.io', 'clusters').some((cluster) => valueAt(cluster, 'spec.eksConfig.amazonCredentialSecret') === id &&
    access.grants('update', { group: 'management.cattle.io', resource: 'clusters' }, undefined, cluster.metadata.name));
}
