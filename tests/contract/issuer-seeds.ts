import { createHash } from 'node:crypto';
import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import { storeObject } from '../sandbox/aws/s3/versions.ts';
import { put } from '../sandbox/scenario/put.ts';
import type { World } from '../sandbox/scenario/world.ts';

export const REGION = 'eu-central-1';

/** Rancher forwards to S3. */
export function allowS3({ clusters }: World): void {
  put(clusters.local.kube, 'management.cattle.io', 'proxyendpoints', { metadata: { name: 's3' }, spec: { routes: [{ domain: 's3.%.amazonaws.com' }] } });
}

/** The name that our plan gives edge-rke2's bucket, worked out here anew. */
export function bucketOf(world: World, cluster = 'edge-rke2'): string {
  const { id, name } = world.clusters.find(cluster)!;
  const [key] = world.kube(cluster).jwks().keys as { kid: string }[];

  return `irsa-${ name }-${ createHash('sha256').update(JSON.stringify([id, key!.kid])).digest('hex').slice(0, 12) }`;
}

/** A run that ended behind CreateBucket, and a document that is not what it should be. */
export function seedHalfBucket(world: World): void {
  allowS3(world);
  const bucket = { ...newBucket(world.aws.state, bucketOf(world), REGION), ownership: 'ObjectWriter', tags: new Map([['rancher.io/irsa', 'managed'], ['rancher.io/irsa-cluster', 'edge-rke2']]) };

  world.aws.state.buckets.set(bucket.name, bucket);
}

/** A bucket of ours whose documents are from before, and whose policy somebody else wrote. */
export function seedOldDocuments(world: World): void {
  seedHalfBucket(world);
  const bucket = world.aws.state.buckets.get(bucketOf(world))!;

  bucket.policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${ bucket.name }/theirs`, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] });
  for (const key of ['.well-known/openid-configuration', 'openid/v1/jwks']) {
    storeObject(bucket, key, { body: Buffer.from('{}'), contentType: 'application/json', modified: Date.now() });
  }
}

export const NEW_ISSUER = `https://irsa-edge-rke2-0123456789ab.s3.${ REGION }.amazonaws.com`;
const LIST = 'kube-apiserver-arg';

/** Rancher's cluster with these arguments, and its servers with them from the first. */
function configure(world: World, machineGlobalConfig: Record<string, unknown>, more: object = {}): void {
  const { store } = world.clusters.local.kube;

  store.patch(store.findType('provisioning.cattle.io', 'clusters')!, 'fleet-default', 'edge-rke2', 'application/merge-patch+json', { spec: { rkeConfig: { machineGlobalConfig, ...more } } });
}

/**
 * A change of arguments is under way: the first server has it, the second is restarting and comes back only when the returned function
 * is called, so that a plan finds the same however long it takes to be made.
 */
export async function seedRolling(world: World, args: string[]): Promise<() => void> {
  const { servers } = world.kube('edge-rke2');
  const [first, second] = servers.servers;

  servers.stuckAt = second!.name;
  configure(world, { [LIST]: ['audit-log-maxage=30', ...args] });
  for (let look = 0; look < 400 && !first!.args.some((arg) => args.includes(arg)); look++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  return () => {
    servers.stuckAt = undefined;
  };
}

/** Nobody ever gave the API servers an argument. */
export async function seedNoArguments(world: World): Promise<void> {
  configure(world, { [LIST]: null });
  await world.kube('edge-rke2').servers.roll([]);
  await updated(world);
}

/** One machine has a list of its own, which replaces the one of all (rancher.md §2.11): its server runs with other arguments than the others. */
export async function seedSelected(world: World): Promise<void> {
  const { store } = world.clusters.local.kube;
  const machines = store.findType('cluster.x-k8s.io', 'machines')!;
  const [, second] = world.kube('edge-rke2').servers.servers;
  const machine = store.list(machines).find(({ status }) => (status as { nodeRef?: { name: string } }).nodeRef?.name === second!.name)!;

  store.patch(machines, 'fleet-default', machine.metadata.name, 'application/merge-patch+json', { metadata: { labels: { pool: 'other' } } });
  configure(world, {}, { machineSelectorConfig: [{ config: { 'protect-kernel-defaults': false } }, { machineLabelSelector: { matchLabels: { pool: 'other' } }, config: { [LIST]: ['audit-log-maxage=5'] } }] });
  for (let look = 0; look < 400 && second!.args[0] !== 'audit-log-maxage=5'; look++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await updated(world);
}

/** All of it: bucket, provider, and servers that sign with it; with `''` they accept no other. */
export async function seedHosted(world: World, operator: '-' | '' = '-'): Promise<void> {
  seedHalfBucket(world);
  const name = bucketOf(world);
  const issuer = `https://${ name }.s3.${ REGION }.amazonaws.com`;
  const bucket = world.aws.state.buckets.get(name)!;

  for (const key of ['.well-known/openid-configuration', 'openid/v1/jwks']) {
    storeObject(bucket, key, { body: Buffer.from('{}'), contentType: 'application/json', modified: Date.now() });
  }
  world.aws.seedProvider({ url: issuer, clientIds: ['sts.amazonaws.com'], tags: { 'rancher.io/irsa': 'managed', 'rancher.io/irsa-cluster': 'edge-rke2' } });
  await seedSwitched(world, issuer, operator);
}

/** Every server signs with the new issuer, and has the old one still; with `+` it is the other way round; with nothing there is no old one. */
export async function seedSwitched(world: World, issuer = NEW_ISSUER, operator: '-' | '+' | '' = '-'): Promise<void> {
  const args = ['audit-log-maxage=30', `service-account-issuer${ operator }=${ issuer }`];

  configure(world, { [LIST]: args });
  await world.kube('edge-rke2').servers.roll(args);
  await updated(world);
}

async function updated(world: World): Promise<void> {
  for (let look = 0; look < 100 && !isUpdated(world); look++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function isUpdated(world: World): boolean {
  const { store } = world.clusters.local.kube;
  const { status } = store.get(store.findType('provisioning.cattle.io', 'clusters')!, 'fleet-default', 'edge-rke2')! as unknown as { status: { conditions: { type: string; status: string }[] } };

  return status.conditions.some(({ type, status: is }) => type === 'Updated' && is === 'True');
}
