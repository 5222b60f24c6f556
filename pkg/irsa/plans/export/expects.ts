import type { Expectation, PolicyExpectation, Value } from '../plan';
import { isData, isJsonText, isRef } from '../value';
import { quote } from './sh';

/**
 * What a step expects to find, looked at just before it (as Apply does): the script stops where somebody changed it since the plan was made.
 * What the step itself wrote, in an earlier run, is as good.
 */

/**
 * A policy document as the AWS CLI prints it: botocore's handler (handlers.py, json_decode_policies) reads what IAM answers, and the CLI writes it
 * anew, so that of `\\/` and `\\u003c` only `/` and `<` are left.
 */
export function asPrinted(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document));
  } catch {
    // No JSON: botocore hands it on as it is.
    return document;
  }
}

/** Before a step that takes away what hangs on a role: with another trust policy somebody else may have been let in. */
export function policyGuard(expects: PolicyExpectation): string[] {
  const isInline = 'inlinePolicy' in expects;
  const { roleName, is } = isInline ? expects.inlinePolicy : expects.roleTrustPolicy;
  const look = isInline ? `get-role-policy --role-name=${ quote(roleName) } --policy-name=${ quote(expects.inlinePolicy.policyName) } --query PolicyDocument` : `get-role --role-name=${ quote(roleName) } --query Role.AssumeRolePolicyDocument`;

  return [
    `if now=$(aws iam ${ look } --output json 2>&1); then`,
    `  [ "$(printf '%s' "$now" | squeezed)" = "$(printf '%s' ${ quote(asPrinted(is)) } | squeezed)" ] || stop ${ quote(`the ${ isInline ? `policy ${ expects.inlinePolicy.policyName }` : 'trust policy' } of ${ roleName } was changed since this plan was made; plan anew`) }`,
    ...goneAlready('NoSuchEntity'),
  ];
}

/** Tags in the order in which the scripts' questions put them: they have none of their own. */
export function tagEntries(tags: Record<string, string>): [string, string][] {
  return Object.entries(tags).sort(([a], [b]) => a < b ? -1 : 1);
}

/** Asks for a role's trust policy and all its tags. */
export const ROLE = quote('[Role.AssumeRolePolicyDocument, sort_by(Role.Tags || `[]`, &Key)[*].[Key, Value]]');

function roleSeen(trustPolicy: string, tags: Record<string, string>): string {
  return quote(`[${ asPrinted(trustPolicy) }, ${ JSON.stringify(tagEntries(tags)) }]`);
}

/**
 * Before a role is tagged, or loses anything: with another trust policy somebody else may have been let in, and other tags say whose it is.
 * @param written  tags that this step writes; undefined where it takes something away, and gone already is as good
 */
export function roleGuard({ roleName, trustPolicy, tags }: Extract<Expectation, { role: unknown }>['role'], written?: Record<string, string>): string[] {
  const look = `now=$(aws iam get-role --role-name=${ quote(roleName) } --query ${ ROLE } --output json`;
  const isOne = [tags, ...(written ? [{ ...tags, ...written }] : [])].map((each) => `[ "$(printf '%s' "$now" | squeezed)" = "$(printf '%s' ${ roleSeen(trustPolicy, each) } | squeezed)" ]`);
  const compared = `${ isOne.join(' || ') } || stop ${ quote(`the trust policy or the tags of the role ${ roleName } were changed since this plan was made; plan anew`) }`;

  return written ? [`${ look })`, compared] : [`if ${ look } 2>&1); then`, `  ${ compared }`, ...goneAlready('NoSuchEntity')];
}

/** Stops where a bucket has other tags than these, among whatever others. @param look  `aws s3api get-bucket-tagging …` */
export function bucketTags(look: string, bucket: string, tags: Record<string, string>): string[] {
  const entries = tagEntries(tags);
  const keys = JSON.stringify(entries.map(([key]) => key)).replaceAll('`', '\\`');

  return [
    `owner=$(${ look } --query ${ quote(`sort_by(TagSet, &Key)[?contains(\`${ keys }\`, Key)].[Key, Value]`) } --output json)`,
    `[ "$(printf '%s' "$owner" | squeezed)" = "$(printf '%s' ${ quote(JSON.stringify(entries)) } | squeezed)" ] || stop ${ quote(`the bucket ${ bucket } was not made for this cluster, or is not ours any more; look at it in Rancher and plan anew`) }`,
  ];
}

/** Before a provider is taken away: by tags and audiences that are new, somebody else shows that they depend on it. */
export function providerGuard({ arn, tags, audiences }: Extract<Expectation, { provider: unknown }>['provider']): string[] {
  const printed = [...audiences, ...Object.entries(tags).map(([key, value]) => `${ key }=${ value }`)].sort().join('\n');

  return [
    `if now=$(aws iam get-open-id-connect-provider --open-id-connect-provider-arn=${ quote(arn) } --query ${ quote('[ClientIDList, Tags[].join(`=`, [Key, Value])][]') } --output text 2>&1); then`,
    `  [ "$(printf '%s' "$now" | tr '\\t' '\\n' | LC_ALL=C sort)" = ${ quote(printed) } ] || stop ${ quote(`the provider ${ arn } was changed since this plan was made; plan anew`) }`,
    ...goneAlready('NoSuchEntity'),
  ];
}

/** Before something of a bucket, or all of it, is taken away. @param look  stops where its tags are others */
export function bucketTagsGuard([look = '', ...compared]: string[]): string[] {
  return [`if ${ look.replace(/\)$/, ' 2>&1)') }; then`, ...compared.map((line) => `  ${ line }`), ...goneAlready('NoSuchBucket', 'owner')];
}

/** Gone already is as good. */
function goneAlready(code: string, variable = 'now'): string[] {
  return [
    'else',
    `  case $${ variable } in`,
    `    *${ code }*) ;;`,
    `    *) stop "$${ variable }" ;;`,
    '  esac',
    'fi',
  ];
}

/** Before an object of a bucket, or its policy, is written anew. `written`: what this step writes, as a word of the shell. */
export function bucketGuard({ bucket, region, key, is }: Extract<Expectation, { s3: unknown }>['s3'], written: string): string[] {
  const where = `--bucket=${ quote(bucket) }${ region ? ` --region=${ quote(region) }` : '' }`;
  const what = key ? `${ key } in ${ bucket }` : `the policy of ${ bucket }`;
  const compared = [
    `[ "$now" = "$(printf '%s' ${ quote(is) } | squeezed)" ] || [ "$now" = "$(printf '%s' ${ written } | squeezed)" ] || stop ${ quote(`${ what } was changed since this plan was made; plan anew`) }`,
  ];

  return key ? [
    'found=$(mktemp)',
    `aws s3api get-object ${ where } --key=${ quote(key) } "$found" >/dev/null`,
    'now=$(squeezed < "$found")',
    'rm -f "$found"',
    ...compared,
  ] : [`now=$(aws s3api get-bucket-policy ${ where } --query Policy --output text | squeezed)`, ...compared];
}

/**
 * Before a list of a Kubernetes object is written anew, or some of its containers' lists; kubectl prints it as Go writes JSON. Any other object,
 * of which only some fields count, is none that a shell could compare: the switch of an issuer has its own look.
 */
export function listGuard(target: string, { field, is }: Extract<Expectation, { kubernetesObject: unknown }>['kubernetesObject'], body: Value | undefined, removes = false): string[] {
  const path = field.map((name) => `.${ name.replaceAll('.', '\\.') }`).join('');
  const written = field.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);

  if (Array.isArray(is) || isLeaf(is)) {
    const guard = compared(target, path, field.join('.'), is, written);

    // Gone already is as good.
    return removes ? [`found=$(kubectl get ${ target } --ignore-not-found --output=name)`, 'if [ -n "$found" ]; then', ...guard.map((line) => `  ${ line }`), 'fi'] : guard;
  }

  return containersIn(is).flatMap(({ kind, name, env = [], envFrom }) => [...env.flatMap((one) => referred(target, `${ path }.${ kind }[?(@.name=="${ name }")]`, one)), ...(envFrom === undefined ? [] : compared(target, `${ path }.${ kind }[?(@.name=="${ name }")].envFrom`, `envFrom of ${ name }`, envFrom, containersIn(written).find((one) => one.kind === kind && one.name === name)?.envFrom ?? []))]);
}

/** A field that names a secret, or refers to one. */
function isLeaf(is: Value): boolean {
  return typeof is === 'string' || (typeof is === 'object' && is !== null && !Array.isArray(is) && !('containers' in is || 'initContainers' in is));
}

interface Variable { name: string; valueFrom: { secretKeyRef: { name: string } } }
interface Listed { kind: string; name: string; env?: Variable[]; envFrom?: Value[] | null }

function containersIn(value: unknown): Listed[] {
  const inside = (value ?? {}) as Record<string, Omit<Listed, 'kind'>[] | undefined>;

  return ['containers', 'initContainers'].flatMap((kind) => (inside[kind] ?? []).map(({ name, env, envFrom }) => ({ kind, name, env, envFrom })));
}

/** A variable that refers to a secret; gone already is as good. */
function referred(target: string, path: string, { name, valueFrom: { secretKeyRef } }: Variable): string[] {
  return [
    `now=$(kubectl get ${ target } --output=${ quote(`jsonpath={${ path }.env[?(@.name=="${ name }")].valueFrom.secretKeyRef.name}`) })`,
    `case $now in '' | ${ quote(secretKeyRef.name) }) ;; *) stop ${ quote(`${ name } was changed since this plan was made; plan anew`) } ;; esac`,
  ];
}

function compared(target: string, path: string, what: string, is: Value | null, written: unknown): string[] {
  return [
    `now=$(kubectl get ${ target } --output=${ quote(`jsonpath={${ path }}`) })`,
    // Kubernetes leaves an empty list out; jsonpath prints a string as it is, and nothing where there is nothing.
    `case ${ isLeaf(is) ? '$now' : `\${now:-[]}` } in ${ [is, ...(isPlain(written) ? [written] : [])].map((value) => quote(isLeaf(is) && (value === null || typeof value === 'string') ? value ?? '' : goJson(value))).join(' | ') }) ;; *) stop ${ quote(`${ what } was changed since this plan was made; plan anew`) } ;; esac`,
  ];
}

function isPlain(value: unknown): value is Value {
  return value !== undefined && !isRef(value as Value) && !isJsonText(value as Value);
}

/** As encoding/json writes what it read into maps: keys in order, no spaces, `<`, `>`, `&` and two separators escaped. */
export function goJson(value: Value): string {
  if (Array.isArray(value)) {
    return `[${ value.map(goJson).join() }]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = (isData(value) ? value.$data : value) as Record<string, Value>;

    return `{${ Object.keys(fields).sort().map((key) => `${ goJson(key) }:${ goJson(fields[key]!) }`).join() }}`;
  }

  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (one) => `\\u${ one.charCodeAt(0).toString(16).padStart(4, '0') }`);
}
