/** A refusal of AWS; each service writes it in its own shape. */
export class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements some services add to the answer. */
  readonly details: Record<string, string>;
  /** Further headers of the answer. */
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, details: Record<string, string> = {}, headers: Record<string, string> = {}) {
    super(message);
    this.name = 'AwsError';
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}

/** IAM's and STS' answer to parameters out of bounds (API references, «Common Errors»: ValidationError). */
export function validationError(constraint: string, value: string, parameter: string): AwsError {
  return new AwsError(400, 'ValidationError', `1 validation error detected: Value '${ value }' at '${ parameter }' failed to satisfy constraint: ${ constraint }`);
}
