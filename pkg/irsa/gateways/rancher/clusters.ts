import type { ClusterRef, Distribution } from '../../domain/facts';

/** A map: a provider named `constructor` is none of an object's own. */
const DISTRIBUTIONS = new Map<unknown, Distribution>([['eks', 'eks'], ['rke2', 'rke2'], ['rke2.windows', 'rke2'], ['k3s', 'k3s']]);

/**
 * What Rancher's own lists say of its clusters. Takes plain objects or the dashboard's live models.
 * @param management    management.cattle.io.cluster
 * @param provisioning  provisioning.cattle.io.cluster; one without its counterpart is not there yet and left out
 */
export function toClusterRefs(management: unknown[], provisioning: unknown[]): ClusterRef[] {
  const counterparts = new Map(provisioning.map((cluster) => [textAt(cluster, 'status', 'clusterName'), cluster]));

  return management.flatMap((cluster) => {
    const id = textAt(cluster, 'id') ?? textAt(cluster, 'metadata', 'name');

    return id ? [toClusterRef(id, cluster, counterparts.get(id))] : [];
  });
}

function toClusterRef(id: string, cluster: unknown, counterpart: unknown): ClusterRef {
  const name = textAt(counterpart, 'metadata', 'name');
  const eks = at(cluster, 'spec', 'eksConfig');
  const registry = registryOf(cluster, counterpart);
  const distribution = DISTRIBUTIONS.get(at(cluster, 'status', 'provider'));

  return {
    id,
    name:           textAt(cluster, 'spec', 'displayName') ?? name ?? id,
    provisioningId: name ? `${ textAt(counterpart, 'metadata', 'namespace') ?? '' }/${ name }` : undefined,
    distribution:   distribution ?? (eks ? 'eks' : 'other'),
    origin:         id === 'local' ? 'local' : at(counterpart, 'spec', 'rkeConfig') || (eks && !at(eks, 'imported')) ? 'rancher' : 'imported',
    version:        textAt(cluster, 'status', 'version', 'gitVersion'),
    region:         textAt(eks, 'region'),
    credentialId:   textAt(counterpart, 'spec', 'cloudCredentialSecretName') ?? textAt(eks, 'amazonCredentialSecret'),
    editable:       [cluster, counterpart].some((one) => (textAt(one, 'links', 'update') ?? 'blocked') !== 'blocked'),
    connected:      isTrue(cluster, 'Connected') ?? isTrue(cluster, 'Ready') ?? false,
    ...(registry ? { registry } : {}),
  };
}

/** As Rancher's form for charts finds it (shell pages/c/_cluster/apps/charts/install.vue, getClusterRegistry). */
function registryOf(cluster: unknown, counterpart: unknown): string | undefined {
  const selectors = at(counterpart, 'spec', 'rkeConfig', 'machineSelectorConfig');
  const ofAll = Array.isArray(selectors) ? selectors.find((one: unknown) => !at(one, 'machineLabelSelector')) as unknown : undefined;

  return at(counterpart, 'spec', 'rkeConfig') ? textAt(ofAll, 'config', 'system-default-registry') : textAt(cluster, 'spec', 'importedConfig', 'privateRegistryURL');
}

function isTrue(cluster: unknown, type: string): boolean | undefined {
  const conditions = at(cluster, 'status', 'conditions');
  const found = Array.isArray(conditions) ? conditions.find((condition: unknown) => at(condition, 'type') === type) as unknown : undefined;

  return found === undefined ? undefined : at(found, 'status') === 'True';
}

/** What stands at a path, if the path is there: parts of these records are what a downstream cluster says of itself. */
function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inside, key) => typeof inside === 'object' && inside !== null ? (inside as Record<string, unknown>)[key] : undefined, value);
}

/** The same, where a text is expected; anything else, the empty text too, is nothing. */
function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);

  return typeof found === 'string' && found !== '' ? found : undefined;
}
