import { BACKUPS, TAG } from '../../domain/aws/ownership';
import { serviceHost } from '../../domain/aws/partitions';
import { IrsaError, irsaError } from '../../domain/errors';
import type { Known } from '../../domain/facts';
import { issuerOfProviderArn } from '../../domain/issuer/issuer';
import { bucketIssuer, DISCOVERY_KEY, JWKS_KEY, type IssuerBucket, type ObservedBackupBucket, type ObservedBucket, type ObservedHosting } from '../../domain/issuer/hosting';
import type { Gateways } from '../index';
import { awsRequest } from '../aws/request';
import { xml, type S3, type S3Command } from '../aws/s3';
import { kubernetesError, clusterPath } from '../kubernetes/client';
import { observeProxyHost, READ_PROXY_ENDPOINTS } from '../rancher/proxy-hosts';
import type { Transport } from '../transport';
import { look, unknown } from './known';

type Of<T> = T | T[] | undefined;

/** One look at a bucket and at the provider of its issuer. Each fact is there or says why it is not. */
export async function observeHosting(gateways: Gateways, bucket: IssuerBucket, providers?: string[], signal?: AbortSignal): Promise<ObservedHosting> {
  const { transport, s3 } = gateways;
  const noCredential = unknown<never>('no-credential', 'irsa.obstacle.noCredential');
  const [reach, seen, provider] = await Promise.all([
    reachOf(transport, bucket, signal),
    s3 ? look(() => observeBucket(s3(bucket.region), transport, bucket, signal)) : noCredential,
    observeProvider(gateways, bucketIssuer(bucket), providers, signal),
  ]);

  return { bucket, seen, provider, reach };
}

/** The provider of an issuer; none where IAM has none. */
export function observeProvider({ iam }: Gateways, issuer: string, providers?: string[], signal?: AbortSignal): Promise<ObservedHosting['provider']> {
  return iam ? look(async() => {
    const arn = (providers ?? await iam.listProviders(signal)).find((one) => issuerOfProviderArn(one) === issuer);

    return arn ? iam.getProvider(arn, signal) : null;
  }) : Promise.resolve(unknown<never>('no-credential', 'irsa.obstacle.noCredential'));
}

/** Whether Rancher forwards to S3 in the bucket's region. */
async function reachOf(transport: Transport, { region }: IssuerBucket, signal?: AbortSignal): Promise<ObservedHosting['reach']> {
  const reach = await look(async() => await observeProxyHost(transport, serviceHost('s3', region), signal));

  return reach.known ? (reach.value ? { known: true, value: reach.value } : unknown('forbidden', 'irsa.obstacle.right', { right: READ_PROXY_ENDPOINTS })) : reach;
}

/** A bucket for backups: where it is and whose, and only of one made here whether it was finished. */
export async function observeBackupBucket({ transport, s3 }: Gateways, bucket: IssuerBucket, signal?: AbortSignal): Promise<ObservedBackupBucket> {
  const reach = await reachOf(transport, bucket, signal);

  // A panel on a page of Rancher's provokes no refusal that is known beforehand.
  if (reach.known && reach.value.state !== 'allowed') {
    return { bucket, reach, seen: unknown('unreachable', 'irsa.obstacle.notForwarded', { args: { host: reach.value.host } }) };
  }

  return { bucket, reach, seen: s3 ? await look(() => backupBucket(s3(bucket.region), bucket, signal)) : unknown('no-credential', 'irsa.obstacle.noCredential') };
}

async function backupBucket(s3: S3, bucket: IssuerBucket, signal?: AbortSignal): Promise<ObservedBucket> {
  const where = await locate(s3, bucket, signal);
  const Bucket = bucket.name;

  if (where.state !== 'here') {
    return where;
  }
  // Whoever may not read the tags of a bucket is shown one of somebody else: it stays as it is.
  const tags = tagsOf((await attempt(s3, 'GetBucketTagging', { Bucket }, signal)).body);

  if (tags[TAG.owner] !== BACKUPS) {
    return { ...where, tags };
  }
  const { body = '' } = await attempt(s3, 'GetBucketVersioning', { Bucket }, signal, true);

  return { ...where, tags, versioning: xml<{ VersioningConfiguration?: { Status?: string } }>(body).VersioningConfiguration?.Status };
}

/**
 * The tags of a bucket; none where it has none.
 * @throws IrsaError when S3 refuses; TransportError
 */
export async function bucketTags(s3: S3, Bucket: string, signal?: AbortSignal): Promise<Record<string, string>> {
  return tagsOf((await attempt(s3, 'GetBucketTagging', { Bucket }, signal, true)).body);
}

function tagsOf(body = ''): Record<string, string> {
  const tags = xml<{ Tagging?: { TagSet?: { Tag?: Of<{ Key?: string; Value?: string }> } } }>(body).Tagging?.TagSet?.Tag;

  return Object.fromEntries([tags ?? []].flat().map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** One request, which any region's endpoint answers. */
async function locate(s3: S3, { name, region }: IssuerBucket, signal?: AbortSignal): Promise<ObservedBucket> {
  const location = await attempt(s3, 'GetBucketLocation', { Bucket: name }, signal);

  if (location.code) {
    return { state: location.code === 'GONE' ? 'absent' : location.code === 'BUCKET_ELSEWHERE' ? 'elsewhere' : 'taken', others: [] };
  }
  const { LocationConstraint } = xml<{ LocationConstraint?: unknown }>(location.body ?? '');
  const found = textOf(LocationConstraint) || 'us-east-1';

  return found === region ? { state: 'here', others: [] } : { state: 'elsewhere', region: found, others: [] };
}

/**
 * A bucket, its settings and the documents in it: one request where there is none, seven where it is. The documents are read as STS does,
 * by nobody; with the credential only where nobody may.
 * @throws IrsaError when S3 refuses for another reason than that it is not there; TransportError
 */
export async function observeBucket(s3: S3, transport: Transport, bucket: IssuerBucket, signal?: AbortSignal): Promise<ObservedBucket> {
  const where = await locate(s3, bucket, signal);
  const { name } = bucket;

  if (where.state !== 'here') {
    return where;
  }
  const read = (command: S3Command, more: object = {}) => attempt(s3, command, { Bucket: name, ...more }, signal, true);
  const listed = read('ListObjectVersions').then(({ body = '' }) => versionsOf(body));
  // Only what is listed: to be told that an object is not there takes a further right, s3:ListBucket.
  let closed = false;
  const object = async(key: string) => {
    if (!(await listed).some(({ Key, isCurrent }) => Key === key && isCurrent)) {
      return undefined;
    }
    // Signed by nobody. A host's style of address is no other to S3.
    const { status, body } = await awsRequest({ transport, signal }, { method: 'GET', host: serviceHost('s3', bucket.region), path: `/${ name }/${ key }`, contentType: 'text/plain', body: '' });

    closed ||= status === 403;

    // What begins with a tag is S3's refusal, or whoever stands in between.
    return status === 200 && !/^\s*</.test(body) ? body : (await read('GetObject', { Key: key })).body;
  };
  const [tagging, blocks, ownership, policy, discovery, jwks, versions] = await Promise.all([
    read('GetBucketTagging'), read('GetPublicAccessBlock'), read('GetBucketOwnershipControls'), read('GetBucketPolicy'), object(DISCOVERY_KEY), object(JWKS_KEY), listed,
  ]);
  const { PublicAccessBlockConfiguration } = xml<{ PublicAccessBlockConfiguration?: Record<string, string> }>(blocks.body ?? '');
  const rule = xml<{ OwnershipControls?: { Rule?: { ObjectOwnership?: string } } }>(ownership.body ?? '').OwnershipControls?.Rule;

  return {
    state:     'here',
    tags:      tagsOf(tagging.body),
    blocks:    blocks.body === undefined ? {} : Object.fromEntries(Object.entries(PublicAccessBlockConfiguration ?? {}).map(([block, on]) => [block, on === 'true'])),
    ownership: rule?.ObjectOwnership,
    policy:    policy.body,
    discovery,
    jwks,
    closed,
    versioned: versions.some(({ VersionId }) => VersionId !== 'null'),
    others:    versions.map(({ Key }) => Key).filter((key) => key !== DISCOVERY_KEY && key !== JWKS_KEY),
  };
}

/** Versions and delete markers that a listing shows: a bucket is empty when there are none. */
export function versionsOf(listing: string): { Key: string; VersionId: string; isCurrent: boolean }[] {
  const { Version, DeleteMarker } = xml<{ ListVersionsResult?: Record<'Version' | 'DeleteMarker', Of<{ Key: string; VersionId: string; IsLatest?: string }>> }>(listing).ListVersionsResult ?? {};

  return [...[Version ?? []].flat().map((one) => ({ ...one, isCurrent: one.IsLatest === 'true' })), ...[DeleteMarker ?? []].flat().map((one) => ({ ...one, isCurrent: false }))].map(({ Key, VersionId, isCurrent }) => ({ Key, VersionId, isCurrent }));
}

/** Refusals that say something about the bucket become its code; the rest is thrown. `goneOnly`: only «there is none» does. */
async function attempt(s3: S3, command: S3Command, input: Record<string, unknown>, signal?: AbortSignal, goneOnly = false): Promise<{ body?: string; code?: string }> {
  try {
    return { body: await s3.send(command, input, signal) };
  } catch (error) {
    if (error instanceof IrsaError && (error.code === 'GONE' || (!goneOnly && (error.code === 'BUCKET_ELSEWHERE' || error.facts.awsCode === 'AccessDenied')))) {
      // Strangers get «Access Denied» and no more; who lacks the right is told which.
      if (error.facts.awsCode === 'AccessDenied' && error.code !== 'DENIED') {
        throw error;
      }

      return { code: error.code };
    }
    throw error;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'object' && value !== null && '#text' in value ? String(value['#text']) : '';
}

const MOST = 1_000_000;

/**
 * The JWKS that a cluster's API server answers, as text. `local` cannot be asked that way, and it takes a right that is no object's:
 * `get` on the path `/openid/v1/jwks`, which cluster owners have.
 * @throws IrsaError KEYS_LOCKED_OUT where it is not given out, or what Kubernetes says
 */
export async function readJwks(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<string> {
  const path = '/openid/v1/jwks';
  // API servers let browsers keep it for an hour; after a rotation that would be the old keys.
  const answer = await transport.request({ method: 'GET', url: `${ clusterPath(clusterId, path) }?at=${ Date.now() }`, headers: { accept: 'application/jwk-set+json, */*' }, signal });

  if (answer.status === 403 || answer.status === 404) {
    throw irsaError('KEYS_LOCKED_OUT', { path }, { service: 'kubernetes', action: `GET ${ path }`, httpStatus: answer.status });
  }
  if (answer.status >= 400 || answer.body.length > MOST) {
    throw kubernetesError(answer, `GET ${ path }`);
  }

  return answer.body;
}

/** @returns the same, as a fact */
export function observeJwks(transport: Transport, clusterId: string, signal?: AbortSignal): Promise<Known<string>> {
  return look(() => readJwks(transport, clusterId, signal));
}
