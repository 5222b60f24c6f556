/**
 * How long this thread computes, in milliseconds. What else the machine does, and how often it lets this thread wait, does not count;
 * a clock on the wall would measure both.
 */
export function millisecondsOf(work: () => unknown): number {
  const start = process.threadCpuUsage();

  work();
  const { user, system } = process.threadCpuUsage(start);

  return (user + system) / 1000;
}

/** The least of several runs: the first ones compile, and collections of garbage fall where they like. */
export function best(work: () => unknown, runs = 5): number {
  return Math.min(...Array.from({ length: runs }, () => millisecondsOf(work)));
}

/** What the machine of the budgets takes for `measure`. */
const USUAL = 50;
const SAMPLE = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ Effect: 'Allow', Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/x${ index }.example` }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`x${ index }.example:sub`]: `system:serviceaccount:team-${ index }:reader` } } })));

/** How many times as long as a machine of the budgets this one computes just now; never less than once. */
export function slowness(): number {
  return Math.max(1, best(() => JSON.stringify(JSON.parse(SAMPLE)), 3) / USUAL);
}
