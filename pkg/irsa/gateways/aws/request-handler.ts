import { awsHost } from '../../domain/aws/hosts';
import { explainRancher, IrsaError } from '../../domain/errors';
import { TransportError, type Transport, type TransportAnswer } from '../transport';
import { checkQueryAnswer } from './query-answer';
import type { Sign } from './signer';

/** What of the SDK's own request and answer shapes (smithy protocol-http) is used here. */
interface SdkRequest {
  method: string;
  hostname: string;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}
interface SdkAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** IAM and STS answer JSON to whoever says that they would take it; the SDK reads XML. */
const XML = 'text/xml';

/** Answer headers that the SDK reads. */
const REQUEST_ID = 'x-amzn-requestid';

export interface AwsRoute {
  transport: Transport;
  /** Rancher signs with it; absent for calls that need no signature. */
  credentialId?: string;
  /** Signs here, instead of Rancher: with temporary credentials, which Rancher cannot use. */
  sign?: Sign;
  /** Called when AWS says that the credential has expired. */
  onExpired?(): void;
  /** Ask the host itself instead of Rancher's proxy. */
  direct?: boolean;
  signal?: AbortSignal;
}

/**
 * Carries the SDK's requests over Rancher's meta proxy (rancher pkg/httpproxy; shell store/aws.js). Rancher signs, or the route's own
 * signer; the SDK must not. Only what AWS needs goes along: whatever else the SDK adds would be sent unsigned.
 */
export function awsRequestHandler(route: AwsRoute): { handle(request: SdkRequest): Promise<{ response: SdkAnswer }> } {
  return {
    async handle(request) {
      const { hostname } = request;

      if (!awsHost(hostname)) {
        throw new TransportError('network', `${ hostname } is not a host of AWS`, false);
      }
      const body = typeof request.body === 'string' ? request.body : '';
      const contentType = request.headers['content-type'] ?? '';
      const path = request.path + queryOf(request.query);
      const answer = await route.transport.request(route.direct ? {
        method: request.method as 'POST', url: `https://${ hostname }${ path }`, headers: { accept: XML, 'content-type': contentType }, body: body || undefined, signal: route.signal
      } : {
        method:  request.method as 'POST',
        url:     `/meta/proxy/${ hostname }${ path }`,
        headers: {
          accept:                 XML,
          // The proxy takes the prefix off again; without it, it would not read the body as it is.
          'content-type':         `rancher:${ contentType }`,
          'x-api-headers-restrict': 'Content-Length',
          ...await signing(route, request, body),
        },
        // A GET has none, not an empty one.
        body: body || undefined,
        signal: route.signal,
      });

      refuseProxyFailure(answer, hostname);
      const action = new URLSearchParams(body).get('Action');

      if (action && contentType.startsWith('application/x-www-form-urlencoded')) {
        checkQueryAnswer(answer, hostname.startsWith('sts.') ? 'sts' : 'iam', action);
      }

      return { response: { statusCode: answer.status, headers: headersOf(answer), body: new TextEncoder().encode(answer.body) } };
    },
  };
}

/**
 * Our own signature goes where Rancher puts it into `Authorization` for us. That way it neither signs nor passes the session cookie on
 * to the host (recorded: "x-api-auth").
 */
async function signing({ sign, credentialId }: AwsRoute, { method, hostname, path, query }: SdkRequest, body: string): Promise<Record<string, string>> {
  if (sign) {
    const { authorization = '', ...signed } = await sign({
      method, host: hostname, path, query, body
    });

    return { ...signed, 'x-api-auth-header': authorization };
  }

  return credentialId ? { 'x-amz-content-sha256': await sha256(body), 'x-api-cattleauth-header': `awsv4 credID=${ credentialId }` } : {};
}

/** A host that is not allowed, cannot be reached or has a bad certificate: 502 and no word (recorded: real-parts.md). */
function refuseProxyFailure(answer: TransportAnswer, host: string): void {
  if (answer.status >= 502 && answer.status <= 504 && !answer.body.trim()) {
    const explained = explainRancher({ httpStatus: answer.status, body: answer.body, proxiedHost: host });

    throw new IrsaError(explained.code ?? 'HOST_UNREACHABLE', explained, { service: 'rancher', action: 'proxy', resource: host, httpStatus: answer.status });
  }
}

function headersOf({ headers }: TransportAnswer): Record<string, string> {
  return headers[REQUEST_ID] ? { [REQUEST_ID]: headers[REQUEST_ID], 'content-type': headers['content-type'] ?? '' } : { 'content-type': headers['content-type'] ?? '' };
}

function queryOf(query: SdkRequest['query']): string {
  const entries = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${ encodeURIComponent(name) }=${ encodeURIComponent(one ?? '') }`));

  return entries.length ? `?${ entries.join('&') }` : '';
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));

  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
