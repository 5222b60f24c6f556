import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
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
}

/** The headers that sign a request: `authorization`, and those of `x-amz-` that it covers. Names in lower case. */
export type Sign = (request: Unsigned) => Promise<Record<string, string>>;

/**
 * Signs with the SDK's own signer (AWS Signature Version 4), in the browser. Signed are the host and the headers that it makes itself
 * and nothing more: what the browser adds, and what Rancher's proxy drops, adds or rewrites on the way (rancher-meta-proxy.json:
 * `rancher:` before the content type, `user-agent`, `x-forwarded-proto`, the CSRF header), is not under the signature.
 * @param keys  asked at each request, so that whoever holds them may exchange or forget them; what it throws, signing throws
 */
export function createSigner(keys: () => TemporaryKeys): Sign {
  return async({ method, host, path, query, body }) => {
    const known = awsHost(host);

    if (!known) {
      throw new TransportError('network', 'nothing is signed for a host that AWS does not run', false);
    }
    const { service, region } = known;
    // S3 takes the path as it was sent, all others encode it once more (IAM User Guide, «Create a signed AWS API request»).
    const signer = new SignatureV4({ credentials: keys(), service, region, sha256: Sha256, uriEscapePath: service !== 's3' });
    const { headers } = await signer.sign({
      method, protocol: 'https:', hostname: host, path, query: Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, value ?? ''])), headers: { host }, body
    });

    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const).filter(([name]) => name !== 'host'));
  };
}
