import { createHash, createHmac } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsHost } from '../../domain/aws/hosts';
import type { TransportRequest } from '../transport';
import { createIam } from './iam';
import { createSigner } from './signer';

const KEYS = { accessKeyId: 'ASIAEXAMPLE000000001', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', sessionToken: 'IQoJb3JpZ2luX2VjEJf==' };
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Signature Version 4 written down once more, after AWS' description of it. */
function expected(method: string, host: string, path: string, query: string, body: string, headers: Record<string, string>, scope: string): string {
  const signed = ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];
  const canonical = [method, path, query, ...signed.map((name) => `${ name }:${ { ...headers, host }[name] }`), '', signed.join(';'), hash(body)].join('\n');
  const [day = '', region = '', service = ''] = scope.split('/');
  const key = hmac(hmac(hmac(hmac(`AWS4${ KEYS.secretAccessKey }`, day), region), service), 'aws4_request');

  return hmac(key, ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n')).toString('hex');
}

describe('signing in the browser', () => {
  const sign = createSigner(() => KEYS);

  it.each([
    ['iam.amazonaws.com', 'us-east-1/iam'],
    ['iam.us-gov.amazonaws.com', 'us-gov-west-1/iam'],
    ['iam.cn-north-1.amazonaws.com.cn', 'cn-north-1/iam'],
    ['sts.eu-central-1.amazonaws.com', 'eu-central-1/sts'],
    // A region that Rancher's own signer does not know (real-parts.md).
    ['eks.mx-central-1.amazonaws.com', 'mx-central-1/eks'],
  ])('%s for %s', async(host, scope) => {
    const { authorization = '', ...headers } = await sign({ method: 'POST', host, path: '/', body: 'Action=A' });
    const day = headers['x-amz-date']!.slice(0, 8);

    expect(authorization).toBe(`AWS4-HMAC-SHA256 Credential=${ KEYS.accessKeyId }/${ day }/${ scope }/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=${ expected('POST', host, '/', '', 'Action=A', headers, `${ day }/${ scope }/aws4_request`) }`);
    expect(headers).toEqual({ 'x-amz-content-sha256': hash('Action=A'), 'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/), 'x-amz-security-token': KEYS.sessionToken });
  });

  it('takes a key of S3 as it was sent, and encodes the path of every other service once more', async() => {
    for (const [host, scope, path] of [['s3.eu-central-1.amazonaws.com', 'eu-central-1/s3', '/b/a%20b/c%2Bd'], ['eks.eu-central-1.amazonaws.com', 'eu-central-1/eks', '/b/a%2520b/c%252Bd']] as const) {
      const { authorization = '', ...headers } = await sign({
        method: 'GET', host, path: '/b/a%20b/c%2Bd', query: { policy: null, prefix: 'a/b c' }, body: ''
      });

      expect(authorization).toContain(expected('GET', host, path, 'policy=&prefix=a%2Fb%20c', '', headers, `${ headers['x-amz-date']!.slice(0, 8) }/${ scope }/aws4_request`));
    }
  });

  it('signs as the SDK’s signer does, whatever the request', async() => {
    const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => one.isWellFormed());
    const odd = fc.constantFrom('', 'a b', 'a+b', '%2F', 'ä', '\u{1f600}', '~-._', '!\'()*', 'A=B&c', '/', 'x-id', 'X', 'ab', 'a');
    const segment = fc.oneof(text.map(encodeURIComponent), fc.constantFrom('', '.', '..', 'a%20b', 'c%2Bd', 'arn%3Aaws%3Aiam', '!\'()*', 'ä'));
    const either = fc.oneof(text, odd);

    await fc.assert(fc.asyncProperty(
      fc.record({
        host:    fc.constantFrom('iam.amazonaws.com', 'iam.cn-north-1.amazonaws.com.cn', 'sts.eu-central-1.amazonaws.com', 'eks.eu-central-1.amazonaws.com', 's3.eu-central-1.amazonaws.com', 's3.amazonaws.com'),
        method:  fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        path:    fc.array(segment, { maxLength: 5 }).map((segments) => `/${ segments.join('/') }`),
        // The SDK's signer passes over a parameter of this name: it is that of a signed address.
        query:   fc.dictionary(either.filter((name) => !/^(x-amz-signature|__proto__)$/i.test(name)), fc.oneof(either, fc.array(either, { minLength: 1, maxLength: 3 })), { maxKeys: 5 }),
        body:    either,
        token:   fc.oneof(fc.constantFrom('', KEYS.sessionToken, ' a  b '), fc.base64String({ minLength: 1, maxLength: 400 })),
        secret:  fc.oneof(fc.constant(KEYS.secretAccessKey), fc.base64String({ minLength: 1 })),
      }),
      async({ token, secret, ...request }) => {
        const credentials = { accessKeyId: KEYS.accessKeyId, secretAccessKey: secret, sessionToken: token };
        const { authorization, ...headers } = await createSigner(() => credentials)(request);
        const { service, region } = awsHost(request.host)!;
        const signer = new SignatureV4({ credentials, service, region, sha256: Sha256, uriEscapePath: service !== 's3' });
        const { host, method, path, query, body } = request;
        const { headers: { authorization: signed, host: _host, ...others } } = await signer.sign({
          method, protocol: 'https:', hostname: host, path, query, headers: { host }, body
        }, { signingDate: new Date(headers['x-amz-date']!.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')) });

        expect({ authorization, ...headers }).toEqual({ authorization: signed, ...others });
      },
    ), { numRuns: 300 });
  });

  it('signs nothing for a host that AWS does not run', async() => {
    await expect(sign({ method: 'POST', host: 'iam.amazonaws.com.evil.example', path: '/', body: '' })).rejects.toMatchObject({ name: 'TransportError', sent: false });
  });

  it('goes through Rancher’s proxy without its signer, and never with the secret key', async() => {
    const sent: TransportRequest[] = [];
    const transport = { request: async(request: TransportRequest) => {
      sent.push(request);

      return { status: 200, headers: {}, body: '<ListOpenIDConnectProvidersResponse><ListOpenIDConnectProvidersResult/></ListOpenIDConnectProvidersResponse>' };
    } };

    await createIam({ transport, sign }, 'aws').listProviders();
    expect(sent).toMatchObject([{ url: '/meta/proxy/iam.amazonaws.com/', headers: { 'x-api-auth-header': expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE000000001\//), 'x-amz-security-token': KEYS.sessionToken } }]);
    expect(Object.keys(sent[0]!.headers!).sort()).toEqual(['accept', 'content-type', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token', 'x-api-auth-header', 'x-api-headers-restrict']);
    expect(JSON.stringify(sent)).not.toContain('wJalrXUt');
  });

  it('passes on why there are no keys, and sends nothing', async() => {
    const sent: TransportRequest[] = [];
    const transport = { request: async(request: TransportRequest) => {
      sent.push(request);

      return { status: 200, headers: {}, body: '' };
    } };
    const gone = createSigner(() => {
      throw new Error('gone');
    });

    await expect(createIam({ transport, sign: gone }, 'aws').listProviders()).rejects.toThrow();
    expect(sent).toEqual([]);
  });
});
