import type { KubeObject } from '../../contracts.ts';
import { addressOf } from '../admission/defaults.ts';
import type { Logs } from '../api/logs.ts';
import { at, fieldsIn, fieldsOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { timestamp } from '../store/metadata.ts';
import { typed, writeStatus } from './context.ts';
import type { Context } from './context.ts';

/** What a container that runs to its end did. */
export interface Outcome {
  exitCode: number;
  log: string;
}

/** Runs a container of a pod that is to end. */
export type Program = (pod: KubeObject, container: Fields) => Promise<Outcome> | Outcome;

/** A lone name for clusters that have no Node objects. */
const ONLY_NODE = 'node-1';

/** Scheduler and kubelets: pods get a node, start, end, and go. */
export class Kubelet {
  private readonly context: Context;
  private readonly logs: Logs;
  private readonly program: Program;
  private turn = 0;

  constructor(context: Context, logs: Logs, program: Program) {
    this.context = context;
    this.logs = logs;
    this.program = program;
  }

  /** Does the next thing a pod waits for. */
  notice(pod: KubeObject): void {
    const { queue, pace } = this.context;
    const id = `${ pod.metadata.uid ?? '' }`;
    const phase = at(pod, 'status', 'phase');

    if (pod.metadata.deletionTimestamp) {
      if (!pod.metadata.finalizers?.length) {
        queue.add(`end ${ id }`, pace, () => this.end(pod));
      }
    } else if (!at(pod, 'spec', 'nodeName')) {
      queue.add(`schedule ${ id }`, 0, () => this.with(pod, (one) => this.schedule(one)));
    } else if (phase === 'Pending') {
      queue.add(`start ${ id }`, pace, () => this.with(pod, (one) => this.start(one)));
    } else if (phase === 'Running' && at(pod, 'spec', 'restartPolicy') !== 'Always') {
      queue.add(`run ${ id }`, pace, () => this.run(pod));
    }
  }

  forget(pod: KubeObject): void {
    this.logs.forget(pod);
  }

  private with(pod: KubeObject, work: (pod: KubeObject) => void): void {
    const now = this.now(pod);

    if (now && !now.metadata.deletionTimestamp) {
      work(now);
    }
  }

  /** The pod as it stands, unless another has taken its name. */
  private now(pod: KubeObject): KubeObject | undefined {
    const now = this.context.store.peek(typed(this.context.store, '', 'pods'), pod.metadata.namespace, pod.metadata.name);

    return now?.metadata.uid === pod.metadata.uid ? now : undefined;
  }

  private schedule(pod: KubeObject): void {
    const { store } = this.context;
    const type = typed(store, '', 'pods');
    const all = [...store.scan(typed(store, '', 'nodes'))];
    const wanted = Object.entries(fieldsOf(at(pod, 'spec', 'nodeSelector')));
    const fitting = all.filter((node) => at(node, 'spec', 'unschedulable') !== true && wanted.every(([key, value]) => node.metadata.labels?.[key] === value));
    const nodeName = all.length ? fitting[this.turn++ % Math.max(fitting.length, 1)]?.metadata.name : ONLY_NODE;

    if (!nodeName) {
      writeStatus(store, type, pod, { ...fieldsOf(pod.status), conditions: [{ ...this.condition('PodScheduled', 'False'), reason: 'Unschedulable', message: `0/${ all.length } nodes are available: ${ all.length } node(s) didn't match Pod's node affinity/selector.` }] });

      return;
    }
    const bound = store.update(type, { ...pod, spec: { ...fieldsOf(pod.spec), nodeName } });

    writeStatus(store, type, bound, { ...fieldsOf(bound.status), conditions: [this.condition('PodScheduled', 'True')] });
  }

  private start(pod: KubeObject): void {
    const { store } = this.context;
    const now = timestamp(store.now());
    const podIP = addressOf(pod.metadata.uid ?? '', '10.42');
    const hostIP = this.hostOf(pod);
    const started = (container: Fields): Fields => containerStatus(container, { running: { startedAt: now } }, true);
    const done = (container: Fields): Fields => (container.restartPolicy === 'Always' ? started(container) : containerStatus(container, { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } }, true));
    const initial = fieldsIn(at(pod, 'spec', 'initContainers'));

    writeStatus(store, typed(store, '', 'pods'), pod, {
      phase:      'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => this.condition(type, 'True')),
      hostIP,
      hostIPs:    [{ ip: hostIP }],
      podIP,
      podIPs:     [{ ip: podIP }],
      startTime:  now,
      ...initial.length ? { initContainerStatuses: initial.map(done) } : {},
      containerStatuses: fieldsIn(at(pod, 'spec', 'containers')).map(started),
      qosClass:   at(pod, 'status', 'qosClass') ?? 'BestEffort'
    });
  }

  private async run(pod: KubeObject): Promise<void> {
    const { store } = this.context;
    const containers = fieldsIn(at(pod, 'spec', 'containers'));
    const outcomes = await Promise.all(containers.map(async(container) => ({ container, outcome: await this.program(pod, container) })));
    const now = timestamp(store.now());
    const failed = outcomes.some(({ outcome }) => outcome.exitCode !== 0);

    this.with(pod, (one) => {
      outcomes.filter(({ outcome }) => outcome.log).forEach(({ container, outcome }) => this.logs.write(pod, textOf(container.name), outcome.log));
      writeStatus(store, typed(store, '', 'pods'), one, {
        ...fieldsOf(one.status),
        phase:      failed ? 'Failed' : 'Succeeded',
        conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => (
          ['Initialized', 'PodScheduled'].includes(type) ? this.condition(type, 'True') : { ...this.condition(type, 'False'), ...type === 'PodReadyToStartContainers' ? {} : { reason: failed ? 'PodFailed' : 'PodCompleted' } })),
        containerStatuses: outcomes.map(({ container, outcome: { exitCode } }) => containerStatus(container, { terminated: { exitCode, reason: exitCode ? 'Error' : 'Completed', startedAt: at(one, 'status', 'startTime') ?? now, finishedAt: now } }, false))
      });
    });
  }

  private end(pod: KubeObject): void {
    if (this.now(pod)) {
      this.context.store.finalize(typed(this.context.store, '', 'pods'), pod.metadata.namespace, pod.metadata.name);
    }
  }

  private hostOf(pod: KubeObject): string {
    const { store } = this.context;
    const node = store.peek(typed(store, '', 'nodes'), undefined, textOf(at(pod, 'spec', 'nodeName')));

    return textOf(fieldsIn(at(node, 'status', 'addresses')).find((address) => address.type === 'InternalIP')?.address) || '10.0.0.10';
  }

  private condition(type: string, status: 'True' | 'False'): Fields {
    return { type, status, lastProbeTime: null, lastTransitionTime: timestamp(this.context.store.now()) };
  }
}

function containerStatus(container: Fields, state: Fields, ready: boolean): Fields {
  const image = textOf(container.image);

  return { name: container.name, state, lastState: {}, ready, restartCount: 0, image, imageID: `${ image.replace(/:[^:/]*$/, '') }@sha256:${ '0'.repeat(64) }`, started: state.running !== undefined };
}
