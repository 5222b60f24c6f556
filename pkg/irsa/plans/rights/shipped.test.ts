import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MANAGED_POLICY_SIZE } from '../../domain/aws/quotas';
import { backupPolicy, boundaryProblem, credentialPolicy, otherRoleProblem, type PolicyOptions } from '../../domain/rights/policy';
import { actionName, AWS_NEEDS, KUBERNETES_NEEDS } from '../../domain/rights/table';
import { roleObject, roleYaml, type RoleKind } from './roles';

/**
 * The shipped files are made here: after a change of the table run this test once with `-u`
 * (`node scripts/with-toolchain.mjs vitest run --project unit pkg/irsa/plans/rights -u`).
 */
const shipped = (file: string): string => fileURLToPath(new URL(`../../../../assets/${ file }`, import.meta.url));
const json = (options: PolicyOptions): string => `${ JSON.stringify(credentialPolicy(options), null, 2) }\n`;
const BOUNDARY = 'arn:aws:iam::111122223333:policy/irsa-boundary';

describe('the shipped roles', () => {
  it.each<[string, RoleKind]>([['rbac/rancher-global-role.yaml', 'globalRole'], ['rbac/rancher-role-template.yaml', 'roleTemplate'], ['rbac/cluster-role.yaml', 'clusterRole']])('assets/%s is what the table says', async(file, kind) => {
    await expect(roleYaml(kind)).toMatchFileSnapshot(shipped(file));
    expect(parse(roleYaml(kind))).toEqual(roleObject(kind));
  });

  it('give every row but those that take a cluster owner', () => {
    const given = [...roleObject('globalRole').rules as object[], ...roleObject('roleTemplate').rules as object[]];

    expect(given).toHaveLength(KUBERNETES_NEEDS.filter(({ scope }) => scope !== 'owner').length);
    expect(JSON.stringify(given)).not.toContain('*');
  });
});

describe('the shipped policy', () => {
  it.each<[string, PolicyOptions]>([
    ['iam/credential-policy.aws.json', { partition: 'aws' }],
    ['iam/credential-policy.issuers.aws.json', { partition: 'aws', issuers: true }],
    ['iam/credential-policy.aws-cn.json', { partition: 'aws-cn' }],
    ['iam/credential-policy.aws-us-gov.json', { partition: 'aws-us-gov' }],
    ['iam/credential-policy.boundary.aws.json', { partition: 'aws', accountId: '111122223333', boundary: BOUNDARY }],
  ])('assets/%s is what the table says', async(file, options) => {
    await expect(json(options)).toMatchFileSnapshot(shipped(file));
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov'] as const)('for backups is what the table says (%s)', async(partition) => {
    await expect(`${ JSON.stringify(backupPolicy(partition, ['acme-backups']), null, 2) }\n`).toMatchFileSnapshot(shipped(`iam/credential-policy.backups.${ partition }.json`));
  });

  it('allows every action of the table once and no other', () => {
    const whole = credentialPolicy({ partition: 'aws', boundary: BOUNDARY, issuers: true }).Statement.flatMap(({ Action }) => Action);
    const backups = backupPolicy('aws', ['acme-backups']).Statement.flatMap(({ Action }) => Action);
    const allowed = [...whole, ...backups.filter((action) => !whole.includes(action))];

    expect(new Set(whole).size).toBe(whole.length);
    // Whoever may make a bucket may neither empty nor delete one, nor write its policy.
    expect(backups.filter((action) => /Delete|Policy|Object/.test(action))).toEqual([]);
    // What takes something of IAM's away does so only to what bears our tag, and an issuer's end is for who publishes one.
    const removing = (options: PolicyOptions) => credentialPolicy(options).Statement.filter(({ Action }) => Action.some((action) => /^iam:(Delete|Detach|Remove)/.test(action)));

    expect(removing({ partition: 'aws', issuers: true }).flatMap(({ Action, Condition }) => Action.map((action) => [action, Condition?.StringEquals?.['aws:ResourceTag/rancher.io/irsa']]))).toEqual(['DetachRolePolicy', 'DeleteRolePolicy', 'DeleteRole', 'DeleteOpenIDConnectProvider'].map((action) => [`iam:${ action }`, 'managed']));
    expect(removing({ partition: 'aws' }).flatMap(({ Action }) => Action)).not.toContain('iam:DeleteOpenIDConnectProvider');
    expect(allowed.toSorted()).toEqual(AWS_NEEDS.map(({ action }) => actionName(action)).toSorted());
  });

  it('writes under the path only, but for the roles that are named', () => {
    const other = 'arn:aws:iam::111122223333:role/theirs';
    const { Statement } = credentialPolicy({ partition: 'aws', accountId: '111122223333', otherRoles: [other] });
    // A provider is nothing that actions on roles could be about.
    const rolesIn = (Resource: string | string[] = []) => [Resource].flat().filter((arn) => !arn.includes(':oidc-provider/'));
    const resource = (action: string) => rolesIn(Statement.find(({ Action }) => Action.includes(`iam:${ action }`))?.Resource);

    expect(resource('CreateRole')).toEqual(['arn:aws:iam::111122223333:role/rancher-irsa/*']);
    expect(resource('UpdateAssumeRolePolicy')).toEqual(['arn:aws:iam::111122223333:role/rancher-irsa/*', other]);
    // They may be adopted, and not be made look like ours, which may be deleted.
    expect(Statement.filter(({ Action }) => Action.includes('iam:TagRole')).map(({ Resource, Condition }) => [rolesIn(Resource), Condition?.StringEquals?.['aws:RequestTag/rancher.io/irsa']])).toEqual([[['arn:aws:iam::111122223333:role/rancher-irsa/*'], 'managed'], [[other], 'adopted']]);
  });

  it('fits into what a user’s inline policies may hold', () => {
    // 2,048 characters other than white space (IAM and STS quotas, «IAM and STS character limits»).
    expect(json({ partition: 'aws-us-gov', accountId: '111122223333', boundary: BOUNDARY }).replace(/\s/g, '').length).toBeLessThan(2048);
    expect(json({ partition: 'aws-us-gov', accountId: '111122223333', boundary: BOUNDARY, issuers: true }).replace(/\s/g, '').length).toBeLessThan(MANAGED_POLICY_SIZE);
  });

  it('takes ARNs only', () => {
    expect([BOUNDARY, 'arn:aws:iam::aws:policy/PowerUserAccess', 'arn:aws:iam::1:policy/x', 'x'].map(boundaryProblem)).toEqual([undefined, undefined, 'irsa.settings.badBoundary', 'irsa.settings.badBoundary']);
    expect(['arn:aws:iam::111122223333:role/a/b', 'arn:aws:iam::111122223333:user/b'].map(otherRoleProblem)).toEqual([undefined, 'irsa.settings.badRole']);
  });
});

describe('docs/permissions.md', () => {
  const { irsa: { needs } } = parse(readFileSync(new URL('../../l10n/rights.en-us.yaml', import.meta.url), 'utf8')) as { irsa: { needs: Record<string, string> } };
  const table = (head: string[], rows: string[][]): string => [head, head.map(() => '---'), ...rows].map((cells) => `| ${ cells.join(' | ') } |`).join('\n');
  const code = (all: string[]): string => all.map((one) => `\`${ one }\``).join(', ');
  const where = { cluster: 'the cluster', owner: 'the cluster (its owner)', management: 'Rancher' };
  const on = { everything: 'everything', providers: 'OIDC providers', roles: 'all roles', ownRoles: 'roles under `/rancher-irsa/`', changeableRoles: 'roles under `/rancher-irsa/`, and those you name', buckets: 'buckets called `irsa-…`', backups: 'buckets for backups, by name', self: 'the credential’s own user' };
  const tables = {
    kubernetes: table(['Where', 'Verbs', 'Group', 'Resources', 'What for'], KUBERNETES_NEEDS.map(({ id, scope, verbs, group, resources, names }) => [where[scope], code(verbs), group ? code([group]) : 'core', code(resources) + (names ? ` (${ code(names) })` : ''), needs[id]!])),
    aws:        table(['Action', 'On', 'What for'], AWS_NEEDS.map((need) => [code([actionName(need.action)]), need.on === 'buckets' && need.uses.includes('create-bucket') ? `${ on.buckets }, and for backups` : on[need.on], needs[need.action]!])),
  };

  it('shows the whole table', async() => {
    const file = fileURLToPath(new URL('../../../../docs/permissions.md', import.meta.url));
    const text = Object.entries(tables).reduce((all, [id, rows]) => all.replace(new RegExp(`(<!-- ${ id }: .*? -->\\n)[^]*?(<!-- /${ id } -->)`), (_whole, begin: string, end: string) => `${ begin }\n${ rows }\n\n${ end }`), readFileSync(file, 'utf8'));

    await expect(text).toMatchFileSnapshot(file);
    expect(text).toContain('iam:SimulatePrincipalPolicy` | the');
  });
});
