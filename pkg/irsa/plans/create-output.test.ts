import { describe, expect, it } from 'vitest';
import { cluster } from '../domain/chain/test-facts';
import { outputSpec, type LoggingOutput } from '../domain/keys/output';
import type { Sender } from '../gateways/observe/output';
import { planCreateOutput } from './create-output';
import { toCli } from './export/cli';

const OUTPUT: LoggingOutput = { kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec: outputSpec({ destination: 'cloudwatch', logGroup: '/acme', region: 'eu-central-1' }) };
const sender = (roleArn?: string): Sender => ({ logging: 'root', account: { namespace: 'cattle-logging-system', name: 'fluentd' }, ...(roleArn ? { roleArn } : {}) });
const plan = (output?: LoggingOutput, senders = [sender('arn:aws:iam::111122223333:role/logs')]) => planCreateOutput(cluster(), OUTPUT, { output, senders });

describe('an output that uses the role', () => {
  it('is shown whole before it is made, and is nothing to do once it is there', () => {
    expect(plan().steps).toMatchObject([{ call: { kubernetes: { verb: 'POST', path: '/apis/logging.banzaicloud.io/v1beta1/namespaces/cattle-logging-system/clusteroutputs', body: { kind: 'ClusterOutput', metadata: { name: 'logs', namespace: 'cattle-logging-system' }, spec: OUTPUT.spec } } } }]);
    expect(plan(OUTPUT).steps).toEqual([]);
    expect(toCli(plan())).toContain('kubectl');
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
