import { describe, expect, it } from 'vitest';
import { roleTags } from '../domain/aws/ownership';
import { newTrust, parseTrust } from '../domain/trust';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import { velero } from '../presets/velero';
import { planAddAudience } from './add-audience';
import { planAccess, planBind } from './bind';
import { planEnable } from './enable';
import { planMendTrust } from './mend-trust';
import { openSts, planCloseHost, planOpenS3, planOpenSts } from './open-sts';
import type { Call, Plan, Step } from './plan';
import { planRestart } from './restart';
import {
  backup, BACKUP_APP, BACKUP_PERMISSIONS, binding, cluster, hidden, ISSUER, logging, LOGGING_PERMISSIONS, MADE_HERE, OPENABLE, PROVIDER, role, ROLE_ARN, SUBJECT, unbound, value, wish
} from './test-facts';

const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
const step = ({ steps }: Plan, id: string): Step => steps.find((one) => one.id === id)!;
const keys = ({ warnings }: Plan) => warnings.map(({ key }) => key.replace('irsa.warning.', ''));
const writes = ({ steps }: Plan) => steps.filter(({ change }) => change !== 'check' && change !== 'wait');
const body = (call: Call) => ('rancher' in call ? call.rancher.body : 'kubernetes' in call ? call.kubernetes.body : undefined) as Record<string, unknown>;
const bare = cluster({ provider: value(null) });

describe('planEnable', () => {
  it('is one call, tags inline and without thumbprint', () => {
    const plan = planEnable(bare);

    expect(ids(plan)).toEqual(['create-provider']);
    expect(plan.steps[0]).toMatchObject({
      target: 'iam',
      change: 'create',
      call:   { aws: { service: 'iam', command: 'CreateOpenIDConnectProvider', input: { Url: ISSUER, ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'rancher.io/irsa', Value: 'managed' }, { Key: 'rancher.io/irsa-cluster', Value: 'prod-eks' }] } } },
      adopt:  { provider: { issuer: ISSUER, audience: 'sts.amazonaws.com', arn: PROVIDER } },
    });
    expect(JSON.stringify(plan)).not.toContain('Thumbprint');
  });

  it('makes no step when all is so', () => {
    expect(planEnable(cluster()).steps).toEqual([]);
    expect(planEnable(cluster({ provider: value({ arn: PROVIDER }) })).steps).toEqual([]);
  });

  it('adds only the audience that is missing', () => {
    expect(planEnable(cluster({ provider: value({ arn: PROVIDER, audiences: ['other'] }) })).steps).toMatchObject([{ call: { aws: { command: 'AddClientIDToOpenIDConnectProvider', input: { OpenIDConnectProviderArn: PROVIDER, ClientID: 'sts.amazonaws.com' } } } }]);
  });

  it('can be made without a credential, to be taken away', () => {
    const plan = planEnable(cluster({ provider: hidden('no-credential'), account: hidden('no-credential') }));

    // Nobody could look, so whoever runs it has to be able to: that asks for more rights.
    expect(plan.steps[0]!.adopt).toEqual({ provider: { issuer: ISSUER, audience: 'sts.amazonaws.com', blind: true } });
  });

  it('refuses issuers that AWS cannot use', () => {
    expect(() => planEnable(cluster({ issuer: hidden('forbidden') }))).toThrow('ISSUER_UNKNOWN');
    expect(() => planEnable(cluster({ issuer: value('https://kubernetes.default.svc') }))).toThrow('ISSUER_NOT_PUBLIC');
  });
});

describe('planBind: a new role', () => {
  it('goes from nothing to verified', () => {
    const plan = planBind(bare, wish({ permissions: { kind: 'policy', name: 'read', json: '{"Version":"2012-10-17","Statement":[]}' } }));

    expect(ids(plan)).toEqual(['create-provider', 'create-role', 'put-policy', 'annotate', 'restart-deployments-web', 'pods-carry-role', 'verify']);
    expect(plan.consent).toBeUndefined();
    expect(plan.documents.map(({ id, before }) => [id, before])).toEqual([['trust', undefined], ['permissions', undefined]]);
  });

  it('warns where every pod of the namespace would get the role', () => {
    const plan = (name: string) => planBind(bare, wish({ target: unbound({}, { name }) })).warnings.filter(({ key }) => key === 'irsa.warning.defaultAccount');

    expect(plan('default')).toEqual([{ key: 'irsa.warning.defaultAccount', args: { account: 'shop/default' } }]);
    expect(plan('reader')).toEqual([]);
  });

  it('trusts the provider that is made before it, by reference', () => {
    const plan = planBind(bare, wish());
    const { aws } = step(plan, 'create-role').call as Extract<Call, { aws: unknown }>;

    expect(aws).toMatchObject({
      command: 'CreateRole',
      input:   {
        RoleName:                 'reader-role',
        Path:                     '/rancher-irsa/',
        AssumeRolePolicyDocument: { $json: { Statement: [{ Principal: { Federated: { $ref: { step: 'create-provider', path: ['OpenIDConnectProviderArn'] } } } }] } },
      },
    });
    expect(step(plan, 'create-role').adopt).toMatchObject({ role: { name: 'reader-role', tags: { 'rancher.io/irsa-account': 'shop/reader', 'rancher.io/irsa-issuer': ISSUER } } });
    expect(JSON.parse(plan.documents[0]!.after)).toEqual(newTrust(SUBJECT));
    expect(plan.documents[0]).toMatchObject({ size: JSON.stringify(newTrust(SUBJECT)).length, quota: 2048 });
  });

  it('shows a placeholder where the account is not known', () => {
    const plan = planBind(cluster({ provider: hidden('no-credential'), account: hidden('no-credential') }), wish());

    expect(plan.documents[0]!.after).toContain('${create-provider.OpenIDConnectProviderArn}');
  });

  it('annotates with the version that was seen, and waits for the pods', () => {
    const plan = planBind(cluster(), wish());

    expect(step(plan, 'annotate').call).toEqual({
      kubernetes: {
        clusterId:   'c-m-prod',
        verb:        'PATCH',
        path:        '/api/v1/namespaces/shop/serviceaccounts/reader',
        contentType: 'application/merge-patch+json',
        body:        { metadata: { resourceVersion: '7', annotations: { 'eks.amazonaws.com/role-arn': { $ref: { step: 'create-role', path: ['Role', 'Arn'] } } } } },
      },
    });
    expect(step(plan, 'restart-deployments-web')).toMatchObject({
      call:  { kubernetes: { path: '/apis/apps/v1/namespaces/shop/deployments/web', contentType: 'application/strategic-merge-patch+json', body: { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-23T12:00:00.000Z' } } } } } } },
      until: { rollout: { kind: 'Deployment', namespace: 'shop', name: 'web' } },
    });
    expect(step(plan, 'verify').call).toMatchObject({ verify: { audience: 'sts.amazonaws.com', stsHost: 'sts.eu-central-1.amazonaws.com', roleArn: { $ref: { step: 'create-role' } } } });
  });

  it('writes another audience, and takes a wrong one away', () => {
    const audience = (change: object, wished?: string) => (body(step(planBind(cluster(), wish({ audience: wished, target: unbound({}, change) })), 'annotate').call).metadata as { annotations: object }).annotations;

    expect(audience({}, 'other')).toMatchObject({ 'eks.amazonaws.com/audience': 'other' });
    expect(audience({ annotations: { 'eks.amazonaws.com/audience': 'x' }, audience: 'x' })).toMatchObject({ 'eks.amazonaws.com/audience': 'sts.amazonaws.com' });
    expect(ids(planBind(cluster(), wish({ audience: 'other' })))[0]).toBe('add-audience');
  });

  it('refuses names IAM would refuse', () => {
    expect(() => planBind(cluster(), wish({ role: { kind: 'new', name: 'a b' } }))).toThrow('ROLE_NAME_UNUSABLE');
    expect(() => planBind(cluster(), wish({ permissions: { kind: 'policy', name: 'p', json: '{"Statement": }' } }))).toThrow('POLICY_UNREADABLE');
    expect(() => planBind(cluster(), wish({ permissions: { kind: 'preset', preset: rancherBackup, parameters: {} } }))).toThrow('PARAMETERS_UNUSABLE');
    // Where the chart can do nothing with a role, that is the reason, and nothing is planned.
    const isolated = { kind: 'preset' as const, preset: rancherBackup, parameters: { bucket: 'acme-backups', region: 'us-iso-east-1' } };

    expect(() => planBind(cluster(), wish({ permissions: isolated }))).toThrow(expect.objectContaining({ code: 'PARAMETERS_UNUSABLE', why: { key: 'irsa.preset.backup.isolated', args: { partition: 'aws-iso' } } }));
    expect(() => planAccess(cluster(), wish({ permissions: isolated }))).toThrow('PARAMETERS_UNUSABLE');
  });

  it('warns of a trust policy over the account\'s quota', () => {
    const small = cluster({ account: value({ id: '111122223333', partition: 'aws', quotas: { trustPolicySize: 100 } }) });

    expect(planBind(small, wish())).toMatchObject({ documents: [{ quota: 100 }], warnings: [{ key: 'irsa.warning.trustTooLong' }] });
  });
});

describe('planBind: run again', () => {
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: 'arn:aws:s3:::b' } });
  const permissions = { kind: 'policy' as const, name: 'read', json: policy };

  it('writes nothing when all is so, whichever way the role is given', () => {
    const found = role({ inlinePolicies: { read: JSON.stringify({ Statement: [{ Resource: ['arn:aws:s3:::b'], Action: 's3:ListBucket', Effect: 'Allow' }], Version: '2012-10-17' }) } });
    const target = binding({ role: value(found) });

    for (const wished of [{ kind: 'new' as const, name: 'reader-role' }, { kind: 'new' as const, name: 'reader-role', found }, { kind: 'existing' as const, role: found }]) {
      const plan = planBind(cluster(), wish({ target, permissions, role: wished }));

      expect([ids(plan), plan.warnings, plan.consent]).toEqual([['verify'], [], undefined]);
    }
  });

  it('goes on from each point where it may have stopped', () => {
    const made = role();
    const withPolicy = role({ inlinePolicies: { read: policy } });
    const bound = { annotations: binding().account.annotations, roleArn: ROLE_ARN };
    const from = (target = unbound(), found?: typeof made) => ids(planBind(cluster(), wish({ target, permissions, role: { kind: 'new', name: 'reader-role', found } })));

    expect(from()).toEqual(['create-role', 'put-policy', 'annotate', 'restart-deployments-web', 'pods-carry-role', 'verify']);
    expect(from(unbound(), made)).toEqual(['put-policy', 'annotate', 'restart-deployments-web', 'pods-carry-role', 'verify']);
    expect(from(unbound(), withPolicy)).toEqual(['annotate', 'restart-deployments-web', 'pods-carry-role', 'verify']);
    expect(from(unbound({ role: value(withPolicy) }, bound))).toEqual(['restart-deployments-web', 'pods-carry-role', 'verify']);
    expect(from(binding({ role: value(withPolicy) }))).toEqual(['verify']);
  });

  it('keeps the rest of a foreign role and asks first', () => {
    const statement = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole', Unknown: 1 };
    const found = role({ tags: {}, trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: statement }) });
    const plan = planBind(cluster(), wish({ role: { kind: 'new', name: 'reader-role', found } }));

    expect(ids(plan)[0]).toBe('update-trust');
    expect(step(plan, 'update-trust')).toMatchObject({
      call:    { aws: { command: 'UpdateAssumeRolePolicy', input: { RoleName: 'reader-role', PolicyDocument: { $json: { Statement: [statement, {}] } } } } },
      expects: { roleTrustPolicy: { roleName: 'reader-role', is: found.trustPolicy } },
    });
    expect(plan.consent?.text.key).toBe('irsa.consent.foreignRole');
    expect(parseTrust(plan.documents[0]!.before!)).toEqual(JSON.parse(found.trustPolicy));
    expect(planBind(cluster(), wish({ role: { kind: 'existing', role: role({ tags: undefined, trustPolicy: '{"Statement":[]}' }) } })).consent).toBeDefined();
  });

  it('asks before a role made for another account is shared, unless it was chosen', () => {
    const found = role({ tags: roleTags({ name: 'prod-eks' }, ISSUER, { namespace: 'shop', name: 'writer' }), trustPolicy: '{"Statement":[]}' });

    expect(planBind(cluster(), wish({ role: { kind: 'new', name: 'reader-role', found } })).consent?.text.key).toBe('irsa.consent.otherBinding');
    expect(planBind(cluster(), wish({ role: { kind: 'existing', role: found } })).consent).toBeUndefined();
  });

  it('asks nothing of a foreign role that is not changed', () => {
    expect(planBind(cluster(), wish({ role: { kind: 'existing', role: role({ tags: {} }) } })).consent).toBeUndefined();
  });

  it('says that a Deny stands against it', () => {
    const denying = role({ trustPolicy: JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:*' } }) });

    expect(keys(planBind(cluster(), wish({ role: { kind: 'existing', role: denying } })))).toContain('trustDenied');
  });

  it('does not touch a trust policy it cannot read', () => {
    expect(() => planBind(cluster(), wish({ role: { kind: 'existing', role: role({ trustPolicy: '{' }) } }))).toThrow('TRUST_UNREADABLE');
  });
});

describe('planBind: through an App', () => {
  const plan = planBind(cluster(), wish({ target: backup(), permissions: BACKUP_PERMISSIONS, role: { kind: 'new', name: 'rancher-backup-local' } }));

  it('verifies before the access key goes', () => {
    expect(ids(plan)).toEqual(['create-role', 'put-policy', 'verify-first', 'upgrade-app', 'restart-deployments-rancher-backup', 'pods-carry-role', 'verify']);
    const withoutKey = backup({ owner: { ...BACKUP_APP, values: {} } });

    expect(ids(planBind(cluster({ sts: OPENABLE }), wish({ target: withoutKey, permissions: BACKUP_PERMISSIONS })))).toEqual(['create-role', 'put-policy', 'upgrade-app', 'restart-deployments-rancher-backup', 'pods-carry-role', 'open-sts', 'verify']);
    expect(ids(planBind(cluster({ sts: OPENABLE }), wish({ target: backup(), permissions: BACKUP_PERMISSIONS })))).toEqual(['create-role', 'put-policy', 'open-sts', 'verify-first', 'upgrade-app', 'restart-deployments-rancher-backup', 'pods-carry-role', 'verify']);
  });

  it('sends the admin\'s values with ours merged in, the CRD chart first', () => {
    const call = step(plan, 'upgrade-app').call as Extract<Call, { rancher: unknown }>;

    expect(call.rancher).toMatchObject({ verb: 'POST', path: '/k8s/clusters/c-m-prod/v1/catalog.cattle.io.clusterrepos/rancher-charts?action=upgrade' });
    const annotations = { 'catalog.cattle.io/ui-source-repo-type': 'cluster', 'catalog.cattle.io/ui-source-repo': 'rancher-charts' };

    expect(call.rancher.body).toEqual({
      charts: [
        { chartName: 'rancher-backup-crd', version: '110.0.0+up11.0.1', releaseName: 'rancher-backup-crd', annotations, values: { global: { cattle: { url: 'https://rancher.example' } } }, resetValues: false },
        {
          chartName:   'rancher-backup',
          version:     '110.0.0+up11.0.1',
          releaseName: 'rancher-backup',
          description: '',
          annotations,
          resetValues: false,
          values:      {
            global:         { cattle: { url: 'https://rancher.example' } },
            debug:          true,
            serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': { $ref: { step: 'create-role', path: ['Role', 'Arn'] } } } },
            s3:             {
              enabled: true, bucketName: 'acme-backups', region: 'eu-central-1', folder: 'prod', endpoint: 's3.eu-central-1.amazonaws.com', credentialSecretName: '', credentialSecretNamespace: '', endpointCA: ''
            },
          },
        },
      ],
      noHooks: false, timeout: '600s', wait: true, namespace: 'cattle-resources-system', projectId: '', force: false, historyMax: 5, cleanupOnFail: false, serverSide: false,
    });
    expect(step(plan, 'upgrade-app').until).toEqual({ helmOperation: { clusterId: 'c-m-prod', app: { namespace: 'cattle-resources-system', name: 'rancher-backup' } } });
    expect(JSON.stringify(step(plan, 'upgrade-app').helm)).not.toContain('debug');
  });

  it('does not change the admin\'s values on the way', () => {
    expect(BACKUP_APP.values).toEqual({ global: { cattle: { url: 'https://rancher.example' } }, debug: true, s3: { enabled: true, bucketName: 'old', credentialSecretName: 'keys', endpointCA: 'LS0t' } });
  });

  it('writes nothing when values, annotation and pods are so', () => {
    const values = rancherBackup.values({ roleArn: ROLE_ARN, bucket: 'acme-backups', folder: 'prod', region: 'eu-central-1' });
    const subject = { namespace: 'cattle-resources-system', name: 'rancher-backup' };
    const found = role({
      trustPolicy:    JSON.stringify(newTrust({ ...SUBJECT, namespace: subject.namespace, serviceAccount: subject.name })),
      tags:           roleTags({ name: 'prod-eks' }, ISSUER, subject),
      inlinePolicies: { 'backup-to-s3': JSON.stringify(rancherBackup.policy({ partition: 'aws', region: 'eu-central-1', bucket: 'acme-backups', folder: 'prod' })) },
    });
    const target = { ...binding({ role: value(found), owner: { ...BACKUP_APP, values: { ...values, debug: true } } }), account: { ...binding().account, ...subject } };
    const again = planBind(cluster(), wish({ target, permissions: BACKUP_PERMISSIONS, role: { kind: 'new', name: 'reader-role' } }));

    expect([writes(again), ids(again), again.warnings]).toEqual([[], ['verify'], []]);
  });

  it('says old and new of each value it replaces, and of none that stays', () => {
    const said = (values: object) => planBind(cluster(), wish({ target: backup({ owner: { ...BACKUP_APP, values: { s3: { enabled: true, bucketName: 'acme-backups', ...values } } } }), permissions: BACKUP_PERMISSIONS }))
      .warnings.filter(({ key }) => /value(Replaced|Emptied)/.test(key)).map(({ args }) => [args!.path, args!.before, args!.after]);

    expect(said({ folder: 'old', region: 'eu-central-1' })).toEqual([['s3.folder', 'old', 'prod']]);
    // The admin's own way to S3 is not a place.
    expect(said({ endpoint: 's3-fips.eu-central-1.amazonaws.com' })).toEqual([]);
    expect(said({ endpoint: 's3.eu-west-1.amazonaws.com' })).toEqual([['s3.endpoint', 's3.eu-west-1.amazonaws.com', 's3.eu-central-1.amazonaws.com']]);
    expect(said({ credentialSecretName: 'keys' })).toEqual([['s3.credentialSecretName', 'keys', undefined]]);
  });

  it('warns of what it takes away', () => {
    expect(plan.warnings.map(({ key }) => key)).toContain('irsa.preset.backup.dropsCa');
    const volume = backup({ owner: { ...BACKUP_APP, values: { persistence: { enabled: true, size: '2Gi' } } } });
    const switched = planBind(cluster(), wish({ target: volume, permissions: BACKUP_PERMISSIONS }));
    const charts = body(step(switched, 'upgrade-app').call).charts as { values: object }[];

    expect(charts[1]!.values).toMatchObject({ persistence: { enabled: false, size: '2Gi' } });
  });

  it('writes only the annotation when the permissions are the admin\'s own', () => {
    const own = planBind(cluster(), wish({ target: backup(), permissions: { kind: 'none' } }));

    expect(step(own, 'upgrade-app').helm!.values).toEqual({ serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': { $ref: { step: 'create-role', path: ['Role', 'Arn'] } } } } });
    expect(ids(own)).not.toContain('verify-first');
  });

  it('waits for the operator to annotate fluentd\'s account', () => {
    const logs = planBind(cluster(), wish({ target: logging(), permissions: LOGGING_PERMISSIONS }));

    expect(ids(logs)).toEqual(['create-role', 'put-policy', 'upgrade-app', 'account-annotated', 'restart-statefulsets-rancher-logging-root-fluentd', 'pods-carry-role', 'verify']);
    expect(logs.warnings.map(({ key }) => key)).toContain('irsa.preset.logging.restartDanger');
  });

  it('annotates directly where it cannot upgrade, and says so', () => {
    const plans = [
      [{ owner: { ...BACKUP_APP, repo: undefined } }, 'noRepository'], [{ owner: { ...BACKUP_APP, version: '1.0.400' } }, 'chartTooOld'], [{ owner: { kind: 'helm' as const, release: 'x', namespace: 'y' } }, 'helmOwned'],
    ] as const;

    for (const [change, warning] of plans) {
      const direct = planBind(cluster(), wish({ target: backup(change), permissions: BACKUP_PERMISSIONS }));

      expect(ids(direct)).toContain('annotate');
      expect(keys(direct)).toContain(warning);
    }
  });
});

describe('planBind: accounts and pods', () => {
  it('makes an account that is missing, or leaves it', () => {
    const missing = unbound({ workloads: [], pods: [] }, { exists: false, resourceVersion: undefined });
    const made = planBind(cluster(), wish({ target: missing }));

    expect(ids(made)).toEqual(['create-role', 'create-account', 'verify']);
    expect(step(made, 'create-account').call).toMatchObject({ kubernetes: { verb: 'POST', path: '/api/v1/namespaces/shop/serviceaccounts', body: { kind: 'ServiceAccount', metadata: { name: 'reader' } } } });
    expect(ids(planBind(cluster(), wish({ target: missing, missingAccount: 'leave' })))).toEqual(['create-role']);
  });

  it('leaves a chart\'s account to the chart: Helm would refuse one that is there', () => {
    const target = { ...backup({ owner: { kind: 'nobody' }, workloads: [], pods: [] }) };
    const plan = planBind(cluster(), wish({ target: { ...target, account: { ...target.account, exists: false } }, permissions: BACKUP_PERMISSIONS }));

    expect(ids(plan)).toEqual(['create-role', 'put-policy']);
    expect(keys(plan)).toContain('accountOfChart');
  });

  it('restarts only what does not carry the role', () => {
    const pods = [...binding().pods, { name: 'job-1', createdAt: '', ready: true, workload: { kind: 'Job' as const, name: 'job' } }];
    const mixed = binding({ pods, workloads: [...binding().workloads, { kind: 'Job', namespace: 'shop', name: 'job', replicas: 1 }, { kind: 'Deployment', namespace: 'shop', name: 'off', replicas: 0 }] });

    expect(ids(planRestart(cluster(), mixed))).toEqual(['verify']);
    expect(keys(planRestart(cluster(), mixed))).toEqual(['podsByHand']);
  });

  it('says what a restart loses: data in volumes that go with the pod, and volumes of Longhorn by hand', () => {
    const pods = unbound().pods.map((pod) => ({ ...pod, losable: ['/buffers'] }));
    const plan = planRestart(cluster(), binding({ pods }));

    expect(plan.warnings).toContainEqual({ key: 'irsa.warning.emptyDir', args: { workload: 'deployment/web', paths: '/buffers' } });
    expect(step(plan, 'restart-deployments-web').detail).toEqual({ key: 'irsa.step.restart.detail', args: { count: 2 } });
    const manager = { name: 'instance-manager-0a1b', createdAt: '', ready: true, workload: { kind: 'Other' as const, name: 'node-1' } };

    expect(keys(planRestart(cluster(), binding({ pods: [manager], workloads: [] })))).toEqual(['podsByHand', 'instanceManagers']);
  });

  it('does not restart what a restart would not change, and says so', () => {
    const pods = (change: object) => binding({ pods: unbound().pods.map((pod) => ({ ...pod, ...change })) });

    for (const [change, warning] of [[{ overrides: ['web'], identity: { roleArn: 'own' } }, 'podsOverridden'], [{ skipped: 'label' }, 'podsSkipped']] as const) {
      expect(ids(planRestart(cluster(), pods(change)))).toEqual(['verify']);
      expect(keys(planRestart(cluster(), pods(change)))).toEqual([warning]);
    }
  });

  it('restarts pods whose token is for another audience', () => {
    expect(ids(planBind(cluster({ provider: value({ arn: PROVIDER, audiences: ['sts.amazonaws.com', 'other'] }) }), wish({ audience: 'other', target: binding(), role: { kind: 'existing', role: role() } })))).toContain('restart-deployments-web');
  });

  it('does not restart in vain', () => {
    const plan = planBind(cluster({ webhook: value({ kind: 'absent' }) }), wish());

    expect(ids(plan)).toEqual(['create-role', 'annotate', 'verify']);
    expect(keys(plan)).toEqual(['noWebhook']);
  });
});

describe('the smaller plans', () => {
  it('mends trust by one statement', () => {
    const other = role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'writer' })) });
    const plan = planMendTrust(cluster(), binding({ role: value(other) }));

    expect(ids(plan)).toEqual(['update-trust', 'verify']);
    expect(plan.consent).toBeUndefined();
    expect(ids(planMendTrust(cluster(), binding()))).toEqual(['verify']);
    expect(() => planMendTrust(cluster(), binding({ role: value(null) }))).toThrow('ROLE_UNKNOWN');
    expect(ids(planMendTrust(bare, binding()))).toEqual(['create-provider', 'verify']);
  });

  it('restarts and verifies', () => {
    expect(ids(planRestart(cluster(), binding({ pods: unbound().pods })))).toEqual(['restart-deployments-web', 'pods-carry-role', 'verify']);
    expect(ids(planRestart(cluster(), binding()))).toEqual(['verify']);
    expect(() => planRestart(cluster(), unbound())).toThrow('ROLE_UNKNOWN');
  });

  it('adds an audience', () => {
    expect(ids(planAddAudience(cluster({ provider: value({ arn: PROVIDER, audiences: [] }) })))).toEqual(['add-audience']);
    expect(ids(planAddAudience(cluster()))).toEqual([]);
    expect(() => planAddAudience(bare)).toThrow('PROVIDER_UNKNOWN');
  });

  it('opens STS by a ProxyEndpoint, or by one more entry of the old setting', () => {
    expect(planOpenSts(cluster({ sts: OPENABLE })).steps).toMatchObject([{ change: 'allow', call: { rancher: { verb: 'POST', body: { metadata: { name: 'irsa-sts' }, spec: { routes: [{ domain: 'sts.%.amazonaws.com' }] } } } } }]);
    const setting = planOpenSts(cluster({ sts: value({ host: 'sts.cn-north-1.amazonaws.com.cn', state: 'openable', via: { kind: 'whitelistDomain', value: 'forums.rancher.com, x.example', resourceVersion: '3' } }) }));

    expect(setting.steps).toMatchObject([{ call: { kubernetes: { clusterId: 'local', verb: 'PATCH', path: '/apis/management.cattle.io/v3/settings/whitelist-domain', contentType: 'application/merge-patch+json', body: { metadata: { resourceVersion: '3' }, value: 'forums.rancher.com,x.example,sts.%.amazonaws.com.cn' } } } }]);
    expect(planOpenSts(cluster()).steps).toEqual([]);
    expect(() => planOpenSts(cluster({ sts: value({ host: 'x', state: 'closed' }) }))).toThrow('STS_NOT_OPENABLE');
  });

  it.each(['sts.evil.example', 'sts.evil.com%2f.amazonaws.com', 'sts.evil.example#.amazonaws.com', 'acme.s3.amazonaws.com', '*.amazonaws.com', 'STS.eu-central-1.amazonaws.com'])('never opens %s, which AWS does not run', (host) => {
    for (const via of [{ kind: 'proxyEndpoint' as const }, { kind: 'whitelistDomain' as const, value: '' }]) {
      const observed = cluster({ sts: value({ host, state: 'openable', via }) });

      expect(openSts(observed)).toEqual([]);
      expect(() => planOpenSts(observed)).toThrow('STS_NOT_OPENABLE');
    }
  });
});

describe('planBind: charts under other names', () => {
  const preset = velero;
  const parameters = { bucket: 'acme-data', snapshots: 'no', region: 'eu-central-1' };
  const app = { kind: 'app' as const, release: 'backup', namespace: 'ops', chart: 'velero', version: '12.1.0', repo: { type: 'cluster', name: 'vmware-tanzu' }, values: { replicas: 2 } };
  const target = (change: Partial<typeof app> = {}, name = 'backup-velero-server') => unbound({
    owner: { ...app, ...change }, workloads: [{ kind: 'Deployment', namespace: 'ops', name: 'backup-velero', replicas: 1 }], pods: []
  }, { namespace: 'ops', name });
  const plan = (change?: Partial<typeof app>, name?: string) => planBind(cluster(), wish({ target: target(change, name), permissions: { kind: 'preset', preset, parameters } }));

  it('goes through the values of the release that makes this account, with what it costs', () => {
    const made = plan();

    expect(ids(made)).toContain('upgrade-app');
    expect(step(made, 'upgrade-app').helm).toMatchObject({ release: 'backup', namespace: 'ops', repo: 'vmware-tanzu', values: { credentials: { useSecret: false }, serviceAccount: { server: { annotations: expect.anything() } } } });
    expect(body(step(made, 'upgrade-app').call)).toMatchObject({ charts: [{ chartName: 'velero', releaseName: 'backup', values: { replicas: 2 } }] });
    expect(made.warnings.map(({ key }) => key)).toContain('irsa.preset.velero.restartDanger');
    expect(ids(plan({ values: { replicas: 2, serviceAccount: { server: { name: 'mine' } } } } as Partial<typeof app>, 'mine'))).toContain('upgrade-app');
  });

  it('annotates an account of the release that its values do not name, and says that Helm may take it away', () => {
    const made = plan({}, 'velero-server-upgrade-jobs');

    expect(ids(made)).toContain('annotate');
    expect(ids(made)).not.toContain('upgrade-app');
    expect(keys(made)).toContain('helmOwned');
  });

  it('makes no account that a chart will want to make itself', () => {
    const made = planBind(cluster(), wish({ target: { ...target(), owner: { kind: 'nobody' }, account: { ...target().account, exists: false } }, permissions: { kind: 'preset', preset, parameters } }));

    expect(ids(made)).not.toContain('create-account');
    expect(keys(made)).toContain('accountOfChart');
  });

  it('knows which of a chart’s accounts it is, also without a preset', () => {
    const monitoring = { kind: 'app' as const, release: 'rancher-monitoring', namespace: 'cattle-monitoring-system', chart: 'rancher-monitoring', version: '108.0.0+up77.9.1', repo: { type: 'cluster', name: 'rancher-charts' }, values: {} };
    const made = planBind(cluster(), wish({ target: unbound({ owner: monitoring }, { namespace: 'cattle-monitoring-system', name: 'rancher-monitoring-grafana' }) }));

    expect(step(made, 'upgrade-app').helm?.values).toEqual({ grafana: { serviceAccount: { annotations: expect.anything() } } });
    expect((body(step(made, 'upgrade-app').call) as { charts: { chartName: string }[] }).charts.map(({ chartName }) => chartName)).toEqual(['rancher-monitoring-crd', 'rancher-monitoring']);
  });

  it('sends definitions along only where Rancher packed them apart', () => {
    const longhornApp = (version: string) => ({ kind: 'app' as const, release: 'longhorn', namespace: 'longhorn-system', chart: 'longhorn', version, repo: { type: 'cluster', name: 'charts' }, values: {} });
    const charts = (version: string) => (body(step(planBind(cluster(), wish({ target: unbound({ owner: longhornApp(version) }, { namespace: 'longhorn-system', name: 'longhorn-service-account' }) })), 'upgrade-app').call) as { charts: { chartName: string }[] }).charts.map(({ chartName }) => chartName);

    expect(charts('108.0.0+up1.10.0')).toEqual(['longhorn-crd', 'longhorn']);
    expect(charts('1.10.0')).toEqual(['longhorn']);
  });
});

describe('one role for several destinations of Logging', () => {
  const logs = (parameters: Record<string, string>, inlinePolicies: Record<string, string> = {}) => {
    const subject = { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' };
    const found = role({ trustPolicy: JSON.stringify(newTrust({ ...SUBJECT, namespace: subject.namespace, serviceAccount: subject.name })), tags: roleTags({ name: 'prod-eks' }, ISSUER, subject), inlinePolicies });

    return planBind(cluster(), wish({ target: logging({ role: value(found) }), permissions: { kind: 'preset', preset: rancherLogging, parameters }, role: { kind: 'new', name: 'reader-role', found } }));
  };
  const first = { destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-central-1' };
  const put = (plan: Plan) => plan.steps.flatMap(({ id, call }) => id === 'put-policy' && 'aws' in call ? [call.aws.input as { PolicyName: string; PolicyDocument: { $json: object } }] : []);

  it('adds the second beside the first', () => {
    const [made] = put(logs(first));
    const inline = { [made!.PolicyName]: JSON.stringify(made!.PolicyDocument.$json) };
    const second = logs({ destination: 's3', bucket: 'acme-logs', region: 'eu-central-1' }, inline);

    expect(put(second).map(({ PolicyName }) => PolicyName)).toEqual(['logging-s3-acme-logs']);
    // Both count together.
    expect(second.documents[1]!.before).toBeUndefined();
    expect(second.documents[1]!.size).toBeGreaterThan(logs({ destination: 's3', bucket: 'acme-logs', region: 'eu-central-1' }).documents[1]!.size);
    expect(put(logs(first, inline))).toEqual([]);
  });

  it('shows what the same place had before', () => {
    const plan = logs(first, { 'logging-cloudwatch-+rancher+prod@eu-central-1': '{"Version":"2012-10-17","Statement":[]}' });

    expect(plan.documents[1]!.before).toContain('"Statement": []');
    expect(plan.steps.find(({ id }) => id === 'put-policy')!.change).toBe('change');
  });
});

describe('planCloseHost', () => {
  it('deletes the ProxyEndpoint that it saw, and no other of that name', () => {
    const [endpoint] = MADE_HERE;

    expect(planCloseHost(endpoint!).steps.map(({ call }) => call)).toMatchObject([{ kubernetes: { verb: 'DELETE', path: '/apis/management.cattle.io/v3/proxyendpoints/irsa-sts', body: { preconditions: { uid: 'u', resourceVersion: '7' } } } }]);
    expect(planCloseHost(cluster().sts).steps).toEqual([]);
  });

  it('takes its own entry out of the setting, and its mark with it', () => {
    const [, setting] = MADE_HERE;

    expect(planCloseHost(setting!).steps.map(({ call }) => call)).toMatchObject([{ kubernetes: { verb: 'PATCH', body: { metadata: { annotations: { 'rancher.io/irsa-allowed': null } }, value: 'a.example' } } }]);
  });

  it('names who else uses it, and says when nothing changes by it', () => {
    const said = (sts: (typeof MADE_HERE)[number], others: string[]) => planCloseHost(sts, others).warnings;

    expect(said(MADE_HERE[0]!, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual([{ key: 'irsa.warning.stsLoses', args: { count: 6, clusters: 'a, b, c, d, e', more: 1 } }]);
    expect(said(MADE_HERE[1]!, []).map(({ key }) => key)).toEqual(['irsa.warning.stsLoses', 'irsa.warning.stsStays']);
    expect(said(MADE_HERE[2]!, [])).toEqual([{ key: 'irsa.warning.s3Loses', args: { host: 's3.eu-central-1.amazonaws.com' } }]);
  });

  it('opens S3 in the region of the bucket and in no other', () => {
    const reach = value({ host: 's3.eu-central-1.amazonaws.com', state: 'openable' as const, via: { kind: 'proxyEndpoint' as const, taken: ['irsa-s3'] } });

    expect(planOpenS3({ reach }).steps.map(({ call }) => body(call))).toMatchObject([{ metadata: { name: 'irsa-s3-2' }, spec: { routes: [{ domain: 's3.eu-central-1.amazonaws.com' }] } }]);
  });

  it('lets go of marks on what somebody took off the list since', () => {
    const OURS = 'sts.%.amazonaws.com';
    const mark = ({ steps: [first] }: Plan) => body(first!.call).metadata;

    expect(mark(planOpenSts(cluster({ sts: value({ host: 'sts.eu-central-1.amazonaws.com', state: 'openable', via: { kind: 'whitelistDomain', value: 'a.example,b', made: ['b', 'gone'] } }) })))).toMatchObject({ annotations: { 'rancher.io/irsa-allowed': `b,${ OURS }` } });
    expect(mark(planCloseHost(value({ host: 'sts.eu-central-1.amazonaws.com', state: 'allowed', entry: { domain: OURS, value: `a.example,${ OURS }`, made: [OURS, 'gone'], stays: false } })))).toMatchObject({ annotations: { 'rancher.io/irsa-allowed': null } });
  });
});
