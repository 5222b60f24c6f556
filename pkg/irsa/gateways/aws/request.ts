import { awsHost } from '../../domain/aws/hosts';
import { explainRancher, IrsaError } from '../../domain/errors';
import { TransportError, type Transport, type TransportAnswer } from '../transport';
import { sha256, type Sign } from './signer';

/** A request to a host of AWS, before anybody signed it. */
export interface AwsRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  host: string;
  /** Encoded as it is sent, without the query. */
  path: string;
  query?: Record<string, string>;
  contentType: string;
  body: string;
  /** Further headers that need no signature. */
  headers?: Record<string, string>;
  /** Further headers that go along only where the signature is made here, and are under it. */
  signed?: Record<string, string>;
}

/** IAM and STS answer JSON to whoever says that they would take it; we read XML, as S3 speaks nothing else. */
const XML = 'text/xml';

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
 * Carries a request over Rancher's meta proxy (rancher pkg/httpproxy; shell store/aws.js). Rancher signs, or the route's own signer. Only
 * what AWS needs goes along: whatever else there were would be sent unsigned.
 * @returns the answer of whatever status
 * @throws IrsaError where the proxy does not reach the host; what the route's transport throws
 */
export async function awsRequest(route: AwsRoute, request: AwsRequest): Promise<TransportAnswer> {
  const { method, host, contentType, body } = request;

  if (!awsHost(host)) {
    throw new TransportError('network', `${ host } is not a host of AWS`, false);
  }
  const path = request.path + queryOf(request.query);
  const answer = await route.transport.request(route.direct ? {
    method, url: `https://${ host }${ path }`, headers: { accept: XML, 'content-type': contentType, ...request.headers }, body: body || undefined, signal: route.signal
  } : {
    method,
    url:     `/meta/proxy/${ host }${ path }`,
    headers: {
      accept:                 XML,
      // The proxy takes the prefix off again; without it, it would not read the body as it is.
      'content-type':         `rancher:${ contentType }`,
      'x-api-headers-restrict': 'Content-Length',
      ...request.headers,
      ...await signing(route, request),
    },
    // A GET has none, not an empty one.
    body: body || undefined,
    signal: route.signal,
  });

  refuseProxyFailure(answer, host);

  return answer;
}

/**
 * Our own signature goes where Rancher puts it into `Authorization` for us. That way it neither signs nor passes the session cookie on
 * to the host (recorded: "x-api-auth").
 */
async function signing({ sign, credentialId }: AwsRoute, { method, host, path, query, body, signed: own }: AwsRequest): Promise<Record<string, string>> {
  if (sign) {
    const { authorization = '', ...signed } = await sign({
      method, host, path, query, body, headers: own
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

function queryOf(query: AwsRequest['query'] = {}): string {
  const entries = Object.entries(query).map(([name, value]) => `${ encodeURIComponent(name) }=${ encodeURIComponent(value) }`);

  return entries.length ? `?${ entries.join('&') }` : '';
}
