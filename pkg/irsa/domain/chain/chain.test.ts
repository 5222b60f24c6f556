import { describe, expect, it } from 'vitest';
import type { ClusterAssessment, Link, ObservedWebhook } from '../facts';
import { newTrust } from '../trust';
import { assessBinding } from './binding';
import { assessCluster } from './cluster';
import { rightName, obstacleFinding } from './findings';
import { refusals } from './refusals';
import {
  binding, cluster, hidden, PROVIDER, role, ROLE_ARN, SUBJECT, unbound, value
} from './test-facts';

const states = ({ links }: { links: Link[] }) => Object.fromEntries(links.map(({ id, state }) => [id, state]));
const codes = ({ findings }: Pick<ClusterAssessment, 'findings'>) => findings.map(({ code }) => code);
const trusting = (change: object) => role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, ...change })) });

describe('assessCluster', () => {
  it('shows the links in order, all well on EKS', () => {
    const result = assessCluster(cluster({ bindings: value([binding({ identity: { at: 1, result: 'verified', assumedRoleArn: 'arn' } })]) }));

    expect(result.links.map(({ id }) => id)).toEqual(['issuer', 'keys', 'provider', 'apiServer', 'webhook', 'bindings']);
    expect(states(result)).toEqual({ issuer: 'ok', keys: 'ok', provider: 'ok', apiServer: 'not-needed', webhook: 'ok', bindings: 'ok' });
    expect([result.state, result.findings]).toEqual(['ok', []]);
  });

  it.each([
    ['is gone', { kind: 'absent' as const }],
    ['does not run', { kind: 'installed' as const, details: { replicas: value({ ready: 0, wanted: 1 }), certificate: value({ until: Infinity, renewed: 'chart' as const }) } as never }],
  ])('calls nothing verified in green while the webhook %s', (_name, webhook) => {
    const result = assessCluster(cluster({ webhook: value(webhook), bindings: value([binding({ identity: { at: 1, result: 'verified', assumedRoleArn: 'arn' } })]) }));

    expect(result.bindings[0]!.links.find(({ id }) => id === 'identity')).toMatchObject({ state: 'attention', detail: { key: 'irsa.link.identity.noWebhook' } });
    expect(result.bindings[0]!.state).toBe('attention');
    expect(result.links.find(({ id }) => id === 'bindings')).toMatchObject({ state: 'attention' });
  });

  it('names who asks for a role in vain, in every cluster, and the plan that lets them in', () => {
    const other = cluster({ cluster: { ...cluster().cluster, id: 'c-2', name: 'edge' }, issuer: value('https://keys.example/edge'), provider: value({ arn: 'arn:aws:iam::111122223333:oidc-provider/keys.example/edge' }), bindings: value([binding({ role: hidden('not-asked') })]) });
    const here = cluster({ bindings: value([binding(), binding({}, { name: 'writer' }), binding({}, { name: 'elsewhere', roleArn: `${ ROLE_ARN }-2` })]) });

    expect(refusals(role(), [here, other]).map(({ cluster: { id }, account, finding }) => [id, account, finding.code, finding.remedy?.id])).toEqual([
      ['c-m-prod', 'shop/writer', 'TRUST_SUBJECT_DIFFERS', 'mend-trust'], ['c-2', 'shop/reader', 'TRUST_ISSUER_MISSING', 'mend-trust'],
    ]);
    expect(refusals(role(), [cluster({ bindings: hidden('forbidden') })])).toEqual([]);
  });

  it('names the missing provider and the plan that makes it', () => {
    const result = assessCluster(cluster({ provider: value(null), bindings: value([binding()]) }));

    expect(result.state).toBe('broken');
    expect(result.findings[0]).toMatchObject({ code: 'PROVIDER_MISSING', severity: 'critical', remedy: { id: 'enable' } });
    expect(states(result.bindings[0]!).identity).toBe('broken');
  });

  it('wants of the provider the audience that the cluster’s own webhook gives', () => {
    const webhook = value({ kind: 'installed' as const, settings: { audience: 'acme' } });

    expect(assessCluster(cluster({ webhook })).findings[0]).toMatchObject({ code: 'PROVIDER_NO_AUDIENCE', why: { args: { audience: 'acme' } } });
    expect(assessCluster(cluster({ webhook, provider: value({ arn: PROVIDER, audiences: ['acme'] }) })).findings).toEqual([]);
  });

  it('names the missing audience', () => {
    const result = assessCluster(cluster({ provider: value({ arn: PROVIDER, audiences: ['x'] }) }));

    expect(result.findings[0]).toMatchObject({ code: 'PROVIDER_NO_AUDIENCE', remedy: { id: 'add-audience' } });
    expect(assessCluster(cluster({ provider: value({ arn: PROVIDER }) })).state).toBe('ok');
  });

  it('says truthfully what a cluster with a private issuer lacks, and offers the webhook alone', () => {
    const result = assessCluster(cluster({
      cluster: { ...cluster().cluster, distribution: 'rke2' }, issuer: value('https://kubernetes.default.svc.cluster.local'), provider: value(null), webhook: value({ kind: 'absent' }), keys: value({ ids: ['a'], publishedBy: 'unchecked' })
    }));

    expect(states(result)).toEqual({ issuer: 'broken', keys: 'broken', provider: 'broken', apiServer: 'broken', webhook: 'broken', bindings: 'not-needed' });
    expect(codes(result)).toEqual(['ISSUER_PRIVATE', 'PROVIDER_MISSING', 'KEYS_UNPUBLISHED', 'WEBHOOK_ABSENT']);
    expect(result.findings.flatMap(({ remedy }) => remedy?.id ?? [])).toEqual(['install-webhook']);
  });

  it.each([
    ['ok', 'that answers', {}, []],
    ['broken', 'without a ready pod', { replicas: value({ ready: 0, wanted: 2 }) }, ['WEBHOOK_DOWN']],
    ['broken', 'whose certificate has ended', { certificate: value({ until: 0, renewed: 'chart' as const }) }, ['WEBHOOK_CERTIFICATE_ENDED']],
    ['attention', 'that was not renewed in time', { certificate: value({ until: cluster().at + 13.5 * 86_400_000, renewed: 'cert-manager' as const }) }, ['WEBHOOK_CERTIFICATE_ENDS']],
    ['ok', 'that cannot be looked at closely', { replicas: hidden('forbidden'), certificate: hidden('forbidden') }, []],
  ] as const)('%s: a webhook %s', (state, _, change, expected) => {
    const details = { version: value('1.0.0'), replicas: value({ ready: 2, wanted: 2 }), certificate: value({ until: cluster().at + 300 * 86_400_000, renewed: 'chart' as const }), ...change };
    const result = assessCluster(cluster({ cluster: { ...cluster().cluster, distribution: 'k3s' }, webhook: value({ kind: 'installed', name: 'a', release: { namespace: 'b', name: 'c' }, details }) }));

    expect(states(result).webhook).toBe(state);
    expect(codes(result)).toEqual(expected);
  });

  it.each([['checked', 'ok', 'irsa.link.keys.ok'], ['drifted', 'broken', 'irsa.link.keys.drifted']] as const)('keys that somebody compared and found %s are %s', (publishedBy, state, key) => {
    const { links } = assessCluster(cluster({ issuer: value('https://b.s3.eu-central-1.amazonaws.com'), keys: value({ ids: ['a'], publishedBy }) }));

    expect(links.find(({ id }) => id === 'keys')).toMatchObject({ state, detail: { key } });
  });

  it('does not know what could not be read, and names the missing right', () => {
    const right = { clusterId: 'c-m-prod', verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace: 'shop' };
    const result = assessCluster(cluster({ issuer: hidden('forbidden', { right }), provider: hidden('no-credential'), account: hidden('no-credential'), keys: hidden('not-asked'), bindings: hidden('forbidden', { aws: { action: 'iam:ListRoles' } }) }));

    expect(result.state).toBe('unknown');
    expect(codes(result)).toEqual(['RIGHT_MISSING', 'NO_CREDENTIAL', 'AWS_RIGHT_MISSING']);
    expect(result.findings[0]!.why.args).toEqual({ right: 'create serviceaccounts/token in namespace shop', scope: 'cluster' });
    expect(obstacleFinding({ kind: 'forbidden', text: { key: 'x' }, right: { clusterId: 'local', verb: 'list', group: 'management.cattle.io', resource: 'proxyendpoints' } })[0]!.why.args).toMatchObject({ scope: 'rancher' });
    expect(rightName({ clusterId: 'x', verb: 'patch', group: 'apps', resource: 'deployments', name: 'web' })).toBe('patch deployments.apps "web"');
  });

  it('says nothing of pods that may not be read', () => {
    const [judged] = assessCluster(cluster({ bindings: value([binding({ pods: [], podsUnseen: true })]) })).bindings;

    expect(judged!.links.find(({ id }) => id === 'pods')).toMatchObject({ state: 'unknown', detail: { key: 'irsa.link.pods.unseen' }, findings: [] });
  });

  it('takes some broken bindings for a matter of attention, all broken for broken', () => {
    const broken = binding({ role: value(null) });

    expect(states(assessCluster(cluster({ bindings: value([binding(), broken]) }))).bindings).toBe('attention');
    expect(states(assessCluster(cluster({ bindings: value([broken]) }))).bindings).toBe('broken');
    expect(states(assessCluster(cluster({ bindings: value([binding({ role: hidden('no-credential') })]) }))).bindings).toBe('unknown');
  });

  it('says how STS can be reached', () => {
    const host = 'sts.eu-central-1.amazonaws.com';

    expect(assessCluster(cluster({ sts: value({ host, state: 'openable', via: { kind: 'proxyEndpoint' } }) })).findings).toMatchObject([{ code: 'STS_SHUT', remedy: { id: 'open-sts' } }]);
    expect(assessCluster(cluster({ sts: value({ host, state: 'closed' }) })).findings).toMatchObject([{ code: 'STS_CLOSED', severity: 'info' }]);
  });
});

describe('assessBinding', () => {
  const assess = (...args: Parameters<typeof binding>) => assessBinding(cluster(), binding(...args));

  it('shows the links in order', () => {
    const result = assess();

    expect(result.links.map(({ id }) => id)).toEqual(['annotation', 'role', 'trust', 'permissions', 'pods', 'identity']);
    expect(states(result)).toEqual({ annotation: 'ok', role: 'ok', trust: 'ok', permissions: 'unknown', pods: 'ok', identity: 'unknown' });
    expect([result.state, result.findings]).toEqual(['ok', []]);
  });

  it.each<[string, Parameters<typeof binding>, string | undefined, string]>([
    ['ROLE_MISSING', [{ role: value(null) }], 'bind', 'role'],
    ['ROLE_ARN_DIFFERS', [{ role: value(role({ arn: 'arn:aws:iam::111122223333:role/reader-role', path: '/' })) }], 'bind', 'role'],
    ['TRUST_SUBJECT_DIFFERS', [{ role: value(trusting({ serviceAccount: 'writer' })) }], 'mend-trust', 'trust'],
    ['TRUST_AUDIENCE_DIFFERS', [{ role: value(trusting({ audience: 'x' })) }], 'mend-trust', 'trust'],
    ['TRUST_ISSUER_MISSING', [{ role: value(trusting({ providerArn: `${ PROVIDER }2` })) }], 'mend-trust', 'trust'],
    ['TRUST_ISSUER_MISSING', [{ role: value(role({ trustPolicy: '{"Statement":[]}' })) }], 'mend-trust', 'trust'],
    ['TRUST_UNREADABLE', [{ role: value(role({ trustPolicy: 'x' })) }], undefined, 'trust'],
    ['ACCOUNT_MISSING', [{}, { exists: false }], undefined, 'annotation'],
    ['ANNOTATION_MALFORMED', [{ role: value(null) }, { roleArn: 'reader' }], 'bind', 'annotation'],
    ['AUDIENCE_NOT_REGISTERED', [{ role: value(trusting({ audience: 'other' })) }, { audience: 'other' }], undefined, 'trust'],
    ['PODS_WITHOUT_IDENTITY', [{ pods: unbound().pods }], 'restart', 'pods'],
    ['PODS_STALE_ROLE', [{ pods: binding().pods.map((pod) => ({ ...pod, identity: { roleArn: 'old' } })) }], 'restart', 'pods'],
    ['PODS_OLDER', [{ pods: unbound().pods.map((pod) => ({ ...pod, createdAt: '2026-11-25T08:00:00Z' })) }, { annotatedAt: '2026-11-25T09:00:00Z' }], 'restart', 'pods'],
    ['PODS_WRONG_AUDIENCE', [{ pods: binding().pods.map((pod) => ({ ...pod, identity: { roleArn: ROLE_ARN, audience: 'x' } })) }], 'restart', 'pods'],
    ['PODS_OVERRIDDEN', [{ pods: binding().pods.map((pod) => ({ ...pod, identity: { roleArn: 'own' }, overrides: ['app'] })) }], undefined, 'pods'],
    ['PODS_PARTLY', [{ pods: binding().pods.map((pod) => ({ ...pod, lacking: ['proxy'] })) }], undefined, 'pods'],
    ['PODS_SKIPPED', [{ pods: binding().pods.map((pod) => ({ ...pod, skipped: 'label' })) }], undefined, 'pods'],
    ['IDENTITY_REFUSED', [{ identity: { at: 1, result: 'refused', aws: { code: 'AccessDenied', message: 'no' } } }], undefined, 'identity'],
  ])('%s', (code, args, remedy, at) => {
    const result = assess(...args);
    const found = result.findings.find((finding) => finding.code === code);

    expect(found?.remedy?.id).toBe(remedy);
    expect(result.links.find(({ id }) => id === at)?.findings.map((finding) => finding.code)).toContain(code);
  });

  it('says which subject is trusted instead, and in which statement', () => {
    const [finding] = assess({ role: value(trusting({ serviceAccount: 'writer' })) }).findings;

    expect(finding).toMatchObject({ statement: 0, why: { args: { expected: 'system:serviceaccount:shop:writer', subject: 'system:serviceaccount:shop:reader', statement: 1 } } });
  });

  it('counts the pods', () => {
    const result = assess({ pods: [...binding().pods, ...unbound().pods] });

    expect(result.links.find(({ id }) => id === 'pods')).toMatchObject({ state: 'attention', detail: { args: { total: 4, good: 2 } } });
    expect(states(assess({ pods: [] })).pods).toBe('not-needed');
    // One that was left out on purpose should carry nothing.
    expect(assess({ pods: [...binding().pods, { ...unbound().pods[0]!, skipped: 'label' }] }).links.find(({ id }) => id === 'pods')).toMatchObject({ state: 'ok', detail: { args: { total: 2, good: 2 } } });
    expect(states(assess({ pods: [{ ...unbound().pods[0]!, skipped: 'label' }] })).pods).toBe('not-needed');
  });

  it('does not offer a restart where no webhook would give anything', () => {
    expect(assessBinding(cluster({ webhook: value({ kind: 'absent' }) }), binding({ pods: unbound().pods })).findings[0]).not.toHaveProperty('remedy');
  });

  it('blames no webhook that is not there, and none that came later', () => {
    const pods = unbound().pods.map((pod) => ({ ...pod, createdAt: '2026-11-25T08:00:00Z' }));
    const found = (webhook: ObservedWebhook, annotatedAt?: string) => assessBinding(cluster({ webhook: value(webhook) }), binding({ pods }, { annotatedAt })).findings;

    expect(found({ kind: 'absent' }, '2026-11-25T09:00:00Z')).toMatchObject([{ code: 'PODS_WITHOUT_IDENTITY', why: { args: { cause: 'absent' } } }]);
    expect(found({ kind: 'installed', since: '2026-11-25T10:00:00Z' })).toMatchObject([{ code: 'PODS_BEFORE_WEBHOOK', remedy: { id: 'restart' } }]);
    expect(found({ kind: 'installed', since: '2026-11-24T10:00:00Z' })).toMatchObject([{ code: 'PODS_WITHOUT_IDENTITY', why: { args: { cause: 'missed' } } }]);
  });

  it('judges an unbound account', () => {
    const result = assessBinding(cluster(), unbound());

    expect(codes(result)).toEqual(['NOT_ANNOTATED']);
    expect(states(result)).toMatchObject({ annotation: 'broken', role: 'not-needed', trust: 'unknown' });
  });

  it('judges trust even where the provider could not be looked up', () => {
    expect(states(assessBinding(cluster({ provider: hidden('no-credential'), account: hidden('no-credential') }), binding())).trust).toBe('ok');
    expect(ROLE_ARN).toContain('111122223333');
  });
});
