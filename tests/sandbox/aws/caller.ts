import type { AwsRequest } from '../contracts.ts';
import { AwsError } from './errors.ts';
import type { Endpoint } from './hosts.ts';
import { readAuthorization, verifySignature } from './signature.ts';
import type { AccessKey, AccountState } from './state.ts';

/** IAM's word for keys it does not know, and for temporary ones without their token (IAM API reference, «Common Errors»: InvalidClientTokenId). */
function unknownKey(): AwsError {
  return new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
}

/**
 * The key a request names, if its session token is right: temporary credentials need theirs, signed along («Create a signed AWS API
 * request»: «add the … X-Amz-Security-Token header»), lasting ones may bear none (boto/boto3#4268 for S3's word).
 */
function usableKey(state: AccountState, request: AwsRequest, endpoint: Endpoint, keyId: string): AccessKey | undefined {
  // A key of this account is unknown in another partition.
  const key = endpoint.partition === state.partition ? state.keys.get(keyId) : undefined;
  const token = request.headers['x-amz-security-token'];

  if (!key) {
    return undefined;
  }
  if (token !== key.session?.token) {
    throw endpoint.service === 's3' ? new AwsError(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.') : unknownKey();
  }
  // Widely reported for all Query services («The security token included in the request is expired», bustle/aws-sudo#11); S3: craftcms/aws-s3#182.
  if (key.session && key.session.expires <= state.now()) {
    throw endpoint.service === 's3' ? new AwsError(400, 'ExpiredToken', 'The provided token has expired.') : new AwsError(403, 'ExpiredToken', 'The security token included in the request is expired');
  }
  // No report of AWS' own words for this one was found: a token that is not signed could have been put there by anybody.
  if (token !== undefined && !readAuthorization(request.headers.authorization ?? '').signedHeaders.includes('x-amz-security-token')) {
    throw new AwsError(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.');
  }

  return key;
}

/** Whose key signed a request to an endpoint. */
export function callerOf(state: AccountState, request: AwsRequest, endpoint: Endpoint): AccessKey {
  const id = verifySignature(request, { service: endpoint.service, regions: [endpoint.region] }, (keyId) => usableKey(state, request, endpoint, keyId)?.secret, state.now());

  return state.keys.get(id) as AccessKey;
}
