import { sandboxTarget } from '../contract/sandbox-target.ts';
import { host } from '../contract/plan-cases.ts';
import { logIn } from '../contract/target.ts';

export interface Calls { name: string; writes: number; reads: number; most: { writes: number; reads: number } }

/** AWS calls of each plan, counted at the AWS side. A run's own reads, without the look of the page that came before it. */
export async function callCounts(): Promise<Calls[]> {
  const target = await sandboxTarget();
  const counted: Calls[] = [];

  async function count(name: string, most: Calls['most'], work: () => Promise<unknown>): Promise<void> {
    const before = target.awsCalls().length;

    await work();
    const calls = target.awsCalls().slice(before).filter(({ action }) => action !== 'AssumeRoleWithWebIdentity');

    counted.push({ name, writes: calls.filter(({ write }) => write).length, reads: calls.filter(({ write }) => !write).length, most });
  }

  try {
    const admin = await logIn(target, 'admin');
    const enable = await admin.enable('prod-eks');
    const stale = await admin.enable('prod-eks');

    await count('enable EKS', { writes: 1, reads: 0 }, () => admin.run(enable));
    await count('enable EKS, somebody was faster', { writes: 1, reads: 1 }, () => admin.run(stale));
    const hosting = await host(admin);
    const both = await admin.bind('local');

    await count('enable and bind', { writes: 3, reads: 0 }, () => admin.run(both));
    const rest = await admin.bind('prod-eks', { preset: 'rancher-logging', parameters: { destination: 'cloudwatch', logGroup: 'acme', region: 'eu-central-1' } });

    await count('bind', { writes: 2, reads: 0 }, () => admin.run(rest));
    const again = await admin.bind('local');

    await count('run again', { writes: 0, reads: 2 }, () => admin.run(again));

    await count('host an issuer', { writes: 6, reads: 0 }, async() => admin.run(hosting));
    const published = await host(admin);

    await count('host an issuer again', { writes: 0, reads: 0 }, () => admin.run(published));

    return counted;
  } finally {
    await target.stop();
  }
}
