import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IrsaError } from '../errors/irsa-error';
import { compareKeys, keySet, parseKeySet } from './jwks';
import { keyId } from './key-id';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const jwk = (key: { export(options: { format: 'jwk' }): unknown }) => key.export({ format: 'jwk' }) as JsonWebKey;

const one = rsa();
const two = ec('P-384');
const three = rsa();

function problem(text: string): string {
  try {
    parseKeySet(text);
  } catch (error) {
    return error instanceof IrsaError ? `${ error.code }: ${ String(error.why.args?.problem) }` : String(error);
  }

  return 'none';
}

describe('keySet', () => {
  it('publishes public members with the API server’s ids and algorithms, each key once', async() => {
    const set = await keySet([jwk(one.privateKey), jwk(two.publicKey), jwk(one.publicKey), jwk(ec('P-256').publicKey), jwk(ec('P-521').publicKey)]);

    expect(set.keys.map(({ kty, alg, use }) => [kty, alg, use])).toEqual([['RSA', 'RS256', 'sig'], ['EC', 'ES384', 'sig'], ['EC', 'ES256', 'sig'], ['EC', 'ES512', 'sig']]);
    expect(set.keys[0]!.kid).toBe(await keyId(jwk(one.publicKey)));
    expect(set.keys.flatMap((key) => Object.keys(key))).not.toContain('d');
    expect(parseKeySet(JSON.stringify(set))).toEqual(set.keys);
  });

  it('refuses keys that cannot sign these tokens', async() => {
    await expect(keySet([{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }])).rejects.toThrow(TypeError);
  });
});

describe('parseKeySet', () => {
  it.each([
    ['', /^KEYS_UNREADABLE: line 1, column 1/], ['{', /line 1, column 2/], ['<html>', /line 1, column 1/], ['[]', /a list called keys/], ['{"keys": {}}', /a list called keys/], ['{\n "keys": [3]}', /line 2, column 11: a key is an object/],
    ['{"keys": [{"kty": "RSA", "n": "x"}]}', /text called e/], ['{"keys": [{"kty": "EC", "crv": "P-256", "x": 3, "y": "b"}]}', /text called x/], ['{"keys": [{}]}', /text called kty/], ['{"keys": []}', /no RSA or EC key/],
    ['{"keys": [{"kty": "RSA", "n": "x", "e": "AQAB", "use": "enc"}]}', /no RSA or EC key/], [JSON.stringify({ keys: Array.from({ length: 201 }, () => ({})) }), /up to 100/],
  ])('%j', (text, complaint) => {
    expect(problem(text)).toMatch(complaint);
  });

  it('warns of a private key and repeats none of it', () => {
    const secret = jwk(one.privateKey);
    const told = problem(JSON.stringify({ keys: [secret] }));

    expect(told).toContain('private key');
    expect(told).not.toContain(secret.d);
    expect(problem(one.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toMatch(/line 1, column/);
  });

  it('leaves out keys of other uses', () => {
    const keys = [{ ...jwk(one.publicKey), use: 'enc' }, { ...jwk(two.publicKey), use: 'sig' }, jwk(three.publicKey)];

    expect(parseKeySet(JSON.stringify({ keys }))).toEqual(keys.slice(1));
  });
});

describe('compareKeys', () => {
  const [a, b, c] = [jwk(one.publicKey), jwk(two.publicKey), jwk(three.publicKey)];

  it('finds nothing where all is the same, whatever the order', async() => {
    expect(await compareKeys([a, b], (await keySet([b, a])).keys)).toEqual({ missing: [], extra: [], unknown: [], renamed: [] });
  });

  it('tells a missing key, one on its way and a stranger’s apart', async() => {
    expect(await compareKeys([a], [b, c], [await keyId(b)])).toEqual({ missing: [await keyId(a)], extra: [await keyId(b)], unknown: [await keyId(c)], renamed: [] });
  });

  it('notices a key that is published under another name', async() => {
    expect(await compareKeys([a], [{ ...a, kid: 'mine' }])).toEqual({ missing: [], extra: [], unknown: [], renamed: [{ published: 'mine', live: await keyId(a) }] });
  });
});
