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
