import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AwsRequest } from '../contracts.ts';
import { canonicalRequest, readAuthorization, signatureOf, verifySignature } from './signature.ts';

interface Recorded {
  case: string | null;
  method: string;
  host: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The keys of the recorded credentials (rancher-answers.json "cloud credential"; AWS' documented example key). */
const SECRETS: Record<string, string> = { AKIAIOSFODNN7EXAMPLE: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', AKIA: 'secret' };
const NOW = Date.parse('2026-11-23T13:30:00Z');
const { requests } = JSON.parse(readFileSync(new URL('../../fixtures/rancher-meta-proxy.json', import.meta.url), 'utf8')) as { requests: Recorded[] };

function requestOf(recorded: Recorded): AwsRequest {
  return { ...recorded, body: Buffer.from(recorded.body) };
}

const signed = requests.filter(({ headers }) => /Signature=[0-9a-f]{64}/.test(headers.authorization ?? ''));

function find(test: (request: Recorded) => boolean): AwsRequest {
  const found = signed.find(test);

  if (!found) {
    throw new Error('not recorded');
  }

  return requestOf(found);
}

/** The texts: IAM User Guide, «Troubleshoot Signature Version 4 requests». */
describe('a signature', () => {
  it.each(signed.filter(({ url }) => !url.includes('%20b/') ).map((recorded) => [recorded.case ?? `${ recorded.host }${ recorded.url }`, recorded] as const))('of a real Rancher is right: %s', (_name, recorded) => {
    const request = requestOf(recorded);
    const auth = readAuthorization(request.headers.authorization ?? '');
    // An empty header of a content hash is what Rancher forwards when the client sent one; the payload is hashed all the same.
    const payloadFrom = request.headers['x-amz-content-sha256'] ? auth.service : 'other';

    expect(signatureOf(canonicalRequest(request, auth.signedHeaders, payloadFrom), SECRETS[auth.keyId] ?? '', { amzDate: request.headers['x-amz-date'] ?? '', region: auth.region, service: auth.service })).toBe(auth.signature);
  });

  it('of a real Rancher is wrong for S3 keys that need encoding: it encodes twice, S3 once', () => {
    const request = find(({ url }) => url.includes('%20b/'));

    expect(() => verifySignature(request, { service: 's3', regions: ['eu-central-1'] }, (id) => SECRETS[id], NOW)).toThrow('The request signature we calculated does not match the signature you provided.');
  });

  const iam = { service: 'iam', regions: ['us-east-1'] };
  const good = find(({ host }) => host === 'iam.amazonaws.com');

  it('passes when all is right', () => {
    expect(verifySignature(good, iam, (id) => SECRETS[id], NOW)).toBe('AKIAIOSFODNN7EXAMPLE');
  });

  it.each<[string, Partial<AwsRequest>, { service: string; regions: string[] }, number, string, string]>([
    ['a changed body', { body: Buffer.from('Action=DeleteRole') }, iam, NOW, 'SignatureDoesNotMatch', 'The request signature we calculated does not match'],
    ['another region', {}, { service: 'iam', regions: ['cn-north-1'] }, NOW, 'SignatureDoesNotMatch', 'Credential should be scoped to a valid region, not \'us-east-1\'. '],
    ['another service', {}, { service: 'eks', regions: ['us-east-1'] }, NOW, 'SignatureDoesNotMatch', 'Credential should be scoped to correct service: \'eks\'. '],
    ['an old date', {}, iam, NOW + 3_600_000, 'SignatureDoesNotMatch', 'Signature expired: 20261123T132948Z is now earlier than 20261123T141500Z (20261123T143000Z - 15 min.)'],
    ['a date to come', {}, iam, NOW - 3_600_000, 'SignatureDoesNotMatch', 'Signature not yet current: 20261123T132948Z is still later than 20261123T124500Z (20261123T123000Z + 15 min.)'],
    ['no signature', { headers: {} }, iam, NOW, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
    ['a bearer token', { headers: { authorization: 'Bearer abc' } }, iam, NOW, 'IncompleteSignature', 'not a valid key=value pair (missing equal-sign) in Authorization header'],
  ])('with %s is refused', (_what, changed, expected, now, code, message) => {
    expect(() => verifySignature({ ...good, ...changed }, expected, (id) => SECRETS[id], now)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error);
  });

  it('by an unknown key is refused', () => {
    expect(() => verifySignature(good, iam, () => undefined, NOW)).toThrow('The security token included in the request is invalid.');
    expect(() => verifySignature(good, iam, () => 'another', NOW)).toThrow('The request signature we calculated does not match');
  });
});
