import type { ObservedRole, Text } from '../domain/facts';
import type { Expectation, Step } from './plan';

/** Whether an AWS call takes something away: then «no such thing» is as good as done. */
export function isRemoval(command: string): boolean {
  return /^(Delete|Detach)/.test(command);
}

/** The same of any step. */
export function removes({ call, helm }: Step): boolean {
  return helm?.removes === true || ('kubernetes' in call && call.kubernetes.verb === 'DELETE') || ('aws' in call && isRemoval(call.aws.command));
}

/** Steps that take something off a role, or the role itself, where it is still as the plan saw it. */
export function roleRemoval({ name, arn }: ObservedRole, expects: Expectation) {
  return (id: string, command: string, input: Record<string, string>, title: Text): Step => ({
    id,
    target: 'iam',
    title,
    change: 'remove',
    expects,
    call:   { aws: { service: 'iam', command, input: { RoleName: name, ...input } } },
    needs:  { aws: { action: `iam:${ command }`, resource: arn } },
  });
}
