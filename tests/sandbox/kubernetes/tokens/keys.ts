import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Json } from '../../contracts.ts';

/** A service account signing key with the names it goes by. */
export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  kid: string;
}

/**
 * The key id kube-apiserver gives a public key: unpadded base64url of the SHA-256 of its PKIX DER
 * (kubernetes pkg/serviceaccount/jwt.go keyIDFromPublicKey).
 */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ format: 'der', type: 'spki' })).digest('base64url');
}

/** A signing key of an RSA private key; without one a new RSA-2048 key is made (about a tenth of a second: reuse one in tests). */
export function signingKey(privateKey?: KeyObject): SigningKey {
  const key = privateKey ?? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const publicKey = createPublicKey(key);

  return { privateKey: key, publicKey, kid: keyIdOf(publicKey) };
}

/** Keys made once and handed out in turn, so that many clusters cost few keys. */
export class KeyPool {
  private readonly keys: SigningKey[] = [];
  private readonly size: number;
  private next = 0;

  constructor(size = 4) {
    this.size = size;
  }

  take(): SigningKey {
    const index = this.next++ % this.size;
    const key = this.keys[index] ?? signingKey();

    this.keys[index] = key;

    return key;
  }
}

/** A key as `/openid/v1/jwks` shows it (pkg/serviceaccount/openidmetadata.go by way of go-jose). */
export function jwkOf(key: SigningKey): Json {
  const { kty, n, e } = key.publicKey.export({ format: 'jwk' });

  return { use: 'sig', kty: kty ?? 'RSA', kid: key.kid, alg: 'RS256', n: n ?? '', e: e ?? '' };
}
