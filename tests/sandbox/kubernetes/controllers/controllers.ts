import type { KubeObject } from '../../contracts.ts';
import { at } from '../copy.ts';
import type { Logs } from '../api/logs.ts';
import type { Change } from '../store/history.ts';
import type { MemoryStore } from '../store.ts';
import { timestamp } from '../store/metadata.ts';
import { typed, writeStatus } from './context.ts';
import type { Context } from './context.ts';
import { reconcileDaemonSet } from './daemonsets.ts';
import { reconcileDeployment } from './deployments.ts';
import { reconcileJob } from './jobs.ts';
import { Kubelet } from './kubelet.ts';
import type { Program } from './kubelet.ts';
import { clear, furnish } from './namespaces.ts';
import { WorkQueue } from './queue.ts';
import { reconcileReplicaSet } from './replicasets.ts';
import { reconcileStatefulSet } from './statefulsets.ts';

type Reconcile = (context: Context, namespace: string, name: string) => void;

const RECONCILERS: Record<string, Reconcile> = {
  Deployment: reconcileDeployment, ReplicaSet: reconcileReplicaSet, StatefulSet: reconcileStatefulSet, DaemonSet: reconcileDaemonSet, Job: reconcileJob
};

/** Changes of these may let a pod in that was refused before. */
const UNBLOCKING = ['ServiceAccount', 'MutatingWebhookConfiguration', 'Service', 'Pod'];

export interface ControllersOptions {
  store: MemoryStore;
  logs: Logs;
  pace: number;
  program: Program;
}

/** The controller manager, the scheduler and the kubelets of a cluster. */
export class Controllers {
  private readonly context: Context;
  private readonly kubelet: Kubelet;
  private readonly unwatch: () => void;

  constructor(options: ControllersOptions) {
    const { store, logs, pace, program } = options;

    this.context = { store, pace, queue: new WorkQueue(), blocked: new Map() };
    this.kubelet = new Kubelet(this.context, logs, program);
    this.unwatch = store.onChange((change) => this.hear(change));
  }

  /** When every controller has come to rest. */
  idle(): Promise<void> {
    return this.context.queue.idle();
  }

  stop(): void {
    this.unwatch();
    this.context.queue.stop();
  }

  private hear(change: Change): void {
    const { object, type } = change;
    const { namespace = '' } = object.metadata;

    if (RECONCILERS[object.kind] && type !== 'DELETED') {
      this.ask(object.kind, namespace, object.metadata.name);
    }
    for (const owner of object.metadata.ownerReferences ?? []) {
      if (owner.controller && RECONCILERS[owner.kind]) {
        this.ask(owner.kind, namespace, owner.name);
      }
    }
    this.hearCore(change);
    if (this.context.blocked.size && UNBLOCKING.includes(object.kind)) {
      this.retryBlocked();
    }
  }

  private hearCore({ object, type, resourceType }: Change): void {
    const { queue, pace } = this.context;
    const { namespace, name } = object.metadata;

    switch (`${ resourceType.group }/${ object.kind }`) {
    case '/Pod':
      if (type === 'DELETED') {
        this.kubelet.forget(object);
      } else {
        this.kubelet.notice(object);
      }
      break;
    case '/Namespace':
      this.hearNamespace(object, type);
      break;
    case '/Node':
      this.askAll('daemonsets');
      break;
    case '/ServiceAccount':
    case '/ConfigMap':
      if (type === 'DELETED' && namespace && ['default', 'kube-root-ca.crt'].includes(name)) {
        furnish(this.context, namespace);
      }
      break;
    case '/PersistentVolumeClaim':
      if (type === 'ADDED') {
        queue.add(`bind ${ object.metadata.uid ?? '' }`, pace, () => this.bind(object));
      }
      break;
    case 'apiextensions.k8s.io/CustomResourceDefinition':
      if (type === 'ADDED') {
        this.establish(object);
      }
    }
    if (type === 'DELETED' && namespace && this.isTerminating(namespace)) {
      queue.add(`clear ${ namespace }`, pace, () => clear(this.context, namespace));
    }
  }

  private hearNamespace(object: KubeObject, type: Change['type']): void {
    const { name, deletionTimestamp } = object.metadata;

    if (type === 'DELETED') {
      return;
    }
    if (deletionTimestamp) {
      this.context.queue.add(`clear ${ name }`, this.context.pace, () => clear(this.context, name));
    } else {
      furnish(this.context, name);
    }
  }

  private ask(kind: string, namespace: string, name: string): void {
    const reconcile = RECONCILERS[kind];

    if (reconcile) {
      this.context.queue.add(`${ kind } ${ namespace }/${ name }`, 0, () => reconcile(this.context, namespace, name));
    }
  }

  private askAll(resource: string): void {
    for (const object of this.context.store.scan(typed(this.context.store, 'apps', resource))) {
      this.ask(object.kind, object.metadata.namespace ?? '', object.metadata.name);
    }
  }

  private retryBlocked(): void {
    for (const key of this.context.blocked.keys()) {
      const [kind = '', path = ''] = key.split(' ');
      const [namespace = '', name = ''] = path.split('/');

      this.ask(kind, namespace, name);
    }
  }

  private isTerminating(namespace: string): boolean {
    const { store } = this.context;

    return store.peek(typed(store, '', 'namespaces'), undefined, namespace)?.metadata.deletionTimestamp !== undefined;
  }

  private bind(claim: KubeObject): void {
    const { store } = this.context;

    writeStatus(store, typed(store, '', 'persistentvolumeclaims'), claim, { phase: 'Bound', accessModes: at(claim, 'spec', 'accessModes') ?? ['ReadWriteOnce'], capacity: at(claim, 'spec', 'resources', 'requests') ?? {} });
  }

  /** A definition is served as soon as it is stored; this only says so. */
  private establish(definition: KubeObject): void {
    const { store } = this.context;
    const now = timestamp(store.now());
    const conditions = [
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found', lastTransitionTime: now },
      { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted', lastTransitionTime: now }
    ];

    writeStatus(store, typed(store, 'apiextensions.k8s.io', 'customresourcedefinitions'), definition, { acceptedNames: at(definition, 'spec', 'names'), conditions, storedVersions: ['v1'] });
  }
}
