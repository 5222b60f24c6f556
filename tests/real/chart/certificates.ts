import { createPrivateKey, sign, X509Certificate } from 'node:crypto';

/**
 * The same certificate with another end, signed anew by the CA. Node signs no certificates, but one of the same length only needs other
 * bytes in two places (X.509, RFC 5280 4.1: tbsCertificate, algorithm, signature; the validity is two UTCTimes).
 * @param pem      with an RSA key of the CA that signed it by SHA-256
 * @param authorityKey  PEM
 * @returns PEM
 */
export function endingAt(pem: string, authorityKey: string, end: Date): string {
  const der = Buffer.from(new X509Certificate(pem).raw);
  const UTC_TIME = Buffer.from([0x17, 0x0D]);
  const notBefore = der.indexOf(UTC_TIME);
  const notAfter = der.indexOf(UTC_TIME, notBefore + 15);

  der.write(`${ end.toISOString().replace(/[-:T]|\.\d+/g, '').slice(2, 14) }Z`, notAfter + 2, 'latin1');
  // The outer sequence and tbsCertificate both have a length of two bytes.
  const toBeSigned = der.subarray(4, 8 + der.readUInt16BE(6));
  const signature = sign('sha256', toBeSigned, createPrivateKey(authorityKey));

  signature.copy(der, der.length - signature.length);

  return `-----BEGIN CERTIFICATE-----\n${ der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd() }\n-----END CERTIFICATE-----\n`;
}
