import type { KubeCluster, KubeObject } from '../../contracts.ts';
import { typeFor } from '../../catalog/helm.ts';
import { fieldsOf, isFields, listOf, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';

/**
 * What of a release is not in the cluster as Helm put it there, in Fleet's words; empty: nothing. Fleet compares what the release says with
 * what is there: what others added beside that is no difference, and neither is what `diff.comparePatches` leaves out (rancher/fleet
 * internal/cmd/agent/deployer/desiredset/diff.go, monitor/updatestatus.go).
 */
export function modifiedIn(cluster: KubeCluster, manifest: KubeObject[], diff: Fields): string[] {
  return manifest.flatMap((wanted) => {
    const type = typeFor(cluster, wanted);
    const { name, namespace } = wanted.metadata;
    const live = type && cluster.store.get(type, namespace, name);
    const what = `${ wanted.kind.toLowerCase() }.${ wanted.apiVersion } ${ namespace ? `${ namespace }/` : '' }${ name }`;

    if (!live) {
      return [`${ what } missing`];
    }
    const names = (value: unknown, own: string | undefined): boolean => !stringOf(value) || value === own;
    const pointers = listOf(diff.comparePatches).map(fieldsOf)
      .filter((one) => one.kind === wanted.kind && one.apiVersion === wanted.apiVersion && names(one.name, name) && names(one.namespace, namespace))
      .flatMap((one) => listOf(one.jsonPointers).map(String));
    const [told, found] = [wanted, live].map((object) => pointers.reduce(without, structuredClone(object) as unknown as Fields));

    return holds(found, told) ? [] : [`${ what } modified`];
  });
}

/** All that is wanted is there; what the API server adds by default, in lists too, is no difference. */
function holds(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(live) && live.length === wanted.length && wanted.every((one, index) => holds(live[index], one));
  }

  return isFields(wanted) ? isFields(live) && Object.entries(wanted).every(([key, value]) => holds(live[key], value)) : live === wanted;
}

function without(object: Fields, pointer: string): Fields {
  const keys = pointer.split('/').slice(1);
  const last = keys.pop() ?? '';
  const inside = keys.reduce<unknown>((value, key) => typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined, object);

  if (typeof inside === 'object' && inside !== null) {
    delete (inside as Fields)[last];
  }

  return object;
}
