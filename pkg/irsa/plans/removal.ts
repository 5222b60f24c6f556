import type { Step } from './plan';

/** Whether an AWS call takes something away: then «no such thing» is as good as done. */
export function isRemoval(command: string): boolean {
  return /^(Delete|Detach)/.test(command);
}

/** The same of any step. */
export function removes({ call, helm }: Step): boolean {
  return helm?.removes === true || ('kubernetes' in call && call.kubernetes.verb === 'DELETE') || ('aws' in call && isRemoval(call.aws.command));
}
