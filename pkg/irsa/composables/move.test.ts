import { describe, expect, it, vi } from 'vitest';
import { cluster, hidden, role, ROLE_ARN } from '../domain/chain/test-facts';
import { keyUseId } from '../domain/keys/key-use';
import { outputKeyUse } from '../domain/keys/output';
import { eksLogging, KEY_USES, LOGGING, logging, MADE_HERE, NO_SECRETS } from '../plans/test-facts';
import { linkToMove, linkToOutput, planOf } from './move';
import type { Engine } from './use-engine';

const WHAT = { kind: 'output' as const, namespace: 'shop', name: 'orders' };

describe('a plan that an address names', () => {
  it('makes the output that the link was made of', async() => {
    const engine = { output: vi.fn(async() => ({ senders: [], loggings: [] })) };
    const plan = await planOf('create-output', cluster(), linkToOutput(WHAT, { destination: 's3', bucket: 'acme-logs', region: 'eu-central-1', folder: '' }), engine as unknown as Engine);

    expect(plan.steps[0]).toMatchObject({ call: { kubernetes: { path: expect.stringContaining('/namespaces/shop/outputs') as string, body: { spec: { s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1' } } } } } });
    expect(engine.output).toHaveBeenCalledWith(cluster().cluster.id, expect.objectContaining(WHAT));
  });

  it('gives the role that sends an output what it needs, and never one of the same name elsewhere', async() => {
    const senders = [{ logging: 'root', account: { namespace: 'cattle-logging-system', name: 'fluentd' }, roleArn: ROLE_ARN }];
    const made = async(arn: string) => planOf('create-output', cluster(), linkToOutput(WHAT, { destination: 's3', bucket: 'acme-logs', region: 'eu-central-1', folder: '' }), { output: async() => ({ senders, loggings: [] }), observeRole: async() => role({ arn, inlinePolicies: {} }) } as unknown as Engine);

    expect((await made(ROLE_ARN)).steps.map(({ id }) => id)).toEqual(['put-policy', 'create-output']);
    expect(await made('arn:aws:iam::999988887777:role/other')).toMatchObject({ steps: [{ id: 'create-output' }], warnings: [{ key: 'irsa.warning.roleUnread' }] });
  });

  it.each([
    ['KEY_USE_GONE', { use: 'deployment/shop/x', 'p.destination': 's3' }],
    ['KEY_USE_GONE', {}],
    ['PARAMETERS_UNUSABLE', linkToOutput(WHAT, { destination: 's3', bucket: 'Not A Bucket', region: 'eu-central-1' })],
  ])('is refused where the address makes no output: %s', async(code, place) => {
    await expect(planOf('create-output', cluster(), place.use?.startsWith('deploy') ? { ...place, 'p.bucket': 'acme-logs', 'p.region': 'eu-central-1' } : { 'p.destination': 's3', 'p.bucket': 'acme-logs', 'p.region': 'eu-central-1', ...place }, {} as Engine)).rejects.toThrow(code);
  });

  it('moves an output with all who send it, named after the chart’s own, and with the role that one of them has', async() => {
    const use = { ...KEY_USES.output, accounts: [eksLogging(), logging()].map(({ account: { namespace, name } }) => ({ namespace, name })) };
    const plan = (eks = {}) => planOf('move', cluster(), { use: keyUseId(use), account: 'cattle-logging-system/rancher-logging-eks-fluentd' }, {
      keyUse: async() => use, keySecrets: async() => NO_SECRETS, caller: async() => ({ known: false, why: {} }), observeRole: async(name: string) => name === 'reader-role' ? role() : null,
      observeBinding: async(_observed: unknown, { name }: { name: string }) => name.includes('-eks-') ? eksLogging({}, eks) : logging(),
    } as unknown as Engine);

    expect((await plan()).title.args).toMatchObject({ account: 'cattle-logging-system/rancher-logging-root-fluentd' });
    const shared = await plan({ roleArn: ROLE_ARN });

    expect(shared.title.args).toMatchObject({ account: 'cattle-logging-system/rancher-logging-eks-fluentd' });
    expect(shared.steps.map(({ id }) => id)).toEqual(expect.arrayContaining(['update-trust', 'verify-first', 'verify-first-2', 'remove-key']));
  });

  it('takes no role of this account for one of the same name in another', async() => {
    const elsewhere = 'arn:aws:iam::999988887777:role/logs';
    const plan = (found: unknown, observed = cluster()) => planOf('move', observed, { use: keyUseId(KEY_USES.output), account: 'cattle-logging-system/rancher-logging-root-fluentd' }, {
      keyUse: async() => KEY_USES.output, keySecrets: async() => NO_SECRETS, caller: async() => ({ known: false, why: {} }), observeRole: async() => found,
      observeBinding: async() => logging({}, { roleArn: elsewhere }),
    } as unknown as Engine);
    const refused = { code: 'ROLE_UNKNOWN', why: { key: 'irsa.obstacle.otherAccount', args: { account: '999988887777' } } };

    await expect(plan(role({ name: 'logs' }))).rejects.toMatchObject(refused);
    await expect(plan(null)).rejects.toMatchObject(refused);
    await expect(plan(role({ name: 'logs' }), cluster({ account: hidden('refused') }))).rejects.toMatchObject(refused);
    expect((await plan(role({ name: 'logs', arn: elsewhere }), cluster({ account: hidden('refused') }))).steps.map(({ id }) => id)).toContain('remove-key');
  });

  it('begins at the questions where nothing tells what a role that is yet to be made needs', () => {
    const tagged = outputKeyUse({ ...WHAT, spec: { cloudwatch: { aws_key_id: { value: '' }, region: 'eu-central-1', use_tag_as_group: true } } }, [LOGGING])!;

    expect(linkToMove(tagged)).toMatchObject({ bind: 'any', use: 'output/shop/orders', namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' });
    expect([linkToMove(tagged, ROLE_ARN), linkToMove({ ...tagged, fields: [] }), linkToMove(KEY_USES.output)].map(({ plan }) => plan)).toEqual(['move', 'move', 'move']);
  });

  it('opens the way to the bucket that it names, and makes nothing', async() => {
    const engine = { backupBucket: vi.fn(async(_cluster: unknown, bucket: object) => ({ bucket, reach: { known: true, value: { host: 's3.eu-central-1.amazonaws.com', state: 'openable', via: { kind: 'proxyEndpoint' } } }, seen: { known: false, why: {} } })) };
    const plan = await planOf('open-sts', cluster(), { bucket: 'acme-backups', region: 'eu-central-1' }, engine as unknown as Engine);

    expect(plan).toMatchObject({ title: { args: { host: 's3.eu-central-1.amazonaws.com' } }, steps: [{ id: 'open-s3' }], warnings: [{ key: 'irsa.warning.stsCookie' }] });
  });

  it('shuts it again where it was opened here, and never STS instead', async() => {
    const entry = { domain: 's3.eu-central-1.amazonaws.com', name: 'irsa-s3', uid: 'u', stays: false };
    const engine = { backupBucket: vi.fn(async(_cluster: unknown, bucket: object) => ({ bucket, reach: { known: true, value: { host: 's3.eu-central-1.amazonaws.com', state: 'allowed', entry } }, seen: { known: false, why: {} } })) };
    const plan = await planOf('close-sts', cluster({ sts: MADE_HERE[0] }), { bucket: 'acme-backups', region: 'eu-central-1' }, engine as unknown as Engine);

    expect(plan).toMatchObject({ title: { args: { host: 's3.eu-central-1.amazonaws.com' } }, steps: [{ id: 'close-sts', call: { kubernetes: { verb: 'DELETE', path: '/apis/management.cattle.io/v3/proxyendpoints/irsa-s3' } } }], warnings: [{ key: 'irsa.warning.s3Loses' }] });
  });

  it('makes the bucket that it names', async() => {
    const engine = { backupBucket: vi.fn(async(_cluster: unknown, bucket: object) => ({ bucket, reach: { known: true, value: { host: 's3.eu-central-1.amazonaws.com', state: 'allowed' } }, seen: { known: true, value: { state: 'absent', others: [] } } })) };
    const plan = await planOf('create-bucket', cluster(), { bucket: 'acme-backups', region: 'eu-central-1' }, engine as unknown as Engine);

    expect(plan.steps.map(({ id }) => id)).toEqual(['create-bucket', 'close-bucket', 'keep-versions']);
  });
});
