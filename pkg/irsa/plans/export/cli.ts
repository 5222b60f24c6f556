import type { Text } from '../../domain/facts';
import type { Plan, Step } from '../plan';
import { awsLines } from './aws';
import { listGuard } from './expects';
import { HELM_FUNCTIONS, helmLines, KUBECTL_FUNCTIONS, kubernetesLines, targetWord, verifyLines, waitLines } from './kubectl';
import { comment, refsIn } from './sh';
import { clusterOf, phaseLines, SWITCH_FUNCTIONS } from './switch';

/** What every script of ours has at hand. */
export const AWS_FUNCTIONS = `# Text as the inside of a JSON string; line breaks stand only between JSON's own words here.
json_text() { printf '%s' "$1" | tr -d '\\n' | sed 's/[\\\\"]/\\\\&/g'; }
squeezed() { tr -d '[:space:]'; }
# The provider's ARN, or nothing. $1: issuer without https://
provider_arn() {
  arns=$(aws iam list-open-id-connect-providers --query 'OpenIDConnectProviderList[].Arn' --output text) || return 1
  printf '%s\\n' "$arns" | tr '\\t' '\\n' | while IFS= read -r arn; do
    case $arn in *":oidc-provider/$1") printf '%s\\n' "$arn" ;; esac
  done
}`;

/**
 * The plan as a POSIX shell script for the AWS CLI (v2), kubectl and helm. It looks before it makes anything, so it can be run again
 * and goes on where it stopped; what an earlier step made is handed on in variables. Every value of the plan is quoted.
 *
 * Steps that only Rancher's proxy needs are left out. It asks for no credential: the CLI's own are used.
 * @param say    turns texts into words for the comments; without it, comments name step and command
 * @param given  lines that set the variables of steps which something else has done
 */
export function toCli(plan: Plan, say?: (text: Text) => string, given: string[] = []): string {
  const blocks = plan.steps.map((step, index) => [comment(`${ index + 1 }. ${ say ? say(step.title) : nameOf(step) }`), ...linesOf(plan, step)].join('\n'));
  const tools = toolsOf(plan);
  const switched = [...new Set(plan.steps.flatMap((step) => clusterOf(step) ?? []))];
  const waits = switched.length > 0 || blocks.some((block) => /^\s*patiently /m.test(block));

  return [
    '#!/bin/sh',
    comment(say ? say(plan.title) : `Plan: ${ plan.id }`),
    ...clusters(plan).map((id) => comment(`kubectl and helm have to point at the cluster that Rancher calls ${ id }.`)),
    ...switched.map((id) => comment(`CLUSTER_KUBECONFIG: path of a kubeconfig for the cluster that Rancher calls ${ id }.`)),
    ...(plan.steps.some(({ helm }) => helm && !helm.removes && !helm.address) ? ['# CHART_REPO: name of the chart repository in your helm (helm repo list).'] : []),
    ...(plan.consent ? [comment(say ? say(plan.consent.text) : 'Look at what it changes before it is run.')] : []),
    'set -eu',
    'export AWS_PAGER=\'\'',
    'stop() { printf \'%s\\n\' "$1" >&2; exit 1; }',
    ...(tools.length > 0 ? [`for tool in ${ tools.join(' ') }; do command -v "$tool" >/dev/null || stop "$tool is not installed"; done`] : []),
    AWS_FUNCTIONS,
    ...(waits ? [KUBECTL_FUNCTIONS] : []),
    ...(tools.includes('helm') ? [HELM_FUNCTIONS] : []),
    ...(switched.length ? [SWITCH_FUNCTIONS] : []),
    ...given,
    '',
    blocks.join('\n\n'),
    '',
  ].join('\n');
}

function linesOf(plan: Plan, step: Step): string[] {
  const { call } = step;
  const wanted = refsIn(plan.steps).filter(({ $ref }) => $ref.step === step.id).filter((ref, index, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(ref)) === index);
  const until = step.until ? waitLines(step.until) : [];

  if (step.change === 'allow') {
    return ['# Left out: only Rancher\'s own proxy needs it.'];
  }

  if ('aws' in call) {
    return [...awsLines(step, call.aws, wanted), ...until];
  }
  if ('kubernetes' in call && step.until && 'serversIssuer' in step.until) {
    return phaseLines(step, call.kubernetes, step.until.serversIssuer, kubernetesLines(call.kubernetes, step.id.replace(/\W/g, '_')));
  }
  if ('kubernetes' in call) {
    const guard = step.expects && 'kubernetesObject' in step.expects ? listGuard(targetWord(call.kubernetes), step.expects.kubernetesObject, call.kubernetes.body, call.kubernetes.verb === 'DELETE') : [];

    return [...guard, ...kubernetesLines(call.kubernetes, step.id.replace(/\W/g, '_'), step.seen), ...until];
  }
  if ('rancher' in call) {
    return step.helm ? [...helmLines(step.helm), ...until] : ['# Left out: only Rancher itself needs it.'];
  }
  if ('wait' in call) {
    return waitLines(call.wait.until);
  }

  return verifyLines(call.verify);
}

function nameOf({ id, call }: Step): string {
  return 'aws' in call ? `${ call.aws.service }: ${ call.aws.command }` : id;
}

/** The programs that the script calls. */
function toolsOf(plan: Plan): string[] {
  const steps = plan.steps.filter(({ change }) => change !== 'allow');
  const uses = {
    aws:     steps.some(({ call }) => 'aws' in call || 'verify' in call),
    kubectl: steps.some(({ call, until }) => 'kubernetes' in call || 'verify' in call || 'wait' in call || (until && !('helmOperation' in until))),
    helm:    steps.some(({ helm }) => helm),
  };

  return Object.entries(uses).filter(([, isUsed]) => isUsed).map(([tool]) => tool);
}

function clusters({ steps }: Plan): string[] {
  return [...new Set(steps.filter(({ change }) => change !== 'allow').flatMap(({ call }) => 'kubernetes' in call ? [call.kubernetes.clusterId] : 'wait' in call && 'serversIssuer' in call.wait.until ? ['local'] : 'verify' in call ? [call.verify.clusterId] : []))];
}
