import { execFileSync } from 'node:child_process';
import hcl from 'hcl2-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { newTrust } from '../../domain/trust';
import { planAddAudience } from '../add-audience';
import { planBind } from '../bind';
import { planEnable } from '../enable';
import { planMendTrust } from '../mend-trust';
import type { Plan, Value } from '../plan';
import { planRestart } from '../restart';
import {
  backup, BACKUP_PERMISSIONS, binding, cluster, ISSUER, logging, LOGGING_PERMISSIONS, PROVIDER, role, situations, SUBJECT, unbound, value, wish
} from '../test-facts';
import { exportsOf } from './index';
import { toCloudFormation } from './cloudformation';
import { expression, hclString } from './hcl';
import { toTerraform } from './terraform';
import { toYaml, yamlString, type Plain } from './yaml';

type Blocks = Record<string, Record<string, Record<string, Record<string, unknown>[]>>>;

/** HashiCorp's own parser, compiled to JavaScript; it answers nothing for what is no HCL. */
function terraform(text: string): Blocks {
  const [json] = hcl.parseToString(text);

  expect(json, text).not.toBe('');

  return JSON.parse(json) as Blocks;
}

/** What `jsonencode(…)` holds, references as `${…}`. */
function encoded(written: unknown): unknown {
  const [, inside] = /^\$\{jsonencode\((.*)\)\}$/s.exec(String(written)) ?? [];

  return (terraform(`it = ${ inside }`) as unknown as { it: unknown }).it;
}

const policyJson = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*"}]}';
const bare = cluster({ provider: value(null) });
const fresh = planBind(bare, wish({ permissions: { kind: 'policy', name: 'read', json: policyJson } }));
const plans = situations().flatMap(({ name, plans }) => plans.map((plan, index) => [`${ name } ${ index }: ${ plan.id }`, plan] as const));
const fileOf = (plan: Plan, id: string, name: string) => exportsOf(plan).find((one) => one.id === id)?.files.find((file) => file.name === name)?.text;

describe('every plan', () => {
  it.each(plans)('%s: HCL, YAML and sh parse, and each step is somewhere', (_name, plan) => {
    for (const { id, files } of exportsOf(plan)) {
      for (const { name, text } of files) {
        if (name.endsWith('.tf')) {
          terraform(text);
        } else if (name.endsWith('.yaml')) {
          expect(parse(text)).toMatchObject({ AWSTemplateFormatVersion: '2010-09-09', Resources: expect.anything() });
        } else {
          expect(() => execFileSync('sh', ['-n'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] })).not.toThrow();
        }
      }
      const covered = { cli: new Set<string>(), terraform: toTerraform(plan)?.covered, cloudformation: toCloudFormation(plan, '')?.covered }[id]!;
      const script = files.find(({ name }) => name.endsWith('.sh'))?.text ?? '';
      const outside = plan.steps.filter((step) => !covered.has(step.id) && step.change !== 'allow' && !('rancher' in step.call && !step.helm));

      expect((script.match(/^# \d+\. /gm) ?? []).length).toBe(id === 'cli' ? plan.steps.length : outside.length);
    }
  });

  it('offers no form that would hold nothing', () => {
    expect(exportsOf(planEnable(cluster()))).toEqual([]);
    expect(exportsOf(planRestart(cluster(), binding({ pods: unbound().pods }))).map(({ id }) => id)).toEqual(['cli']);
    expect(exportsOf(planEnable(bare)).map(({ id, files }) => [id, files.length])).toEqual([['cli', 1], ['terraform', 1], ['cloudformation', 1]]);
  });
});

describe('Terraform', () => {
  it('makes provider, role, policy and annotation, each knowing the other', () => {
    const { resource } = terraform(toTerraform(fresh)!.text);
    const [made] = resource!.aws_iam_role!.create_role!;
    const placed = { ...SUBJECT, providerArn: '${aws_iam_openid_connect_provider.create_provider.arn}' };

    expect(resource!.aws_iam_openid_connect_provider!.create_provider).toEqual([{ url: ISSUER, client_id_list: ['sts.amazonaws.com'], tags: { 'rancher.io/irsa': 'managed', 'rancher.io/irsa-cluster': 'prod-eks' } }]);
    expect(made).toMatchObject({ name: 'reader-role', path: '/rancher-irsa/', tags: { 'rancher.io/irsa-account': 'shop/reader' } });
    expect(encoded(made!.assume_role_policy)).toEqual(newTrust(placed));
    expect(resource!.aws_iam_role_policy!.put_policy![0]).toMatchObject({ name: 'read', role: '${aws_iam_role.create_role.name}' });
    // A policy variable stays one: for Terraform it is no expression.
    expect(encoded(resource!.aws_iam_role_policy!.put_policy![0]!.policy)).toEqual(JSON.parse(policyJson));
    expect(resource!.kubernetes_annotations!.annotate![0]).toMatchObject({ kind: 'ServiceAccount', metadata: [{ name: 'reader', namespace: 'shop' }], annotations: { 'eks.amazonaws.com/role-arn': '${aws_iam_role.create_role.arn}' } });
  });

  it('hands on to the script what restart and check need', () => {
    const script = fileOf(fresh, 'terraform', 'then.sh')!;

    expect(terraform(toTerraform(fresh)!.text).output).toMatchObject({ create_role_Role_Arn: [{ value: '${aws_iam_role.create_role.arn}' }] });
    expect(script).toContain('create_role_Role_Arn=$(terraform output -raw create_role_Role_Arn)');
    expect(script).toContain('kubectl rollout status');
    expect(script).not.toMatch(/iam create|kubectl patch 'serviceaccounts/);
  });

  it('imports what exists, keeps it from being destroyed and leaves the rest of it alone', () => {
    const found = role({ trustPolicy: '{"Version":"2012-10-17","Statement":[]}', inlinePolicies: { read: '{"Version":"2012-10-17","Statement":[]}' } });
    const text = toTerraform(planBind(cluster(), wish({ role: { kind: 'existing', role: found }, permissions: { kind: 'policy', name: 'read', json: policyJson } })))!.text;
    const parsed = terraform(text);

    expect(parsed.import).toEqual([{ to: '${aws_iam_role.update_trust}', id: 'reader-role' }, { to: '${aws_iam_role_policy.put_policy}', id: 'reader-role:read' }]);
    expect(parsed.resource!.aws_iam_role!.update_trust![0]).toMatchObject({ path: '/rancher-irsa/', lifecycle: [{ prevent_destroy: true, ignore_changes: expect.arrayContaining(['${tags}', '${description}', '${permissions_boundary}']) }] });
    expect(parsed.resource!.aws_iam_role_policy!.put_policy![0]!.role).toBe('${aws_iam_role.update_trust.name}');
  });

  it('adds an audience to those that are there', () => {
    const parsed = terraform(toTerraform(planAddAudience(cluster({ provider: value({ arn: PROVIDER, audiences: ['x'] }) })))!.text);

    expect(parsed.import).toEqual([{ to: '${aws_iam_openid_connect_provider.add_audience}', id: PROVIDER }]);
    expect(parsed.resource!.aws_iam_openid_connect_provider!.add_audience![0]!.client_id_list).toContain('distinct(concat(data.aws_iam_openid_connect_provider.add_audience.client_id_list, ["sts.amazonaws.com"]))');
  });

  it('lays values over those of the release', () => {
    const text = toTerraform(planBind(cluster(), wish({ target: backup(), permissions: BACKUP_PERMISSIONS })))!.text;
    const parsed = terraform(text);

    expect(parsed.import).toEqual([{ to: '${helm_release.upgrade_app}', id: 'cattle-resources-system/rancher-backup' }]);
    expect(parsed.resource!.helm_release!.upgrade_app![0]).toMatchObject({ reuse_values: true, repository: '${var.chart_repository}', version: '110.0.0+up11.0.1' });
    expect(encoded((parsed.resource!.helm_release!.upgrade_app![0]!.values as string[])[0])).toMatchObject({ serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': '${aws_iam_role.create_role.arn}' } } });
    expect(text).not.toContain('https://rancher.example');
    expect(parsed.variable).toHaveProperty('chart_repository');
  });

  it('makes an account that is not there', () => {
    const parsed = terraform(toTerraform(planBind(cluster(), wish({ target: unbound({}, { exists: false }) })))!.text);

    expect(parsed.resource!.kubernetes_service_account_v1!.create_account![0]).toMatchObject({ metadata: [{ name: 'reader', namespace: 'shop', annotations: { 'eks.amazonaws.com/role-arn': '${aws_iam_role.create_role.arn}' } }] });
  });
});

describe('CloudFormation', () => {
  const template = (plan: Plan) => parse(toCloudFormation(plan, 'about')!.text) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>; Outputs?: object };

  it('makes provider, role and policy, each knowing the other', () => {
    const { Resources, Outputs } = template(fresh);

    expect(Object.entries(Resources).map(([name, { Type }]) => [name, Type])).toEqual([['CreateProvider', 'AWS::IAM::OIDCProvider'], ['CreateRole', 'AWS::IAM::Role'], ['PutPolicy', 'AWS::IAM::RolePolicy']]);
    expect(Resources.CreateProvider!.Properties).toEqual({ Url: ISSUER, ClientIdList: ['sts.amazonaws.com'], Tags: [{ Key: 'rancher.io/irsa', Value: 'managed' }, { Key: 'rancher.io/irsa-cluster', Value: 'prod-eks' }] });
    expect(JSON.stringify(Resources.CreateRole!.Properties.AssumeRolePolicyDocument)).toBe(JSON.stringify(newTrust({ ...SUBJECT, providerArn: 'X' })).replace('"X"', '{"Fn::GetAtt":["CreateProvider","Arn"]}'));
    expect(Resources.PutPolicy!.Properties).toEqual({ PolicyName: 'read', PolicyDocument: JSON.parse(policyJson), RoleName: { Ref: 'CreateRole' } });
    expect(Outputs).toEqual({ CreateRoleRoleArn: { Value: { 'Fn::GetAtt': ['CreateRole', 'Arn'] } } });
    expect(fileOf(fresh, 'cloudformation', 'then.sh')).toContain('OutputKey==\'\\\'\'CreateRoleRoleArn');
  });

  it('leaves what exists to the script: a stack would own it', () => {
    const found = role({ trustPolicy: '{"Version":"2012-10-17","Statement":[]}' });

    expect(toCloudFormation(planMendTrust(cluster(), binding({ role: value(found) })), '')).toBeUndefined();
    const mixed = planMendTrust(bare, binding({ role: value(found) }));

    expect(Object.keys(template(mixed).Resources)).toEqual(['CreateProvider']);
    expect(fileOf(mixed, 'cloudformation', 'then.sh')).toContain('update-assume-role-policy');
  });

  it('has no part in which CloudFormation would put a secret in', () => {
    const plan = planBind(bare, wish({ audience: '{{resolve:secretsmanager:x}}' }));

    expect(toCloudFormation(plan, '')).toBeUndefined();
    const resolving = planBind(cluster(), wish({ permissions: { kind: 'policy', name: 'p', json: '{"Statement":"{{resolve:ssm:x}}"}' } }));

    expect(toCloudFormation(resolving, '')!.covered).toEqual(new Set(['create-role']));
  });

  it('binds the charts too', () => {
    expect(Object.keys(template(planBind(cluster(), wish({ target: logging(), permissions: LOGGING_PERMISSIONS }))).Resources)).toEqual(['CreateRole', 'PutPolicy']);
  });
});

describe('values stand for themselves', () => {
  const HOSTILE = [
    '', '"', '\\', '${file("/etc/passwd")}', '$${x}', '$$${x}', '%{ for x in y }', '%%{x}', '$', '$$', 'a${', '{{resolve:ssm:x}}', 'a\nb', '\r\n\t', '\u0000\u0007\u001b[31m', '\u0085\u2028\u2029', '\u202Eevil', '\uFEFF', 'ä€😀', '# comment', ': - ? & * !', '!Sub ${x}',
    '<<EOT\nx\nEOT', 'true', 'null', '0x10', '1e3', '\'', '--- ', '...', '\ufffe',
  ];

  it.each(HOSTILE)('%j', (text) => {
    const data = { [text]: [text, { a: text, deep: { [`${ text }b`]: [] } }], plain: true, number: 1, none: null } as Value;

    expect((terraform(`it = ${ hclString(text) }`) as unknown as { it: string }).it).toBe(text);
    expect((terraform(`it = ${ expression(data, () => '') }`) as unknown as { it: unknown }).it).toEqual(data);
    expect(parse(toYaml(data as Plain))).toEqual(data);
    expect(yamlString(text)).toMatch(/^"[\x20-\x7E\xA0-\u{10FFFF}]*"$/u);
  });

  it.each(HOSTILE.filter((name) => name && !/\{\{resolve/.test(name)))('%j as the name of everything', (name) => {
    const observed = cluster({ cluster: { ...cluster().cluster, id: name, name }, provider: value(null) });
    const target = unbound({ workloads: [{ kind: 'Deployment', namespace: name, name, replicas: 1 }], pods: [] }, { namespace: name, name });
    const plan = planBind(observed, wish({ target, audience: name, permissions: { kind: 'policy', name: 'p', json: JSON.stringify({ Statement: [], note: name }) } }));
    const trust = newTrust({ ...SUBJECT, audience: name, namespace: name, serviceAccount: name });
    const { resource } = terraform(toTerraform(plan)!.text);
    const { Resources } = parse(toCloudFormation(plan, name)!.text) as { Resources: Record<string, { Properties: Record<string, { Statement: { Condition: unknown }[] }> }> };

    expect((encoded(resource!.aws_iam_role!.create_role![0]!.assume_role_policy) as typeof trust).Statement).toMatchObject([{ Condition: (trust.Statement as { Condition: object }[])[0]!.Condition }]);
    expect(resource!.kubernetes_annotations!.annotate![0]!.metadata).toEqual([{ name, namespace: name }]);
    expect(Resources.CreateRole!.Properties.AssumeRolePolicyDocument!.Statement[0]!.Condition).toEqual((trust.Statement as { Condition: object }[])[0]!.Condition);
  });
});
