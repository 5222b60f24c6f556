import type { KubeObject, KubeUser, ResourceType } from '../../contracts.ts';
import { at } from '../copy.ts';
import { notFound, refusedBecause } from '../errors.ts';
import { hasStatus } from '../registry.ts';
import type { Admission, MemoryStore } from '../store.ts';
import { withDefaults } from './defaults.ts';
import { bindServiceAccount } from './service-account.ts';
import { validate } from './validation.ts';

/** Changes a pod on its way in. */
export type PodMutator = (pod: KubeObject) => KubeObject;

/** Status that a client may set when it creates the object (a kubelet registers its node whole). */
const STATUS_STAYS = ['nodes', 'namespaces', 'persistentvolumes', 'persistentvolumeclaims', 'services'];

/** The API server's way in: defaults, namespace lifecycle, service accounts, webhooks, validation. */
export class ApiServerAdmission implements Admission {
  private readonly store: MemoryStore;
  private readonly mutators: PodMutator[];

  constructor(store: MemoryStore, mutators: PodMutator[]) {
    this.store = store;
    this.mutators = mutators;
  }

  create(type: ResourceType, given: KubeObject, _user?: KubeUser): KubeObject {
    const object = withDefaults(type, this.withoutStatus(type, given));

    this.checkNamespace(type, object);
    const admitted = type.group === '' && type.kind === 'Pod' ? this.admitPod(object) : object;

    validate(type, admitted);

    return admitted;
  }

  update(type: ResourceType, given: KubeObject, before: KubeObject, subresource?: 'status'): KubeObject {
    if (subresource === 'status') {
      return given;
    }
    const object = withDefaults(type, given);

    validate(type, object, before);

    return object;
  }

  /** Strategies wipe the status a client sends with a new object whose status has its own endpoint. */
  private withoutStatus(type: ResourceType, object: KubeObject): KubeObject {
    if (!hasStatus(type) || (type.group === '' && STATUS_STAYS.includes(type.resource))) {
      return object;
    }
    const { status: _status, ...rest } = object;

    return rest as KubeObject;
  }

  /** Plugin NamespaceLifecycle. */
  private checkNamespace(type: ResourceType, object: KubeObject): void {
    const { namespace, name, generateName } = object.metadata;
    const namespaces = this.store.findType('', 'namespaces');

    if (!namespace || !namespaces) {
      return;
    }
    const there = this.store.peek(namespaces, undefined, namespace);

    if (!there) {
      throw notFound(namespaces, namespace);
    }
    if (there.metadata.deletionTimestamp) {
      throw refusedBecause(type, generateName ?? name, `unable to create new content in namespace ${ namespace } because it is being terminated`, [
        { reason: 'NamespaceTerminating', message: `namespace ${ namespace } is being terminated`, field: 'metadata.namespace' }
      ]);
    }
  }

  private admitPod(given: KubeObject): KubeObject {
    const pod = this.mutators.reduce((one, mutate) => mutate(one), bindServiceAccount(this.store, given));
    const type = this.store.findType('', 'pods');
    const { status: _status, ...defaulted } = type ? withDefaults(type, pod) : pod;

    return { ...defaulted, status: { phase: 'Pending', qosClass: qosClass(pod) } } as unknown as KubeObject;
  }
}

function qosClass(pod: KubeObject): string {
  const containers = at(pod, 'spec', 'containers');
  const resources = Array.isArray(containers) ? containers.map((container: unknown) => [at(container, 'resources', 'requests'), at(container, 'resources', 'limits')]) : [];

  return resources.every(([requests, limits]) => !requests && !limits) ? 'BestEffort' : 'Burstable';
}
