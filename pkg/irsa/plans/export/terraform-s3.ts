import type { Plan, Step, Value } from '../plan';
import { inputOf } from './declared';
import { attributes, block, hclString, label } from './hcl';

const TYPES: Record<string, string> = {
  CreateBucket:               'aws_s3_bucket',
  PutPublicAccessBlock:       'aws_s3_bucket_public_access_block',
  PutBucketOwnershipControls: 'aws_s3_bucket_ownership_controls',
  PutBucketVersioning:        'aws_s3_bucket_versioning',
  PutBucketPolicy:            'aws_s3_bucket_policy',
  PutObject:                  'aws_s3_object',
};

type Input = Record<string, Value>;

/** The bucket of an issuer and what is in it, each part after those that the plan has before it; undefined for other steps. */
export function hostedResource(plan: Plan, step: Step): string | undefined {
  const address = addressOf(step);
  const input = inputOf(step, ...Object.keys(TYPES));

  if (!address || !input || !('aws' in step.call)) {
    return undefined;
  }
  const { region } = step.call.aws;
  const [type = '', name = ''] = address.split('.');

  return block(`resource "${ type }" "${ name }"`, ...attributes({ region: region && hclString(region), ...contentOf(step.call.aws.command, input), depends_on: dependencies(plan.steps.slice(0, plan.steps.indexOf(step))) }), ...ownership(input));
}

/** What is published, before IAM is told of it: it looks there. */
export function publishedBefore({ steps }: Plan, provider: Step): string | undefined {
  return dependencies(steps.slice(0, steps.indexOf(provider)));
}

function dependencies(steps: Step[]): string | undefined {
  const before = steps.flatMap((one) => addressOf(one) ?? []);

  return before.length ? `[${ before.join(', ') }]` : undefined;
}

function addressOf({ id, call }: Step): string | undefined {
  const type = 'aws' in call && call.aws.service === 's3' ? TYPES[call.aws.command] : undefined;

  return type && `${ type }.${ label(id) }`;
}

function contentOf(command: string, input: Input): Record<string, string | undefined> {
  const written = (value: Value | undefined) => hclString(String(value));
  const bucket = written(input.Bucket);

  switch (command) {
  case 'CreateBucket': {
    const { Tags = [] } = input.CreateBucketConfiguration as { Tags?: { Key: string; Value: string }[] };

    return { bucket, tags: `{ ${ Tags.map(({ Key, Value }) => `${ hclString(Key) } = ${ hclString(Value) }`).join(', ') } }` };
  }
  case 'PutPublicAccessBlock': {
    const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } = input.PublicAccessBlockConfiguration as Record<string, boolean>;

    return {
      bucket,
      block_public_acls: String(BlockPublicAcls),
      ignore_public_acls: String(IgnorePublicAcls),
      block_public_policy: String(BlockPublicPolicy),
      restrict_public_buckets: String(RestrictPublicBuckets),
    };
  }
  case 'PutBucketVersioning':
  case 'PutBucketOwnershipControls': return { bucket };
  case 'PutBucketPolicy': return { bucket, policy: written(input.Policy) };
  default: return { bucket, key: written(input.Key), content_type: written(input.ContentType), content: written(input.Body) };
  }
}

function ownership({ OwnershipControls, VersioningConfiguration }: Input): string[] {
  if (VersioningConfiguration) {
    return ['  versioning_configuration {', `    status = ${ hclString((VersioningConfiguration as { Status: string }).Status) }`, '  }'];
  }
  const { Rules = [] } = (OwnershipControls ?? {}) as { Rules?: { ObjectOwnership: string }[] };

  return Rules.flatMap(({ ObjectOwnership }) => ['  rule {', `    object_ownership = ${ hclString(ObjectOwnership) }`, '  }']);
}
