import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { gives, needsFor, resourceName } from '../../domain/rights/covers';
import { awsNeed } from '../../domain/rights/policy';
import { rightOfRequest } from '../../domain/rights/request';
import { actionName, AWS_NEEDS, KUBERNETES_NEEDS } from '../../domain/rights/table';
import { planBind, planEnable, planMendTrust, planOpenSts } from '..';
import type { Plan } from '../plan';
import {
  binding, cluster, hidden, OPENABLE, role, situations, unbound, value, wish
} from '../test-facts';
import { needsOf, planNeeds } from './needs';

const WHITELIST = value({ host: 'sts.eu-central-1.amazonaws.com', state: 'openable' as const, via: { kind: 'whitelistDomain' as const, value: 'a' } });
const workloads = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).map((kind) => ({ kind, namespace: 'shop', name: kind.toLowerCase(), replicas: 1 }));
const foreign = binding({ role: value(role({ trustPolicy: '{"Statement":[]}' })) });

/** Every plan we know how to come by: those of the situations, and what these leave out. */
const plans: Plan[] = [
  ...situations().flatMap((situation) => situation.plans),
  planOpenSts(cluster({ sts: WHITELIST })),
  ...[OPENABLE, WHITELIST].flatMap((sts) => [planBind(cluster({ sts }), wish({ target: unbound({ workloads, pods: [] }) })), planMendTrust(cluster({ sts }), foreign)]),
  planMendTrust(cluster({ provider: value(null) }), foreign),
  // Nobody may look whether the provider is there.
  ...[hidden('refused')].flatMap((provider) => [planEnable(cluster({ provider })), planBind(cluster({ provider }), wish()), planMendTrust(cluster({ provider }), foreign)]),
  planMendTrust(cluster({ provider: value({ arn: 'arn:aws:iam::111122223333:oidc-provider/x', audiences: [] }) }), foreign),
  planEnable(cluster({ provider: value({ arn: 'arn:aws:iam::111122223333:oidc-provider/x', audiences: [] }) })),
];
const steps = plans.flatMap((plan) => plan.steps.map((step) => ({ plan, step })));
/** Reads that no plan's steps make: the pages' looks and the plans' own. Contract tests hold them against what is really sent. */
const LOOKS = ['list-outputs', 'list-backups', 'list-cronjobs', 'list-restores', 'list-configmaps', 'list-backup-targets', 'list-nodes', 'fetch-keys', 'read-keys', 'list-webhooks', 'list-fleet', 'read-apps', 'read-values', 'read-certificates', 'find-extension', 'read-repository', 'read-images', 'list-endpoints', 'read-whitelist', 'ListRoles', 'ListRolePolicies', 'GetPolicy', 'GetPolicyVersion', 'ListAttachedRolePolicies', 'GetAccountSummary', 'GetUser', 'SimulatePrincipalPolicy', 's3:GetBucketVersioning', 's3:GetBucketLocation', 's3:GetBucketPublicAccessBlock', 's3:GetBucketOwnershipControls', 's3:ListBucketVersions'];

describe('what plans need', () => {
  it('has every kind of plan', () => {
    expect(new Set(plans.map(({ id }) => id))).toEqual(new Set(['enable', 'add-audience', 'bind', 'move', 'unbind', 'mend-trust', 'tighten-trust', 'edit-trust', 'edit-permissions', 'adopt', 'restart', 'open-sts', 'close-sts', 'install-webhook', 'upgrade-webhook', 'remove-webhook', 'fleet-webhook', 'remove-fleet-webhook', 'create-bucket', 'create-output', 'host-issuer', 'switch-issuer', 'retire-issuer', 'teardown-issuer']));
  });

  it('derives something from every call that is sent', () => {
    for (const { plan, step } of steps) {
      const { rights, aws } = needsOf(step, plan);

      expect([step.id, rights.length + aws.length], step.id).not.toEqual([step.id, 0]);
    }
  });

  it('says the same as the step itself, where a step says it', () => {
    for (const { plan, step } of steps) {
      const { rights, aws } = needsOf(step, plan);

      if (step.needs?.right) {
        expect(rights.filter(({ verb }) => verb === step.needs?.right?.verb)).toHaveLength(1);
      }
      if (step.needs?.aws) {
        expect(aws[0]?.action).toBe(step.needs.aws.action);
      }
    }
  });

  it('has a row for every need, which names the plan', () => {
    for (const { plan, step } of steps) {
      const { rights, aws } = needsOf(step, plan);

      for (const right of rights) {
        expect(needsFor(right).filter(({ uses }) => uses.includes(plan.id)), `${ plan.id }: ${ right.verb } ${ resourceName(right) }`).toHaveLength(1);
      }
      for (const { action } of aws) {
        expect(awsNeed(action)?.uses, `${ plan.id }: ${ action }`).toContain(plan.id);
      }
    }
  });

  it('has no row that nothing uses, verb by verb', () => {
    const sent = plans.map((plan) => ({ id: plan.id, ...planNeeds(plan) }));
    const single = KUBERNETES_NEEDS.filter(({ id }) => !LOOKS.includes(id))
      .flatMap((need) => need.verbs.flatMap((verb) => need.resources.map((resource) => ({ ...need, verbs: [verb], resources: [resource] }))));
    const unused = single.filter((need) => !sent.some(({ rights }) => rights.some((right) => gives(need, right))));

    expect(unused).toEqual([]);
    expect(AWS_NEEDS.filter(({ action }) => !LOOKS.includes(action) && !sent.some(({ aws }) => aws.some((one) => one.action === actionName(action))))).toEqual([]);
  });

  it('asks for the Tag* action where something is made with tags', () => {
    const { aws } = planNeeds(planBind(cluster({ provider: value(null) }), wish()));

    expect(aws.map(({ action }) => action)).toEqual(['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider', 'iam:CreateRole', 'iam:TagRole']);
    expect(aws.every(({ context }) => context['aws:RequestTag/rancher.io/irsa'] === 'managed')).toBe(true);
  });

  it('knows the boundary that a new role will have when its policy is written', () => {
    const boundary = 'arn:aws:iam::111122223333:policy/edge';
    const { aws } = planNeeds(planBind(cluster(), wish({ role: { kind: 'new', name: 'r', permissionsBoundary: boundary }, permissions: { kind: 'policy', name: 'p', json: '{"Statement":[]}' } })));

    expect(planBind(cluster(), wish({ role: { kind: 'new', name: 'r', permissionsBoundary: boundary } })).steps[0]!.detail).toMatchObject({ args: { boundary } });
    expect(aws.filter(({ action }) => /CreateRole|PutRolePolicy/.test(action)).map(({ context }) => context['iam:PermissionsBoundary'])).toEqual([boundary, boundary]);
  });

  it('puts * where the account is not known', () => {
    const { aws } = planNeeds(planBind(cluster({ provider: hidden('no-credential'), account: hidden('no-credential') }), wish({ permissions: { kind: 'policy', name: 'p', json: '{"Statement":[]}' } })));

    expect(aws.filter(({ resource }) => resource !== '*').map(({ resource }) => resource)).toEqual([
      ...Array(3).fill(expect.stringMatching(/^arn:aws:iam::\*:oidc-provider\/oidc\.eks/)), ...Array(3).fill('arn:aws:iam::*:role/rancher-irsa/reader-role')
    ]);
  });
});

describe('the right behind a request', () => {
  it.each([
    ['GET', '/k8s/clusters/c-m-1/api/v1/serviceaccounts?limit=500', { clusterId: 'c-m-1', verb: 'list', group: '', resource: 'serviceaccounts' }],
    ['POST', '/k8s/clusters/local/api/v1/namespaces/shop/serviceaccounts/a/token', { clusterId: 'local', verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name: 'a' }],
    ['PATCH', '/k8s/clusters/c/apis/apps/v1/namespaces/shop/deployments/web', { clusterId: 'c', verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' }],
    ['GET', '/k8s/clusters/c/api/v1/namespaces/shop', { clusterId: 'c', verb: 'get', group: '', resource: 'namespaces', name: 'shop' }],
    ['GET', '/k8s/clusters/c/v1/catalog.cattle.io.apps/ns?exclude=metadata.managedFields', { clusterId: 'c', verb: 'list', group: 'catalog.cattle.io', resource: 'apps', namespace: 'ns' }],
    ['GET', '/k8s/clusters/c/v1/secrets/ns/one?includeHelmData=true', { clusterId: 'c', verb: 'get', group: '', resource: 'secrets', namespace: 'ns', name: 'one' }],
    ['POST', '/k8s/clusters/c/v1/catalog.cattle.io.clusterrepos/r?action=upgrade', { clusterId: 'c', verb: 'get', group: 'catalog.cattle.io', resource: 'clusterrepos', name: 'r' }],
    ['GET', '/v1/management.cattle.io.settings/whitelist-domain', { clusterId: 'local', verb: 'get', group: 'management.cattle.io', resource: 'settings', name: 'whitelist-domain' }],
    ['POST', '/k8s/clusters/c/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', undefined],
    ['GET', '/k8s/clusters/local/apis/management.cattle.io/v3', undefined],
    ['GET', '/meta/proxy/iam.amazonaws.com/', undefined],
  ])('%s %s', (method, path, right) => {
    expect(rightOfRequest(method, path)).toEqual(right);
  });
});

describe('the words of the table', () => {
  it('say why, row by row, and no more', () => {
    const { irsa: { needs } } = parse(readFileSync(new URL('../../l10n/rights.en-us.yaml', import.meta.url), 'utf8')) as { irsa: { needs: Record<string, string> } };

    expect(Object.keys(needs)).toEqual([...KUBERNETES_NEEDS.map(({ id }) => id), ...AWS_NEEDS.map(({ action }) => action)]);
  });
});

