import type { KubeObject } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { refusedBecause } from '../errors.ts';
import { randomSuffix } from '../store/metadata.ts';
import type { MemoryStore } from '../store.ts';

/** Where programs in a pod look for their account's token. */
export const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Plugin ServiceAccount: the account must be there, and its token is mounted unless somebody said no. */
export function bindServiceAccount(store: MemoryStore, pod: KubeObject): KubeObject {
  const spec = fieldsOf(pod.spec);
  const name = textOf(spec.serviceAccountName) || 'default';
  const namespace = pod.metadata.namespace ?? '';
  const accounts = store.findType('', 'serviceaccounts');
  const account = accounts && store.peek(accounts, namespace, name);

  if (!account) {
    // admission/errors.go: a pod whose name is generated is refused by the name's beginning.
    throw refusedBecause({ group: '', resource: 'pods' }, pod.metadata.generateName ?? pod.metadata.name, `error looking up service account ${ namespace }/${ name }: serviceaccount "${ name }" not found`);
  }
  const bound: Fields = { ...spec, serviceAccountName: name, serviceAccount: name };

  if (bound.imagePullSecrets === undefined && fieldsIn(account.imagePullSecrets).length) {
    bound.imagePullSecrets = account.imagePullSecrets;
  }
  const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;

  return { ...pod, spec: mounts ? withToken(bound) : bound };
}

function withToken(spec: Fields): Fields {
  const volume = `kube-api-access-${ randomSuffix() }`;
  const mounted = (container: Fields): boolean => fieldsIn(container.volumeMounts).some((mount) => mount.mountPath === MOUNT_PATH);
  const withMount = (container: Fields): Fields => ({ ...container, volumeMounts: [...fieldsIn(container.volumeMounts), { name: volume, readOnly: true, mountPath: MOUNT_PATH }] });
  const mount = (list: unknown): Fields[] => fieldsIn(list).map((container) => (mounted(container) ? container : withMount(container)));
  const all = [...fieldsIn(spec.containers), ...fieldsIn(spec.initContainers)];

  if (all.every(mounted)) {
    return spec;
  }

  return {
    ...spec, containers: mount(spec.containers), ...spec.initContainers === undefined ? {} : { initContainers: mount(spec.initContainers) },
    volumes: [...fieldsIn(spec.volumes), {
      name:      volume,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } }
        ],
        defaultMode: 420
      }
    }]
  };
}

/** The account a pod runs as. */
export function accountOf(pod: KubeObject): string {
  return textOf(at(pod, 'spec', 'serviceAccountName')) || 'default';
}
