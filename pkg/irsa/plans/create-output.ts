import { parseRoleArn } from '../domain/aws/arn';
import { irsaError } from '../domain/errors';
import type { ObservedCluster, ObservedRole, Text } from '../domain/facts';
import { samePolicy } from '../domain/json/same';
import { keyUseName } from '../domain/keys/key-use';
import { judgeOutput, type LoggingOutput } from '../domain/keys/output';
import { text } from '../domain/text';
import { outputObject, outputsPath, type OutputFacts } from '../gateways/observe/output';
import { permissionsFor } from './move';
import { permissionsPart } from './permissions-part';
import type { Plan, Value } from './plan';
import { foreignConsent } from './trust';
import { known } from './value';

/** A role that sends an output, by the ARN that its account asks for; null where it could not be read. */
export type SendingRoles = Map<string, ObservedRole | null>;

/**
 * Makes an output of Logging that signs with the role of whoever sends it, after that role was given what the output needs: as a policy of
 * its own, as the role may serve other outputs. What is there already, just like this, is left out.
 * @param tidies  remove policies that those of single places make superfluous
 * @throws IrsaError KUBERNETES_EXISTS when there is another one of this name
 */
export function planCreateOutput(observed: ObservedCluster, output: LoggingOutput, { output: found, senders }: Pick<OutputFacts, 'output' | 'senders'>, roles: SendingRoles, tidies = false): Plan {
  const names = { what: keyUseName(output) };

  if (found && !samePolicy(found.spec, output.spec)) {
    throw irsaError('KUBERNETES_EXISTS', { message: names.what });
  }
  const parts = [...roles.values()].flatMap((role) => role ? permissionsOf(observed, output, role, tidies) : []);
  const choices = parts.flatMap(({ choice }) => choice ?? []);
  const consent = parts.map(({ role }) => foreignConsent(role)).find((one) => one.consent);

  return {
    id:    'create-output',
    title: text('irsa.plan.create-output.title', names),
    steps: [
      ...parts.flatMap(({ steps }, index) => steps.map((step) => index ? { ...step, id: `${ step.id }-${ index + 1 }` } : step)),
      ...(found ? [] : [{
        id:     'create-output',
        target: 'kubernetes' as const,
        title:  text('irsa.step.create-output.title', names),
        detail: text('irsa.step.create-output.detail'),
        change: 'create' as const,
        call:   { kubernetes: { clusterId: observed.cluster.id, verb: 'POST' as const, path: outputsPath(output), contentType: 'application/json' as const, body: outputObject(output) as Value } },
      }]),
    ],
    documents: parts.flatMap(({ document }) => document ?? []).slice(0, 1),
    warnings:  [...parts.flatMap(({ warnings }) => warnings), ...sendersWarnings(senders), ...[...roles].flatMap(([arn, role]) => role ? [] : text('irsa.warning.roleUnread', { role: parseRoleArn(arn)?.name ?? arn, ...names }))],
    ...(choices[0] ? { choice: choices[0] } : {}),
    ...consent,
  };
}

/** Nothing where the role has that very policy, under whatever name. */
function permissionsOf(observed: ObservedCluster, { namespace, spec }: LoggingOutput, role: ObservedRole, tidies: boolean) {
  const { answers } = judgeOutput({ namespace, spec });
  const wished = permissionsFor({ preset: { id: 'rancher-logging', answers } }, observed);

  if (!wished) {
    return [];
  }
  const part = permissionsPart(observed, { permissions: wished, region: answers.region ?? '', tidies }, { name: role.name, arn: known(role.arn), found: role });

  return part.steps.length || part.choice ? [{ role, ...part }] : [];
}

function sendersWarnings(senders: OutputFacts['senders']): Text[] {
  return senders.length ? senders.filter(({ roleArn }) => !roleArn).map(({ logging, account }) => text('irsa.warning.senderWithoutRole', { logging, account: `${ account.namespace }/${ account.name }` })) : [text('irsa.output.nobody')];
}
