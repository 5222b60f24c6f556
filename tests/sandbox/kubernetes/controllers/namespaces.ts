import type { KubeObject } from '../../contracts.ts';
import { isReview } from '../registry.ts';
import { typed } from './context.ts';
import type { Context } from './context.ts';

/** What every namespace has from its first moment: its default account and the cluster's CA. */
export function furnish({ store }: Context, namespace: string): void {
  const there = store.peek(typed(store, '', 'namespaces'), undefined, namespace);
  const accounts = typed(store, '', 'serviceaccounts');
  const maps = typed(store, '', 'configmaps');

  if (!there || there.metadata.deletionTimestamp) {
    return;
  }
  if (!store.peek(accounts, namespace, 'default')) {
    store.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  }
  if (!store.peek(maps, namespace, 'kube-root-ca.crt')) {
    const annotations = { 'kubernetes.io/description': 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.' };

    store.create(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace, annotations }, data: { 'ca.crt': '-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n' } });
  }
}

/** Empties a namespace that is to go, and lets it go when it is empty. */
export function clear({ store }: Context, namespace: string): void {
  const type = typed(store, '', 'namespaces');

  if (!store.peek(type, undefined, namespace)?.metadata.deletionTimestamp) {
    return;
  }
  const left = (): [(typeof store.types)[number], KubeObject][] => store.types.filter((one) => one.namespaced && !isReview(one))
    .flatMap((one) => [...store.scan(one, namespace)].map((object): [typeof one, KubeObject] => [one, object]));

  left().filter(([, object]) => !object.metadata.deletionTimestamp).forEach(([one, object]) => {
    // What an owner took along is gone already.
    if (store.peek(one, namespace, object.metadata.name)) {
      store.delete(one, namespace, object.metadata.name);
    }
  });
  if (left().length === 0) {
    store.finalize(type, undefined, namespace);
  }
}
