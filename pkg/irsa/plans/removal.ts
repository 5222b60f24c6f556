/** Whether an AWS call takes something away: then «no such thing» is as good as done. */
export function isRemoval(command: string): boolean {
  return /^(Delete|Detach)/.test(command);
}
