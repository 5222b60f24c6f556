import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { value } from '../chain/test-facts';
import { isPublicWrite } from './bucket-policy';
import { driftOf, missingBeforeRotation } from './drift';
import { bucketIssuer, bucketPolicy, issuerDocuments, type ObservedBucket, type ObservedHosting } from './hosting';
import { keySet } from './jwks';

const key = (): JsonWebKey => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) as JsonWebKey;
const [OLD, NEXT, FOREIGN] = [key(), key(), key()];
const BUCKET = { name: 'irsa-edge-0123456789ab', region: 'eu-central-1' };
const text = async(...keys: JsonWebKey[]) => JSON.stringify(await keySet(keys));

async function hosting(keys: JsonWebKey[], change: Partial<ObservedBucket> = {}): Promise<ObservedHosting> {
  const [discovery, jwks] = issuerDocuments(bucketIssuer(BUCKET), await keySet(keys)).map(({ body }) => body);

  return {
    bucket: BUCKET, reach: value({ host: '', state: 'allowed' }), provider: value(null), seen: value({ state: 'here', ownership: 'BucketOwnerEnforced', policy: JSON.stringify(bucketPolicy(BUCKET)), discovery, jwks, others: [], ...change }),
  };
}

describe('what is published against what is live', () => {
  it('is the same', async() => {
    expect(await driftOf(await text(OLD), await hosting([OLD]))).toEqual({ missing: [], extra: [], unknown: [], renamed: [], discovery: 'same', unreadable: false, publicWrite: false });
  });

  it('is the same for an EC key, whose algorithm the document names, and while one comes', async() => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) as JsonWebKey;
    const both = await hosting([OLD, ec]);

    expect(await driftOf(await text(ec), await hosting([ec]))).toMatchObject({ discovery: 'same', missing: [] });
    expect(JSON.parse(both.seen.known ? both.seen.value.discovery! : '')).toMatchObject({ id_token_signing_alg_values_supported: ['ES256', 'RS256'] });
    expect(await driftOf(await text(OLD), both, [(await keySet([ec])).keys[0]!.kid])).toMatchObject({ discovery: 'same', unknown: [] });
    expect(await driftOf(await text(ec), await hosting([ec], { discovery: JSON.stringify({ ...JSON.parse(both.seen.known ? both.seen.value.discovery! : ''), id_token_signing_alg_values_supported: ['RS256'] }) }))).toMatchObject({ discovery: 'changed' });
  });

  it('lacks a key that signs', async() => {
    const { missing } = await driftOf(await text(NEXT, OLD), await hosting([OLD]));

    expect(missing).toEqual([(await keySet([NEXT])).keys[0]!.kid]);
  });

  it('has a key that nobody expects, unless it is the next one', async() => {
    const { kid } = (await keySet([FOREIGN])).keys[0]!;

    expect((await driftOf(await text(OLD), await hosting([OLD, FOREIGN]))).unknown).toEqual([kid]);
    expect(await driftOf(await text(OLD), await hosting([OLD, FOREIGN]), [kid])).toMatchObject({ unknown: [], extra: [kid] });
  });

  it.each<[string, Partial<ObservedBucket>, object]>([
    ['no documents', { discovery: undefined, jwks: undefined }, { discovery: 'missing', unreadable: false }],
    ['another issuer in the document', { discovery: '{"issuer":"https://evil.example"}' }, { discovery: 'changed' }],
    ['no JWKS', { jwks: 'x' }, { unreadable: true }],
    ['a policy that lets everybody write', { policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}' }, { publicWrite: true }],
    ['access lists', { ownership: 'ObjectWriter' }, { publicWrite: true }],
  ])('tells of %s', async(_what, change, told) => {
    expect(await driftOf(await text(OLD), await hosting([OLD], change))).toMatchObject(told);
  });
});

describe('a rotation', () => {
  it('waits until the next key is published', async() => {
    const { kid } = (await keySet([NEXT])).keys[0]!;

    expect(await missingBeforeRotation(await text(NEXT, OLD), await text(OLD))).toEqual([kid]);
    expect(await missingBeforeRotation(await text(NEXT, OLD), await text(OLD, NEXT))).toEqual([]);
    expect(await missingBeforeRotation(await text(NEXT), undefined)).toEqual([kid]);
  });
});

it.each<[boolean, object]>([
  [false, { Principal: '*', Action: 's3:GetObject' }], [true, { Principal: '*', Action: ['s3:GetObject', 's3:PutObject'] }], [true, { Principal: { AWS: '*' }, Action: 's3:*' }], [false, { Principal: { AWS: 'arn:aws:iam::1:root' }, Action: 's3:*' }],
  [true, { NotPrincipal: { AWS: 'a' }, Action: 's3:PutObject' }], [true, { Principal: '*', NotAction: 's3:DeleteObject' }], [false, { Effect: 'Deny', Principal: '*', Action: 's3:*' }],
])('whether everybody may write: %s by %j', (told, statement) => {
  expect(isPublicWrite(JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] }))).toBe(told);
});
