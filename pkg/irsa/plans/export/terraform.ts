import { parseRoleArn } from '../../domain/aws/arn';
import { parseLocated, type Json } from '../../domain/json/located';
import type { Plan, Ref, Step, Value } from '../plan';
import { jsonText } from '../value';
import { comments, handedOn, inputOf, replacesPolicy, roleStep } from './declared';
import { attributes, block, expression, hclString, label, type Reference } from './hcl';
import { hostedResource, publishedBefore } from './terraform-s3';
import { variableOf } from './sh';

/** A plan as Terraform: the configuration and the steps that it does. */
export interface TerraformExport {
  text: string;
  covered: ReadonlySet<string>;
  /** Shell lines that fetch what the steps left over need of it. */
  given: string[];
}

interface Part { text: string; outputs: Record<string, string>; providers: (keyof typeof PROVIDERS)[] }

/** Versions: a provider without thumbprints, server-side annotations, releases with `reuse_values`. */
const PROVIDERS = {
  aws:        ['hashicorp/aws', '>= 6.0'],
  kubernetes: ['hashicorp/kubernetes', '>= 2.35'],
  helm:       ['hashicorp/helm', '>= 3.0'],
} as const;

/**
 * The plan as Terraform (1.5 or newer). What exists is imported and kept from being destroyed; only what the plan changes of it is
 * managed. Steps that Terraform has no resource for (restarts, the check at STS) are not covered. Undefined when nothing is.
 */
export function toTerraform(plan: Plan): TerraformExport | undefined {
  const parts = new Map<string, Part>();

  for (const step of plan.steps) {
    const part = partOf(plan, step, referenceIn(parts));

    if (part) {
      parts.set(step.id, part);
    }
  }
  if (!parts.size) {
    return undefined;
  }
  const used = (Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[]).filter((name) => [...parts.values()].some(({ providers }) => providers.includes(name)));
  const covered = new Set(parts.keys());
  const outputs = handedOn(plan, covered);
  const required = used.map((name) => `    ${ name } = { source = ${ hclString(PROVIDERS[name][0]) }, version = ${ hclString(PROVIDERS[name][1]) } }`);

  return {
    covered,
    given: outputs.map((ref) => `${ variableOf(ref) }=$(terraform output -raw ${ label(variableOf(ref)) })`),
    text:  [
      block('terraform', '  required_version = ">= 1.5"', '  required_providers {', ...required, '  }'),
      ...[...parts.values()].map(({ text }) => text),
      ...(used.includes('helm') ? [block('variable "chart_repository"', '  type        = string', '  description = "Address of the chart repository"', ...plan.steps.flatMap(({ helm }) => helm?.address ? [`  default     = ${ hclString(helm.address) }`] : []).slice(0, 1))] : []),
      ...outputs.map((ref) => block(`output "${ label(variableOf(ref)) }"`, `  value = ${ referenceIn(parts)(ref) }`)),
    ].join('\n\n').concat('\n'),
  };
}

function referenceIn(parts: ReadonlyMap<string, Part>): Reference {
  return ({ $ref: { step, path } }: Ref) => {
    const found = parts.get(step)?.outputs[path.join('.')];

    if (!found) {
      throw new Error(`${ step } gives no ${ path.join('.') } in Terraform`);
    }

    return found;
  };
}

function partOf(plan: Plan, step: Step, reference: Reference): Part | undefined {
  const name = label(step.id);
  const written = (value: Value | undefined) => value === undefined ? undefined : expression(value, reference, '  ');
  const tags = (list: Value | undefined) => written(Object.fromEntries(((list ?? []) as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value])));
  const roleName = (input: Record<string, Value>) => {
    const maker = roleStep(plan, input.RoleName);

    return maker ? `aws_iam_role.${ label(maker.id) }.name` : written(input.RoleName);
  };
  const aws = (text: string, outputs: Part['outputs'] = {}): Part => ({ text, outputs, providers: ['aws'] });

  if ('aws' in step.call) {
    const provider = inputOf(step, 'CreateOpenIDConnectProvider');
    const audience = inputOf(step, 'AddClientIDToOpenIDConnectProvider');
    const created = inputOf(step, 'CreateRole');
    const trust = inputOf(step, 'UpdateAssumeRolePolicy');
    const policy = inputOf(step, 'PutRolePolicy');

    if (provider) {
      return aws(block(`resource "aws_iam_openid_connect_provider" "${ name }"`, ...attributes({ url: written(provider.Url), client_id_list: written(provider.ClientIDList), tags: tags(provider.Tags), depends_on: publishedBefore(plan, step) })), { OpenIDConnectProviderArn: `aws_iam_openid_connect_provider.${ name }.arn` });
    }
    if (audience) {
      return aws(audienceOf(name, audience, written));
    }
    if (created) {
      return aws(block(`resource "aws_iam_role" "${ name }"`, ...attributes({
        name:                 written(created.RoleName),
        path:                 written(created.Path),
        description:          written(created.Description),
        permissions_boundary: written(created.PermissionsBoundary),
        assume_role_policy:   written(document(created.AssumeRolePolicyDocument)),
        tags:                 tags(created.Tags),
      })), { 'Role.Arn': `aws_iam_role.${ name }.arn`, 'Role.RoleName': `aws_iam_role.${ name }.name` });
    }
    if (trust) {
      return aws(existingRole(name, trust, written(document(trust.PolicyDocument)), step));
    }
    const hosted = hostedResource(plan, step);

    if (hosted) {
      return aws(hosted);
    }
    if (policy) {
      const resource = block(`resource "aws_iam_role_policy" "${ name }"`, ...attributes({ name: written(policy.PolicyName), role: roleName(policy), policy: written(document(policy.PolicyDocument)) }));

      return aws(replacesPolicy(plan, step) ? `${ imported(`aws_iam_role_policy.${ name }`, `${ String(policy.RoleName) }:${ String(policy.PolicyName) }`) }\n\n${ resource }` : resource);
    }
  }
  // Terraform's `reuse_values` would leave a new version without the defaults that only it has.
  if (step.helm && !step.helm.removes && !step.helm.changesVersion) {
    return { text: release(name, step.helm, reference), outputs: {}, providers: ['helm'] };
  }

  return 'kubernetes' in step.call ? account(name, step.call.kubernetes, reference) ?? manifest(name, step.call.kubernetes, reference) : undefined;
}

function imported(to: string, id: string): string {
  return block('import', `  to = ${ to }`, `  id = ${ hclString(id) }`);
}

/** A document that is there as JSON text is written as data where it is JSON, so that people can read it. */
function document(value: Value | undefined): Value | undefined {
  if (typeof value !== 'string') {
    return value;
  }
  try {
    const parsed: Json = parseLocated(value).value;

    return typeof parsed === 'object' && parsed !== null ? jsonText(parsed) : value;
  } catch {
    // What is no JSON is AWS' to refuse; it goes there as it is.
    return value;
  }
}

/** Adds one audience to a provider that somebody made: the others are read and kept. */
function audienceOf(name: string, { OpenIDConnectProviderArn: arn, ClientID }: Record<string, Value>, written: (value: Value | undefined) => string | undefined): string {
  return [
    block(`data "aws_iam_openid_connect_provider" "${ name }"`, `  arn = ${ written(arn) }`),
    imported(`aws_iam_openid_connect_provider.${ name }`, String(arn)),
    block(
      `resource "aws_iam_openid_connect_provider" "${ name }"`,
      `  url            = "https://\${data.aws_iam_openid_connect_provider.${ name }.url}"`,
      `  client_id_list = distinct(concat(data.aws_iam_openid_connect_provider.${ name }.client_id_list, [${ written(ClientID) }]))`,
      '  lifecycle {', '    prevent_destroy = true', '    ignore_changes  = [url, tags, tags_all, thumbprint_list]', '  }',
    ),
  ].join('\n\n');
}

/** A role that is there: its trust policy is managed, the rest is left as it is. */
function existingRole(name: string, { RoleName }: Record<string, Value>, trust: string | undefined, { needs }: Step): string {
  const path = parseRoleArn(needs?.aws?.resource ?? '')?.path;

  return [
    imported(`aws_iam_role.${ name }`, String(RoleName)),
    block(
      `resource "aws_iam_role" "${ name }"`,
      ...attributes({ name: hclString(String(RoleName)), path: path && hclString(path), assume_role_policy: trust }),
      '  lifecycle {', '    prevent_destroy = true', '    ignore_changes  = [path, description, max_session_duration, permissions_boundary, force_detach_policies, tags, tags_all]', '  }',
    ),
  ].join('\n\n');
}

/** The App's release: its own values stay, ours are laid over them. */
function release(name: string, { release: releaseName, namespace, chart, version, values, isNew }: NonNullable<Step['helm']>, reference: Reference): string {
  return [
    ...(isNew ? [] : [imported(`helm_release.${ name }`, `${ namespace }/${ releaseName }`)]),
    block(
      `resource "helm_release" "${ name }"`,
      ...attributes({ name: hclString(releaseName), namespace: hclString(namespace), repository: 'var.chart_repository', chart: hclString(chart), version: hclString(version), ...(isNew ? { create_namespace: 'true' } : { reuse_values: 'true' }), values: `[jsonencode(${ expression(values, reference, '  ') })]` }),
      '  lifecycle {', '    prevent_destroy = true', '  }',
    ),
  ].join('\n\n');
}

/** Annotations of a service account, or the account itself. */
function account(name: string, { verb, path, body }: { verb: string; path: string; body?: Value }, reference: Reference): Part | undefined {
  const [, namespace, patched] = /^\/api\/v1\/namespaces\/([^/]+)\/serviceaccounts(?:\/([^/]+))?$/.exec(path) ?? [];
  const metadata = (body as { metadata?: { name?: string; annotations?: Record<string, Value> } } | undefined)?.metadata;
  const accountName = verb === 'PATCH' ? patched && decodeURIComponent(patched) : verb === 'POST' ? metadata?.name : undefined;

  if (!namespace || !accountName || !metadata?.annotations) {
    return undefined;
  }
  // A resource says what is there: what is to go cannot be said by one.
  if (Object.values(metadata.annotations).some((value) => value === null)) {
    return undefined;
  }
  const where = block('  metadata', `    name      = ${ hclString(accountName) }`, `    namespace = ${ hclString(decodeURIComponent(namespace)) }`, ...(verb === 'POST' ? [`    annotations = ${ expression(metadata.annotations, reference, '    ') }`] : [])).replace(/\}$/, '  }');
  const text = verb === 'POST' ? block(`resource "kubernetes_service_account_v1" "${ name }"`, where) : [
    comments(['force: whoever wrote the annotation before gives it up.']),
    block(`resource "kubernetes_annotations" "${ name }"`, '  api_version = "v1"', '  kind        = "ServiceAccount"', where, `  annotations = ${ expression(metadata.annotations, reference, '  ') }`, '  force       = true'),
  ].join('\n');

  return { text, outputs: {}, providers: ['kubernetes'] };
}

/** An object of any kind that is made. */
function manifest(name: string, { verb, body }: { verb: string; body?: Value }, reference: Reference): Part | undefined {
  const isObject = verb === 'POST' && typeof body === 'object' && body !== null && 'apiVersion' in body && 'kind' in body;

  return isObject ? { text: block(`resource "kubernetes_manifest" "${ name }"`, ...attributes({ manifest: expression(body, reference, '  ') })), outputs: {}, providers: ['kubernetes'] } : undefined;
}
