import { explainAws, IrsaError } from '../../domain/errors';
import { QueryError } from './query';

/** An error answer of AWS, typed and in our words. Whatever else was thrown passes as it is. */
export function awsError(error: unknown, service: 'iam' | 'sts' | 's3', action: string, resource?: string): unknown {
  if (!(error instanceof QueryError)) {
    return error;
  }
  const { name, message, httpStatus, requestId } = error;
  // S3 names some rights otherwise than the calls; what the admin has to give is the right.
  const explained = explainAws({ service, action, code: name, message, httpStatus });

  return new IrsaError(explained.code ?? 'AWS_OTHER', explained, { service, action: service === 's3' && explained.action ? explained.action : `${ service }:${ action }`, httpStatus, requestId, awsCode: name, ...(resource && !explained.resource ? { resource } : {}) });
}
