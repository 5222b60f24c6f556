import { describe, expect, it } from 'vitest';
import { filledIn } from './parameters';
import { policyNameOf } from './policy-name';
import { rancherLogging } from './rancher-logging';

const region = 'eu-central-1';
const ANSWERS: Record<string, string>[] = [
  { destination: 'cloudwatch', logGroup: '/rancher/prod', region },
  { destination: 's3', bucket: 'acme-logs', folder: 'prod/eks', region },
  { destination: 's3', bucket: 'acme-logs', folder: '', region },
  { destination: 'kinesis', stream: 'logs', region },
  { destination: 'firehose', deliveryStream: 'logs', region },
  { destination: 'sqs', queue: 'logs.fifo', region },
];
const policy = (answers: Record<string, string>) => JSON.stringify(rancherLogging.policy({ ...answers, partition: 'aws-cn', region, accountId: '111122223333' }));
const read = (json: string) => rancherLogging.answersInPolicy!(json);

describe('the Loggings beside root', () => {
  const beside = (additionalLoggingSources: object, names = {}) => rancherLogging.beside!({ values: { additionalLoggingSources }, ...names })
    .map(({ serviceAccount, parameters }) => [serviceAccount, parameters?.logging]);

  it('are those of clouds and of audit logs, as long as they are wanted and send what root sends', () => {
    expect(beside({ eks: { enabled: true }, rke2: { enabled: true }, gke: { enabled: false }, kubeAudit: { enabled: true } })).toEqual([['rancher-logging-eks-fluentd', 'eks'], ['rancher-logging-kube-audit-fluentd', undefined]]);
    expect(beside({ kubeAudit: { enabled: true, loggingRef: 'audit' } })).toEqual([]);
    expect(beside({ eks: { enabled: true } }, { release: 'logs' })).toEqual([['logs-eks-fluentd', 'eks']]);
    expect(rancherLogging.beside!({})).toEqual([]);
  });

  it('are bound where the chart has a place for it', () => {
    expect(rancherLogging.values({ roleArn: 'arn', audience: 'sts.amazonaws.com', logging: 'eks' })).toEqual({ loggingServiceAccountAnnotations: { eks: { 'eks.amazonaws.com/role-arn': 'arn' } } });
    expect(rancherLogging.subject({ parameters: { logging: 'eks' } }).serviceAccount).toBe('rancher-logging-eks-fluentd');
  });
});

describe('the destinations of Logging', () => {
  it.each(ANSWERS)('are read from the policy that was made for them: $destination $folder', (answers) => {
    // The name of a bucket tells no region.
    expect(read(policy(answers))).toEqual([answers.destination === 's3' ? { destination: 's3', bucket: 'acme-logs', folder: answers.folder } : answers]);
  });

  it('are several in one policy of somebody else’s', () => {
    const statements = ANSWERS.flatMap((answers) => (JSON.parse(policy(answers)) as { Statement: object[] }).Statement);

    expect(read(JSON.stringify({ Statement: statements }))).toHaveLength(ANSWERS.length);
  });

  it.each([
    'no policy', 'null', '{}', '{"Statement":{"Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"}}',
    '{"Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}}', '{"Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-*/*"}}',
    '{"Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}',
    '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}}',
  ])('are not read from %s', (json) => {
    expect(read(json)).toEqual([]);
  });

  it('have a policy each, so that none takes another’s permissions away', () => {
    const more = [...ANSWERS, { destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'us-east-1' }, { destination: 'cloudwatch', logGroup: 'rancher/prod', region }, { destination: 'cloudwatch', logGroup: '/rancher-prod', region }];
    const names = more.map((answers) => policyNameOf(rancherLogging, filledIn(rancherLogging, answers)));

    expect(new Set(names).size).toBe(more.length);
    expect(names[0]).toBe('logging-cloudwatch-+rancher+prod@eu-central-1');
    expect(policyNameOf(rancherLogging, { destination: 's3', bucket: 'acme-logs', folder: 'prod/' })).toBe(policyNameOf(rancherLogging, { destination: 's3', bucket: 'acme-logs', folder: 'prod' }));
  });
});
