import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { put, putNamespace } from '../scenario/put.ts';
import { buildWorld } from '../scenario/world.ts';
import type { World } from '../scenario/world.ts';

const S3 = { bucketName: 'acme-backups', folder: 'one', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' };
const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:ListBucket', 's3:PutObject'], Resource: ['arn:aws:s3:::acme-backups', 'arn:aws:s3:::acme-backups/one/*'] }] };

/** A stand-in is worth what it refuses: it is judged here before the extension is judged by it. */
describe('the stand-in of the backup operator', () => {
  let world: World;

  beforeEach(async() => {
    world = await buildWorld({ url: 'http://127.0.0.1', pace: 1 });
  });
  afterEach(() => world.stop());

  const local = () => world.kube('local');

  function bind(policy: object): void {
    const issuer = local().issuer().slice('https://'.length);
    const { arn } = world.aws.seedProvider({ url: `https://${ issuer }`, clientIds: ['sts.amazonaws.com'] });

    world.aws.seedRole({
      name: 'backups', inline: { p: policy }, trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer }:aud`]: 'sts.amazonaws.com', [`${ issuer }:sub`]: 'system:serviceaccount:cattle-resources-system:rancher-backup' } } }] }
    });
    const { store } = local();

    store.patch(store.findType('', 'serviceaccounts')!, 'cattle-resources-system', 'rancher-backup', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/backups' } } });
  }

  async function restart(): Promise<void> {
    const { store } = local();

    store.patch(store.findType('apps', 'deployments')!, 'cattle-resources-system', 'rancher-backup', 'application/merge-patch+json', { spec: { template: { metadata: { annotations: { again: 'yes' } } } } });
    await local().idle();
  }

  async function backUp(s3: object | undefined): Promise<{ message: string; ready: boolean }> {
    const { store } = local();
    const type = store.findType('resources.cattle.io', 'backups')!;

    put(local(), 'resources.cattle.io', 'backups', { metadata: { name: 'now' }, spec: { resourceSetName: 'rancher-resource-set-full', ...s3 ? { storageLocation: { s3 } } : {} } });
    const conditions = () => (store.get(type, undefined, 'now')?.status as { conditions?: { type: string; status: string; message: string }[] } | undefined)?.conditions;

    await expect.poll(conditions).toBeDefined();
    const ready = conditions()!.find(({ type: name }) => name === 'Ready')!;

    return { message: ready.message, ready: ready.status === 'True' };
  }

  const written = () => [...world.aws.state.buckets.get('acme-backups')!.objects.keys()];

  it('writes a Backup into the bucket with the role of its pod', async() => {
    bind(ALL);
    await restart();
    expect(await backUp(S3)).toEqual({ message: 'Completed', ready: true });
    expect(written()).toEqual([expect.stringMatching(/^one\/now-.*\.tar\.gz$/)]);
  });

  it('has no role as long as the pod was made before the annotation', async() => {
    bind(ALL);
    expect((await backUp(S3)).message).toMatch(/failed to check if s3 bucket \[acme-backups\] exists/);
  });

  it.each([
    ['may list only under a prefix', { ...ALL, Statement: [{ ...ALL.Statement[0], Condition: { StringLike: { 's3:prefix': 'one/*' } } }] }, S3, /exists, error: Access Denied/],
    ['may not write there', ALL, { ...S3, folder: 'two' }, /uploading backup: Access Denied/],
    ['trusts an authority of its own', ALL, { ...S3, endpointCA: 'LS0t' }, /x509: certificate signed by unknown authority/],
    ['asks another region', ALL, { ...S3, endpoint: 's3.us-east-1.amazonaws.com' }, /failed to check/],
    ['asks for a bucket that is not there', { ...ALL, Statement: [{ ...ALL.Statement[0], Resource: '*' }] }, { ...S3, bucketName: 'acme-nowhere' }, /does not exist/],
  ])('fails where it %s', async(_name, policy, s3, message) => {
    bind(policy);
    await restart();
    expect((await backUp(s3)).message).toMatch(message);
    expect(written()).toEqual([]);
  });

  it('goes where the chart says, and signs with a key where one is named', async() => {
    bind({ ...ALL, Statement: [{ ...ALL.Statement[0], Resource: '*' }] });
    await restart();
    expect((await backUp(undefined)).ready).toBe(true);
    expect(written()[0]).toMatch(/^prod\/now-/);
    putNamespace(local(), 'default');
    put(local(), '', 'secrets', { metadata: { name: 'keys', namespace: 'default' }, data: { accessKey: Buffer.from('AKIASANDBOXAWSPROD01').toString('base64'), secretKey: Buffer.from('wrong').toString('base64') } });
    const { store } = local();

    store.delete(store.findType('resources.cattle.io', 'backups')!, undefined, 'now');
    expect((await backUp({ ...S3, credentialSecretName: 'keys', credentialSecretNamespace: 'default' })).message).toMatch(/Access Denied/);
  });
});
