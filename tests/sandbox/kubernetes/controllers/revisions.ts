import type { KubeObject } from '../../contracts.ts';
import { at, numberOf } from '../copy.ts';
import { ownedBy, ownerReference, typed } from './context.ts';
import type { Context } from './context.ts';
import { isSameTemplate, templateHash } from './templates.ts';

/** The label that says which revision a StatefulSet's or DaemonSet's pod is of. */
export const REVISION_LABEL = 'controller-revision-hash';

/** The ControllerRevision of the owner's template, made when it is new; the newest number is the current one. */
export function currentRevision(context: Context, owner: KubeObject): KubeObject {
  const { store } = context;
  const type = typed(store, 'apps', 'controllerrevisions');
  const all = ownedBy(store, type, owner);
  const template = at(owner, 'spec', 'template');
  const known = all.find((revision) => isSameTemplate(at(revision, 'data', 'spec', 'template'), template));
  const newest = Math.max(0, ...all.map((revision) => numberOf(revision.revision, 0)));

  if (known) {
    return known.revision === newest ? known : store.update(type, { ...known, revision: newest + 1 });
  }
  let hash = templateHash(template);

  for (let salt = 1; store.peek(type, owner.metadata.namespace, `${ owner.metadata.name }-${ hash }`); salt++) {
    hash = templateHash(template, String(salt));
  }
  const labels = { ...at(template, 'metadata', 'labels') as Record<string, string> | undefined, 'controller.kubernetes.io/hash': hash };

  return store.create(type, {
    apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: `${ owner.metadata.name }-${ hash }`, namespace: owner.metadata.namespace, labels, ownerReferences: [ownerReference(owner)] },
    data:       { spec: { template } }, revision: newest + 1
  });
}
