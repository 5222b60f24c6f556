import { MANAGED, providerTags, TAG, tagList } from '../domain/aws/ownership';
import { BUCKET_POLICY_SIZE, DEFAULT_AUDIENCE } from '../domain/aws/quotas';
import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { ownPolicy, readingDenied } from '../domain/issuer/bucket-policy';
import { bucketIssuer, bucketNameProblem, issuerDocuments, OPENED, type IssuerBucket, type ObservedBucket, type ObservedHosting } from '../domain/issuer/hosting';
import { providerArn, usablePublicly } from '../domain/issuer/issuer';
import type { KeySet } from '../domain/issuer/jwks';
import { samePolicyText } from '../domain/json/same';
import { text } from '../domain/text';
import { openHost } from './open-sts';
import { createBucket, s3, seenBucket, tagged } from './bucket-part';
import type { Plan, Step } from './plan';
import { addAudience } from './provider';
import { pretty } from './value';

/** Whether requests are signed in the browser, with temporary credentials: then every region can be signed for. */
export interface HostOptions {
  signsItself?: boolean;
  audience?: string;
  /** Ids of keys that the cluster does not sign with yet. */
  next?: string[];
}

/**
 * Publishes a cluster's keys from a bucket and registers its issuer: bucket, its openness, a policy for exactly two objects, these two,
 * the provider. Six calls where nothing is there, none where all is; in between, what is missing or is not as it should be.
 * Nothing in the cluster is touched: its tokens carry the old issuer until `planSwitchIssuer`.
 * @param keys  of the cluster, those that are about to come too: `keySet(parseKeySet(text))`
 * @throws IrsaError BUCKET_NAME_UNUSABLE, REGION_UNKNOWN, BUCKET_TAKEN, BUCKET_ELSEWHERE, BUCKET_FOREIGN,
 *   BUCKET_UNSEEN, PUBLIC_BLOCKED, KEYS_INCOMPLETE (a key that signs now is not among them)
 */
export function planHostIssuer(observed: ObservedCluster, hosting: ObservedHosting, keys: KeySet, { signsItself, audience = DEFAULT_AUDIENCE, next }: HostOptions = {}): Plan {
  const { bucket } = hosting;
  const missing = observed.keys.known ? observed.keys.value.ids.find((kid) => !keys.keys.some((key) => key.kid === kid)) : undefined;

  if (missing) {
    throw irsaError('KEYS_INCOMPLETE', { kid: missing });
  }
  const seen = usable(hosting, observed, signsItself);
  const issuer = bucketIssuer(bucket);
  const policy = pretty(ownPolicy(bucket, seen.policy, next));
  const isWritten = seen.policy !== undefined && samePolicyText(seen.policy, policy);
  const denied = readingDenied(bucket, seen.policy);
  const isFirst = seen.state === 'absent';
  const undo = isFirst || (seen.discovery === undefined && seen.jwks === undefined && !seen.versioned && !seen.others.length) ? takeBack(bucket, ownTags(observed.cluster)) : {};
  // In us-east-1, S3 says «made» of a bucket that one has already (API reference, CreateBucket): its tags tell whether it is this one.
  const expects = isFirst && bucket.region !== 'us-east-1' ? {} : { expects: tagged(bucket, ownTags(observed.cluster)) };
  const steps: Step[] = [
    ...openHost('irsa-s3', hosting.reach),
    ...(isFirst ? [createBucket(bucket, providerTags(observed.cluster))] : []),
    ...(seen.blocks && Object.entries(OPENED).every(([name, on]) => seen.blocks?.[name] === on) ? [] : [{ ...openBucket(bucket, expects), ...undo }]),
    // A new bucket has it by itself (since April 2023).
    ...(isFirst || seen.ownership === 'BucketOwnerEnforced' ? [] : [ownBucket(bucket, expects)]),
    ...(isWritten ? [] : [{ ...setPolicy(bucket, policy, seen, expects), ...(seen.policy === undefined ? undo : {}) }]),
    // The keys first: a discovery document that names what is not there yet helps nobody.
    ...issuerDocuments(issuer, keys).reverse().flatMap(({ key, contentType, body }) => {
      const now = key.endsWith('jwks') ? seen.jwks : seen.discovery;

      return now !== undefined && samePolicyText(now, body) ? [] : [publish(bucket, key, contentType, body, now, expects)];
    }),
    ...provider(observed, hosting, issuer, audience),
  ];

  // A statement of somebody else stays as it is; or all is open that can be opened here. STS would be refused.
  if (denied || (seen.closed && !steps.some(({ id }) => id === 'open-bucket' || id === 'bucket-policy'))) {
    throw irsaError('PUBLIC_BLOCKED', { code: denied ? 'Deny' : '', sid: denied ?? '' });
  }

  return {
    id: 'host-issuer', title: text('irsa.plan.host-issuer.title', { cluster: observed.cluster.name, issuer }), steps: signsItself && observed.account.known ? steps.map(ownedBy(observed.account.value.id)) : steps,
    documents: seen.policy === undefined || isWritten ? [] : [{ id: 'bucket', before: seen.policy, after: policy, size: policy.length, quota: BUCKET_POLICY_SIZE }],
    // S3 Control, which would tell, wants the account in a signed header, which Rancher does not sign, and is on no list of hosts that it
    // forwards to. So the plan takes the bucket back where its policy is refused.
    warnings: seen.policy === undefined ? [text('irsa.warning.publicBuckets')] : [],
  };
}

/** S3 refuses a write to a bucket that is another account's by now. Rancher signs no such header, so only where the browser signs. */
function ownedBy(account: string): (step: Step) => Step {
  return (step) => {
    const { aws } = step.call as { aws?: Extract<Step['call'], { aws: unknown }>['aws'] };

    return aws?.service === 's3' && aws.command !== 'CreateBucket' ? { ...step, call: { aws: { ...aws, input: { ...aws.input as object, ExpectedBucketOwner: account } } } } : step;
  };
}

/** What the plan builds on; anything that would fail later is refused now, before any change. */
function usable({ bucket, seen, reach }: ObservedHosting, { cluster }: ObservedCluster, signsItself: boolean | undefined): ObservedBucket {
  const { name } = bucket;
  const problem = bucketNameProblem(name);

  if (problem) {
    throw irsaError('BUCKET_NAME_UNUSABLE', { bucket: name, problem });
  }
  const found = seenBucket({ bucket, seen, reach, signsItself }, true);

  if (found.state === 'here' && !isOurs(found, cluster)) {
    throw irsaError('BUCKET_FOREIGN', { bucket: name, cluster: cluster.name });
  }

  return found;
}

/** Made by us, and for this cluster: documents of two clusters in one bucket would overwrite each other. */
export function isOurs({ tags }: Pick<ObservedBucket, 'tags'>, cluster: { name: string }): boolean {
  return Object.entries(ownTags(cluster)).every(([key, value]) => tags?.[key] === value);
}

function ownTags(cluster: { name: string }): Record<string, string> {
  return { [TAG.owner]: MANAGED, [TAG.cluster]: providerTags(cluster)[TAG.cluster]! };
}

/**
 * An issuer on a host of one's own, or behind CloudFront: whether AWS can use it, and the two files to put there.
 * @throws IrsaError ISSUER_UNUSABLE: not https, port, query, user name, trailing slash, too long, out of reach for AWS
 */
export function ownIssuer(issuer: string, keys: KeySet): { key: string; contentType: string; body: string }[] {
  usablePublicly(issuer);

  return issuerDocuments(issuer, keys);
}

function openBucket(bucket: IssuerBucket, expects: Pick<Step, 'expects'>): Step {
  return s3('open-bucket', text('irsa.step.open-bucket.title'), 'change', bucket, 'PutPublicAccessBlock', { PublicAccessBlockConfiguration: OPENED }, { detail: text('irsa.step.open-bucket.detail'), ...expects });
}

/** What the public may not read is of no use: an empty bucket goes again, as long as it is ours (S3 deletes no other than an empty one). */
function takeBack(bucket: IssuerBucket, tags: Record<string, string>): Pick<Step, 'undo'> {
  const { call } = s3('', text('irsa.step.delete-bucket.title'), 'remove', bucket, 'DeleteBucket', {});

  return { undo: { call, expects: tagged(bucket, tags) } };
}

function ownBucket(bucket: IssuerBucket, expects: Pick<Step, 'expects'>): Step {
  return s3('own-bucket', text('irsa.step.own-bucket.title'), 'change', bucket, 'PutBucketOwnershipControls', { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }, { detail: text('irsa.step.own-bucket.detail'), ...expects });
}

function setPolicy(bucket: IssuerBucket, wanted: string, { policy }: ObservedBucket, expects: Pick<Step, 'expects'>): Step {
  return s3('bucket-policy', text('irsa.step.bucket-policy.title'), policy === undefined ? 'create' : 'change', bucket, 'PutBucketPolicy', { Policy: wanted }, {
    detail: text('irsa.step.bucket-policy.detail'), ...(policy === undefined ? expects : { expects: { s3: { bucket: bucket.name, region: bucket.region, is: policy } } })
  });
}

/** @param now  what is there, as text */
export function publish(bucket: IssuerBucket, key: string, contentType: string, body: string, now: string | undefined, expects: Pick<Step, 'expects'> = {}): Step {
  const isKeys = key.endsWith('jwks');

  return s3(isKeys ? 'publish-keys' : 'publish-discovery', isKeys ? text('irsa.step.publish-keys.title', { key }) : text('irsa.step.publish-discovery.title', { key }), now === undefined ? 'create' : 'change', bucket, 'PutObject', { Key: key, ContentType: contentType, Body: body }, {
    detail: isKeys ? text('irsa.step.publish-keys.detail') : text('irsa.step.publish-discovery.detail'), ...(now === undefined ? expects : { expects: { s3: { bucket: bucket.name, region: bucket.region, key, is: now } } })
  });
}

/** The provider of the bucket's issuer; the cluster's present one is another. */
function provider({ account, cluster }: ObservedCluster, { provider }: ObservedHosting, issuer: string, audience: string): Step[] {
  const found = provider.known ? provider.value : null;

  if (found) {
    return found.audiences?.includes(audience) === false ? [addAudience(found.arn, audience)] : [];
  }
  const arn = account.known ? providerArn(account.value, issuer) : undefined;

  return [{
    id:     'create-provider',
    target: 'iam',
    title:  text('irsa.step.create-provider.title', { issuer }),
    detail: text('irsa.step.create-provider.detail', { audience }),
    change: 'create',
    call:   { aws: { service: 'iam', command: 'CreateOpenIDConnectProvider', input: { Url: issuer, ClientIDList: [audience], Tags: tagList(providerTags(cluster)) } } },
    adopt:  { provider: { issuer, audience, ...(arn ? { arn } : {}), ...(provider.known ? {} : { blind: true as const }) } },
    needs:  { aws: { action: 'iam:CreateOpenIDConnectProvider', resource: arn ?? '*' } },
  }];
}
