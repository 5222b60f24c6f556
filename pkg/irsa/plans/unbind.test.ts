import { describe, expect, it } from 'vitest';
import { roleTags } from '../domain/aws/ownership';
import { addBinding, newTrust } from '../domain/trust';
import {
  backup, BACKUP_APP, binding, cluster, eksLogging, hidden, logging, PROVIDER, role, ROLE_ARN, SUBJECT, unbound, value
} from './test-facts';
import type { Plan, Step } from './plan';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import { restartAhead } from './restart-part';
import { planRelease, planUnbind } from './unbind';

const whole = (change: Parameters<typeof role>[0] = {}) => role({ inlinePolicies: { read: '{}' }, managedPolicies: value(['arn:aws:iam::aws:policy/ReadOnlyAccess']), ...change });
const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
const warnings = (plan: Plan) => plan.warnings.map(({ key }) => key.replace('irsa.warning.', ''));
const input = ({ call }: Step) => 'aws' in call ? call.aws.input : undefined;
const bodyOf = (plan: Plan, id: string) => {
  const { call } = plan.steps.find((step) => step.id === id)!;

  return 'kubernetes' in call ? call.kubernetes.body : 'rancher' in call ? call.rancher.body : undefined;
};
const trustOf = (plan: Plan) => JSON.parse(plan.documents[0]!.after) as { Statement: unknown[] };
const bound = (role: ReturnType<typeof whole>) => binding({ role: value(role) });

describe('unbinding', () => {
  it('closes the trust policy, takes the annotation off and makes the pods anew', () => {
    const plan = planUnbind(cluster(), bound(whole()));

    expect(ids(plan)).toEqual(['update-trust', 'remove-annotation', 'restart-deployments-web', 'pods-without-role']);
    expect(trustOf(plan).Statement).toEqual([{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' }]);
    expect(bodyOf(plan, 'remove-annotation')).toEqual({ metadata: { resourceVersion: '7', annotations: { 'eks.amazonaws.com/role-arn': null } } });
    expect(plan.choice).toMatchObject({ id: 'delete-role', on: false });
    expect(warnings(plan)).toEqual(['unbindLoses', 'sessionsLast']);
  });

  it('names what signs with the role alone, and nothing where nothing changes', () => {
    const all = ['backup nightly', ...[1, 2, 3, 4, 5].map((at) => `output shop/o${ at }`)];
    const plan = planUnbind(cluster(), bound(whole()), false, all);

    expect(plan.warnings[1]).toEqual({ key: 'irsa.warning.unbindStops', args: { what: all.slice(0, 5).join(', '), more: 1, count: 6 } });
    expect(warnings(planUnbind(cluster(), unbound(), false, all))).not.toContain('unbindStops');
  });

  it('deletes the role with all that hangs on it when asked to, and nothing before it looked again', () => {
    const plan = planUnbind(cluster(), bound(whole()), true);

    expect(ids(plan)).toEqual(['detach-policy-1', 'delete-policy-1', 'delete-role', 'remove-annotation', 'restart-deployments-web', 'pods-without-role']);
    expect(plan.steps.slice(0, 3).map(input)).toEqual([{ RoleName: 'reader-role', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, { RoleName: 'reader-role', PolicyName: 'read' }, { RoleName: 'reader-role' }]);
    expect(plan.steps.map(({ expects }) => expects !== undefined)).toEqual([true, true, true, false, false, false]);
    expect(plan.documents).toEqual([]);
  });

  it.each([
    ['was made by somebody else', { tags: {} }],
    ['was made in another cluster', { tags: { ...role().tags, 'rancher.io/irsa-issuer': 'https://issuer.example/other' } }],
    ['was made by somebody else, and adopted', { tags: { ...role().tags, 'rancher.io/irsa': 'adopted' } }],
    ['lets somebody else in', { trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [...[newTrust(SUBJECT).Statement].flat(), { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) }],
    ['has policies that could not be read', { managedPolicies: hidden('refused') }],
  ])('never deletes a role that %s', (_why, change) => {
    const plan = planUnbind(cluster(), bound(whole(change)), true);

    expect(plan.choice).toBeUndefined();
    expect(ids(plan)).not.toContain('delete-role');
    expect(ids(plan)[0]).toBe('update-trust');
  });

  it.each([['root', 'eks'], ['eks', 'root']])('offers a role that served two accounts with the last of them: %s, then %s', (...order) => {
    const subject = (logging: string) => ({ ...SUBJECT, namespace: 'cattle-logging-system', serviceAccount: `rancher-logging-${ logging }-fluentd` });
    const accounts = { root: logging({}, { roleArn: ROLE_ARN }), eks: eksLogging({}, { roleArn: ROLE_ARN }) };
    const both = whole({ tags: roleTags({ name: 'prod' }, SUBJECT.issuer, { namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' }), trustPolicy: JSON.stringify(addBinding(newTrust(subject('root')), subject('eks'))) });
    const unbind = (which: string, now: ReturnType<typeof whole>, deleteRole: boolean) => planUnbind(cluster(), { ...accounts[which as 'root'], role: value(now) }, deleteRole);
    const first = unbind(order[0]!, both, true);

    expect([first.choice, ids(first)[0]]).toEqual([undefined, 'update-trust']);
    const last = unbind(order[1]!, { ...both, trustPolicy: first.documents[0]!.after }, true);

    expect(last.choice).toMatchObject({ id: 'delete-role', on: true });
    expect(ids(last)).toContain('delete-role');
  });

  it('asks before it changes a role that somebody else made', () => {
    expect(planUnbind(cluster(), bound(whole({ tags: {} }))).consent?.text.key).toBe('irsa.consent.foreignRole');
    expect(planUnbind(cluster(), bound(whole())).consent).toBeUndefined();
  });

  it('takes the whole statement, and leaves the others to the letter', () => {
    const other = { Sid: 'Mine', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const plan = planUnbind(cluster(), bound(whole({ trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [other, ...[newTrust(SUBJECT).Statement].flat()] }) })));

    expect(trustOf(plan).Statement).toEqual([other]);
  });

  it('leaves what lets it in under a condition that only the call can tell, and says so', () => {
    const statement = [newTrust(SUBJECT).Statement].flat()[0]!;
    const plan = planUnbind(cluster(), bound(whole({ trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Condition: { ...statement.Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] }) })));

    expect(ids(plan)).not.toContain('update-trust');
    expect(plan.warnings).toContainEqual({ key: 'irsa.warning.trustMayAllow', args: { role: 'reader-role', statement: 1, key: 'aws:SourceIp' } });
  });

  it('says when a pattern goes on letting it in', () => {
    const host = PROVIDER.split('oidc-provider/')[1]!;
    const pattern = { Effect: 'Allow', Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringLike: { [`${ host }:sub`]: 'system:serviceaccount:shop:*' } } };
    const plan = planUnbind(cluster(), bound(whole({ trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [pattern] }) })));

    expect(warnings(plan)).toContain('trustStillAllows');
    expect(ids(plan)).toEqual(['remove-annotation', 'restart-deployments-web', 'pods-without-role']);
  });

  it('finds the statement by the issuer where IAM has no provider any more', () => {
    expect(ids(planUnbind(cluster({ provider: value(null) }), bound(whole())))[0]).toBe('update-trust');
  });

  it('takes the role out of the chart’s values and nothing else', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': ROLE_ARN, 'acme.example/team': 'platform' };
    const target = backup({ owner: { ...BACKUP_APP, values: { ...BACKUP_APP.values, serviceAccount: { annotations } } }, role: value(null) });
    const plan = planUnbind(cluster(), { ...target, account: { ...target.account, annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN }, roleArn: ROLE_ARN } });
    const { charts } = bodyOf(plan, 'upgrade-app') as { charts: { releaseName: string; values: object }[] };

    expect(charts.at(-1)!.values).toEqual({ ...BACKUP_APP.values, serviceAccount: { annotations: { 'acme.example/team': 'platform' } } });
    expect(plan.steps[0]!.helm?.values).toEqual({ serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': null } } });
    // Helm has written the account by then.
    expect(bodyOf(plan, 'remove-annotation')).toEqual({ metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } });
  });

  it('says where the annotation may come back', () => {
    const account = { annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN }, roleArn: ROLE_ARN };
    const owned = (owner: ReturnType<typeof binding>['owner']) => warnings(planUnbind(cluster(), binding({ owner, role: value(null) }, account)));

    expect(owned({ kind: 'helm', release: 'web', namespace: 'shop' })).toContain('valuesKeep');
    expect(owned({ ...BACKUP_APP, chart: 'web', values: { role: { 'eks.amazonaws.com/role-arn': ROLE_ARN } } })).toContain('valuesKeep');
    expect(owned({ ...BACKUP_APP, chart: 'web', values: {} })).not.toContain('valuesKeep');
    expect(owned({ kind: 'controller', apiVersion: 'v1', controllerKind: 'Thing', name: 'x' })).toContain('controllerKeeps');
    expect(warnings(planUnbind(cluster(), logging()))).not.toContain('controllerKeeps');
  });

  it('names pods that nothing here can make anew', () => {
    const lone = binding({ role: value(null), workloads: [], pods: [{ name: 'lone', createdAt: '', ready: true, identity: { roleArn: ROLE_ARN } }] });
    const plan = planUnbind(cluster(), lone);

    expect(plan.warnings).toContainEqual({ key: 'irsa.warning.podsKeep', args: { pods: 'lone', count: 1 } });
    expect(ids(plan)).toEqual(['remove-annotation']);
  });

  it.each([
    ['in another AWS account', { kind: 'not-asked' as const, text: { key: 'irsa.obstacle.otherAccount' } }],
    ['without a credential', { kind: 'no-credential' as const, text: { key: 'irsa.obstacle.noCredential' } }],
  ])('lets go of a role %s in the cluster, and says whose statement stays where', (_where, why) => {
    const target = binding({ role: { known: false, why } }, { roleArn: 'arn:aws:iam::999988887777:role/logs' });
    const plan = planUnbind(cluster(), target);

    expect(ids(plan)).toEqual(['remove-annotation', 'restart-deployments-web', 'pods-without-role']);
    expect(plan.title.args).toMatchObject({ role: 'logs' });
    expect(plan.warnings).toContainEqual({ key: 'irsa.warning.trustStays', args: { account: 'shop/reader', role: 'logs', id: '999988887777' } });
    // As the look at a whole cluster has it: not among the roles of this account.
    expect(planUnbind(cluster(), { ...target, role: value(null) }).warnings).toContainEqual(plan.warnings.find(({ key }) => key === 'irsa.warning.trustStays'));
    expect(JSON.stringify(planUnbind(cluster(), binding({ role: value(null) })).warnings)).not.toContain('trustStays');
    expect([plan.documents, plan.choice]).toEqual([[], undefined]);
  });

  it('has nothing to do for an account that is not bound, and no plan for a role that could not be read', () => {
    expect(planUnbind(cluster(), unbound())).toMatchObject({ steps: [], warnings: [] });
    expect(() => planUnbind(cluster(), binding({ role: hidden('refused') }))).toThrow(expect.objectContaining({ code: 'ROLE_UNKNOWN' }));
  });
});

describe('a chart whose values name no role any more', () => {
  it('leaves an annotation, pods with the role, and a role that lets the account in: that goes first, as the annotation tells the role', () => {
    const plan = planRelease(cluster(), bound(whole()), false);

    expect(ids(plan)).toEqual(['update-trust', 'remove-annotation', 'restart-deployments-web', 'pods-without-role']);
    expect(plan.choice).toMatchObject({ id: 'delete-role', on: false });
    expect(warnings(plan)).toEqual(['sessionsLast']);
    expect(bodyOf(plan, 'remove-annotation')).toMatchObject({ metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } });
    expect(plan.title.args).toMatchObject({ account: 'shop/reader', role: 'reader-role' });
  });

  it('deletes the role where that was wished', () => {
    expect(ids(planRelease(cluster(), bound(whole()), true))).toEqual(['detach-policy-1', 'delete-policy-1', 'delete-role', 'remove-annotation', 'restart-deployments-web', 'pods-without-role']);
  });

  it.each([
    ['somebody else made', bound(whole({ tags: {} })), true],
    ['could not be read', binding({ role: hidden('refused') }), true],
    ['nobody spoke of', bound(whole()), undefined],
    ['has a trust policy that cannot be read', bound(whole({ trustPolicy: 'no JSON' })), true],
  ])('leaves a role alone that %s, and says so', (_which, target, deleteRole) => {
    const plan = planRelease(cluster(), target, deleteRole);

    expect(ids(plan)).toEqual(['remove-annotation', 'restart-deployments-web', 'pods-without-role']);
    expect(plan.warnings).toEqual([{ key: 'irsa.warning.stillLetsIn', args: { role: 'reader-role' } }]);
    expect(plan).not.toHaveProperty('consent');
  });

  it('is finished where neither is there', () => {
    expect(planRelease(cluster(), unbound(), false)).toMatchObject({ steps: [], warnings: [] });
    expect(planRelease(cluster(), unbound())).toMatchObject({ steps: [], warnings: [] });
  });

  it('is finished by the pods alone where the annotation went by itself', () => {
    const target = binding({ role: value(null) });

    expect(ids(planRelease(cluster(), { ...target, account: { ...target.account, annotations: {}, roleArn: undefined } }, false))).toEqual(['restart-deployments-web', 'pods-without-role']);
  });
});

describe('what a form says of the restart that comes after it', () => {
  const fluentd = { name: 'fluentd-0', createdAt: '', ready: true, workload: { kind: 'StatefulSet' as const, name: 'rancher-logging-root-fluentd' }, losable: ['/buffers'] };
  const said = (...args: Parameters<typeof restartAhead>) => restartAhead(...args).map(({ key, args: words }) => [key, words?.workloads ?? words?.workload]);

  it('names the workload, and what goes with it', () => {
    expect(said(cluster(), logging({ pods: [fluentd] }), undefined, 'sts.amazonaws.com', rancherLogging)).toEqual([
      ['irsa.warning.restartsAfter', 'statefulset/rancher-logging-root-fluentd'], ['irsa.warning.emptyDir', 'statefulset/rancher-logging-root-fluentd'], ['irsa.preset.logging.restartDanger', undefined],
    ]);
  });

  it('foretells it for another role, and not for the one that the pods carry', () => {
    const carrying = backup({ pods: [{ name: 'rancher-backup-1', createdAt: '', ready: true, workload: { kind: 'Deployment', name: 'rancher-backup' }, identity: { roleArn: ROLE_ARN, audience: 'sts.amazonaws.com' } }] });

    expect(said(cluster(), carrying, ROLE_ARN, 'sts.amazonaws.com', rancherBackup)).toEqual([]);
    expect(said(cluster(), carrying, undefined, 'sts.amazonaws.com', rancherBackup)).toEqual([['irsa.warning.restartsAfter', 'deployment/rancher-backup']]);
  });

  it('says of a chart that is not there yet what may be restarted once', () => {
    expect(said(cluster(), logging({ workloads: [] }), undefined, 'sts.amazonaws.com', rancherLogging)).toEqual([['irsa.warning.restartsEarly', 'statefulset/rancher-logging-root-fluentd'], ['irsa.preset.logging.restartDanger', undefined]]);
  });

  it('calls what is not there yet after its own account', () => {
    expect(said(cluster(), eksLogging({ workloads: [] }), undefined, 'sts.amazonaws.com', rancherLogging)[0]).toEqual(['irsa.warning.restartsEarly', 'statefulset/rancher-logging-eks-fluentd']);
  });
});
