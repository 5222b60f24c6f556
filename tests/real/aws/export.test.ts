import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planBind, planEditTrust, planEnable, planUnbind } from '../../../pkg/irsa/plans';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { findRole, observeBinding } from '../../../pkg/irsa/gateways/observe/binding';
import type { Person } from '../../contract/target';
import type { Ended } from './programs';
import { hasScriptTools, openScriptWorld, type ScriptWorld } from './script-world';

const CLUSTER = { name: 'prod-eks', id: 'c-eks01' };
const ACCOUNT = { namespace: 'shop', name: 'writer' };
const PERMISSIONS = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Write', Effect: 'Allow', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::acme-orders/it\'s "$HOME" + `id`/*' }] }, null, 2);

/** One world, with a person in it and a shell beside it. */
type World = ScriptWorld & { person: Person };

async function openWorld(): Promise<World> {
  const world = await openScriptWorld();

  return { ...world, person: await world.admin() };
}

async function bindPlan({ person: admin }: World): Promise<Plan> {
  const observed = await admin.observe(CLUSTER.name);
  const gateways = admin.gateways();
  const [target, found] = await Promise.all([observeBinding(gateways, observed, ACCOUNT), findRole(gateways.iam!, 'shop-writer', { seen: false })]);

  return planBind(observed, {
    target, role: { kind: 'new', name: 'shop-writer', found }, permissions: { kind: 'policy', name: 'write-orders', json: PERMISSIONS }, region: 'eu-central-1'
  });
}

/** Both worlds with the account bound, and the plan of taking that away again, in one of them. */
async function unbindPlan({ person: admin }: World, deleteRole: boolean): Promise<Plan> {
  const observed = await admin.observe(CLUSTER.name);
  const gateways = admin.gateways();
  const binding = await observeBinding(gateways, observed, ACCOUNT);
  const role = await findRole(gateways.iam!, 'shop-writer', { attached: true });

  return planUnbind(observed, { ...binding, role: { known: true, value: role } }, deleteRole);
}

async function editPlan({ person: admin }: World): Promise<Plan> {
  const role = (await findRole(admin.gateways().iam!, 'shop-writer'))!;
  const trust = JSON.parse(role.trustPolicy) as { Statement: object[] };

  return planEditTrust(await admin.observe(CLUSTER.name), role, { json: JSON.stringify({ ...trust, Statement: trust.Statement.map((one) => ({ Sid: 'Ours', ...one })) }), from: role.trustPolicy });
}

/** All that IAM holds, without what time made of it. */
function iamState({ sandbox }: World): unknown {
  const { roles, providers } = sandbox.world.aws.state;
  const plain = (tags: Map<string, string>): unknown => Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1)));

  return {
    providers: [...providers.values()].map(({ arn, clientIds, tags }) => ({ arn, clientIds, tags: plain(tags) })),
    roles:     [...roles.values()].map(({ arn, trust, inline, attached, tags, boundary, description, maxSession }) => ({
      arn, trust: JSON.parse(trust) as unknown, inline: [...inline].map(([name, text]) => [name, JSON.parse(text) as unknown]), attached: [...attached.keys()],
      tags: plain(tags), boundary, description, maxSession
    })),
  };
}

function annotationIn({ sandbox }: World): string | undefined {
  const { store } = sandbox.world.kube(CLUSTER.name);
  const type = store.findType('', 'serviceaccounts');

  return type && store.get(type, ACCOUNT.namespace, ACCOUNT.name)?.metadata.annotations?.['eks.amazonaws.com/role-arn'];
}

describe.skipIf(!hasScriptTools())('AWS CLI and kubectl: the exported script', () => {
  let byScript: World;
  let byApply: World;
  const script = (plan: Plan): Promise<Ended> => byScript.script(plan);
  const written = (): string[] => byScript.sandbox.world.aws.calls().filter(({ write }) => write).map(({ action, status }) => `${ action } ${ status }`);

  beforeEach(async() => {
    [byScript, byApply] = await Promise.all([openWorld(), openWorld()]);
  });
  afterEach(async() => {
    await Promise.all([byScript, byApply].map((world) => world.close()));
  });

  it('of enable ends in the same IAM as Apply, and may be run again', async() => {
    const plan = planEnable(await byScript.person.observe(CLUSTER.name));

    expect((await byApply.person.run(planEnable(await byApply.person.observe(CLUSTER.name)))).status).toBe('done');
    expect(await script(plan)).toMatchObject({ status: 0, stderr: '' });
    expect(iamState(byScript)).toEqual(iamState(byApply));
    expect(await script(plan)).toMatchObject({ status: 0, stderr: '' });
    expect(iamState(byScript)).toEqual(iamState(byApply));
    // The second run adds the audience that is there: IAM takes that for nothing.
    expect(written()).toEqual(['CreateOpenIDConnectProvider 200', 'AddClientIDToOpenIDConnectProvider 200']);
  });

  it('of enable and bind ends in the same IAM and the same cluster as Apply, and may be run again', async() => {
    const plan = await bindPlan(byScript);

    expect(await byApply.person.run(await bindPlan(byApply))).toMatchObject({ status: 'done', identity: { result: 'verified' } });
    const first = await script(plan);

    expect([first.status, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/arn:aws:sts::\d{12}:assumed-role\/shop-writer\/irsa-check\n$/);
    expect(iamState(byScript)).toEqual(iamState(byApply));
    expect(annotationIn(byScript)).toBe(annotationIn(byApply));
    expect(annotationIn(byScript)).toMatch(/:role\/.*shop-writer$/);
    const before = iamState(byScript);

    byScript.sandbox.world.aws.clearCalls();
    const second = await script(plan);

    expect([second.status, second.stderr]).toEqual([0, '']);
    expect(iamState(byScript)).toEqual(before);
    expect(written()).toEqual(['AddClientIDToOpenIDConnectProvider 200', 'PutRolePolicy 200']);
  });

  it.each([['leaves the role', false], ['deletes the role', true]])('of unbind, which %s, ends in the same IAM and the same cluster as Apply, and may be run again', async(_, deleteRole) => {
    for (const world of [byScript, byApply]) {
      expect((await world.person.run(await bindPlan(world))).status).toBe('done');
    }
    const plan = await unbindPlan(byScript, deleteRole);

    expect((await byApply.person.run(await unbindPlan(byApply, deleteRole))).status).toBe('done');
    expect(await script(plan)).toMatchObject({ status: 0, stderr: '' });
    expect(iamState(byScript)).toEqual(iamState(byApply));
    expect(JSON.stringify(iamState(byScript)).includes('shop-writer')).toBe(!deleteRole);
    expect([annotationIn(byScript), annotationIn(byApply)]).toEqual([undefined, undefined]);
    expect(await script(plan)).toMatchObject({ status: 0, stderr: '' });
    expect(iamState(byScript)).toEqual(iamState(byApply));
  });

  it('of unbind stops before a role that somebody else was let into, and deletes nothing', async() => {
    await byScript.person.run(await bindPlan(byScript));
    const plan = await unbindPlan(byScript, true);

    expect((await byScript.person.run(await editPlan(byScript))).status).toBe('done');
    const before = iamState(byScript);

    expect(await script(plan)).toMatchObject({ status: 1, stderr: expect.stringContaining('the trust policy or the tags of the role shop-writer were changed since this plan was made') });
    expect(iamState(byScript)).toEqual(before);
  });

  it('of an edited trust policy ends in the same IAM as Apply, and may be run again', async() => {
    for (const world of [byScript, byApply]) {
      await world.person.run(await bindPlan(world));
    }
    const plan = await editPlan(byScript);

    expect((await byApply.person.run(await editPlan(byApply))).status).toBe('done');
    expect(await script(plan)).toMatchObject({ status: 0, stderr: '' });
    expect(iamState(byScript)).toEqual(iamState(byApply));
    expect(JSON.stringify(iamState(byScript))).toContain('"Ours"');
    expect(await script(plan)).toMatchObject({ status: 0, stderr: '' });
  });

  it('stops before a stranger’s role of the same name, and leaves it alone', async() => {
    const plan = await bindPlan(byScript);

    byScript.sandbox.world.aws.seedRole({ name: 'shop-writer', trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } });
    const { status, stderr } = await script(plan);

    expect([status, stderr]).toEqual([1, expect.stringContaining('the role shop-writer exists and was not made for this service account')]);
    expect(written()).toEqual(['CreateOpenIDConnectProvider 200']);
    expect(annotationIn(byScript)).toBeUndefined();
  });
});
