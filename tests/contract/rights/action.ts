import type { SeenCall } from '../target';

/** Rights that S3 names otherwise than the calls (Service Authorization Reference, S3). */
const S3: Record<string, string> = { PutPublicAccessBlock: 'PutBucketPublicAccessBlock', GetPublicAccessBlock: 'GetBucketPublicAccessBlock', ListObjectVersions: 'ListBucketVersions' };

/** The right that a call takes: `iam:CreateRole`, `s3:ListBucketVersions`. */
export function actionOf({ service = 'iam', action }: SeenCall): string {
  return `${ service }:${ S3[action] ?? action }`;
}
