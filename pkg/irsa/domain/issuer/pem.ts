import { irsaError } from '../errors/catalogue';
import { parseKeySet } from './jwks';

const CURVES = ['P-256', 'P-384', 'P-521'];

/**
 * Public keys that were pasted: a JWKS, or one or more in PEM form, as `openssl pkey -pubout` prints them.
 * @throws IrsaError KEYS_UNREADABLE, for private keys, too
 */
export async function publicKeys(pasted: string): Promise<JsonWebKey[]> {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pasted)) {
    throw irsaError('KEYS_UNREADABLE', { problem: 'this is a private key: consider it known to others, and never publish it' });
  }
  const blocks = [...pasted.matchAll(/-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/g)];

  return blocks.length ? Promise.all(blocks.map(([, base64 = '']) => imported(base64))) : parseKeySet(pasted);
}

async function imported(base64: string): Promise<JsonWebKey> {
  const kinds = [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, ...CURVES.map((namedCurve) => ({ name: 'ECDSA', namedCurve }))];

  for (const kind of kinds) {
    try {
      const der = Uint8Array.from(atob(base64.replace(/\s/g, '')), (character) => character.charCodeAt(0));

      return await crypto.subtle.exportKey('jwk', await crypto.subtle.importKey('spki', der, kind, true, ['verify']));
    } catch {
      // Of another kind, or none: the last of them tells.
    }
  }
  throw irsaError('KEYS_UNREADABLE', { problem: 'no RSA or EC key for signatures in it' });
}
