import { explainAws, IrsaError } from '../../domain/errors';
import { TransportError } from '../transport';

/** What the SDK throws for an error answer of AWS. */
interface ServiceException extends Error {
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

/** An error of the SDK, typed and in our words. Errors that are ours already, and «nobody answered», pass as they are. */
export function awsError(error: unknown, service: 'iam' | 'sts' | 's3', action: string): Error {
  if (error instanceof IrsaError || error instanceof TransportError) {
    return error;
  }
  const { name, message, $metadata } = error as ServiceException;
  const explained = explainAws({ service, action, code: name, message, httpStatus: $metadata?.httpStatusCode });

  return new IrsaError(explained.code ?? 'AWS_OTHER', explained, {
    service, action: `${ service }:${ action }`, httpStatus: $metadata?.httpStatusCode, requestId: $metadata?.requestId, awsCode: name
  });
}
