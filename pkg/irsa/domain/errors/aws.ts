import { parseDenial } from './access-denied';
import { explanation, type ErrorCode } from './catalogue';
import type { Explanation } from './irsa-error';
import { received } from './received';

/** An error answer of AWS, as the SDK or the XML gives it. */
export interface AwsFailure {
  /** `iam`, `sts`, `s3` */
  service: string;
  /** The call that was made: `CreateRole` or `iam:CreateRole`. */
  action: string;
  /** AWS' error code, e.g. `EntityAlreadyExists`; a suffix `Exception` does not matter. */
  code: string;
  message: string;
  httpStatus?: number;
}

interface Row {
  code: RegExp;
  /** Only for this service or this call. */
  service?: string;
  action?: RegExp;
  /** Only when the message says so. */
  message?: RegExp;
  means: ErrorCode;
}

/** The first row that fits counts. Sources: peers-and-aws.md §3.6 and the API references of IAM, STS and S3. */
const TABLE: readonly Row[] = [
  { code: /^EntityAlreadyExists$/, action: /CreateOpenIDConnectProvider$/, means: 'PROVIDER_EXISTS' },
  { code: /^EntityAlreadyExists$/, action: /CreateRole$/, means: 'ROLE_EXISTS' },
  { code: /^EntityAlreadyExists$/, means: 'EXISTS' },
  { code: /^LimitExceeded$/, message: /ACLSizePerRole/, means: 'TRUST_TOO_LONG' },
  { code: /^LimitExceeded$/, message: /Maximum policy size|PolicySize/i, means: 'POLICY_TOO_LONG' },
  { code: /^LimitExceeded$/, means: 'QUOTA' },
  { code: /^MalformedPolicyDocument$/, message: /invalid principal/i, means: 'INVALID_PRINCIPAL' },
  { code: /^MalformedPolicyDocument$/, means: 'MALFORMED_POLICY' },
  { code: /^PackedPolicyTooLarge$/, means: 'POLICY_TOO_LONG' },
  { code: /^(NoSuchEntity|NoSuchBucket|NoSuchKey|NoSuchBucketPolicy|NoSuchTagSet|NoSuchPublicAccessBlockConfiguration|OwnershipControlsNotFoundError)$/, means: 'GONE' },
  { code: /^PermanentRedirect$/, means: 'BUCKET_ELSEWHERE' },
  { code: /^ConcurrentModification$/, means: 'BUSY' },
  { code: /^(Throttling|ThrottledException|Throttled|TooManyRequests|RequestLimitExceeded|SlowDown|RequestThrottled)$/, means: 'THROTTLED' },
  { code: /^(ServiceFailure|ServiceUnavailable|InternalFailure|InternalError|InternalServerError|ServiceNotSupported|RequestTimeout)$/, means: 'SERVICE_TROUBLE' },
  { code: /^DeleteConflict$/, means: 'DELETE_CONFLICT' },
  { code: /^UnmodifiableEntity$/, means: 'SERVICE_ROLE' },
  { code: /^InvalidInput$/, means: 'INVALID_INPUT' },
  { code: /^BucketAlreadyOwnedByYou$/, means: 'BUCKET_OURS' },
  { code: /^BucketAlreadyExists$/, means: 'BUCKET_TAKEN' },
  { code: /^OperationAborted$/, means: 'BUCKET_BUSY' },
  { code: /^AccessDenied$/, service: 's3', action: /PutBucketPolicy$/, message: /BlockPublic|public polic/i, means: 'PUBLIC_BLOCKED' },
  { code: /^AccessDenied$/, service: 's3', action: /PutBucketPolicy$/, message: /^(Access Denied)?$/i, means: 'BUCKET_POLICY_BLOCKED' },
  { code: /^AccessDenied$/, service: 'sts', message: /^Not authorized to perform sts:AssumeRoleWithWebIdentity/, means: 'NOT_AUTHORIZED' },
  { code: /^InvalidIdentityToken$/, message: /No OpenIDConnect provider found/i, means: 'NO_PROVIDER' },
  { code: /^InvalidIdentityToken$/, message: /Incorrect token audience/i, means: 'WRONG_AUDIENCE' },
  { code: /^InvalidIdentityToken$/, message: /Couldn't retrieve verification key/i, means: 'NO_KEY' },
  { code: /^InvalidIdentityToken$/, message: /thumbprint/i, means: 'WRONG_THUMBPRINT' },
  { code: /^InvalidIdentityToken$/, message: /issuer/i, means: 'WRONG_ISSUER' },
  { code: /^(ExpiredToken|ExpiredTokenException)$/, service: 'sts', action: /AssumeRoleWithWebIdentity$/, means: 'TOKEN_EXPIRED' },
  { code: /^InvalidIdentityToken$/, message: /expired/i, means: 'TOKEN_EXPIRED' },
  { code: /^InvalidIdentityToken$/, means: 'INVALID_TOKEN' },
  { code: /^IDPCommunicationError$/, means: 'NO_KEY' },
  { code: /^IDPRejectedClaim$/, means: 'TOKEN_REJECTED' },
  { code: /^ValidationError$/, message: /Request ARN is invalid/i, means: 'INVALID_ROLE_ARN' },
  { code: /^RegionDisabled$/, means: 'REGION_DISABLED' },
  // The caller's own credential
  { code: /^(MissingAuthenticationToken|MissingAuthenticationTokenException)$/, means: 'UNSIGNED' },
  { code: /^(InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId)$/, means: 'CREDENTIAL_UNKNOWN' },
  { code: /^SignatureDoesNotMatch$/, message: /expired|not yet current/i, means: 'CLOCK_SKEW' },
  { code: /^(SignatureDoesNotMatch|IncompleteSignature|InvalidSignature)$/, means: 'SIGNATURE_MISMATCH' },
  { code: /^(RequestExpired|RequestTimeTooSkewed)$/, means: 'CLOCK_SKEW' },
  { code: /^(ExpiredToken|TokenRefreshRequired)$/, means: 'CREDENTIAL_EXPIRED' },
  { code: /^(ValidationError|InvalidParameterValue|InvalidParameterCombination|MissingParameter|MalformedXML|MalformedPolicy|InvalidRequest)$/, means: 'INVALID_INPUT' },
];

/**
 * Says what an error of AWS means and what to do about it. A refusal for want of a right names action and resource out of AWS' own
 * text, and which kind of policy stands against it.
 */
export function explainAws(answer: AwsFailure): Explanation {
  const failure = { ...answer, code: received(answer.code), message: received(answer.message) };
  const code = failure.code.replace(/^aws:|^.*#/, '').replace(/Exception$/, '');
  const called = failure.action.includes(':') ? failure.action : `${ failure.service }:${ failure.action }`;
  const args = {
    action: called, code: failure.code, message: failure.message, resource: ''
  };
  const row = TABLE.find((candidate) => fits(candidate, failure, code));

  if (row) {
    return explanation(row.means, { ...args, ...quota(failure.message) }, { action: called });
  }
  if (/^(AccessDenied|UnauthorizedOperation|Unauthorized|NotAuthorized|AuthorizationError|Forbidden|403)$/.test(code) || (failure.httpStatus === 403 && /not authorized to perform/.test(failure.message))) {
    const denial = parseDenial(failure.message);
    const action = denial.action ?? called;

    return explanation(denial.code, { ...args, action, resource: denial.resource ?? '*', caller: denial.caller ?? '' }, { action, ...(denial.resource ? { resource: denial.resource } : {}) });
  }

  return explanation(byStatus(failure.httpStatus), args, { action: called });
}

function fits(row: Row, failure: AwsFailure, code: string): boolean {
  return (row.code.test(code) || row.code.test(failure.code)) &&
    (!row.service || row.service === failure.service) &&
    (!row.action || row.action.test(failure.action)) &&
    (!row.message || row.message.test(failure.message));
}

/** `Cannot exceed quota for ACLSizePerRole: 2048` → which, and how much. */
function quota(message: string): { quota: string; limit: string } {
  const [, name = '', limit = ''] = /quota for (\w+): (\d+)/.exec(message) ?? [];

  return { quota: name, limit };
}

function byStatus(status: number | undefined): ErrorCode {
  return status === 429 ? 'THROTTLED' : status !== undefined && status >= 500 ? 'SERVICE_TROUBLE' : 'AWS_OTHER';
}
