import { describe, expect, it } from 'vitest';
import { parseDenial } from './access-denied';
import { explainAws } from './aws';
import { explanation, irsaError } from './catalogue';
import { IrsaError } from './irsa-error';
import { explainKubernetes } from './kubernetes';
import { explainRancher } from './rancher';

/** Every row of peers-and-aws.md §3.6: service, call, code, message, status → what we say and how it is treated. */
const ROWS: [string, string, string, string, number, string, string][] = [
  ['iam', 'CreateOpenIDConnectProvider', 'EntityAlreadyExists', 'Provider with url https://x already exists.', 409, 'PROVIDER_EXISTS', 'exists'],
  ['iam', 'CreateRole', 'EntityAlreadyExistsException', 'Role with name x already exists.', 409, 'ROLE_EXISTS', 'exists'],
  ['iam', 'CreatePolicy', 'EntityAlreadyExists', 'A policy called x already exists.', 409, 'EXISTS', 'exists'],
  ['iam', 'UpdateAssumeRolePolicy', 'LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048', 409, 'TRUST_TOO_LONG', 'quota'],
  ['iam', 'PutRolePolicy', 'LimitExceeded', 'Maximum policy size of 10240 bytes exceeded for role x', 409, 'POLICY_TOO_LONG', 'quota'],
  ['iam', 'CreateRole', 'LimitExceeded', 'Cannot exceed quota for RolesPerAccount: 1000', 409, 'QUOTA', 'quota'],
  ['iam', 'CreateOpenIDConnectProvider', 'LimitExceededException', 'Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100', 409, 'QUOTA', 'quota'],
  ['iam', 'CreateRole', 'MalformedPolicyDocument', 'Syntax errors in policy.', 400, 'MALFORMED_POLICY', 'input'],
  ['iam', 'UpdateAssumeRolePolicy', 'MalformedPolicyDocument', 'Invalid principal in policy: "AWS":"AROAEXAMPLE"', 400, 'INVALID_PRINCIPAL', 'input'],
  ['iam', 'GetRole', 'NoSuchEntity', 'The role with name x cannot be found.', 404, 'GONE', 'gone'],
  ['iam', 'UpdateAssumeRolePolicy', 'ConcurrentModification', 'The request was rejected because multiple requests …', 409, 'BUSY', 'conflict'],
  ['iam', 'CreateRole', 'ServiceFailure', 'The request processing has failed …', 500, 'SERVICE_TROUBLE', 'retry'],
  ['iam', 'CreateRole', 'Throttling', 'Rate exceeded', 400, 'THROTTLED', 'retry'],
  ['s3', 'PutObject', 'SlowDown', 'Please reduce your request rate.', 503, 'THROTTLED', 'retry'],
  ['iam', 'DeleteRole', 'DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409, 'DELETE_CONFLICT', 'conflict'],
  ['iam', 'UpdateAssumeRolePolicy', 'UnmodifiableEntity', 'Cannot perform the operation on the protected role x', 400, 'SERVICE_ROLE', 'denied'],
  ['iam', 'CreateOpenIDConnectProvider', 'InvalidInput', 'Invalid Open ID Connect Provider URL', 400, 'INVALID_INPUT', 'input'],
  ['iam', 'CreateRole', 'AccessDenied', 'User: arn:aws:iam::111122223333:user/rancher is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/rancher-irsa/x because no identity-based policy allows the iam:CreateRole action', 403, 'DENIED_BY_IDENTITY', 'denied'],
  ['s3', 'CreateBucket', 'BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded and you already own it.', 409, 'BUCKET_OURS', 'exists'],
  ['s3', 'CreateBucket', 'BucketAlreadyExists', 'The requested bucket name is not available.', 409, 'BUCKET_TAKEN', 'input'],
  ['s3', 'CreateBucket', 'OperationAborted', 'A conflicting conditional operation is currently in progress against this resource.', 409, 'BUCKET_BUSY', 'retry'],
  ['s3', 'PutBucketPolicy', 'AccessDenied', 'Access Denied', 403, 'BUCKET_POLICY_BLOCKED', 'denied'],
  ['s3', 'PutBucketPolicy', 'AccessDenied', 'User: arn:aws:iam::111122223333:user/rancher is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::irsa-x" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.', 403, 'PUBLIC_BLOCKED', 'denied'],
  ['sts', 'AssumeRoleWithWebIdentity', 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403, 'NOT_AUTHORIZED', 'identity'],
  ['sts', 'AssumeRoleWithWebIdentity', 'InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://x', 400, 'NO_PROVIDER', 'propagation'],
  ['sts', 'AssumeRoleWithWebIdentity', 'InvalidIdentityToken', 'Incorrect token audience', 400, 'WRONG_AUDIENCE', 'identity'],
  ['sts', 'AssumeRoleWithWebIdentity', 'InvalidIdentityToken', 'Couldn\'t retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements', 400, 'NO_KEY', 'issuer'],
  ['sts', 'AssumeRoleWithWebIdentity', 'IDPCommunicationError', 'The request could not be fulfilled because the identity provider …', 400, 'NO_KEY', 'issuer'],
  ['sts', 'AssumeRoleWithWebIdentity', 'InvalidIdentityTokenException', 'OpenIDConnect provider\'s HTTPS certificate doesn\'t match configured thumbprint', 400, 'WRONG_THUMBPRINT', 'issuer'],
  ['sts', 'AssumeRoleWithWebIdentity', 'ExpiredTokenException', 'Token expired: current date/time 1 must be before the expiration date/time 0', 400, 'TOKEN_EXPIRED', 'identity'],
  ['sts', 'AssumeRoleWithWebIdentity', 'IDPRejectedClaim', 'The identity provider reported that authentication failed.', 403, 'TOKEN_REJECTED', 'identity'],
  ['sts', 'AssumeRoleWithWebIdentity', 'ValidationError', 'Request ARN is invalid', 400, 'INVALID_ROLE_ARN', 'input'],
  ['sts', 'AssumeRoleWithWebIdentity', 'RegionDisabledException', 'STS is not activated in this region for account: 1', 403, 'REGION_DISABLED', 'input'],
  // Beyond the table: the credential itself, and what Rancher's proxy makes of it
  ['iam', 'GetRole', 'MissingAuthenticationToken', 'Request is missing Authentication Token', 403, 'UNSIGNED', 'credential'],
  ['iam', 'GetRole', 'InvalidClientTokenId', 'The security token included in the request is invalid.', 403, 'CREDENTIAL_UNKNOWN', 'credential'],
  ['iam', 'GetRole', 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.', 403, 'SIGNATURE_MISMATCH', 'credential'],
  ['iam', 'GetRole', 'SignatureDoesNotMatch', 'Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z', 403, 'CLOCK_SKEW', 'credential'],
  ['iam', 'GetRole', 'ExpiredToken', 'The security token included in the request is expired', 403, 'CREDENTIAL_EXPIRED', 'credential'],
  ['s3', 'PutObject', 'AccessDenied', 'Access Denied', 403, 'DENIED', 'denied'],
  ['iam', 'CreateRole', 'SomethingNew', 'x', 503, 'SERVICE_TROUBLE', 'retry'],
  ['iam', 'CreateRole', 'SomethingNew', 'x', 400, 'AWS_OTHER', 'unknown'],
];

describe('explainAws', () => {
  it.each(ROWS)('%s %s: %s «%s»', (service, action, code, message, httpStatus, means, kind) => {
    const explained = explainAws({ service, action, code, message, httpStatus });

    expect(explained).toMatchObject({ code: means, kind });
    expect([explained.what.key, explained.why.key, explained.remedy.key]).toEqual(['what', 'why', 'remedy'].map((line) => `irsa.error.${ means }.${ line }`));
    expect(explained.what.args).toMatchObject({ message, code });
    expect(explained.action).toMatch(/^\w+:\w+$/);
  });

  it('reads the quota out of the message', () => {
    expect(explainAws({ service: 'iam', action: 'UpdateAssumeRolePolicy', code: 'LimitExceeded', message: 'Cannot exceed quota for ACLSizePerRole: 4096' }).why.args).toMatchObject({ quota: 'ACLSizePerRole', limit: '4096' });
  });
});

describe('AccessDenied texts', () => {
  const role = 'arn:aws:iam::111122223333:role/x';
  const start = `User: arn:aws:sts::111122223333:assumed-role/a/b is not authorized to perform: iam:PutRolePolicy on resource: ${ role }`;

  it.each([
    [`${ start } because no identity-based policy allows the iam:PutRolePolicy action`, 'DENIED_BY_IDENTITY'],
    [`${ start } with an explicit deny in an identity-based policy`, 'DENIED_BY_IDENTITY'],
    [`${ start } because no service control policy allows the iam:PutRolePolicy action`, 'DENIED_BY_SCP'],
    [`${ start } with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-x/service_control_policy/p-x`, 'DENIED_BY_SCP'],
    [`${ start } with an explicit deny in a resource control policy`, 'DENIED_BY_RCP'],
    [`${ start } because no permissions boundary allows the iam:PutRolePolicy action`, 'DENIED_BY_BOUNDARY'],
    [`${ start } with an explicit deny in a permissions boundary`, 'DENIED_BY_BOUNDARY'],
    [`${ start } because no session policy allows the iam:PutRolePolicy action`, 'DENIED_BY_SESSION'],
    [`${ start } with an explicit deny in a VPC endpoint policy`, 'DENIED_BY_ENDPOINT'],
    [`${ start } because no resource-based policy allows the iam:PutRolePolicy action`, 'DENIED_BY_RESOURCE'],
    [start, 'DENIED'],
    [`${ start } with an explicit deny`, 'DENIED'],
  ])('%s', (message, code) => {
    expect(parseDenial(message)).toEqual({ caller: 'arn:aws:sts::111122223333:assumed-role/a/b', action: 'iam:PutRolePolicy', resource: role, code });
    expect(explainAws({ service: 'iam', action: 'PutRolePolicy', code: 'AccessDenied', message, httpStatus: 403 })).toMatchObject({ code, action: 'iam:PutRolePolicy', resource: role });
  });

  it('takes quoted resources, no resource, and other words', () => {
    expect(parseDenial('User: u is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:PutObject action')).toMatchObject({ resource: 'arn:aws:s3:::b/k' });
    expect(parseDenial('User: u is not authorized to perform: iam:CreateRole on resource: role x because no identity-based policy allows it')).toMatchObject({ resource: 'role x' });
    expect(parseDenial('User: u is not authorized to perform: iam:ListRoles')).toEqual({ caller: 'u', action: 'iam:ListRoles', resource: undefined, code: 'DENIED' });
    expect(parseDenial('Access Denied')).toMatchObject({ action: undefined, code: 'DENIED' });
  });
});

describe('explainKubernetes', () => {
  it.each([
    [403, 'Forbidden', 'serviceaccounts "x" is forbidden: User "u-abc" cannot patch resource "serviceaccounts" in API group "" in the namespace "shop"', 'KUBERNETES_FORBIDDEN', 'patch serviceaccounts in namespace shop'],
    [403, 'Forbidden', 'serviceaccounts "x" is forbidden: User "u" cannot create resource "serviceaccounts/token" in API group "" in the namespace "shop"', 'KUBERNETES_FORBIDDEN', 'create serviceaccounts/token in namespace shop'],
    [403, 'Forbidden', 'deployments.apps is forbidden: User "u" cannot list resource "deployments" in API group "apps" at the cluster scope', 'KUBERNETES_FORBIDDEN', 'list deployments.apps'],
    [403, 'Forbidden', 'forbidden: User "u" cannot get path "/openid/v1/jwks"', 'KUBERNETES_FORBIDDEN', 'get /openid/v1/jwks'],
    [403, undefined, 'no', 'KUBERNETES_FORBIDDEN', 'no'],
    [401, 'Unauthorized', 'Unauthorized', 'KUBERNETES_UNAUTHORIZED', undefined],
    [404, 'NotFound', 'serviceaccounts "x" not found', 'KUBERNETES_NOT_FOUND', undefined],
    [409, 'AlreadyExists', 'serviceaccounts "x" already exists', 'KUBERNETES_EXISTS', undefined],
    [409, 'Conflict', 'the object has been modified; please apply your changes to the latest version and try again', 'KUBERNETES_CONFLICT', undefined],
    [422, 'Invalid', 'ServiceAccount "x" is invalid', 'KUBERNETES_INVALID', undefined],
    [429, 'TooManyRequests', 'too many requests', 'KUBERNETES_THROTTLED', undefined],
    [503, 'ServiceUnavailable', 'ClusterUnavailable', 'KUBERNETES_UNAVAILABLE', undefined],
    [500, 'InternalError', 'x', 'KUBERNETES_OTHER', undefined],
  ])('%s %s %s', (httpStatus, reason, message, code, right) => {
    const explained = explainKubernetes({ httpStatus, reason, message });

    expect(explained.code).toBe(code);
    expect(explained.what.args?.right).toBe(right);
  });
});

describe('explainRancher', () => {
  it.each([
    [502, '', 'sts.eu-central-1.amazonaws.com', 'HOST_UNREACHABLE'],
    [503, '', 'iam.amazonaws.com', 'HOST_UNREACHABLE'],
    [503, '{"type":"error","code":"ClusterUnavailable"}', undefined, 'CLUSTER_UNREACHABLE'],
    [500, 'lost connection to cluster: c-m-1', undefined, 'CLUSTER_UNREACHABLE'],
    [500, '{"message":"no chart name found"}', undefined, 'HELM_REFUSED'],
    [401, '', undefined, 'RANCHER_LOGGED_OUT'], [403, '', undefined, 'RANCHER_FORBIDDEN'], [404, '', undefined, 'RANCHER_NOT_FOUND'], [409, '', undefined, 'RANCHER_CONFLICT'],
    [500, '<html>', undefined, 'RANCHER_OTHER'],
  ])('%s %s %s', (httpStatus, body, proxiedHost, code) => {
    expect(explainRancher({ httpStatus, body, proxiedHost })).toMatchObject({ code });
  });
});

describe('IrsaError', () => {
  it('carries what people and logs need, and no more', () => {
    const error = irsaError('TRUST_UNREADABLE', { role: 'x', problem: 'y' }, { resource: 'arn:x', requestId: 'r' });

    expect(error).toBeInstanceOf(IrsaError);
    expect(error.message).toBe('TRUST_UNREADABLE arn:x');
    expect(error).toMatchObject({ code: 'TRUST_UNREADABLE', kind: 'input', facts: { resource: 'arn:x', requestId: 'r' } });
    expect(error.why).toEqual({ key: 'irsa.error.TRUST_UNREADABLE.why', args: { role: 'x', problem: 'y' } });
    expect(explanation('THROTTLED').kind).toBe('retry');
  });
});
