/**
 * The `kid` that kube-apiserver gives a key: base64url, without padding, of the SHA-256 of its PKIX (SubjectPublicKeyInfo) DER
 * form (kubernetes pkg/serviceaccount/jwt.go keyIDFromPublicKey). Only the public members of the key are read.
 * @param key  an RSA key, or an EC key on P-256, P-384 or P-521
 * @throws TypeError  when the key is of another type
 * @throws DOMException  when its numbers are no key
 */
export async function keyId(key: JsonWebKey): Promise<string> {
  const publicKey = await crypto.subtle.importKey('jwk', publicPart(key), algorithm(key), true, ['verify']);
  const der = await crypto.subtle.exportKey('spki', publicKey);
  const digest = await crypto.subtle.digest('SHA-256', der);

  return base64Url(new Uint8Array(digest));
}

/** `alg`, `use` and `key_ops` are left out: they may forbid the import and do not take part in the id. */
function publicPart(key: JsonWebKey): JsonWebKey {
  return key.kty === 'RSA' ? { kty: 'RSA', n: key.n, e: key.e } : { kty: 'EC', crv: key.crv, x: key.x, y: key.y };
}

function algorithm(key: JsonWebKey): RsaHashedImportParams | EcKeyImportParams {
  if (key.kty === 'RSA') {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  if (key.kty === 'EC' && key.crv) {
    return { name: 'ECDSA', namedCurve: key.crv };
  }
  throw new TypeError(`a key of type ${ key.kty ?? 'unknown' } cannot sign service account tokens`);
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
