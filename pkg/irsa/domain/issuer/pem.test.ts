import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keySet } from './jwks';
import { publicKeys } from './pem';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });

describe('public keys that were pasted', () => {
  it('are the same in PEM as in JWKS', async() => {
    const pem = [rsa, ec].map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' })).join('\n');
    const wanted = await keySet([rsa, ec].map(({ publicKey }) => publicKey.export({ format: 'jwk' }) as JsonWebKey));

    expect(await keySet(await publicKeys(pem))).toEqual(wanted);
    expect(await keySet(await publicKeys(JSON.stringify(wanted)))).toEqual(wanted);
  });

  it.each([
    ['a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string], ['no key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'], ['anything else', 'hello'],
    ['a key that cannot sign these tokens', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }) as string],
  ])('are refused when they are %s', async(_what, pasted) => {
    await expect(publicKeys(pasted)).rejects.toThrow('KEYS_UNREADABLE');
  });
});
