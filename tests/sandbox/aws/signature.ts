import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AwsRequest } from '../contracts.ts';
import { AwsError } from './errors.ts';

/** What a request must be signed for. */
export interface Scope {
  service: string;
  region: string;
}

/** The parts of an Authorization header that AWS reads. */
export interface Authorization {
  keyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

/** IAM User Guide, «Troubleshoot Signature Version 4»: five minutes either way are certain to pass, fifteen the texts speak of. */
const SKEW = 15 * 60_000;

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** RFC 3986 encoding as SigV4 wants it: all but letters, digits and `-._~`. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${ sign.charCodeAt(0).toString(16).toUpperCase() }`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** S3 encodes the key once; every other service encodes the path as it was sent once more («Create a canonical request»). */
function canonicalPath(path: string, service: string): string {
  return path.split('/').map((step) => uriEncode(service === 's3' ? decode(step) : step)).join('/') || '/';
}

function canonicalQuery(query: string): string {
  return query.split('&').filter(Boolean)
    .map((pair) => pair.split(/=(.*)/s))
    .map(([name = '', value = '']): [string, string] => [uriEncode(decode(name.replaceAll('+', ' '))), uriEncode(decode(value.replaceAll('+', ' ')))])
    .sort(([a, av], [b, bv]) => (a < b ? -1 : a > b ? 1 : av < bv ? -1 : av > bv ? 1 : 0))
    .map(([name, value]) => `${ name }=${ value }`)
    .join('&');
}

/** Rebuilds from what arrived what the sender must have signed. */
export function canonicalRequest(request: AwsRequest, signedHeaders: string[], service: string): string {
  const [path = '/', query = ''] = request.url.split(/\?(.*)/s);
  const headers = signedHeaders.map((name) => `${ name }:${ (headerOf(request, name) ?? '').trim().replace(/ +/g, ' ') }\n`);
  // S3 takes the header's word for the payload and checks it apart; the others hash what arrived.
  const payload = service === 's3' ? headerOf(request, 'x-amz-content-sha256') ?? sha256(request.body) : sha256(request.body);

  return [request.method, canonicalPath(path, service), canonicalQuery(query), headers.join(''), signedHeaders.join(';'), payload].join('\n');
}

function headerOf(request: AwsRequest, name: string): string | undefined {
  return name === 'host' ? request.host : request.headers[name];
}

/** The signature that holds a request, its time and scope under a secret key. */
export function signatureOf(canonical: string, secret: string, at: { amzDate: string; region: string; service: string }): string {
  const day = at.amzDate.slice(0, 8);
  const scope = `${ day }/${ at.region }/${ at.service }/aws4_request`;
  const key = hmac(hmac(hmac(hmac(`AWS4${ secret }`, day), at.region), at.service), 'aws4_request');

  return hmac(key, ['AWS4-HMAC-SHA256', at.amzDate, scope, sha256(canonical)].join('\n')).toString('hex');
}

/** Reads an Authorization header; the refusals are those of the Query services («Troubleshoot Signature Version 4»). */
export function readAuthorization(text: string): Authorization {
  if (!text.startsWith('AWS4-HMAC-SHA256')) {
    throw new AwsError(400, 'IncompleteSignature', `'${ text.split(' ').pop() ?? '' }' not a valid key=value pair (missing equal-sign) in Authorization header: '${ text }'.`);
  }
  const parts = new Map(text.slice('AWS4-HMAC-SHA256'.length).split(',').map((part) => part.trim().split(/=(.*)/s)).map(([name = '', value = '']) => [name, value]));
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));

  if (missing.length) {
    throw new AwsError(400, 'IncompleteSignature', `${ missing.map((name) => `Authorization header requires '${ name }' parameter.`).join(' ') } Authorization=AWS4-HMAC-SHA256`);
  }
  const scope = (parts.get('Credential') ?? '').split('/');

  if (scope.length !== 5 || scope[4] !== 'aws4_request') {
    throw new AwsError(400, 'IncompleteSignature', `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${ scope.join('/') }'`);
  }
  const [keyId = '', date = '', region = '', service = ''] = scope;

  return { keyId, date, region, service, signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'), signature: parts.get('Signature') ?? '' };
}

/** `20261123T132948Z` */
export function amzDate(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
}

function timeOf(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];

  return Date.parse(`${ year }-${ month }-${ day }T${ hour }:${ minute }:${ second }Z`);
}

/**
 * Verifies a signed request and returns whose key it was. Texts: IAM User Guide, «Troubleshoot Signature Version 4 requests»; the
 * region text is quoted in Rancher's pkg/httpproxy/signer_awsv4.go. `regions`: all regions the endpoint answers for.
 */
export function verifySignature(request: AwsRequest, expected: { service: string; regions: string[] }, secretOf: (keyId: string) => string | undefined, now: number): string {
  const given = request.headers.authorization;

  if (!given) {
    throw new AwsError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const auth = readAuthorization(given);
  const date = request.headers['x-amz-date'] ?? '';
  const at = timeOf(date);

  if (Number.isNaN(at)) {
    throw new AwsError(400, 'IncompleteSignature', `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256`);
  }
  if (!auth.signedHeaders.includes('host')) {
    throw mismatch(`'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  checkTime(at, date, auth, now);
  const wrong = [
    ...expected.regions.includes(auth.region) ? [] : [`Credential should be scoped to a valid region, not '${ auth.region }'. `],
    ...auth.service === expected.service ? [] : [`Credential should be scoped to correct service: '${ expected.service }'. `],
  ];

  if (wrong.length) {
    throw mismatch(wrong.join(''));
  }
  const secret = secretOf(auth.keyId);

  if (secret === undefined) {
    throw new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  const right = signatureOf(canonicalRequest(request, auth.signedHeaders, expected.service), secret, { amzDate: date, region: auth.region, service: auth.service });

  if (right.length !== auth.signature.length || !timingSafeEqual(Buffer.from(right), Buffer.from(auth.signature))) {
    throw mismatch('The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.');
  }

  return auth.keyId;
}

function checkTime(at: number, date: string, auth: Authorization, now: number): void {
  if (auth.date !== date.slice(0, 8)) {
    throw mismatch(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${ auth.date }' != '${ date.slice(0, 8) }', from '${ date }'.`);
  }
  if (at < now - SKEW) {
    throw mismatch(`Signature expired: ${ date } is now earlier than ${ amzDate(now - SKEW) } (${ amzDate(now) } - 15 min.)`);
  }
  if (at > now + SKEW) {
    throw mismatch(`Signature not yet current: ${ date } is still later than ${ amzDate(now + SKEW) } (${ amzDate(now) } + 15 min.)`);
  }
}

function mismatch(message: string): AwsError {
  return new AwsError(403, 'SignatureDoesNotMatch', message);
}
