/** Why a value a person typed is not usable; each returns undefined when it is, and for an empty value (whether one is required is another question). */
import { isRegion } from '../domain/aws/partitions';
import type { Text } from '../domain/facts';
import { text } from '../domain/text';

/** S3's rules for general purpose buckets (S3 User Guide, bucket naming rules). */
export function bucketProblem(value: string): Text | undefined {
  if (!value) {
    return undefined;
  }
  if (value.length < 3 || value.length > 63) {
    return text('irsa.preset.problem.bucketLength', { value });
  }
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(value) || /\.\.|^\d+\.\d+\.\d+\.\d+$/.test(value) || /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3)$/.test(value)) {
    return text('irsa.preset.problem.bucket', { value });
  }

  return undefined;
}

/** `*`, `?` and `$` mean something in a policy's resource, and would widen it. */
export function prefixProblem(value: string): Text | undefined {
  if (value.startsWith('/')) {
    return text('irsa.preset.problem.prefixSlash', { value });
  }
  if (value.length > 512 || !/^[\w!.()'/+=@:, -]*$/.test(value) || /\/\//.test(value)) {
    return text('irsa.preset.problem.prefix', { value });
  }

  return undefined;
}

export function regionProblem(value: string): Text | undefined {
  return !value || isRegion(value) ? undefined : text('irsa.preset.problem.region', { value });
}

/** CloudWatch Logs: CreateLogGroup, logGroupName. */
export function logGroupProblem(value: string): Text | undefined {
  return !value || (/^[\w./#-]{1,512}$/.test(value) && !value.startsWith('aws/')) ? undefined : text('irsa.preset.problem.logGroup', { value });
}

/** A folder as the front of object keys: ends in `/`, so that `prod` does not cover `production/…`; '' for the whole bucket. */
export function keyPrefix(folder: string | undefined): string {
  const trimmed = (folder ?? '').trim().replace(/\/+$/, '');

  return trimmed ? `${ trimmed }/` : '';
}
