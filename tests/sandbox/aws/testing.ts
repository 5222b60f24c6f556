import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Faults, HttpAnswer, Json } from '../contracts.ts';
import { createFaults } from '../faults.ts';
import { createMetaProxy } from '../meta-proxy/meta-proxy.ts';
import { createAwsAccount } from './account.ts';
import type { AwsAccount, AwsAccountOptions } from './account.ts';

export const ACCOUNT_ID = '111122223333';
export const USER = `arn:aws:iam::${ ACCOUNT_ID }:user/rancher`;
export const ISSUER = 'https://oidc.eks.eu-central-1.amazonaws.com/id/ABC';
const KEY = { id: 'AKIATEST', secret: 'secret', principalArn: USER };

/** What of the SDK's requests the tests' handler reads. */
interface SdkRequest {
  method: string;
  hostname: string;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

/** An issuer with a key of its own that can mint tokens. */
export class TestIssuer {
  readonly issuer: string;
  private readonly key: KeyObject;
  private readonly jwk: Json;

  constructor(issuer = ISSUER, kid = 'one') {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

    this.issuer = issuer;
    this.key = privateKey;
    this.jwk = { ...publicKey.export({ format: 'jwk' }) as { [key: string]: Json }, kid, use: 'sig', alg: 'RS256' };
  }

  jwks(): { keys: Json[] } {
    return { keys: [this.jwk] };
  }

  mint(claims: object = {}, header: object = {}): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${ part({ alg: 'RS256', kid: 'one', ...header }) }.${ part({ iss: this.issuer, sub: 'system:serviceaccount:shop:writer', aud: ['sts.amazonaws.com'], exp: Math.floor(Date.now() / 1000) + 3600, ...claims }) }`;

    return `${ text }.${ sign('RSA-SHA256', Buffer.from(text), this.key).toString('base64url') }`;
  }
}

/** A policy that lets do everything in general and nothing in particular. */
export const DENY_ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: '*', Resource: '*' }] };

/** Temporary credentials of an assumed role. */
export const SESSION = { id: 'ASIATEST', secret: 'session-secret', principalArn: `arn:aws:sts::${ ACCOUNT_ID }:assumed-role/admin/me`, session: { token: 'session-token', expires: Date.now() + 3_600_000 } };

/** How a request of one's own is signed; `unsigned` leaves headers out of the signature. */
export interface DirectOptions {
  body?: string;
  headers?: Record<string, string>;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region?: string;
  unsigned?: string[];
}

export interface TestAccount {
  aws: AwsAccount;
  faults: Faults;
  /** Client options for the SDK: over Rancher's proxy, signed there. */
  client(region?: string, credential?: string): IAMClientConfig & STSClientConfig;
  /** Client options for the SDK with its own signer, straight to AWS. */
  ownClient(credentials?: DirectOptions['credentials'], region?: string): IAMClientConfig & STSClientConfig;
  /** A request signed by the SDK's signer, straight to AWS. */
  direct(method: string, url: string, options?: DirectOptions): Promise<HttpAnswer>;
  /** A plain request through the proxy. */
  ask(method: string, url: string, body?: string, headers?: Record<string, string>): Promise<HttpAnswer>;
}

/** Signs as the SDK does (@smithy/signature-v4): an implementation that is not ours. */
async function sendSigned(aws: AwsAccount, method: string, url: URL, given: DirectOptions): Promise<HttpAnswer> {
  const { body = '', credentials = { accessKeyId: KEY.id, secretAccessKey: KEY.secret }, region = 'eu-central-1', unsigned = [] } = given;
  const service = url.host.split('.')[0] ?? '';
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, uriEscapePath: service !== 's3' });
  const headers: Record<string, string> = { host: url.host, 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'), ...given.headers };
  const left = Object.fromEntries(unsigned.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name] ?? '']));

  unsigned.forEach((name) => delete headers[name]);
  const signed = await signer.sign({ method, protocol: 'https:', hostname: url.host, path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body });
  const lower = Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]));

  return await aws.send({ method, host: url.host, url: url.pathname + url.search, headers: { ...lower, ...left }, body: Buffer.from(body) }) ?? { status: 0 };
}

export function testAccount(options: Partial<AwsAccountOptions> = {}, policy?: object): TestAccount {
  const faults = createFaults();
  const aws = createAwsAccount({ accountId: ACCOUNT_ID, region: 'eu-central-1', accessKeys: [{ ...KEY, ...policy ? { policy } : {} }, SESSION], issuers: () => [], faults, ...options });
  const proxy = createMetaProxy({
    internet: aws, allowed: () => ['iam.amazonaws.com', '*.amazonaws.com'], clock: options.clock,
    credential: (id) => ({ cred: { accessKey: KEY.id, secretKey: KEY.secret }, wrong: { accessKey: KEY.id, secretKey: 'wrong' }, unknown: { accessKey: 'AKIANOBODY', secretKey: 'x' } })[id]
  });
  const ask: TestAccount['ask'] = (method, url, body = '', headers = {}) => {
    const [path = '', query = ''] = url.split('?');

    return proxy({ method, path: `/meta/proxy/${ path }`, query: new URLSearchParams(query), headers, body: Buffer.from(body), origin: 'http://127.0.0.1' }, undefined);
  };

  const direct: TestAccount['direct'] = (method, url, given = {}) => sendSigned(aws, method, new URL(url), given);

  return {
    aws, faults, ask, direct,
    ownClient: (credentials = { accessKeyId: KEY.id, secretAccessKey: KEY.secret }, region = 'eu-central-1') => ({
      region, credentials, maxAttempts: 1,
      requestHandler: {
        handle: async({ method, hostname, path, headers, body }: SdkRequest) => {
          const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
          const answer = await aws.send({ method, host: hostname, url: path, headers: lower, body: Buffer.from(typeof body === 'string' ? body : '') });

          return { response: { statusCode: answer?.status, headers: answer?.headers ?? {}, body: new TextEncoder().encode(String(answer?.body ?? '')) } };
        },
      },
    }),
    client: (region = 'eu-central-1', credential = 'cred') => ({
      region, maxAttempts: 1, credentials: { accessKeyId: 'none', secretAccessKey: 'none' }, signer: { sign: <T>(request: T): Promise<T> => Promise.resolve(request) } as IAMClientConfig['signer'],
      requestHandler: {
        handle: async({ method, hostname, path, query, body, headers }: SdkRequest) => {
          const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value ?? '')])).toString();
          const answer = await ask(method, `${ hostname }${ path }${ search ? `?${ search }` : '' }`, typeof body === 'string' ? body : '', { 'content-type': `rancher:${ headers['content-type'] ?? '' }`, 'x-api-cattleauth-header': `awsv4 credID=${ credential }` });

          return { response: { statusCode: answer.status, headers: answer.headers ?? {}, body: new TextEncoder().encode(String(answer.body ?? '')) } };
        },
      },
    }),
  };
}
