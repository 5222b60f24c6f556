import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { STSClientConfig } from '@aws-sdk/client-sts';
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

export interface TestAccount {
  aws: AwsAccount;
  faults: Faults;
  /** Client options for the SDK: over Rancher's proxy, signed there. */
  client(region?: string, credential?: string): IAMClientConfig & STSClientConfig;
  /** A plain request through the proxy. */
  ask(method: string, url: string, body?: string, headers?: Record<string, string>): Promise<HttpAnswer>;
}

export function testAccount(options: Partial<AwsAccountOptions> = {}, policy?: object): TestAccount {
  const faults = createFaults();
  const aws = createAwsAccount({ accountId: ACCOUNT_ID, region: 'eu-central-1', accessKeys: [{ ...KEY, ...policy ? { policy } : {} }], issuers: () => [], faults, ...options });
  const proxy = createMetaProxy({
    internet: aws, allowed: () => ['iam.amazonaws.com', '*.amazonaws.com'], clock: options.clock,
    credential: (id) => ({ cred: { accessKey: KEY.id, secretKey: KEY.secret }, wrong: { accessKey: KEY.id, secretKey: 'wrong' }, unknown: { accessKey: 'AKIANOBODY', secretKey: 'x' } })[id]
  });
  const ask: TestAccount['ask'] = (method, url, body = '', headers = {}) => {
    const [path = '', query = ''] = url.split('?');

    return proxy({ method, path: `/meta/proxy/${ path }`, query: new URLSearchParams(query), headers, body: Buffer.from(body), origin: 'http://127.0.0.1' }, undefined);
  };

  return {
    aws, faults, ask,
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
