import { AwsError } from '../errors.ts';
import { like } from '../policy/conditions.ts';
import { readPolicy } from '../policy/document.ts';
import type { Statement } from '../policy/document.ts';

/** S3's word for a policy it does not take (API reference, «Error responses»); the texts as people report them and other S3 servers model them. */
function malformed(message: string): AwsError {
  return new AwsError(400, 'MalformedPolicy', message);
}

/** Reads a bucket policy: every statement names who, what and where. */
export function readBucketPolicy(text: string): Statement[] {
  let statements: Statement[];

  try {
    statements = readPolicy(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : '');
  }
  for (const one of statements) {
    if (!one.principals && !one.notPrincipals) {
      throw malformed('Missing required field Principal');
    }
    if (!one.actions && !one.notActions) {
      throw malformed('Missing required field Action');
    }
    if (!one.resources && !one.notResources) {
      throw malformed('Missing required field Resource');
    }
    if (one.actions?.some((action) => action !== '*' && !action.toLowerCase().startsWith('s3:'))) {
      throw malformed('Policy has invalid action');
    }
  }

  return statements;
}

/** @throws MalformedPolicy when a statement names another bucket, or an action of objects on the bucket alone */
export function bucketFits(statements: Statement[], bucketArn: string): void {
  for (const { actions = [], resources = [] } of statements) {
    if (resources.some((resource) => resource !== '*' && !like(bucketArn, resource) && resource !== bucketArn && !resource.startsWith(`${ bucketArn }/`))) {
      throw malformed('Policy has invalid resource');
    }
    const objectsOnly = actions.length > 0 && actions.every((action) => /^s3:(get|put|delete)object/i.test(action));

    if (objectsOnly && resources.length > 0 && resources.every((resource) => resource === bucketArn)) {
      throw malformed('Action does not apply to any resource(s) in statement');
    }
  }
}
