import { accountOfArn } from '../domain/aws/arn';
import { MANAGED, TAG } from '../domain/aws/ownership';
import type { ObservedRole } from '../domain/facts';
import { samePolicy, samePolicyText } from '../domain/json/same';
import { text } from '../domain/text';
import { presets } from '../presets';
import { statementsOf } from '../presets/policy';
import { policyNameOf } from '../presets/policy-name';
import type { Preset } from '../presets/preset';
import type { Plan, Step } from './plan';
import { roleRemoval } from './removal';

/**
 * Inline policies of the name that a preset's one policy had before each place got one of its own, where each of their statements stands in
 * a policy of a place that says what the preset says: without them the role may do the same. Only of roles that were made here.
 * @param policies  the role's inline policies as they will be
 */
export function superseded({ arn, tags, inlinePolicies = {} }: ObservedRole, policies: Record<string, string>): string[] {
  const { id: accountId, partition = 'aws' } = accountOfArn(arn) ?? {};
  const isSaid = (preset: Preset, answers: Record<string, string>, json: string) => samePolicyText(json, JSON.stringify(preset.policy({ ...answers, partition, accountId, region: answers.region ?? '' })));
  const isOfPlace = (preset: Preset, name: string, json: string) => preset.answersInPolicy?.(json).some((answers) => policyNameOf(preset, answers) === name && isSaid(preset, answers, json));

  return tags?.[TAG.owner] !== MANAGED ? [] : presets.flatMap((preset) => {
    const { policyName, place } = preset;
    const old = statementsOf((place && inlinePolicies[policyName]) ?? '');
    const placed = old.length ? Object.entries(policies).flatMap(([name, json]) => name !== policyName && isOfPlace(preset, name, json) ? statementsOf(json) : []) : [];

    // A Sid says nothing of what is allowed.
    return placed.length && old.every((one) => placed.some((other) => samePolicy({ ...one, Sid: '' }, { ...other, Sid: '' }))) ? [policyName] : [];
  });
}

/** What a plan offers to do about them; the steps only where somebody asked for it. */
export function tidyPart(role: ObservedRole, policies: Record<string, string>, tidies = false): { steps: Step[]; choice?: Plan['choice'] } {
  const names = superseded(role, policies);

  return names.length ? {
    choice: { id: 'delete-policy', text: text('irsa.choice.delete-policy', { policies: names.join(', '), role: role.name }), on: tidies },
    steps:  tidies ? names.map((policy, index) => roleRemoval(role, { inlinePolicy: { roleName: role.name, policyName: policy, is: role.inlinePolicies![policy]! } })(`delete-policy-${ index + 1 }`, 'DeleteRolePolicy', { PolicyName: policy }, text('irsa.step.delete-policy.title', { policy }))) : [],
  } : { steps: [] };
}
