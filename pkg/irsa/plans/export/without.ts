import type { Plan } from '../plan';
import { inputOf, replacesPolicy } from './declared';

/**
 * Why a form holds nothing of a plan (l10n `irsa.planView.exportNone.<reason>`). `outside`: it is about AWS alone, and nothing changes there;
 * `owned`: a stack is of what it makes, and nothing is made; `held`: what is made has text in it that the form would take for its own;
 * `removes`: what is to go, no template says; `part`: only a part of something is changed, and a template would own the whole;
 * `order`: what is left is one step after the other.
 */
export type WithoutReason = 'outside' | 'owned' | 'held' | 'removes' | 'part' | 'order';

/** Of a plan with steps that `exportOf` has no files for. */
export function whyWithout(plan: Plan, form: 'terraform' | 'cloudformation'): WithoutReason {
  const { steps } = plan;

  if (form === 'terraform') {
    return steps.some(({ change }) => change === 'remove') ? 'removes' : steps.some(({ call, change, until }) => change === 'restart' || 'wait' in call || until) ? 'order' : steps.some(({ change }) => change === 'change') ? 'part' : 'order';
  }
  const inAws = steps.filter(({ call, change }) => 'aws' in call && change !== 'check');
  const isMade = inAws.some((step) => step.change === 'create' || (inputOf(step, 'PutRolePolicy') && !replacesPolicy(plan, step)));

  return !inAws.length ? 'outside' : !isMade ? 'owned' : inAws.some((step) => inputOf(step, 'PutObject')) ? 'order' : 'held';
}
