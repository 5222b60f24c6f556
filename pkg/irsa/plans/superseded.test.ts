import { describe, expect, it } from 'vitest';
import { roleTags } from '../domain/aws/ownership';
import { placedPolicyName } from '../domain/names/names';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import { planBind } from './bind';
import { planCreateOutput } from './create-output';
import { toCli } from './export/cli';
import { planMove, permissionsFor } from './move';
import { planRebind } from './rebind';
import {
  backup, BACKUP_PERMISSIONS, cluster, ISSUER, KEY_USES, logging, NO_SECRETS, role, value, wish
} from './test-facts';

const FACTS = { partition: 'aws', accountId: '111122223333', region: 'eu-central-1' } as const;
const TAGS = roleTags(cluster().cluster, ISSUER, { namespace: 'cattle-resources-system', name: 'rancher-backup' });
const policy = (answers: Record<string, string>) => JSON.stringify(rancherBackup.policy({ ...FACTS, ...answers }));
const log = (answers: Record<string, string>) => JSON.stringify(rancherLogging.policy({ ...FACTS, ...answers }));
const placed = (place: string) => placedPolicyName('backup-to-s3', place);
const PROD = policy({ bucket: 'acme-backups', folder: 'prod' });
const OTHER = policy({ bucket: 'other', folder: '' });

const roleWith = (inlinePolicies: Record<string, string>, change = {}) => role({ inlinePolicies, tags: TAGS, ...change });
const bind = (inlinePolicies: Record<string, string>, { tidies = false, permissions = BACKUP_PERMISSIONS, ...change }: { tidies?: boolean; permissions?: typeof BACKUP_PERMISSIONS; tags?: Record<string, string> } = {}) => planBind(cluster(), wish({ target: backup(), permissions, role: { kind: 'existing', role: roleWith(inlinePolicies, change) }, tidies }));
const policySteps = ({ steps }: ReturnType<typeof bind>) => steps.filter(({ id }) => /policy/.test(id)).map(({ call }) => 'aws' in call ? [call.aws.command, (call.aws.input as { PolicyName: string }).PolicyName] : []);

describe('a second place', () => {
  it('leaves the policy of the first as it is, whatever that is called, and counts with it', () => {
    const plan = bind({ 'backup-to-s3': OTHER });

    expect(policySteps(plan)).toEqual([['PutRolePolicy', 'backup-to-s3-acme-backups+prod']]);
    expect(plan.steps.find(({ id }) => id === 'put-policy')).toMatchObject({ change: 'create', expects: { inlinePolicy: { policyName: 'backup-to-s3-acme-backups+prod', is: '' } } });
    expect(plan.documents.find(({ id }) => id === 'permissions')!.size).toBe(PROD.length + OTHER.length);
    expect(plan.choice).toBeUndefined();
    const filler = policy({ bucket: 'other', folder: 'x'.repeat(10_000) });

    expect(bind({ 'backup-to-s3': filler }).warnings).toContainEqual(expect.objectContaining({ key: 'irsa.warning.policyTooLong' }));
  });

  it('needs nothing where the role has its very policy, under whatever name', () => {
    const plan = bind({ 'backup-to-s3': PROD });

    expect(policySteps(plan)).toEqual([]);
    expect(plan.documents.find(({ id }) => id === 'permissions')).toMatchObject({ before: JSON.stringify(JSON.parse(PROD), null, 2), size: PROD.length });
    expect(plan.choice).toBeUndefined();
  });
});

describe('a policy of the former name', () => {
  const OLD = { 'backup-to-s3': OTHER, [placed('other')]: OTHER };

  it('is offered to be removed where those of places say all that it says, and removed only when asked to', () => {
    const plan = bind(OLD);

    expect(plan.choice).toMatchObject({ id: 'delete-policy', on: false, text: { args: { policies: 'backup-to-s3' } } });
    expect(policySteps(plan)).toEqual([['PutRolePolicy', 'backup-to-s3-acme-backups+prod']]);
    const tidied = bind(OLD, { tidies: true });

    expect(tidied.choice).toMatchObject({ on: true });
    expect(policySteps(tidied)).toEqual([['PutRolePolicy', 'backup-to-s3-acme-backups+prod'], ['DeleteRolePolicy', 'backup-to-s3']]);
    expect(tidied.steps.find(({ id }) => id === 'delete-policy-1')).toMatchObject({ change: 'remove', expects: { inlinePolicy: { policyName: 'backup-to-s3', is: OTHER } } });
    expect(toCli(tidied)).toMatch(/get-role-policy[^\n]*backup-to-s3[^]*delete-role-policy/);
  });

  it('that speaks of several places goes with the last of them', () => {
    const statements = [OTHER, PROD].flatMap((json, index) => (JSON.parse(json) as { Statement: { Sid: string }[] }).Statement.map((one) => ({ ...one, Sid: `${ one.Sid }${ index }` })));
    const both = JSON.stringify({ Version: '2012-10-17', Statement: statements });

    expect(bind({ 'backup-to-s3': both, [placed('other')]: OTHER }).choice).toMatchObject({ id: 'delete-policy' });
    expect(bind({ 'backup-to-s3': both }, { tidies: true }).choice).toBeUndefined();
  });

  it.each<[string, Record<string, string>, { tags?: Record<string, string> }?]>([
    ['it says more', { ...OLD, 'backup-to-s3': JSON.stringify({ Version: '2012-10-17', Statement: [...(JSON.parse(OTHER) as { Statement: object[] }).Statement, { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::third/*' }] }) }],
    ['it denies what they allow', { ...OLD, 'backup-to-s3': OTHER.replace('Allow', 'Deny') }],
    ['it is about another place', { ...OLD, 'backup-to-s3': policy({ bucket: 'third', folder: '' }) }],
    ['the one of its place was changed', { ...OLD, [placed('other')]: OTHER.replace('s3:DeleteObject', 's3:GetObjectAcl') }],
    ['what says the same is no place’s own', { 'backup-to-s3': OTHER, mine: OTHER }],
    ['it cannot be read', { ...OLD, 'backup-to-s3': 'nonsense' }],
    ['the role is somebody else’s', OLD, { tags: {} }],
    ['the role was adopted', OLD, { tags: { ...TAGS, 'rancher.io/irsa': 'adopted' } }],
  ])('stays where %s, also when asked to', (_why, inline, change = {}) => {
    const plan = bind(inline, { ...change, tidies: true });

    expect(plan.choice).toBeUndefined();
    expect(JSON.stringify(plan.steps)).not.toContain('DeleteRolePolicy');
  });

  it('of Logging goes the same way, in the plan of an output, too', () => {
    const A = log({ destination: 'cloudwatch', logGroup: '/a' });
    const spec = { cloudwatch: { log_group_name: '/b', region: 'eu-central-1' } };
    const sends = roleWith({ logging: A, [placedPolicyName('logging', 'cloudwatch-/a@eu-central-1')]: A });
    const make = (tidies?: boolean) => planCreateOutput(cluster(), { kind: 'output', namespace: 'shop', name: 'b', spec }, { senders: [{ logging: 'root', account: logging().account, roleArn: sends.arn }] }, new Map([[sends.arn, sends]]), tidies);

    expect(make().choice).toMatchObject({ id: 'delete-policy', on: false });
    expect(policySteps(make())).toEqual([['PutRolePolicy', 'logging-cloudwatch-+b@eu-central-1']]);
    expect(policySteps(make(true))).toEqual([['PutRolePolicy', 'logging-cloudwatch-+b@eu-central-1'], ['DeleteRolePolicy', 'logging']]);
  });

  it('gives way to the question that a move comes with, and stands where a role is left without one', () => {
    const existing = { kind: 'existing' as const, role: roleWith(OLD) };
    const needed = permissionsFor(KEY_USES.backup, cluster())!;
    const wished = wish({ target: backup(), permissions: needed, role: existing, tidies: true });
    const move = (secrets: typeof NO_SECRETS) => planMove(cluster(), wished, { what: KEY_USES.backup, use: KEY_USES.backup, secrets });

    expect(move(NO_SECRETS).choice).toMatchObject({ id: 'delete-policy' });
    expect(move({ removable: [{ namespace: 'default', name: 'keys', uid: 'u' }], kept: [] }).choice).toMatchObject({ id: 'delete-secret' });
    const left = role({ name: 'left', arn: 'arn:aws:iam::111122223333:role/left', tags: TAGS, inlinePolicies: {}, managedPolicies: value([]) });

    expect(planRebind(cluster(), wish({ target: backup(), permissions: BACKUP_PERMISSIONS, role: existing }), left).choice?.id).toBe('delete-policy');
  });
});

describe('what is written for something that is moved', () => {
  it('is told by what it allows: nobody wrote it', () => {
    const plan = planMove(cluster(), wish({ target: backup(), permissions: permissionsFor(KEY_USES.backup, cluster())! }), { what: KEY_USES.backup, use: KEY_USES.backup, secrets: NO_SECRETS });

    expect(plan.steps.find(({ id }) => id === 'put-policy')!.detail).toEqual(rancherBackup.allows({ ...FACTS, bucket: 'acme-backups', folder: 'prod' }));
    expect(planBind(cluster(), wish({ permissions: { kind: 'policy', name: 'mine', json: PROD } })).steps.find(({ id }) => id === 'put-policy')!.detail!.key).toBe('irsa.step.put-policy.own');
  });
});
