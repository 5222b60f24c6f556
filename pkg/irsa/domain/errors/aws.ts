import { text } from '../text';
import type { Explanation } from './irsa-error';

/** An error answer of AWS, as the SDK or the XML gives it. */
export interface AwsFailure {
  /** `iam`, `sts`, `s3` */
  service: string;
  /** The call that was made: `CreateRole` or `iam:CreateRole`. */
  action: string;
  /** AWS' error code, e.g. `EntityAlreadyExists` (with or without the suffix `Exception`). */
  code: string;
  message: string;
  httpStatus?: number;
}

/** Says what an error of AWS means and what to do about it (table: peers-and-aws.md §3.6). */
export function explainAws(failure: AwsFailure): Explanation {
  const args = { action: failure.action, code: failure.code, message: failure.message };

  return { kind: 'unknown', what: text('irsa.error.aws-unknown.what', args), why: text('irsa.error.aws-unknown.why', args), remedy: text('irsa.error.aws-unknown.remedy', args) };
}
