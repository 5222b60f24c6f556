import { issuerPath } from '../../domain/issuer/issuer';
import type { Call, Expectation, PolicyExpectation, Ref, Step, Value } from '../plan';
import { isRemoval } from '../removal';
import { isJsonText } from '../value';
import { asPrinted, bucketGuard, bucketTags, bucketTagsGuard, policyGuard, providerGuard, ROLE, roleGuard, tagEntries } from './expects';
import { jsonWord, quote, variableOf } from './sh';

type AwsCall = Extract<Call, { aws: unknown }>['aws'];

/**
 * One AWS call as shell lines. Input goes in as JSON (`--cli-input-json`): it is the same data as the preview, and the CLI does not
 * take values like `file://…` for files there.
 * @param wanted  values of the answer that later steps refer to
 */
export function awsLines(step: Step, call: AwsCall, wanted: Ref[]): string[] {
  const { undo, ...plain } = step;

  return undo && 'aws' in undo.call ? orUndo(awsLines(plain, call, wanted), undo.call.aws) : linesOf(step, call, wanted);
}

/** What a refused step leaves behind that was made for it alone goes again; S3 deletes no bucket that holds anything. */
function orUndo(lines: string[], { input, ...call }: AwsCall): string[] {
  const [last = '', ...before] = [...lines].reverse();

  return [...before.reverse(), `if ! refusal=$(${ last.replace(/ >\/dev\/null$/, '') } 2>&1); then`, `  ${ commandLine(call) } --bucket=${ quote(String((input as { Bucket?: Value }).Bucket)) } || :`, '  stop "$refusal"', 'fi'];
}

function linesOf(step: Step, call: AwsCall, wanted: Ref[]): string[] {
  const { expects } = step;

  if (call.command === 'PutObject') {
    const { Body } = call.input as { Body?: unknown };
    const guard = expects && 's3' in expects ? bucketGuard(expects.s3, quote(String(Body))) : expects && 'bucketTags' in expects ? ownBucket(call, expects.bucketTags) : [];

    return [...guard, ...putObject(call)];
  }
  const input = jsonWord(call.input, step.id.replace(/\W/g, '_'));
  const command = `${ commandLine(call) } --cli-input-json ${ input.word }`;

  if (step.adopt && 'provider' in step.adopt) {
    return [...input.before, ...createProvider(step, call, command, step.adopt.provider, wanted)];
  }
  if (step.adopt && 'bucket' in step.adopt) {
    return [...input.before, ...createBucket(call, command, step.adopt.bucket)];
  }
  if (step.adopt && 'role' in step.adopt) {
    return [...input.before, ...createRole(command, step.adopt.role, wanted)];
  }
  if (isRemoval(call.command)) {
    return [...(expects ? removalGuard(call, expects) : []), ...input.before, ...removes(command)];
  }
  if (expects && 'role' in expects) {
    const { Tags = [] } = call.input as { Tags?: { Key: string; Value: string }[] };

    return [...input.before, ...roleGuard(expects.role, Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]))), `${ command } >/dev/null`];
  }
  if (expects && 'bucketTags' in expects) {
    return [...input.before, ...ownBucket(call, expects.bucketTags), `${ command } >/dev/null`];
  }
  if (expects && ('roleTrustPolicy' in expects || 'inlinePolicy' in expects)) {
    return [...input.before, ...rewrite(call, command, expects, step)];
  }
  const guard = expects && 's3' in expects ? bucketGuard(expects.s3, documentWord(step.id, call, 'Policy')) : [];

  return [...input.before, ...guard, ...capture(command, wanted)];
}

/** A document of the input as a word of the shell: where it is JSON, a variable holds it. */
function documentWord(id: string, { input }: AwsCall, field: string, written = (text: string) => text): string {
  const document = (input as Record<string, Value>)[field] ?? '';

  return isJsonText(document) ? `"$${ `${ id }_${ field }`.replace(/\W/g, '_') }"` : quote(written(String(document)));
}

/** The CLI takes an object's content from a file only. */
function putObject(call: AwsCall): string[] {
  const { Bucket, Key, ContentType, Body } = call.input as Record<'Bucket' | 'Key' | 'ContentType' | 'Body', string>;

  return [
    'body=$(mktemp)',
    `printf '%s' ${ quote(Body) } > "$body"`,
    `${ commandLine(call) } --bucket=${ quote(Bucket) } --key=${ quote(Key) } --content-type=${ quote(ContentType) } --body "$body" >/dev/null`,
    'rm -f "$body"',
  ];
}

/** A bucket that is there already is gone on with only when its tags say that it was made for this very cluster. */
function createBucket(call: AwsCall, command: string, { name, tags }: { name: string; tags: Record<string, string> }): string[] {
  return [
    `if ! refusal=$(${ command } 2>&1); then`,
    '  case $refusal in',
    '    *BucketAlreadyOwnedByYou*) ;;',
    '    *) stop "$refusal" ;;',
    '  esac',
    'fi',
    ...ownBucket(call, { bucket: name, tags }),
  ];
}

/** Goes on only with a bucket that was made for this: all the tags say so that a plan names. */
function ownBucket(call: AwsCall, { bucket, tags }: { bucket: string; tags: Record<string, string> }): string[] {
  return bucketTags(`${ commandLine({ ...call, command: 'GetBucketTagging' }) } --bucket=${ quote(bucket) }`, bucket, tags);
}

/** What takes something away looks first, as Apply does, whether somebody else has come to use it; gone already is as good. */
function removalGuard(call: AwsCall, expects: Expectation): string[] {
  if ('role' in expects) {
    return roleGuard(expects.role);
  }
  if ('provider' in expects) {
    return providerGuard(expects.provider);
  }
  if ('bucketTags' in expects) {
    return bucketTagsGuard(ownBucket(call, expects.bucketTags));
  }

  return 'roleTrustPolicy' in expects || 'inlinePolicy' in expects ? policyGuard(expects) : [];
}

/** Gone already is as good. */
function removes(command: string): string[] {
  return [
    `if ! refusal=$(${ command } 2>&1); then`,
    '  case $refusal in',
    '    *NoSuchEntity* | *NoSuchBucket*) ;;',
    '    *) stop "$refusal" ;;',
    '  esac',
    'fi',
  ];
}

/** Names as the AWS CLI makes them (botocore xform_name): `AddClientIDToOpenIDConnectProvider` → `add-client-id-to-open-id-connect-provider`. */
export function kebab(name: string): string {
  return name.replace(/(.)([A-Z][a-z]+)/g, '$1-$2').replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

function commandLine({ service, command, region }: Pick<AwsCall, 'service' | 'command' | 'region'>): string {
  return `aws ${ service === 's3' ? 's3api' : service } ${ kebab(command) }${ region ? ` --region=${ quote(region) }` : '' }`;
}

function capture(command: string, wanted: Ref[]): string[] {
  const [first] = wanted;

  return first ? [`${ variableOf(first) }=$(${ command } --query ${ quote(first.$ref.path.join('.')) } --output text)`] : [`${ command } >/dev/null`];
}

/** Looked up first; when it is there, the audience is added, which changes nothing where it is accepted. */
function createProvider({ id }: Step, call: AwsCall, command: string, { issuer, audience }: { issuer: string; audience: string }, wanted: Ref[]): string[] {
  const ref = wanted[0] ?? { $ref: { step: id, path: ['OpenIDConnectProviderArn'] } };
  const variable = variableOf(ref);
  const add = jsonWord({ OpenIDConnectProviderArn: ref, ClientID: audience }, variable);

  return [
    `${ variable }=$(provider_arn ${ quote(issuerPath(issuer)) })`,
    `if [ -z "$${ variable }" ]; then`,
    ...capture(command, [ref]).map(indented),
    'else',
    indented(`${ commandLine({ ...call, command: 'AddClientIDToOpenIDConnectProvider' }) } --cli-input-json ${ add.word } >/dev/null`),
    'fi',
  ];
}

/** A role of this name is gone on with only when it trusts and is tagged as this plan would have it: an earlier run made it. */
function createRole(command: string, { name, tags, trustPolicy }: { name: string; tags: Record<string, string>; trustPolicy: Value }, wanted: Ref[]): string[] {
  const get = jsonWord({ RoleName: name }, 'role').word;
  const made = jsonWord([isJsonText(trustPolicy) ? trustPolicy.$json : trustPolicy, tagEntries(tags)], 'made');

  return [
    ...made.before,
    `made=${ made.word }`,
    `if now=$(aws iam get-role --cli-input-json ${ get } --query ${ ROLE } --output json 2>&1); then`,
    indented(`[ "$(printf '%s' "$now" | squeezed)" = "$(printf '%s' "$made" | squeezed)" ] || stop ${ quote(`the role ${ name } exists and was not made for this service account; look at it in Rancher and plan anew`) }`),
    ...(wanted[0] ? capture(`aws iam get-role --cli-input-json ${ get }`, wanted).map(indented) : []),
    'else',
    '  case $now in',
    '    *NoSuchEntity*) ;;',
    '    *) stop "$now" ;;',
    '  esac',
    ...capture(command, wanted).map(indented),
    'fi',
  ];
}

/** Written only when the policy is still what the plan saw; IAM itself has no such check. */
function rewrite(call: AwsCall, command: string, expects: PolicyExpectation, { id }: Step): string[] {
  const isInline = 'inlinePolicy' in expects;
  const expected = isInline ? expects.inlinePolicy : expects.roleTrustPolicy;
  const get = jsonWord({ RoleName: expected.roleName, ...(isInline ? { PolicyName: expects.inlinePolicy.policyName } : {}) }, 'role').word;
  const [look, query, what] = isInline ? ['get-role-policy', 'PolicyDocument', `the policy ${ expects.inlinePolicy.policyName }`] : ['get-role', 'Role.AssumeRolePolicyDocument', 'the trust policy'];
  const document = documentWord(id, call, 'PolicyDocument', asPrinted);

  return [
    ...(expected.is ? [`now=$(aws iam ${ look } --cli-input-json ${ get } --query ${ query } --output json | squeezed)`] : absent(`aws iam ${ look } --cli-input-json ${ get } --query ${ query } --output json`)),
    `if [ "$now" = "$(printf '%s' ${ document } | squeezed)" ]; then`,
    '  :',
    `elif [ "$now" = "$(printf '%s' ${ quote(asPrinted(expected.is)) } | squeezed)" ]; then`,
    indented(`${ command } >/dev/null`),
    'else',
    indented(`stop ${ quote(`${ what } of ${ expected.roleName } was changed since this plan was made; plan anew`) }`),
    'fi',
  ];
}

/** What was not there when the plan was made: an empty text where it still is not. */
function absent(look: string): string[] {
  return [
    `if now=$(${ look } 2>&1); then`,
    `  now=$(printf '%s' "$now" | squeezed)`,
    'else',
    '  case $now in',
    '    *NoSuchEntity*) now= ;;',
    '    *) stop "$now" ;;',
    '  esac',
    'fi',
  ];
}

/** Only for lines that begin a command: what is inside quotes must not be indented. */
function indented(line: string): string {
  return `  ${ line }`;
}
