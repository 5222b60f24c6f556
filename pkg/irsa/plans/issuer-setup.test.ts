import { describe, expect, it } from 'vitest';
import { BUCKET, DONE, hosting, ISSUER, KEYS, SELF_MANAGED, servers } from './test-issuer-facts';
import { hidden, value } from '../domain/chain/test-facts';
import type { Drift } from '../domain/issuer/drift';
import { bucketName, bucketIssuer, type ObservedBucket } from '../domain/issuer/hosting';
import { signsSince, type ObservedServers } from '../domain/issuer/servers';
import { isPublished, isTakenAway, stageOf, targetBucket, targetOf, usedBy, type ObservedIssuer } from '../domain/issuer/setup';

const SAME: Drift = { missing: [], extra: [], unknown: [], renamed: [], discovery: 'same', unreadable: false, publicWrite: false };
const ours = (entry: string) => [`service-account-issuer${ entry }=${ ISSUER }`];
const provider = value({ arn: `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }` });
const setup = (seen: ObservedBucket, rolled: ObservedServers, change: Partial<ObservedIssuer> = {}): ObservedIssuer => ({
  target: targetBucket(BUCKET), jwks: value(JSON.stringify(KEYS)), servers: value(rolled), hosting: hosting(seen, { provider }), drift: SAME, ...change,
});

describe('how far a cluster is', () => {
  it.each<[string, ObservedIssuer]>([
    ['publish', setup({ state: 'absent', others: [] }, servers(), { drift: undefined })],
    ['publish', setup(DONE, servers(), { hosting: hosting(DONE) })],
    ['publish', setup(DONE, servers(), { drift: { ...SAME, missing: ['k'] } })],
    ['switch', setup(DONE, servers())],
    ['switch', setup(DONE, servers(ours('+')))],
    ['switch', setup(DONE, servers(ours('+'), { servers: [{ name: 'a', args: ours('-') }, { name: 'b', args: ours('+') }] }))],
    ['retire', setup(DONE, servers(ours('-')))],
    ['retire', setup(DONE, servers(ours(''), { rollout: { state: 'rolling' } }))],
    ['done', setup(DONE, servers(ours('')))],
    // From its first start, and after a teardown.
    ['publish', setup({ state: 'absent', others: [] }, servers(ours('')), { drift: undefined })],
    ['publish', setup(DONE, servers(ours('')), { hosting: hosting(undefined, { seen: hidden('unreachable') }), drift: undefined })],
    ['retire', setup({ state: 'absent', others: [] }, servers(ours('+')), { drift: undefined })],
    // Also when Rancher was told to forward to S3 no more.
    ['retire', setup(DONE, servers(ours('+')), { hosting: hosting(undefined, { seen: hidden('unreachable') }), drift: undefined })],
    ['switch', setup(DONE, servers(ours('+')), { hosting: hosting(undefined, { seen: hidden('unreachable'), provider }), drift: undefined })],
    // Documents that were spoilt later are a finding.
    ['retire', setup(DONE, servers(ours('-')), { drift: { ...SAME, discovery: 'changed' } })],
  ])('%s', (stage, seen) => {
    expect(stageOf(SELF_MANAGED, seen)).toBe(stage);
  });

  it('is not switched to a host that nobody sees and IAM does not know', () => {
    const own = (provider: ObservedIssuer['provider'], list: string[], documents: ObservedIssuer['documents'] = hidden('unreachable')) => stageOf(SELF_MANAGED, { ...setup(DONE, servers(list)), target: { issuer: ISSUER }, hosting: undefined, drift: undefined, documents, provider });

    expect(own(value(null), ours('+'))).toBe('retire');
    expect([own(provider, ours('+')), own(hidden('no-credential'), ours('+')), own(value(null), ours('+'), value({ discovery: '{}' }))]).toEqual(['switch', 'switch', 'switch']);
    // On the way to a host that lets no page read it.
    expect([own(value(null), ours('-')), own(value(null), servers().lists[0]!.args)]).toEqual(['retire', 'publish']);
  });

  it('is known to be taken away from a host of one’s own only where that host says so, and IAM', () => {
    const own = (documents: ObservedIssuer['documents'], found: ObservedIssuer['provider']) => isTakenAway({ documents, provider: found });

    expect([own(value({}), value(null)), own(hidden('unreachable'), value(null)), own(value({}), hidden('no-credential')), own(value({}), provider), own(value({ discovery: '{}' }), value(null)), own(undefined, undefined)]).toEqual([true, false, false, false, false, false]);
  });

  it('knows since when all servers sign: Rancher’s roll-out says it, or each server that still accepts another', () => {
    const byHand = (...list: [string, number?][]) => signsSince(servers([], { rollout: { state: 'done' }, servers: list.map(([entry, since], index) => ({ name: String(index), args: ours(entry), since })) }), ISSUER);

    expect(signsSince(servers(ours('-'), { rollout: { state: 'done', since: 7 } }), ISSUER)).toBe(7);
    expect(byHand(['-', 1], ['-', 3], ['-', 2])).toBe(3);
    // One that was retired already was restarted for that: it does not put the others off.
    expect(byHand(['-', 1], ['', 9])).toBe(1);
    expect(byHand(['-', 1], ['-', undefined])).toBeUndefined();
    expect(byHand()).toBeUndefined();
  });

  it('is told by a token where no server can be seen', () => {
    const blind = { ...setup(DONE, servers()), servers: hidden('forbidden') };

    expect(usedBy(SELF_MANAGED, blind)).toBe('none');
    expect(usedBy({ ...SELF_MANAGED, issuer: value(ISSUER) }, blind)).toBe('signs');
  });

  it('is published as far as can be seen where the cluster keeps its keys to itself', () => {
    const seen = (change: Partial<ObservedBucket>) => isPublished({ ...setup({ ...DONE, ...change }, servers()), jwks: hidden('forbidden'), drift: undefined });

    // STS signs nothing.
    expect(isPublished(setup(DONE, servers(), { drift: { ...SAME, bucket: 'closed' } }))).toBe(false);
    expect(isPublished({ ...setup(DONE, servers()), jwks: hidden('forbidden'), drift: { ...SAME, missing: ['k'] } })).toBe(false);
    expect([seen({}), seen({ jwks: undefined }), seen({ discovery: '{"issuer":"https://other.example"}' })]).toEqual([true, false, false]);
  });

  it('is not published on a host of one’s own before somebody has read it', () => {
    const own = (documents: ObservedIssuer['documents'], drift?: ObservedIssuer['drift']) => isPublished({ target: { issuer: 'https://oidc.example.com' }, jwks: value(''), documents, drift });

    expect([own(hidden('unreachable')), own(value({}), { ...SAME, discovery: 'missing' }), own(value({}), SAME)]).toEqual([false, false, true]);
  });
});

describe('the issuer that a cluster is on the way to', () => {
  const suggested = { name: bucketName(SELF_MANAGED.cluster, 'k'), region: 'eu-west-1' };

  it('is the one of its tokens, then the one its servers are given, then the one of a bucket made before', () => {
    expect(targetOf({ ...SELF_MANAGED, issuer: value(ISSUER) })).toEqual(targetBucket(BUCKET));
    expect(targetOf(SELF_MANAGED, servers(ours('+')))).toEqual(targetBucket(BUCKET));
    expect(targetOf({ ...SELF_MANAGED, providers: [`arn:aws:iam::111122223333:oidc-provider/${ bucketIssuer(suggested).slice(8) }`] })).toEqual(targetBucket(suggested));
    expect(targetOf({ ...SELF_MANAGED, issuer: value('https://oidc.example.com/edge') })).toEqual({ issuer: 'https://oidc.example.com/edge' });
  });

  it('else is a bucket in the cluster’s region', () => {
    expect(targetOf({ ...SELF_MANAGED, cluster: { ...SELF_MANAGED.cluster, region: 'eu-west-1' } })).toEqual({ ...targetBucket(suggested), suggested: true });
    expect(targetOf({ ...SELF_MANAGED, cluster: { ...SELF_MANAGED.cluster, region: undefined } }).bucket?.region).toBe('us-east-1');
  });
});
