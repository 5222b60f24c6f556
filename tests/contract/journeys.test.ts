import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StepState } from '../../pkg/irsa/plans/plan';
import { sandboxTarget } from './sandbox-target';
import { seedTwoBuckets } from './seeds';
import { logIn, type Person } from './target';

/** The journeys of the first working path, counted and disturbed at the AWS side. */
describe('enable and bind', () => {
  let target: Awaited<ReturnType<typeof sandboxTarget>>;
  let admin: Person;

  /** Calls made while doing something. */
  async function during<T>(work: () => Promise<T>): Promise<{ result: T; writes: string[]; reads: string[]; all: string[] }> {
    const before = target.awsCalls().length;
    const result = await work();
    const calls = target.awsCalls().slice(before).filter(({ action }) => action !== 'AssumeRoleWithWebIdentity');

    return {
      result,
      all:    calls.map(({ action }) => action),
      writes: calls.filter(({ write }) => write).map(({ action }) => action),
      reads:  calls.filter(({ write }) => !write).map(({ action }) => action),
    };
  }

  beforeAll(async() => {
    target = await sandboxTarget();
  });
  afterAll(() => target.stop());
  beforeEach(async() => {
    await target.reset();
    admin = await logIn(target, 'admin');
  });

  describe('call counts (design §10)', () => {
    it('enabling is one call', async() => {
      const plan = await admin.enable('prod-eks');
      const { result, all } = await during(() => admin.run(plan));

      expect(result.status).toBe('done');
      expect(all).toEqual(['CreateOpenIDConnectProvider']);
    });

    it('enabling what somebody else enabled meanwhile is two', async() => {
      const plan = await admin.enable('prod-eks');

      await admin.run(await admin.enable('prod-eks'));
      const { result, all } = await during(() => admin.run(plan));

      expect(result.status).toBe('done');
      expect(all).toEqual(['CreateOpenIDConnectProvider', 'GetOpenIDConnectProvider']);
    });

    it('binding is two writes, enabling and binding together three', async() => {
      const plan = await admin.bind('local');
      const { result, all } = await during(() => admin.run(plan));

      expect(result).toMatchObject({ status: 'done', identity: { result: 'verified', assumedRoleArn: expect.stringContaining(':assumed-role/') } });
      expect(all).toEqual(['CreateOpenIDConnectProvider', 'CreateRole', 'PutRolePolicy']);
    });

    it('binding in an enabled cluster is two', async() => {
      await admin.run(await admin.enable('prod-eks'));
      const plan = await admin.bind('prod-eks', { account: { namespace: 'shop', name: 'writer' } });
      const { result, all } = await during(() => admin.run(plan));

      expect(result.status).toBe('done');
      // No permissions were wished for, so there is no policy to put.
      expect(all).toEqual(['CreateRole']);
    });

    it('running both again writes nothing, and reads no more than twice for each plan', async() => {
      await admin.run(await admin.bind('local'));
      const enable = await during(async() => admin.run(await admin.enable('local')));
      const observation = await during(() => admin.observe('local'));
      const bind = await during(async() => admin.run(await admin.bind('local')));

      expect([...enable.writes, ...bind.writes]).toEqual([]);
      // The page's own look comes first in either; what the plan adds to it is counted.
      expect(bind.reads.length - observation.reads.length).toBeLessThanOrEqual(2);
      expect(enable.reads.length - observation.reads.length).toBeLessThanOrEqual(0);
      expect(admin.sent.slice(-12).filter(({ method, url }) => method !== 'GET' && !/selfsubjectaccessreviews|\/token$|\/meta\/proxy\//.test(url))).toEqual([]);
    });
  });

  it('shows the wait when each first call is throttled, and succeeds', async() => {
    const plan = await admin.bind('local');
    const states: StepState[] = [];

    target.fault({ match: '*', kind: 'throttle', times: 1, each: true });
    const result = await admin.run(plan, { onStep: (state) => states.push(state) });

    expect(result.status).toBe('done');
    expect(states.filter(({ status }) => status === 'retrying').map(({ id }) => id)).toEqual(expect.arrayContaining(['create-provider', 'create-role']));
  });

  it('names action and resource that IAM refuses; nothing done is lost, and the next run finishes', async() => {
    target.fault({ match: 'PutRolePolicy', kind: 'deny', times: 99 });
    const result = await admin.run(await admin.bind('local'));

    expect(result).toMatchObject({ status: 'failed', error: { kind: 'denied', facts: { action: 'iam:PutRolePolicy', resource: expect.stringMatching(/^role local_/) } } });
    target.clearFaults();
    const again = await during(async() => admin.run(await admin.bind('local')));

    expect(again.result).toMatchObject({ status: 'done', identity: { result: 'verified' } });
    expect(again.writes).toEqual(['PutRolePolicy']);
  });

  it('survives an answer that got lost after CreateRole', async() => {
    const plan = await admin.bind('local');

    target.fault({ match: 'CreateRole', kind: 'lost-answer' });
    const { result, writes } = await during(() => admin.run(plan));

    expect(result).toMatchObject({ status: 'done', identity: { result: 'verified' } });
    expect(writes.filter((action) => action === 'CreateRole')).toHaveLength(2);
  });

  it('finishes after it was left half way', async() => {
    let steps = 0;

    expect((await admin.run(await admin.bind('local'), { stopped: () => steps++ === 2 })).status).toBe('stopped');
    const later = await logIn(target, 'admin');

    expect(await later.run(await later.bind('local'))).toMatchObject({ status: 'done', identity: { result: 'verified' } });
  });

  it('does not touch a stranger’s role of the same name', async() => {
    const plan = await admin.bind('local', { role: 'ci-deployer' });

    expect(plan.consent).toBeDefined();
    expect(plan.documents.find(({ id }) => id === 'trust')?.before).toContain('codebuild.amazonaws.com');
    expect(plan.steps.map(({ id }) => id)).not.toContain('create-role');
  });

  it('stops when a role of that name appears between plan and run', async() => {
    const plan = await admin.bind('local', { role: 'appears' });

    await admin.gateways().iam!.send('CreateRole', { RoleName: 'appears', AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) });
    const { result, writes } = await during(() => admin.run(plan));

    expect(result.status).toBe('changed');
    expect(writes).toEqual(['CreateOpenIDConnectProvider', 'CreateRole']);
  });

  it('gives a second bucket a policy of its own, and takes the superfluous one away only when asked to', async() => {
    seedTwoBuckets(target.world());
    const inline = () => Object.keys(Object.fromEntries([...target.world().aws.state.roles.values()].find(({ name }) => name === 'local-rancher-backup')!.inline)).sort();
    const second = { role: 'local-rancher-backup', whole: true, parameters: { bucket: 'acme-second', folder: '', region: 'eu-central-1' } };

    expect(inline()).toEqual(['backup-to-s3', 'backup-to-s3-acme-first']);
    await admin.run(await admin.bind('local', second));
    expect(inline()).toEqual(['backup-to-s3', 'backup-to-s3-acme-first', 'backup-to-s3-acme-second']);
    expect((await admin.bind('local', second)).choice).toMatchObject({ id: 'delete-policy' });
    await admin.run(await admin.bind('local', { ...second, tidies: true }));
    expect(inline()).toEqual(['backup-to-s3-acme-first', 'backup-to-s3-acme-second']);
    expect((await admin.bind('local', { ...second, tidies: true })).choice).toBeUndefined();
  });

  it('leaves nothing secret in the states of steps', async() => {
    const states: StepState[] = [];

    await admin.run(await admin.bind('local'), { onStep: (state) => states.push(state) });
    expect(JSON.stringify(states)).not.toMatch(/eyJ[\w-]+\.eyJ|SecretAccessKey|SessionToken|R_SESS/);
  });
});
