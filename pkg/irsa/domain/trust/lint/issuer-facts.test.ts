import { describe, expect, it } from 'vitest';
import { cluster, hidden, value } from '../../chain/test-facts';
import { publicReads } from '../../issuer/bucket-policy';
import type { Drift } from '../../issuer/drift';
import { bucketIssuer, bucketPolicy, type ObservedBucket } from '../../issuer/hosting';
import { targetBucket, type ObservedIssuer } from '../../issuer/setup';
import { besideDrift, lintIssuer } from './issuer-facts';

const BUCKET = { name: 'irsa-edge-0123456789ab', region: 'eu-central-1' };
const issuer = bucketIssuer(BUCKET);
const observed = cluster({ cluster: { ...cluster().cluster, distribution: 'rke2' }, issuer: value(issuer) });
const DRIFT: Drift = { missing: [], extra: [], unknown: [], renamed: [], discovery: 'same', unreadable: false, publicWrite: false };

const setup = (seen: Partial<ObservedBucket>, change: Partial<ObservedIssuer> = {}): ObservedIssuer => ({
  target: targetBucket(BUCKET), jwks: value('{}'), hosting: { bucket: BUCKET, reach: hidden('forbidden'), provider: value({ arn: 'a' }), seen: value({ state: 'here', ownership: 'BucketOwnerEnforced', policy: JSON.stringify(bucketPolicy(BUCKET)), others: [], ...seen }) }, drift: DRIFT, ...change
});

describe('what serves an issuer, as the rules take it', () => {
  it('a bucket as we make it is open for nothing but the two documents', () => {
    expect(lintIssuer(observed, setup({ jwks: '{}' })).bucket).toEqual({ name: BUCKET.name, publicWrite: false, publicList: false, publicObjects: false, acls: false });
  });

  it.each<[string, Partial<ObservedBucket>, Partial<ObservedIssuer>, object]>([
    ['access lists', { ownership: undefined }, {}, { bucket: { acls: true } }],
    ['a bucket that is gone', { state: 'absent' }, { drift: undefined }, { claimable: true }],
    ['keys that differ, by the names of the cluster', {}, { drift: { ...DRIFT, missing: ['a'], unknown: ['x'], renamed: [{ published: 'y', live: 'b' }] } }, { keys: { live: ['a', 'b'], published: ['x'] } }],
    ['a discovery document', { discovery: '{"issuer":"https://evil.example","jwks_uri":"https://evil.example/k"}' }, {}, { discovery: { issuer: 'https://evil.example', jwksUri: 'https://evil.example/k' } }],
  ])('%s', (_what, seen, change, told) => {
    expect(lintIssuer(observed, setup(seen, change))).toMatchObject(told);
  });

  it('one that was made here keeps no old versions, on purpose', () => {
    expect(lintIssuer(observed, setup({ jwks: '{}', versioned: false }, { jwks: hidden('forbidden') })).bucket).not.toHaveProperty('versioning');
  });

  it('what is not published yet differs from nothing', () => {
    const before = cluster({ cluster: observed.cluster, issuer: value('https://kubernetes.default.svc') });

    expect(lintIssuer(before, setup({ discovery: '{}' }, { drift: { ...DRIFT, missing: ['a'] } }))).not.toHaveProperty('keys');
  });

  it('leaves to the drift what the drift tells', () => {
    const all = lintIssuer(observed, setup({ ownership: 'ObjectWriter', discovery: '{"issuer":"x","jwks_uri":"y"}', policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}' }, { drift: { ...DRIFT, unknown: ['x'] } }));

    expect(all).toMatchObject({ keys: { published: ['x'] }, discovery: {}, bucket: { publicWrite: true, acls: true } });
    expect(besideDrift(all)).toEqual({ issuer, bucket: { name: BUCKET.name, publicList: true, publicObjects: true } });
    expect(besideDrift({ issuer, claimable: true })).toEqual({ issuer, claimable: true });
  });
});

it.each<[object, boolean, boolean]>([
  [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/openid/v1/jwks' }, false, false],
  [{ Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }, false, true],
  [{ Action: ['s3:Get*', 's3:ListBucket'], Resource: 'arn:aws:s3:::b' }, true, false],
  [{ Action: 'S3:*', Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/x'] }, true, true],
  [{ NotAction: 's3:Put*', NotResource: 'arn:aws:s3:::b/x' }, true, true],
  [{ Action: 's3:ListBucket', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, false, false],
  [{ Action: 's3:ListBucket', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, true, false],
  [{ Action: 's3:*', Resource: '*', Principal: { AWS: 'arn:aws:iam::1:root' } }, false, false],
])('%j lets everybody list: %s, and read more than the documents: %s', (statement, list, objects) => {
  expect(publicReads(JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', ...statement }] }))).toEqual({ list, objects });
});
