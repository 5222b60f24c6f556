/** Facts for tests about issuers of clusters that run themselves. */
import { binding, cluster, hidden, value } from '../domain/chain/test-facts';
import { bucketIssuer, bucketPolicy, issuerDocuments, OPENED, type ObservedBackupBucket, type ObservedBucket, type ObservedHosting } from '../domain/issuer/hosting';
import type { KeySet } from '../domain/issuer/jwks';
import type { ObservedServers } from '../domain/issuer/servers';
import { planCreateBucket } from './create-bucket';
import { planRetireIssuer, planSwitchIssuer } from './switch-issuer';
import { planTeardownIssuer } from './teardown-issuer';
import type { Plan } from './plan';
import type { HostOptions } from './host-issuer';

export const SELF_MANAGED = cluster({
  cluster: { ...cluster().cluster, id: 'c-m-edge0001', name: 'edge', distribution: 'rke2', origin: 'rancher', provisioningId: 'fleet-default/edge' }, issuer: value('https://kubernetes.default.svc.cluster.local'), keys: value({ ids: ['k'], publishedBy: 'unchecked' }), provider: value(null),
});
export const KEYS: KeySet = { keys: [{ use: 'sig', kty: 'RSA', kid: 'k', alg: 'RS256', n: 'AQ', e: 'AQAB' }] };
export const BUCKET = { name: 'irsa-edge-0123456789ab', region: 'eu-central-1' };
export const ISSUER = bucketIssuer(BUCKET);
const [discovery, jwks] = issuerDocuments(ISSUER, KEYS).map(({ body }) => body);

export const TAGS = { 'rancher.io/irsa': 'managed', 'rancher.io/irsa-cluster': 'edge' };

/** The bucket as it is when all is done. */
export const DONE: ObservedBucket = { state: 'here', tags: TAGS, blocks: OPENED, ownership: 'BucketOwnerEnforced', policy: JSON.stringify(bucketPolicy(BUCKET)), discovery, jwks, others: [] };

export function hosting(seen: ObservedBucket = { state: 'absent', others: [] }, change: Partial<ObservedHosting> = {}): ObservedHosting {
  return { bucket: BUCKET, reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'allowed' }), seen: value(seen), provider: value(null), ...change };
}

/** Three servers with these arguments, as Rancher wants them. */
export function servers(args: string[] = ['audit-log-maxage=30'], change: Partial<ObservedServers> = {}): ObservedServers {
  return { provisioningId: 'fleet-default/edge', lists: [{ args }], selectors: [], servers: ['a', 'b', 'c'].map((name) => ({ name, args })), rollout: { state: 'done', since: 0 }, ...change };
}

/** Every way that the rest of an issuer's life can go. */
export function lives(): Plan[] {
  const ours = (entry: string) => [`service-account-issuer${ entry }=${ ISSUER }`];
  const selected = servers([], { lists: [{ args: [] }, { selector: 0, args: ['a=b'] }], selectors: [{ config: { 'kube-apiserver-arg': ['a=b'] } }] });
  const provider = value({ arn: `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`, tags: TAGS });

  return [
    planSwitchIssuer(SELF_MANAGED, servers(), ISSUER, true), planSwitchIssuer(SELF_MANAGED, selected, ISSUER, true), planSwitchIssuer(SELF_MANAGED, servers([], { lists: [{ args: ours('+') }], rollout: { state: 'rolling' } }), ISSUER, true),
    planRetireIssuer(SELF_MANAGED, servers(ours('-')), ISSUER, 2e9), planRetireIssuer(SELF_MANAGED, servers(ours('-'), { lists: [{ args: ours('') }] }), ISSUER, 2e9),
    planTeardownIssuer({ ...SELF_MANAGED, bindings: value([binding()]) }, hosting(DONE, { provider }), servers(ours('-'))), planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider }), servers(ours(''))),
    planTeardownIssuer({ ...SELF_MANAGED, bindings: hidden('forbidden') }, hosting({ ...DONE, others: ['x'] }, { provider: value({ arn: 'arn:aws:iam::111122223333:oidc-provider/x' }) })), planTeardownIssuer(SELF_MANAGED, hosting({ ...DONE, tags: {} })),
  ];
}

export const BACKUP_TAGS = { 'rancher.io/irsa': 'backups', 'rancher.io/irsa-cluster': 'edge' };

/** A bucket for backups, as a look finds it. */
export function backupBucket(seen: Partial<ObservedBucket> = { state: 'absent' }, change: Partial<ObservedBackupBucket> = {}): ObservedBackupBucket {
  return { bucket: { name: 'acme-backups', region: 'eu-central-1' }, reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'allowed' }), seen: value({ state: 'here', others: [], ...seen }), ...change };
}

/** Every way that a bucket for backups can go. */
export function backupBuckets(): Plan[] {
  return [
    backupBucket(), backupBucket(undefined, { bucket: { name: 'acme-backups', region: 'us-east-1' } }), backupBucket({ tags: BACKUP_TAGS }), backupBucket({ tags: {} }),
    backupBucket(undefined, { reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'openable', via: { kind: 'proxyEndpoint' } }), seen: hidden('unreachable') }),
  ].map((facts) => planCreateBucket(SELF_MANAGED, facts));
}

/** Every way that hosting can go. */
export function hostings(): [ObservedHosting, HostOptions?][] {
  return [
    [hosting()],
    [hosting(undefined, { reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'openable', via: { kind: 'proxyEndpoint' } }), seen: hidden('unreachable'), provider: hidden('refused') })],
    [hosting({ ...DONE, blocks: {}, ownership: undefined, policy: '{}', discovery: '{}', jwks: '{}' })],
    [hosting(undefined, { bucket: { ...BUCKET, region: 'mx-central-1' } }), { signsItself: true }],
  ];
}
