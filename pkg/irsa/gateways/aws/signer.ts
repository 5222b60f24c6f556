import { awsHost } from '../../domain/aws/hosts';
import { TransportError } from '../transport';

/** Temporary credentials, as AWS gives them. Whoever holds them hands out a `Sign` and keeps them. */
export interface TemporaryKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** A request to AWS before it is signed; the path encoded as it will be sent. */
export interface Unsigned {
  method: string;
  host: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  body: string;
  /** To be signed along with it. */
  headers?: Record<string, string>;
}

/** The headers that sign a request: `authorization`, and those of `x-amz-` that it covers. Names in lower case. */
export type Sign = (request: Unsigned) => Promise<Record<string, string>>;

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * AWS Signature Version 4, in the browser (IAM User Guide, «Create a signed AWS API request»). The SDK's signer does the same
 * (signer.test.ts compares them), and is 6 KB (gzip). Signed are the host and the headers that are made here and nothing more: what the
 * browser adds, and what Rancher's proxy drops, adds or rewrites on the way (rancher-meta-proxy.json: `rancher:` before the content type,
 * `user-agent`, `x-forwarded-proto`, the CSRF header), is not under the signature.
 * @param keys  asked at each request, so that whoever holds them may exchange or forget them; what it throws, signing throws
 * @throws (the signing) TransportError for a host that AWS does not run
 */
export function createSigner(keys: () => TemporaryKeys): Sign {
  return async({ method, host, path, query = {}, body, headers: own }) => {
    const known = awsHost(host);

    if (!known) {
      throw new TransportError('network', 'nothing is signed for a host that AWS does not run', false);
    }
    const { accessKeyId, secretAccessKey, sessionToken } = keys();
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = [time.slice(0, 8), known.region, known.service, 'aws4_request'];
    const headers: Record<string, string> = {
      host, 'x-amz-content-sha256': await sha256(body), 'x-amz-date': time, ...sessionToken && { 'x-amz-security-token': sessionToken }, ...own
    };
    const names = Object.keys(headers).sort();
    const request = [
      method,
      // S3 takes the path as it was sent, all others encode it once more.
      known.service === 's3' ? path : pathTwice(path),
      canonicalQuery(query),
      ...names.map((name) => `${ name }:${ headers[name]!.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '') }`),
      '',
      names.join(';'),
      headers['x-amz-content-sha256'],
    ].join('\n');
    let key: Bytes = utf8(`AWS4${ secretAccessKey }`);

    for (const part of scope) {
      key = await hmac(key, part);
    }
    const signature = hex(await hmac(key, [ALGORITHM, time, scope.join('/'), await sha256(request)].join('\n')));

    delete headers.host;

    return { ...headers, authorization: `${ ALGORITHM } Credential=${ [accessKeyId, ...scope].join('/') }, SignedHeaders=${ names.join(';') }, Signature=${ signature }` };
  };
}

/** What AWS leaves as it is; `encodeURIComponent` leaves five characters more. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${ character.charCodeAt(0).toString(16).toUpperCase() }`);
}

/** A path that is encoded already, without empty and dot segments, encoded once more. */
function pathTwice(path: string): string {
  const segments: string[] = [];

  for (const segment of path.split('/')) {
    if (segment === '..') {
      segments.pop();
    } else if (segment && segment !== '.') {
      segments.push(encode(segment));
    }
  }

  return `/${ segments.join('/') }${ segments.length && path.endsWith('/') ? '/' : '' }`;
}

/** By encoded name, then by encoded value; a name without a value has an empty one. */
function canonicalQuery(query: Record<string, string | string[] | null>): string {
  return Object.keys(query).map((name) => [encode(name), name] as const).sort(([a], [b]) => a < b ? -1 : 1)
    .flatMap(([encoded, name]) => [query[name] ?? ''].flat().map((value) => `${ encoded }=${ encode(value) }`).sort())
    .join('&');
}

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

const hex = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function hmac(key: Bytes, text: string): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8(text)));
}

/** SHA-256 of a text in UTF-8, in hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));
}
