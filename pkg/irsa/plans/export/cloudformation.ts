import type { Plan, Step, Value } from '../plan';
import { isData, isJsonText, isRef, parsed } from '../value';
import { comments, handedOn, inputOf, replacesPolicy, roleStep } from './declared';
import { quote, refsIn, variableOf } from './sh';
import { toYaml, type Plain } from './yaml';

/** A plan as a CloudFormation template, and the steps that it does. */
export interface CloudFormationExport {
  text: string;
  covered: ReadonlySet<string>;
  /** Shell lines that fetch what the steps left over need of it. */
  given: string[];
}

/** Longest description of a template. */
const DESCRIPTION_LENGTH = 1024;

/** CloudFormation puts a secret or parameter in wherever it finds this, in any text (user guide, dynamic references). */
const DYNAMIC = /\{\{resolve:/;

/**
 * The plan as a CloudFormation template. A stack owns what it makes whole, so only what is new can be in it; changes to what exists (one
 * statement of a role, one audience of a provider), Kubernetes and the check are not covered. Undefined when nothing is.
 * @param about  one line for the description and the file's head
 */
export function toCloudFormation(plan: Plan, about: string): CloudFormationExport | undefined {
  const resources = new Map<string, Resource>();

  const bucket = hostedBucket(plan);

  for (const step of plan.steps) {
    const resource = bucket?.get(step.id) ?? (plan.steps.some((one) => inputOf(one, 'PutObject')) ? undefined : resourceOf(plan, step));

    if (resource && !DYNAMIC.test(JSON.stringify(resource)) && !hasFunction(step.call)) {
      resources.set(step.id, resource);
    }
  }
  // What refers to a step that is not in the template cannot be in it either.
  for (const [id] of resources) {
    if (refersOutside(plan, id, resources)) {
      resources.delete(id);
    }
  }
  if (!resources.size) {
    return undefined;
  }
  const covered = new Set([...resources.keys(), ...(bucket ? plan.steps.filter((step) => inputOf(step, ...OF_THE_BUCKET)).map(({ id }) => id) : [])]);
  const outputs = handedOn(plan, covered);
  const region = bucket && regionOf(plan);
  const stack = 'irsa';

  return {
    covered,
    given: [
      `stack=\${STACK:-${ stack }}`,
      ...outputs.map((ref) => `${ variableOf(ref) }=$(aws cloudformation describe-stacks --stack-name "$stack" --query ${ quote(`Stacks[0].Outputs[?OutputKey=='${ logicalId(variableOf(ref)) }'].OutputValue`) } --output text)`),
    ],
    text: [
      comments([about, `aws cloudformation deploy --template-file template.yaml --stack-name ${ stack } --capabilities CAPABILITY_NAMED_IAM${ region ? ` --region=${ region }` : '' }`]),
      toYaml({
        AWSTemplateFormatVersion: '2010-09-09',
        Description:              about.slice(0, DESCRIPTION_LENGTH),
        Resources:                Object.fromEntries([...resources].map(([id, resource]) => [logicalId(id), resource])),
        ...(outputs.length ? { Outputs: Object.fromEntries(outputs.map((ref) => [logicalId(variableOf(ref)), { Value: plain(ref) }])) } : {}),
      }),
      '',
    ].join('\n'),
  };
}

/** Whether data of others has a key that CloudFormation takes for a function of its own, `Fn::Transform` among them. */
function hasFunction(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.entries(value).some(([key, inner]) => key === 'Ref' || key.startsWith('Fn::') || hasFunction(inner));
}

/** Letters and digits only: `create-role` → `CreateRole`. */
function logicalId(id: string): string {
  return id.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

type Resource = { Type: string; DeletionPolicy?: string; UpdateReplacePolicy?: string; Properties: Record<string, Plain> };

function resourceOf(plan: Plan, step: Step): Resource | undefined {
  const provider = inputOf(step, 'CreateOpenIDConnectProvider');
  const role = inputOf(step, 'CreateRole');
  const policy = inputOf(step, 'PutRolePolicy');

  if (provider) {
    return { Type: 'AWS::IAM::OIDCProvider', Properties: properties({ Url: provider.Url, ClientIdList: provider.ClientIDList, Tags: provider.Tags }) };
  }
  if (role) {
    const { RoleName, Path, Description, PermissionsBoundary, Tags } = role;

    return { Type: 'AWS::IAM::Role', Properties: properties({ RoleName, Path, Description, PermissionsBoundary, AssumeRolePolicyDocument: document(role.AssumeRolePolicyDocument), Tags }) };
  }
  if (policy && !replacesPolicy(plan, step)) {
    const maker = roleStep(plan, policy.RoleName);
    const made = maker && inputOf(maker, 'CreateRole') ? { Ref: logicalId(maker.id) } : undefined;

    return { Type: 'AWS::IAM::RolePolicy', Properties: { ...properties({ PolicyName: policy.PolicyName, PolicyDocument: document(policy.PolicyDocument) }), RoleName: made ?? plain(policy.RoleName ?? '') } };
  }

  return undefined;
}

/** Settings that are the bucket's own in a template. */
const OF_THE_BUCKET = ['PutPublicAccessBlock', 'PutBucketOwnershipControls', 'PutBucketVersioning'];

/**
 * The bucket of an issuer and its policy, where it is made. Its objects, for which CloudFormation has nothing, come from the script that
 * follows; so does the provider, as IAM looks for them.
 */
function hostedBucket({ steps }: Plan): Map<string, Resource> | undefined {
  const made = steps.find((step) => inputOf(step, 'CreateBucket'));
  const input = made && inputOf(made, 'CreateBucket');

  if (!made || !input) {
    return undefined;
  }
  const open = steps.map((step) => inputOf(step, 'PutPublicAccessBlock')).find(Boolean);
  const versions = steps.map((step) => inputOf(step, 'PutBucketVersioning')).find(Boolean);
  const policy = steps.find((step) => inputOf(step, 'PutBucketPolicy'));
  const { Tags } = input.CreateBucketConfiguration as Record<string, Value>;

  return new Map<string, Resource>([
    [made.id, { Type: 'AWS::S3::Bucket', DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain', Properties: properties({ BucketName: input.Bucket, PublicAccessBlockConfiguration: open?.PublicAccessBlockConfiguration, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] }, VersioningConfiguration: versions?.VersioningConfiguration, Tags }) }],
    ...(policy ? [[policy.id, { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: logicalId(made.id) }, PolicyDocument: plain(document(inputOf(policy, 'PutBucketPolicy')?.Policy) ?? '') } }] as [string, Resource]] : []),
  ]);
}

function regionOf({ steps }: Plan): string | undefined {
  return steps.flatMap(({ call }) => 'aws' in call && call.aws.region && /^[a-z0-9-]+$/.test(call.aws.region) ? [call.aws.region] : [])[0];
}

function refersOutside({ steps }: Plan, id: string, inside: ReadonlyMap<string, unknown>): boolean {
  return refsIn(steps.find((step) => step.id === id)?.call).some(({ $ref }) => !inside.has($ref.step));
}

function properties(values: Record<string, Value | undefined>): Record<string, Plain> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [[name, plain(value)]]));
}

/** Documents are objects in a template; one that is there as text is parsed. */
function document(value: Value | undefined): Value | undefined {
  return typeof value === 'string' ? parsed(value) as Value : value;
}

const ATTRIBUTES: Record<string, string> = { OpenIDConnectProviderArn: 'Arn', 'Role.Arn': 'Arn' };

function plain(value: Value): Plain {
  if (isRef(value)) {
    return { 'Fn::GetAtt': [logicalId(value.$ref.step), ATTRIBUTES[value.$ref.path.join('.')] ?? value.$ref.path.join('.')] };
  }
  if (isJsonText(value)) {
    return plain(value.$json);
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries((isData(value) ? value.$data : value) as Record<string, Value>).map(([name, item]) => [name, plain(item)]));
  }

  return value;
}
