import type { AwsCall, Fault } from '../contracts.ts';
import { AwsError } from './errors.ts';
import { notAuthorized } from './sts/sts.ts';

/** What a fault makes AWS answer; undefined for those that act on the connection or on time. */
export function faultError(fault: Fault, service: AwsCall['service'], action: string, principal: string, resource = '*'): AwsError | undefined {
  switch (fault.kind) {
  // IAM API reference, «Common Errors»: Throttling; S3 API reference: SlowDown.
  case 'throttle':
    return service === 's3' ? new AwsError(503, 'SlowDown', 'Please reduce your request rate.') : service === 'eks' ? new AwsError(429, 'TooManyRequestsException', 'Rate exceeded') : new AwsError(400, 'Throttling', 'Rate exceeded');
  case 'error':
    return service === 's3' ? new AwsError(500, 'InternalError', 'We encountered an internal error. Please try again.') : new AwsError(500, service === 'iam' ? 'ServiceFailure' : 'InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.');
  // IAM User Guide, «Troubleshoot access denied error messages»: the text of a service control policy.
  case 'deny':
    return action === 'AssumeRoleWithWebIdentity' ? notAuthorized() : new AwsError(403, service === 'eks' ? 'AccessDeniedException' : 'AccessDenied', `User: ${ principal } is not authorized to perform: ${ service }:${ action } on resource: ${ resource } with an explicit deny in a service control policy`);
  // IAM API reference: ConcurrentModification; S3 API reference: OperationAborted.
  case 'conflict':
    return service === 's3' ? new AwsError(409, 'OperationAborted', 'A conflicting conditional operation is currently in progress against this resource. Please try again.') : new AwsError(409, 'ConcurrentModification', 'The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again.');
  case 'not-yet':
    return action === 'AssumeRoleWithWebIdentity' ? notAuthorized() : undefined;
  default:
    return undefined;
  }
}
