import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, isSame, listOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { forbiddenValue, invalidValue, requiredValue } from '../errors.ts';
import type { Cause } from '../errors.ts';

/** What an update may not change, by kind: the path, and how Kubernetes refuses it. */
const FIXED: Record<string, string[][]> = {
  '/Secret':          [['type']],
  'apps/Deployment':  [['spec', 'selector']],
  'apps/ReplicaSet':  [['spec', 'selector']],
  'apps/DaemonSet':   [['spec', 'selector']],
  'batch/Job':        [['spec', 'selector'], ['spec', 'template'], ['spec', 'completions']],
};

/** The Validate…Update functions of Kubernetes, as far as our objects go. */
export function immutableFaults(type: ResourceType, object: KubeObject, before: KubeObject): Cause[] {
  const kind = `${ type.group }/${ type.kind }`;
  const fixed = (FIXED[kind] ?? []).filter((path) => !isSame(at(object, ...path), at(before, ...path))).map((path) => invalidValue(path.join('.'), at(object, ...path) ?? null, 'field is immutable'));

  return [...fixed, ...finalizerFaults(object, before), ...BY_KIND[kind]?.(object, before) ?? []];
}

/** apimachinery: what is being deleted takes no new finalizer. */
function finalizerFaults(object: KubeObject, before: KubeObject): Cause[] {
  const added = before.metadata.deletionTimestamp ? (object.metadata.finalizers ?? []).filter((one) => !before.metadata.finalizers?.includes(one)) : [];

  return added.length ? [forbiddenValue('metadata.finalizers', `no new finalizers can be added if the object is being deleted, found new finalizers []string{${ added.map((one) => JSON.stringify(one)).join(', ') }}`)] : [];
}

const BY_KIND: Record<string, (object: KubeObject, before: KubeObject) => Cause[]> = {
  '/Pod':             podFaults,
  '/ConfigMap':       contentFaults,
  '/Secret':          contentFaults,
  'apps/StatefulSet': (object, before) => {
    const free = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];
    const rest = (spec: Fields): Fields => Object.fromEntries(Object.entries(spec).filter(([field]) => !free.includes(field)));

    return isSame(rest(fieldsOf(object.spec)), rest(fieldsOf(before.spec))) ? [] : [forbiddenValue('spec', `updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`)];
  },
  'rbac.authorization.k8s.io/RoleBinding':        roleFaults,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleFaults,
};

function roleFaults(object: KubeObject, before: KubeObject): Cause[] {
  return isSame(object.roleRef, before.roleRef) ? [] : [invalidValue('roleRef', object.roleRef ?? null, 'cannot change roleRef')];
}

function contentFaults(object: KubeObject, before: KubeObject): Cause[] {
  if (before.immutable !== true) {
    return [];
  }

  return ['data', 'binaryData'].filter((field) => !isSame(object[field], before[field])).map((field) => forbiddenValue(field, 'field is immutable when `immutable` is set'));
}

/** ValidatePodUpdate: of a pod's spec only images, deadlines and new tolerations may change. */
function podFaults(object: KubeObject, before: KubeObject): Cause[] {
  const frozen = (pod: KubeObject): Fields => {
    const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, terminationGracePeriodSeconds: _grace, ephemeralContainers: _ephemeral, nodeName: _node, ...spec } = fieldsOf(pod.spec);
    const noImage = (list: unknown): Fields[] => fieldsIn(list).map(({ image: _image, ...container }) => container);

    return { ...spec, containers: noImage(spec.containers), initContainers: noImage(spec.initContainers) };
  };

  if (listOf(at(object, 'spec', 'containers')).length === 0) {
    return [requiredValue('spec.containers')];
  }

  return isSame(frozen(object), frozen(before)) ? [] : [forbiddenValue('spec', 'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)')];
}
