import { createHash, createHmac } from 'node:crypto';
import type { AwsRequest } from '../contracts.ts';
import { scopeOf } from './scope.ts';

export interface AwsKey {
  accessKey: string;
  secretKey: string;
}

/** The only ones of the client's headers that Rancher signs (signer_awsv4.go requiredHeadersForAws). */
const SIGNED = ['x-amz-content-sha256', 'x-amz-user-agent'];

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** As Go's AWS SDK writes it: all but letters, digits and `-._~`. */
export function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${ sign.charCodeAt(0).toString(16).toUpperCase() }`);
}

/**
 * Signs as Rancher does, with aws-sdk-go-v2's signer: it encodes the path once more (for S3 too, where that is wrong), sorts the
 * query, signs content-length when there is a body, and hashes the body itself whatever `x-amz-content-sha256` says.
 * @param more  further headers to sign, for who is not Rancher
 */
export function signAsRancher(request: AwsRequest, key: AwsKey, now: number, more: string[] = []): AwsRequest {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const { service, region } = scopeOf(request.host);
  const [path = '/', query = ''] = request.url.split(/\?(.*)/s);
  const sorted = query.split('&').filter(Boolean).sort().join('&');
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': date };
  const signed: [string, string][] = [
    ['host', request.host], ['x-amz-date', date],
    ...request.body.length ? [['content-length', String(request.body.length)] as [string, string]] : [],
    ...[...SIGNED, ...more].filter((name) => headers[name] !== undefined).map((name): [string, string] => [name, headers[name] ?? '']),
  ];

  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method, path.split('/').map(escape).join('/'), sorted, ...signed.map(([name, value]) => `${ name }:${ value.trim().replace(/ +/g, ' ') }`), '', names, sha256(request.body)
  ].join('\n');
  const scope = `${ date.slice(0, 8) }/${ region }/${ service }/aws4_request`;
  const secret = hmac(hmac(hmac(hmac(`AWS4${ key.secretKey }`, date.slice(0, 8)), region), service), 'aws4_request');
  const signature = hmac(secret, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');

  return {
    ...request, url: path + (sorted ? `?${ sorted }` : ''),
    headers: { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${ key.accessKey }/${ scope }, SignedHeaders=${ names }, Signature=${ signature }` }
  };
}
