import { describe, expect, it } from 'vitest';
import { cluster, role } from '../domain/chain/test-facts';
import type { ObservedRole } from '../domain/facts';
import { outputSpec, type LoggingOutput } from '../domain/keys/output';
import type { Sender } from '../gateways/observe/output';
import { rancherLogging } from '../presets/rancher-logging';
import { planCreateOutput, type SendingRoles } from './create-output';
import { toCli } from './export/cli';

const OUTPUT: LoggingOutput = { kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec: outputSpec({ destination: 'cloudwatch', logGroup: '/acme', region: 'eu-central-1' }) };
const sender = (roleArn?: string): Sender => ({ logging: 'root', account: { namespace: 'cattle-logging-system', name: 'fluentd' }, ...(roleArn ? { roleArn } : {}) });
const ARN = 'arn:aws:iam::111122223333:role/logs';
const POLICY = JSON.stringify(rancherLogging.policy({ destination: 'cloudwatch', logGroup: '/acme', region: 'eu-central-1', partition: 'aws', accountId: '111122223333' }));
const sending = (change: Partial<ObservedRole> = {}): ObservedRole => ({ ...role(), arn: ARN, name: 'logs', inlinePolicies: { logging: POLICY }, ...change });
const plan = (output?: LoggingOutput, senders = [sender(ARN)], roles: SendingRoles = new Map([[ARN, sending()]])) => planCreateOutput(cluster(), OUTPUT, { output, senders }, roles);

describe('an output that uses the role', () => {
  it('is shown whole before it is made, and is nothing to do once it is there', () => {
    expect(plan().steps).toMatchObject([{ call: { kubernetes: { verb: 'POST', path: '/apis/logging.banzaicloud.io/v1beta1/namespaces/cattle-logging-system/clusteroutputs', body: { kind: 'ClusterOutput', metadata: { name: 'logs', namespace: 'cattle-logging-system' }, spec: OUTPUT.spec } } } }]);
    expect(plan(OUTPUT).steps).toEqual([]);
    expect(toCli(plan())).toContain('kubectl');
  });

  it('comes after what its role needs, in a policy of its own beside what the role has', () => {
    const made = plan(undefined, [sender(ARN)], new Map([[ARN, sending({ inlinePolicies: { logging: '{"Version":"2012-10-17","Statement":[]}' } })]]));

    expect(made.steps.map(({ id }) => id)).toEqual(['put-policy', 'create-output']);
    expect(made.steps[0]!.call).toMatchObject({ aws: { command: 'PutRolePolicy', input: { RoleName: 'logs', PolicyName: expect.stringMatching(/^logging-cloudwatch-.*acme/) as string } } });
    expect(made.documents).toMatchObject([{ id: 'permissions', after: expect.stringContaining('log-group:/acme') as string }]);
    expect(made.consent).toBeUndefined();
    // A run that stopped before its last step goes on there.
    expect(plan(OUTPUT, [sender(ARN)], new Map([[ARN, sending({ inlinePolicies: {} })]])).steps.map(({ id }) => id)).toEqual(['put-policy']);
  });

  it('gives a stranger’s role nothing without a word, and says so of one that could not be read', () => {
    expect(plan(undefined, [sender(ARN)], new Map([[ARN, sending({ tags: {}, inlinePolicies: {} })]])).consent).toBeDefined();
    expect(plan(undefined, [sender(ARN)], new Map([[ARN, null]]))).toMatchObject({ steps: [{ id: 'create-output' }], warnings: [{ key: 'irsa.warning.roleUnread', args: { role: 'logs' } }] });
  });

  it('is never written over another of its name', () => {
    expect(() => plan({ ...OUTPUT, spec: { s3: {} } })).toThrow('KUBERNETES_EXISTS');
  });

  it('says whose role is missing, or that nobody sends it', () => {
    expect(plan().warnings).toEqual([]);
    expect(plan(undefined, [sender()]).warnings).toMatchObject([{ key: 'irsa.warning.senderWithoutRole', args: { account: 'cattle-logging-system/fluentd' } }]);
    expect(plan(undefined, []).warnings).toMatchObject([{ key: 'irsa.output.nobody' }]);
  });
});
