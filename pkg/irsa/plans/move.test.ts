import { describe, expect, it } from 'vitest';
import { outputKeyUse } from '../domain/keys/output';
import { planMove, permissionsFor, type Moving } from './move';
import {
  backup, binding, BACKUP_APP, cluster, eksLogging, hidden, KEY_USES, LOGGING, logging, NO_SECRETS, OPENABLE, OWN_KEYS, ROLE_ARN, role, unbound, value, wish
} from './test-facts';

const move = (use: NonNullable<Moving['use']>, target = logging(), more: Partial<Moving> = {}) => planMove(cluster(), wish({ target, permissions: permissionsFor(use, cluster()) ?? { kind: 'none' } }), { what: use, use, secrets: NO_SECRETS, ...more });
const ids = (plan: ReturnType<typeof planMove>) => plan.steps.map(({ id }) => id);
const warnings = (plan: ReturnType<typeof planMove>) => plan.warnings.map(({ key }) => key);
const SECRETS: Moving['secrets'] = { removable: [{ namespace: 'cattle-logging-system', name: 'aws', uid: 'u1' }], kept: [] };

describe('moving off a key', () => {
  it('takes the reference away last, and only behind a check that was made', () => {
    const plan = move(KEY_USES.output, logging(), { secrets: SECRETS, deleteSecret: true });

    expect(ids(plan)).toEqual(['create-role', 'put-policy', 'upgrade-app', 'account-annotated', 'restart-statefulsets-rancher-logging-root-fluentd', 'pods-carry-role', 'verify-first', 'remove-key', 'delete-secret-1']);
    expect(plan.steps.find(({ id }) => id === 'remove-key')).toMatchObject({
      call:    { kubernetes: { verb: 'PATCH', body: { spec: { s3: { aws_key_id: null, aws_sec_key: null, s3_endpoint: null } } } } },
      expects: { kubernetesObject: { field: ['spec', 's3', 'aws_key_id'], is: { valueFrom: { secretKeyRef: { name: 'aws' } } } } },
    });
    expect(plan.steps.at(-1)!.call).toMatchObject({ kubernetes: { verb: 'DELETE', body: { preconditions: { uid: 'u1' } } } });
  });

  it('keeps the secret unless asked, and what others need in any case', () => {
    const offered = move(KEY_USES.output, logging(), { secrets: SECRETS });

    expect(ids(offered)).not.toContain('delete-secret-1');
    expect(offered.choice).toMatchObject({ id: 'delete-secret', on: false });
    const needed = move(KEY_USES.output, logging(), { secrets: { removable: [], kept: [{ namespace: 'a', name: 'aws', users: ['deployment a/web'] }] }, deleteSecret: true });

    expect(ids(needed)).not.toContain('delete-secret-1');
    expect([needed.choice, warnings(needed)]).toEqual([undefined, expect.arrayContaining(['irsa.warning.secretNeeded'])]);
    expect(warnings(move(KEY_USES.output, logging(), { secrets: { ...NO_SECRETS, unseen: true } }))).toContain('irsa.warning.secretUnseen');
  });

  it('gives all who send an output one role, each checked, before the key goes', () => {
    const use = { ...KEY_USES.output, accounts: [logging(), eksLogging()].map(({ account: { namespace, name } }) => ({ namespace, name })) };
    const plan = planMove(cluster(), wish({ target: logging(), beside: [eksLogging()], permissions: permissionsFor(use, cluster())! }), { what: use, use, secrets: NO_SECRETS });

    expect(ids(plan)).toEqual([
      'create-role', 'put-policy', 'upgrade-app', 'account-annotated', 'account-annotated-2', 'restart-statefulsets-rancher-logging-root-fluentd', 'pods-carry-role',
      'restart-statefulsets-rancher-logging-eks-fluentd-2', 'pods-carry-role-2', 'verify-first', 'verify-first-2', 'remove-key',
    ]);
    // One release, upgraded once, with both.
    expect(Object.keys((plan.steps.find(({ id }) => id === 'upgrade-app')!.helm!.values as { loggingServiceAccountAnnotations: object }).loggingServiceAccountAnnotations)).toEqual(['root', 'eks']);
    expect(plan.documents.find(({ id }) => id === 'trust')!.after).toMatch(/rancher-logging-root-fluentd"[^]*rancher-logging-eks-fluentd"/);
    expect(plan.steps.flatMap(({ call }) => 'verify' in call ? call.verify.serviceAccount : [])).toEqual(['rancher-logging-root-fluentd', 'rancher-logging-eks-fluentd']);
    expect(plan.steps.filter(({ id }) => id.startsWith('verify')).map(({ detail }) => detail?.args?.account)).toEqual(use.accounts.map(({ namespace, name }) => `${ namespace }/${ name }`));
    expect(new Set(ids(plan)).size).toBe(plan.steps.length);
  });

  it('annotates itself the account of a Logging that no release makes', () => {
    const own = eksLogging({ owner: { kind: 'controller', apiVersion: 'logging.banzaicloud.io/v1beta1', controllerKind: 'Logging', name: 'mine' } }, { name: 'mine-fluentd' });
    const use = { ...KEY_USES.output, accounts: [logging(), own].map(({ account: { namespace, name } }) => ({ namespace, name })) };
    const plan = planMove(cluster(), wish({ target: logging(), beside: [own], permissions: permissionsFor(use, cluster())! }), { what: use, use, secrets: NO_SECRETS });

    expect(ids(plan)).toEqual(expect.arrayContaining(['upgrade-app', 'annotate-2', 'verify-first-2', 'remove-key']));
    expect(plan.steps.find(({ id }) => id === 'annotate-2')!.call).toMatchObject({ kubernetes: { path: '/api/v1/namespaces/cattle-logging-system/serviceaccounts/mine-fluentd' } });
  });

  it.each([
    ['has a role of its own', eksLogging({}, { roleArn: 'arn:aws:iam::111122223333:role/hand-made' }), 'irsa.output.ownRole'],
    ['is not there yet', eksLogging({}, { exists: false, name: 'other-fluentd' }), 'irsa.warning.keyStays'],
    ['is not in the plan', undefined, 'irsa.output.several'],
  ])('keeps the key where one that sends it as well %s', (_why, eks, warning) => {
    const use = { ...KEY_USES.output, accounts: [logging(), eks ?? eksLogging()].map(({ account: { namespace, name } }) => ({ namespace, name })) };
    const plan = planMove(cluster(), wish({ target: logging(), ...(eks ? { beside: [eks] } : {}), permissions: permissionsFor(use, cluster())! }), { what: use, use, secrets: NO_SECRETS });

    expect(ids(plan)).not.toContain('remove-key');
    expect(warnings(plan)).toEqual(expect.arrayContaining(['irsa.warning.keyStays', warning]));
  });

  it('leaves one that has a role of its own as it is: what only that one sends needs it', () => {
    const main = logging({}, { roleArn: ROLE_ARN });
    const own = eksLogging({}, { roleArn: 'arn:aws:iam::111122223333:role/hand-made' });
    const use = { ...KEY_USES.output, accounts: [main, own].map(({ account: { namespace, name } }) => ({ namespace, name })) };
    const plan = planMove(cluster(), wish({ target: main, beside: [own], role: { kind: 'existing', role: role() }, permissions: permissionsFor(use, cluster())! }), { what: use, use, secrets: NO_SECRETS });

    expect(ids(plan)).toContain('put-policy');
    expect(JSON.stringify([plan.steps, plan.documents])).not.toContain('eks-fluentd');
    expect(warnings(plan)).toEqual(expect.arrayContaining(['irsa.output.ownRole', 'irsa.warning.keyStays']));
  });

  describe('what it needs not being told by an output', () => {
    const tagged = outputKeyUse({ kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec: { cloudwatch: { ...OWN_KEYS, region: 'eu-central-1', use_tag_as_group: true, auto_create_stream: true } } }, [LOGGING])!;
    const allowing = (Action: string, Resource: string) => role({ inlinePolicies: { own: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] }), torn: '{' } });
    const withRole = (found: ReturnType<typeof role>) => planMove(cluster(), wish({ target: logging({}, { roleArn: ROLE_ARN }), role: { kind: 'existing', role: found } }), { what: tagged, use: tagged, secrets: NO_SECRETS });

    it.each([
      ['a new role', move(tagged)],
      ['one without a policy', withRole(role())],
      ['one for a single group', withRole(allowing('logs:*', 'arn:aws:logs:eu-central-1:111122223333:log-group:/other:*'))],
      ['one that writes elsewhere', withRole(allowing('s3:*', '*'))],
    ])('keeps the key with %s, which may do nothing for it', (_role, plan) => {
      expect(ids(plan)).not.toContain('remove-key');
      expect(warnings(plan)).toEqual(expect.arrayContaining(['irsa.keyUse.blind', 'irsa.warning.keyStays']));
    });

    it('lets it go where the role may do so anyhow, or is given a policy by hand', () => {
      const json = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }] });

      expect(ids(withRole(allowing('logs:*', '*')))).toContain('remove-key');
      expect(ids(planMove(cluster(), wish({ target: logging(), permissions: { kind: 'policy', name: 'own', json } }), { what: tagged, use: tagged, secrets: NO_SECRETS }))).toContain('remove-key');
    });

    it('mends one that has no key all the same', () => {
      expect(warnings(move({ ...tagged, fields: [] }))).not.toContain('irsa.keyUse.blind');
    });
  });

  describe('an output that goes on to a second role', () => {
    const SECOND = 'arn:aws:iam::999988887777:role/writer';
    const use = (fields: object = { aws_use_sts: true, aws_sts_role_arn: SECOND }) => outputKeyUse({ kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec: { cloudwatch: { ...OWN_KEYS, region: 'eu-central-1', log_group_name: 'a', auto_create_stream: true, ...fields } } }, [LOGGING])!;
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Assume', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: SECOND }] });
    const second = (found: ReturnType<typeof role>, one = use()) => planMove(cluster(), wish({ target: logging({}, { roleArn: ROLE_ARN }), role: { kind: 'existing', role: found }, permissions: permissionsFor(one)! }), { what: one, use: one, secrets: NO_SECRETS });

    it('gets a role that may assume that one, and keeps its key as long as that one may not trust it yet', () => {
      const plan = move(use());

      expect(permissionsFor(use())).toEqual({ kind: 'policy', name: 'logging-assume-999988887777-writer', json: policy });
      expect(ids(plan)).toContain('put-policy');
      expect(ids(plan)).not.toContain('remove-key');
      expect(plan.warnings).toContainEqual({ key: 'irsa.output.chainFirst', args: { role: SECOND } });
      expect(permissionsFor(outputKeyUse({ kind: 'output', namespace: 'shop', name: 'x', spec: { s3: { ...OWN_KEYS, s3_bucket: 'acme-logs', assume_role_credentials: { role_arn: SECOND } } } }, [LOGGING])!)).toMatchObject({ json: policy });
    });

    it('loses the key once the role may, with a word about the other’s trust', () => {
      const plan = second(role({ inlinePolicies: { x: policy } }));

      expect(ids(plan)).toContain('remove-key');
      expect(warnings(plan)).toContain('irsa.output.chain');
    });

    it('keeps it where it does not say to which', () => {
      const blind = use({ aws_use_sts: true });

      expect(permissionsFor(blind)).toBeUndefined();
      expect(warnings(move(blind))).toEqual(expect.arrayContaining(['irsa.output.chainFirst', 'irsa.warning.keyStays']));
    });
  });

  it.each([
    ['something stands in the way', KEY_USES.open, logging()],
    ['pods would be without the role', KEY_USES.workload, unbound({ workloads: [] })],
    ['its pods are kept from the webhook', KEY_USES.workload, unbound({ pods: unbound().pods.map((pod) => ({ ...pod, skipped: 'label' as const })) })],
    ['the account is not there', KEY_USES.backup, { ...backup({ owner: { kind: 'nobody' } }), account: { ...backup().account, exists: false } }],
  ])('keeps the key where %s', (_name, use, target) => {
    const plan = move(use, target, { secrets: SECRETS, deleteSecret: true });

    expect(ids(plan).filter((id) => /remove-key|delete-secret|verify-first/.test(id))).toEqual([]);
    expect(warnings(plan)).toContain('irsa.warning.keyStays');
  });

  it('keeps the key where no webhook gives pods anything', () => {
    const plan = planMove(cluster({ webhook: value({ kind: 'absent' }) }), wish(), { what: KEY_USES.workload, use: KEY_USES.workload, secrets: NO_SECRETS });

    expect(ids(plan)).not.toContain('remove-key');
  });

  it.each([['closed', value({ host: 'sts.eu-central-1.amazonaws.com', state: 'closed' as const })], ['unknown', hidden('forbidden')]])('keeps the key where the way to STS is %s', (_state, sts) => {
    const plan = planMove(cluster({ sts }), wish(), { what: KEY_USES.workload, use: KEY_USES.workload, secrets: NO_SECRETS });

    expect(ids(plan)).not.toContain('remove-key');
    expect(warnings(plan)).toContain('irsa.warning.keyStaysUnchecked');
  });

  it('has two steps for an account that is bound', () => {
    const bound = binding();

    expect(ids(planMove(cluster(), wish({ target: bound, role: { kind: 'existing', role: role() } }), { what: KEY_USES.workload, use: KEY_USES.workload, secrets: NO_SECRETS }))).toEqual(['verify-first', 'remove-key']);
    expect(bound.account.roleArn).toBe(ROLE_ARN);
  });

  it('goes on with the secret where the reference is gone already, and ends there', () => {
    const rest = (secrets: Moving['secrets']) => planMove(cluster({ sts: OPENABLE }), wish({ target: binding(), role: { kind: 'existing', role: role() } }), { what: KEY_USES.output, secrets, deleteSecret: true });

    expect(ids(rest(SECRETS)).slice(-2)).toEqual(['verify-first', 'delete-secret-1']);
    expect(ids(rest(NO_SECRETS)).at(-1)).toBe('verify');
  });

  it('follows a workload’s pods, which are made anew', () => {
    expect(move(KEY_USES.workload, binding()).steps.at(-1)!.until).toEqual({ rollout: { clusterId: 'c-m-prod', kind: 'Deployment', namespace: 'shop', name: 'web' } });
    expect(move(KEY_USES.output).steps.at(-1)!.until).toBeUndefined();
  });

  it('waits for no roll-out of a CronJob, whose next run has the role; a Job stays as it is', () => {
    const running = unbound({ workloads: [], pods: unbound().pods.map((pod) => ({ ...pod, workload: { kind: 'Job' as const, name: 'web-1' } })) });
    const plan = move(KEY_USES.whole('CronJob'), running);

    expect(plan.steps.at(-1)).toMatchObject({ id: 'remove-key', expects: { kubernetesObject: { field: ['spec', 'jobTemplate', 'spec', 'template', 'spec'] } } });
    expect(plan.steps.at(-1)!.until).toBeUndefined();
    expect(warnings(plan)).toContain('irsa.warning.nextRun');
    expect(ids(move(KEY_USES.whole('Job'), binding()))).not.toContain('remove-key');
    expect(warnings(move(KEY_USES.whole('Job'), binding()))).toContain('irsa.keyUse.job');
  });

  it('leaves the chart’s own place alone when a Backup with another one is moved', () => {
    const plan = move(KEY_USES.backup, backup({ owner: { ...BACKUP_APP, values: { s3: { enabled: true, bucketName: 'default-place', folder: 'x' } } } }));
    const { body } = (plan.steps.find(({ id }) => id === 'upgrade-app')!.call as unknown as { rancher: { body: { charts: { values: { s3?: unknown } }[] } } }).rancher;

    expect(body.charts.at(-1)!.values.s3).toEqual({ enabled: true, bucketName: 'default-place', folder: 'x' });
  });
});

describe('what a role has to allow', () => {
  it('is a policy of its own for each place, so that those of others stay', () => {
    expect(permissionsFor(KEY_USES.output, cluster())).toMatchObject({ kind: 'policy', name: 'logging-s3-acme-logs' });
    expect(JSON.parse(permissionsFor(KEY_USES.backup, cluster())!.json)).toMatchObject({ Statement: [{ Resource: 'arn:aws:s3:::acme-backups' }, { Resource: 'arn:aws:s3:::acme-backups/prod/*' }] });
  });

  it('takes a bucket by its name where nothing names its region', () => {
    const use = outputKeyUse({ kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec: { s3: { ...OWN_KEYS, s3_bucket: 'acme-logs' } } }, [LOGGING])!;

    expect(JSON.parse(permissionsFor(use, cluster())!.json)).toMatchObject({ Statement: [{ Resource: 'arn:aws:s3:::acme-logs' }, { Resource: 'arn:aws:s3:::acme-logs/*' }] });
    expect(permissionsFor(use)).toMatchObject({ name: 'logging-s3-acme-logs' });
    expect(permissionsFor({ preset: { id: 'rancher-backup', answers: { bucket: 'acme-backups', folder: '', region: '' } } }, cluster())).toBeDefined();
    expect(ids(move(use))).toContain('remove-key');
  });

  it('is not guessed', () => {
    expect(permissionsFor({ preset: { id: 'rancher-logging', answers: { destination: 'kinesis', stream: 'logs', region: '' } } }, cluster())).toBeUndefined();
    expect(permissionsFor(KEY_USES.workload, cluster())).toBeUndefined();
    expect(permissionsFor({ preset: { id: 'rancher-logging', answers: { destination: 'cloudwatch', logGroup: '', region: 'eu-central-1' } } }, cluster())).toBeUndefined();
  });
});
