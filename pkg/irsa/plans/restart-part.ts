import type { ObservedBinding, ObservedCluster, ObservedPod, ObservedWorkload, Text } from '../domain/facts';
import { text } from '../domain/text';
import { segment } from '../domain/names/segment';
import { judgePod, needsRestart } from '../domain/workload/live-pod';
import { presetOfAccount, type Preset } from '../presets';
import { prefixOf } from './account-part';
import type { Step } from './plan';
import { known, type Later } from './value';

/** Resource names of the workloads whose pods are replaced when their template changes. */
const RESTARTABLE: Partial<Record<ObservedWorkload['kind'], string>> = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' };

/**
 * Restarts the workloads whose pods do not carry the role; pods get it only when they are created. Left out: workloads whose pods
 * all carry it or would not get it anew either (kept from the webhook, or with variables of their own), those scaled to zero, and all
 * of them where no webhook would give them anything.
 * @param role      the ARN the pods shall carry
 * @param audience  of the token they shall carry
 * @param preset    what the account is for, when that was chosen; else the preset whose account it is
 */
export function restartPart(observed: ObservedCluster, target: ObservedBinding, role: Later, audience: string, preset?: Preset): { steps: Step[]; warnings: Text[] } {
  const verdict = (pod: ObservedPod) => judgePod(pod, { roleArn: typeof role.value === 'string' ? role.value : undefined, audience });
  const isStale = (pod: ObservedPod) => needsRestart(verdict(pod));
  const stale = target.pods.filter(isStale);
  const podsOf = (workload: ObservedWorkload) => target.pods.filter(({ workload: owner }) => owner?.kind === workload.kind && owner.name === workload.name);
  const due = target.workloads.filter((workload) => RESTARTABLE[workload.kind] && workload.replicas > 0 && (podsOf(workload).length === 0 || podsOf(workload).some(isStale)));
  const covered = (pod: ObservedPod) => due.some(({ kind, name }) => pod.workload?.kind === kind && pod.workload.name === name);
  const leftOver = stale.filter((pod) => !covered(pod));
  const overridden = target.pods.filter((pod) => verdict(pod) === 'overridden');
  const skipped = target.pods.filter((pod) => verdict(pod) === 'skipped');
  const told = (pods: ObservedPod[], words: (args: NonNullable<Text['args']>) => Text) => pods.length ? [words({ pods: pods.slice(0, 5).map(({ name }) => name).join(', '), count: pods.length })] : [];
  const warnings = [
    ...told(leftOver, (args) => text('irsa.warning.podsByHand', args)),
    ...told(leftOver.filter(isInstanceManager), (args) => text('irsa.warning.instanceManagers', args)),
    ...told(overridden, (args) => text('irsa.warning.podsOverridden', args)),
    ...told(skipped, (args) => text('irsa.warning.podsSkipped', args)),
  ];

  if (due.length === 0) {
    return { steps: [], warnings };
  }
  if (observed.webhook.known && observed.webhook.value.kind === 'absent') {
    return { steps: [], warnings: [text('irsa.warning.noWebhook', { cluster: observed.cluster.name })] };
  }
  const steps = due.map((workload) => restart(observed, workload, text('irsa.step.restart.detail', { count: podsOf(workload).length })));

  if (leftOver.length === 0) {
    steps.push(podsCarryRole(observed, target, role));
  }

  return { steps, warnings: [...warnings, ...losing(due, podsOf), ...dangers(target, due, preset)] };
}

/**
 * What is restarted, and lost by it, once the account has the role: for a form that installs by itself and restarts afterwards. Where the
 * chart is not there yet, what of it is restarted should it come up too early.
 * @param role  the ARN it has in the end; undefined: of one that is not there yet
 */
export function restartAhead(observed: ObservedCluster, target: ObservedBinding, role: string | undefined, audience: string, preset: Preset): Text[] {
  if (!target.workloads.length) {
    // Who is called after its account is called after another beside it, too.
    const its = (name: string) => name === preset.subject().serviceAccount ? target.account.name : name;

    return [text('irsa.warning.restartsEarly', { workloads: preset.restart.map(({ kind, name }) => `${ kind.toLowerCase() }/${ its(name) }`).join(', ') }), ...preset.restart.flatMap(({ danger }) => danger ?? [])];
  }
  const { steps, warnings } = restartPart(observed, target, known(role ?? ''), audience, preset);
  const due = steps.filter(({ change }) => change === 'restart').map(({ title: { args } }) => `${ args?.kind }/${ args?.name }`);

  return [...(due.length ? [text('irsa.warning.restartsAfter', { workloads: due.join(', ') })] : []), ...warnings];
}

/**
 * Restarts the workloads whose pods carry a role that the webhook gave them, once their account has none any more. Pods that nothing
 * here can make anew are named.
 */
export function releasePart(observed: ObservedCluster, target: ObservedBinding): { steps: Step[]; warnings: Text[] } {
  const carries = ({ identity, overrides }: ObservedPod) => identity !== undefined && !overrides;
  const podsOf = ({ kind, name }: ObservedWorkload) => target.pods.filter(({ workload }) => workload?.kind === kind && workload.name === name);
  const due = target.workloads.filter((workload) => RESTARTABLE[workload.kind] && podsOf(workload).some(carries));
  const leftOver = target.pods.filter((pod) => carries(pod) && !due.some(({ kind, name }) => pod.workload?.kind === kind && pod.workload.name === name));
  const { namespace, name } = target.account;
  const steps = due.map((workload) => restart(observed, workload, text('irsa.step.restart.release', { count: podsOf(workload).length })));

  if (due.length > 0 && leftOver.length === 0) {
    steps.push({
      id:     'pods-without-role',
      target: 'kubernetes',
      title:  text('irsa.step.pods-carry-role.title'),
      detail: text('irsa.step.pods-without-role.detail'),
      change: 'wait',
      call:   { wait: { until: { podsWithoutRole: { clusterId: observed.cluster.id, namespace, serviceAccount: name } } } },
    });
  }

  return {
    steps,
    warnings: [
      ...(leftOver.length ? [text('irsa.warning.podsKeep', { pods: leftOver.slice(0, 5).map((pod) => pod.name).join(', '), count: leftOver.length })] : []),
      ...losing(due, podsOf),
      ...dangers(target, due, undefined),
    ],
  };
}

/** Data that goes with the pods. */
function losing(due: ObservedWorkload[], podsOf: (workload: ObservedWorkload) => ObservedPod[]): Text[] {
  return due.flatMap((workload) => {
    const paths = [...new Set(podsOf(workload).flatMap(({ losable }) => losable ?? []))];

    return paths.length ? [text('irsa.warning.emptyDir', { workload: `${ workload.kind.toLowerCase() }/${ workload.name }`, paths: paths.join(', ') })] : [];
  });
}

/** Longhorn's engines and replicas run in these; its manager makes them (longhorn-manager, `instance-manager-<hash>`). */
function isInstanceManager({ name }: ObservedPod): boolean {
  return name.startsWith('instance-manager-');
}

/** A strategic merge patch of the template's annotation, as `kubectl rollout restart` does it. */
function restart(observed: ObservedCluster, { kind, namespace, name }: ObservedWorkload, detail: Text): Step {
  const clusterId = observed.cluster.id;
  const plural = RESTARTABLE[kind]!;

  return {
    id:     `restart-${ plural }-${ name }`,
    target: 'kubernetes',
    title:  text('irsa.step.restart.title', { kind: kind.toLowerCase(), name }),
    detail,
    change: 'restart',
    call:   {
      kubernetes: {
        clusterId,
        verb:        'PATCH',
        path:        `/apis/apps/v1/namespaces/${ segment(namespace) }/${ plural }/${ segment(name) }`,
        contentType: 'application/strategic-merge-patch+json',
        // The time of the look, not of the click: the plan is data, and sending it twice restarts once.
        body:        { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date(observed.at).toISOString() } } } } },
      },
    },
    until: { rollout: { clusterId, kind, namespace, name } },
    needs: {
      right: {
        clusterId, verb: 'patch', group: 'apps', resource: plural, namespace, name
      }
    },
  };
}

function podsCarryRole(observed: ObservedCluster, { account }: ObservedBinding, role: Later): Step {
  return {
    id:     'pods-carry-role',
    target: 'kubernetes',
    title:  text('irsa.step.pods-carry-role.title'),
    detail: text('irsa.step.pods-carry-role.detail'),
    change: 'wait',
    call:   {
      wait: {
        until: {
          podsCarryRole: {
            clusterId: observed.cluster.id, namespace: account.namespace, serviceAccount: account.name, roleArn: role.value, ...prefixOf(observed)
          }
        }
      }
    },
  };
}

/** What a preset says about restarting its workloads. Under another release they have other names: then their kind tells. */
function dangers({ account }: ObservedBinding, due: ObservedWorkload[], chosen: Preset | undefined): Text[] {
  const own = presetOfAccount(account);
  const restarts = (chosen ?? own)?.restart ?? [];
  const isOf = (workload: ObservedWorkload, { kind, name }: Preset['restart'][number]) => workload.kind === kind && (workload.name === name || (chosen !== undefined && chosen !== own) || own?.beside !== undefined);
  const said = restarts.flatMap((one) => one.danger && due.some((workload) => isOf(workload, one)) ? [one.danger] : []);

  return said.filter(({ key }, index) => said.findIndex((other) => other.key === key) === index);
}
