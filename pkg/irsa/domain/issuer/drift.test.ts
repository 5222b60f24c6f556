import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { value } from '../chain/test-facts';
import { isPublicWrite, ownPolicy } from './bucket-policy';
import { documentsDrift, driftFindings, driftOf, missingBeforeRotation } from './drift';
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
    expect(await driftOf(await text(OLD), await hosting([OLD, ec], { policy: JSON.stringify(ownPolicy(BUCKET, undefined, [(await keySet([ec])).keys[0]!.kid])) }))).toMatchObject({ discovery: 'same', unknown: [] });
  });

  it('lacks a key that signs', async() => {
    const { missing } = await driftOf(await text(NEXT, OLD), await hosting([OLD]));

    expect(missing).toEqual([(await keySet([NEXT])).keys[0]!.kid]);
  });

  it('has a key that nobody expects, unless it is the next one', async() => {
    const { kid } = (await keySet([FOREIGN])).keys[0]!;

    expect((await driftOf(await text(OLD), await hosting([OLD, FOREIGN]))).unknown).toEqual([kid]);
    // Marked in the policy, which is for the account's own to write.
    expect(await driftOf(await text(OLD), await hosting([OLD, FOREIGN], { policy: JSON.stringify(ownPolicy(BUCKET, undefined, [kid])) }))).toMatchObject({ unknown: [], extra: [kid] });
    expect((await driftOf(await text(OLD), await hosting([OLD, FOREIGN], { policy: JSON.stringify(ownPolicy(BUCKET, undefined, ['other'])) }))).unknown).toEqual([kid]);
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

describe('what needs no live keys', () => {
  it('finds the key that the servers sign with after a rotation, while it still has the mark of the next one', async() => {
    const { kid } = (await keySet([NEXT])).keys[0]!;
    const marked = await hosting([OLD, NEXT], { policy: JSON.stringify(ownPolicy(BUCKET, undefined, [kid])) });

    expect(await driftOf([kid], marked)).toMatchObject({ missing: [], unknown: [] });
    expect(await driftOf(['other'], marked)).toMatchObject({ missing: ['other'] });
  });

  const told = async(change: Partial<ObservedBucket>, ids: string[] = []) => driftFindings(await driftOf(ids, await hosting([OLD], change)), 'x').map(({ code }) => code);

  it.each<[string, Partial<ObservedBucket>, string[]]>([
    ['all as it should be', {}, []],
    ['a policy that lets everybody write', { policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}' }, ['ISSUER_PUBLIC_WRITE']],
    ['another issuer in the document', { discovery: '{"issuer":"https://evil.example"}' }, ['ISSUER_DISCOVERY_CHANGED']],
    ['documents that anybody else is refused', { closed: true }, ['ISSUER_CLOSED']],
    ['a bucket that somebody else has taken', { state: 'taken', policy: undefined, ownership: undefined, discovery: undefined, jwks: undefined }, ['ISSUER_BUCKET_FOREIGN']],
    ['one that is somewhere else', { state: 'elsewhere', policy: undefined, ownership: undefined, discovery: undefined, jwks: undefined }, ['ISSUER_BUCKET_FOREIGN']],
  ])('%s', async(_what, change, codes) => {
    expect(await told(change)).toEqual(codes);
  });

  it('the key that signed a token has to be there; of others nobody can tell whose they are', async() => {
    const [old, next] = (await Promise.all([OLD, NEXT].map((one) => keySet([one])))).map(({ keys }) => keys[0]!.kid);

    expect(await driftOf([old!, next!], await hosting([OLD, FOREIGN]))).toMatchObject({ missing: [next], unknown: [] });
    expect(await told({}, [old!])).toEqual([]);
    expect(await told({}, [next!])).toEqual(['ISSUER_KEY_MISSING']);
  });
});

describe('documents wherever they are', () => {
  const ISSUER = 'https://x.example/c-1';
  const served = (change: object = {}) => JSON.stringify({ issuer: ISSUER, jwks_uri: 'https://x.example/openid/v1/jwks', response_types_supported: ['id_token'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'], ...change });
  const drift = async(discovery: string, issuer = ISSUER) => (await documentsDrift(await text(OLD), issuer, { discovery, jwks: await text(OLD) })).discovery;

  it('kube-apiserver’s own document is as good as ours', async() => {
    expect(await drift(served())).toBe('same');
  });

  it.each<[string, object]>([
    ['another issuer', { issuer: `${ ISSUER }/` }], ['keys at another host', { jwks_uri: 'https://evil.example/openid/v1/jwks' }], ['keys at another port', { jwks_uri: 'https://x.example:8443/jwks' }],
    ['keys without TLS', { jwks_uri: 'http://x.example/jwks' }], ['no keys', { jwks_uri: undefined }], ['a host that only begins like it', { jwks_uri: 'https://x.example.evil.example/jwks' }],
  ])('%s is another document', async(_what, change) => {
    expect(await drift(served(change))).toBe('changed');
  });

  it('the bucket of somebody else at the same host is another document, and so is no JSON', async() => {
    const host = 'https://s3.eu-central-1.amazonaws.com';

    expect(await drift(served({ issuer: `${ host }/ours`, jwks_uri: `${ host }/ours/keys.json` }), `${ host }/ours`)).toBe('same');
    expect(await drift(served({ issuer: `${ host }/ours`, jwks_uri: `${ host }/theirs/keys.json` }), `${ host }/ours`)).toBe('changed');
    expect([await drift('[]'), await drift('x'), await drift('null')]).toEqual(['changed', 'changed', 'changed']);
  });

  it.each<[string, object]>([
    ['EC numbers that are no point', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }], ['EC numbers of another curve', { kty: 'EC', crv: 'P-521', x: 'AAAA', y: 'AAAA' }], ['a name that is no text', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 7 }],
  ])('one malformed key (%s) hides no other, and is told as unknown', async(_what, bad) => {
    const { keys } = await keySet([OLD, FOREIGN]);
    const found = await documentsDrift(await text(OLD), ISSUER, { discovery: served(), jwks: JSON.stringify({ keys: [bad, { ...bad, kid: 'evil' }, ...keys] }) });

    expect(found).toMatchObject({ missing: [], unreadable: false });
    expect(found.unknown).toEqual([keys[1]!.kid, 'keys[0]', 'evil']);
    expect(driftFindings(found, ISSUER)[0]).toMatchObject({ code: 'ISSUER_KEY_FOREIGN', severity: 'critical' });
    expect(await missingBeforeRotation(await text(NEXT), JSON.stringify({ keys: [bad, ...keys] }))).toHaveLength(1);
    await expect(documentsDrift(JSON.stringify({ keys: [bad] }), ISSUER, { discovery: served(), jwks: await text(OLD) })).rejects.toMatchObject({ code: 'KEYS_UNREADABLE' });
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
