import { describe, expect, it } from 'vitest';
import { judgeOutput, outputKeyUse, outputSpec, senders, withoutOpenValues, type LoggingOutput, type ObservedLogging } from './output';

const key = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
const KEYS = { aws_key_id: key('aws', 'id'), aws_sec_key: key('aws', 'secret') };
const output = (spec: Record<string, unknown>, more: Partial<LoggingOutput> = {}): LoggingOutput => ({ kind: 'clusteroutput', namespace: 'cattle-logging-system', name: 'logs', spec, ...more });
const logging = (name: string, more: Partial<ObservedLogging> = {}): ObservedLogging => ({ name, controlNamespace: 'cattle-logging-system', loggingRef: '', hasFluentd: true, watchNamespaces: [], fromAllNamespaces: false, ...more });
const ROOT = logging('rancher-logging-root');
const codes = (spec: Record<string, unknown>) => judgeOutput(output(spec)).findings.map(({ code }) => code);

describe('an output’s way into AWS', () => {
  it.each([
    ['CloudWatch with keys', { cloudwatch: { ...KEYS, region: 'eu-central-1', log_group_name: 'a', auto_create_stream: true } }, 'key', ['aws_key_id', 'aws_sec_key']],
    ['S3 by the node’s role', { s3: { s3_bucket: 'b', s3_region: 'eu-central-1', instance_profile_credentials: {} } }, 'key', ['instance_profile_credentials']],
    ['S3 with nothing', { s3: { s3_bucket: 'b', s3_region: 'eu-central-1', aws_key_id: null } }, 'role', []],
    ['a stream with a session token', { kinesisStream: { stream_name: 's', region: 'eu-central-1', aws_ses_token: key('aws', 't') } }, 'key', ['aws_ses_token']],
    ['Firehose', { kinesisFirehose: { delivery_stream_name: 's', region: 'eu-central-1' } }, 'role', []],
    ['a queue', { sqs: { queue_name: 'q', region: 'eu-central-1', create_queue: false } }, 'role', []],
    ['OpenSearch of AWS', { opensearch: { endpoint: { url: 'https://x.eu-central-1.es.amazonaws.com' } } }, 'impossible', []],
    ['OpenSearch of one’s own', { opensearch: { host: 'search.example' } }, 'not-aws', []],
    ['Amazon Elasticsearch', { awsElasticsearch: { endpoint: {} } }, 'impossible', []],
    ['a store of another maker with its key', { s3: { s3_bucket: 'b', s3_endpoint: 'http://minio.example:9000', aws_key_id: key('a', 'k') } }, 'not-aws', []],
    ['Loki', { loki: { url: 'https://loki.example' } }, 'not-aws', []],
    ['what is no object', { s3: 'x' }, 'not-aws', []],
  ])('%s', (_name, spec, access, keys) => {
    expect(judgeOutput(output(spec))).toMatchObject({ access, keys });
  });

  it.each([
    ['an endpoint of AWS', { s3: { s3_bucket: 'b', s3_endpoint: 's3.eu-west-1.amazonaws.com' } }, ['OUTPUT_ENDPOINT'], { s3_endpoint: null, s3_region: 'eu-west-1' }],
    ['one with a scheme', { s3: { s3_bucket: 'b', s3_endpoint: 'https://s3.eu-west-1.amazonaws.com' } }, ['OUTPUT_ENDPOINT'], { s3_endpoint: null, s3_region: 'eu-west-1' }],
    ['one in China, which the plugin takes', { s3: { s3_bucket: 'b', s3_endpoint: 'https://s3.cn-north-1.amazonaws.com.cn' } }, [], { s3_region: 'cn-north-1' }],
    ['the old form of it', { s3: { s3_bucket: 'b', s3_endpoint: 's3-eu-west-1.amazonaws.com' } }, ['OUTPUT_ENDPOINT'], { s3_endpoint: null, s3_region: 'eu-west-1' }],
    ['one that names no region', { s3: { s3_bucket: 'b', s3_endpoint: 's3.amazonaws.com' } }, ['OUTPUT_ENDPOINT', 'OUTPUT_REGION'], { s3_endpoint: null }],
    ['an endpoint within a VPC', { s3: { s3_bucket: 'b', s3_region: 'eu-west-1', s3_endpoint: 'bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com' } }, [], {}],
    ['one of another maker', { s3: { s3_bucket: 'b', s3_region: 'eu-west-1', s3_endpoint: 'minio.example' } }, [], {}],
    ['streams that nobody makes', { cloudwatch: { region: 'eu-west-1', log_group_name: 'a' } }, ['OUTPUT_DROPS'], { auto_create_stream: true }],
    ['a queue that is made first', { sqs: { queue_name: 'q', region: 'eu-west-1' } }, ['OUTPUT_QUEUE'], { create_queue: false }],
    ['a queue by its address', { sqs: { sqs_url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q' } }, [], { region: 'eu-west-1' }],
    ['a second role', { cloudwatch: { region: 'eu-west-1', auto_create_stream: true, aws_use_sts: true } }, ['OUTPUT_CHAIN'], {}],
  ])('sees and mends %s', (_name, spec, found, change) => {
    expect(codes(spec)).toEqual(found);
    expect(judgeOutput(output(spec)).change).toEqual(change);
  });

  it.each([
    [{ cloudwatch: { region: 'eu-west-1', log_group_name: '/rancher/prod' } }, { destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-west-1' }],
    [{ s3: { s3_bucket: 'b', s3_region: 'eu-west-1', path: 'logs/prod-${tag}/%Y/' } }, { destination: 's3', bucket: 'b', folder: 'logs/', region: 'eu-west-1' }],
    [{ s3: { s3_bucket: 'b', s3_region: 'eu-west-1', path: 'logs' } }, { destination: 's3', bucket: 'b', folder: 'logs', region: 'eu-west-1' }],
    [{ s3: { s3_bucket: 'b', s3_region: 'eu-west-1', path: '${tag}/' } }, { destination: 's3', bucket: 'b', folder: '', region: 'eu-west-1' }],
    [{ kinesisStream: { stream_name: 's', region: 'eu-west-1' } }, { destination: 'kinesis', stream: 's', region: 'eu-west-1' }],
    [{ sqs: { sqs_url: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q' } }, { destination: 'sqs', queue: 'q', region: 'eu-west-1' }],
  ])('answers the preset’s questions from %j', (spec, answers) => {
    expect(judgeOutput(output(spec)).answers).toEqual(answers);
  });

  // As the operator's types have them (logging-operator pkg/sdk/logging/model/output: kinesis_stream.go, kinesis_firehose.go, sqs.go, cloudwatch.go, s3.go).
  it.each([
    [{ destination: 'kinesis', stream: 'orders', region: 'eu-west-1' }, { kinesisStream: { stream_name: 'orders', region: 'eu-west-1' } }],
    [{ destination: 'firehose', deliveryStream: 'orders', region: 'eu-west-1' }, { kinesisFirehose: { delivery_stream_name: 'orders', region: 'eu-west-1' } }],
    // The plugin would make the queue, and asks in Tokyo where it is told no region.
    [{ destination: 'sqs', queue: 'orders', region: 'eu-west-1' }, { sqs: { queue_name: 'orders', region: 'eu-west-1', create_queue: false } }],
    [{ destination: 'cloudwatch', logGroup: '/orders', region: 'eu-west-1' }, { cloudwatch: { region: 'eu-west-1', log_group_name: '/orders', log_stream_name: '${tag}', auto_create_stream: true } }],
    [{ destination: 's3', bucket: 'acme-logs', folder: 'prod/', region: 'eu-west-1' }, { s3: { s3_bucket: 'acme-logs', s3_region: 'eu-west-1', path: 'prod/${tag}/%Y/%m/%d/', buffer: { timekey: '10m', timekey_wait: '1m', timekey_use_utc: true } } }],
  ])('is made of %j, to the letter', (answers, spec) => {
    expect(outputSpec(answers)).toStrictEqual(spec);
  });

  it.each(['cloudwatch', 's3', 'kinesis', 'firehose', 'sqs'])('needs no mending when we made it (%s)', (destination) => {
    const answers = { destination, bucket: 'b', folder: 'logs', logGroup: 'g', stream: 's', deliveryStream: 'd', queue: 'q', region: 'eu-west-1' };
    const verdict = judgeOutput(output(outputSpec(answers)));

    expect(verdict).toMatchObject({ access: 'role', findings: [], change: {} });
    expect(answers).toMatchObject({ ...verdict.answers, ...('folder' in verdict.answers ? { folder: 'logs' } : {}) });
  });
});

describe('whose account sends', () => {
  it('tells extra Loggings from root by their reference', () => {
    const all = [ROOT, logging('rancher-logging-kube-audit', { loggingRef: 'audit' }), logging('rancher-logging-eks', { hasFluentd: false })];

    expect(senders(output({}), all).map(({ account }) => account.name)).toEqual(['rancher-logging-root-fluentd']);
    expect(senders(output({ loggingRef: 'audit' }), all).map(({ logging: name }) => name)).toEqual(['rancher-logging-kube-audit']);
    expect(senders(output({ loggingRef: 'gone' }), all)).toEqual([]);
  });

  it('knows an account of the admin’s own, and which namespaces are taken', () => {
    expect(senders(output({}), [logging('x', { account: 'mine' })])).toEqual([{ logging: 'x', account: { namespace: 'cattle-logging-system', name: 'mine' } }]);
    expect(senders(output({}, { namespace: 'shop' }), [ROOT])).toEqual([]);
    expect(senders(output({}, { namespace: 'shop' }), [logging('x', { fromAllNamespaces: true })])).toHaveLength(1);
    expect(senders(output({}, { namespace: 'shop', kind: 'output' }), [ROOT, logging('y', { watchNamespaces: ['plant'] })])).toHaveLength(1);
  });
});

describe('an output that uses a key', () => {
  it('loses the key’s fields and nothing else, and compares a reference before', () => {
    const use = outputKeyUse(output({ s3: { ...KEYS, s3_bucket: 'b', s3_endpoint: 's3.eu-west-1.amazonaws.com', acl: 'private' } }), [ROOT])!;

    expect(use.removal).toEqual({
      path:        '/apis/logging.banzaicloud.io/v1beta1/namespaces/cattle-logging-system/clusteroutputs/logs',
      contentType: 'application/merge-patch+json',
      body:        { spec: { s3: { aws_key_id: null, aws_sec_key: null, s3_endpoint: null, s3_region: 'eu-west-1' } } },
      expects:     { field: ['spec', 's3', 'aws_key_id'], is: KEYS.aws_key_id },
    });
    expect(use).toMatchObject({ secrets: [{ namespace: 'cattle-logging-system', name: 'aws' }], fields: ['spec.s3.aws_key_id', 'spec.s3.aws_sec_key'], accounts: [{ namespace: 'cattle-logging-system', name: 'rancher-logging-root-fluentd' }], obstacles: [] });
  });

  it('never holds a key that stands there in the open', () => {
    const use = outputKeyUse(output({ cloudwatch: { aws_key_id: { value: 'AKIAOPEN' }, aws_sec_key: { value: 'wide-open' }, region: 'eu-west-1' } }), [ROOT])!;

    expect(JSON.stringify(use)).not.toMatch(/AKIAOPEN|wide-open/);
    expect(use.removal?.expects).toBeUndefined();
    expect(use.secrets).toEqual([]);
  });

  it('has been without it since it was read', () => {
    const spec = withoutOpenValues({ cloudwatch: { aws_key_id: { value: 'AKIAOPEN' }, region: 'eu-west-1', buffer: { tags: ['value'] } } });

    expect(spec).toEqual({ cloudwatch: { aws_key_id: { value: '' }, region: 'eu-west-1', buffer: { tags: ['value'] } } });
    expect(judgeOutput(output(spec))).toMatchObject({ access: 'key', keys: ['aws_key_id'] });
  });

  it('is held up where nobody sends it, and runs as everybody who does', () => {
    const spec = { cloudwatch: { ...KEYS, region: 'eu-west-1' } };

    expect(outputKeyUse(output(spec), [])!.obstacles.map(({ key: word }) => word)).toEqual(['irsa.output.nobody']);
    expect(outputKeyUse(output(spec), [ROOT, logging('rancher-logging-eks')])).toMatchObject({ obstacles: [], accounts: [{ name: 'rancher-logging-root-fluentd' }, { name: 'rancher-logging-eks-fluentd' }] });
    expect(outputKeyUse(output({ cloudwatch: { region: 'eu-west-1', auto_create_stream: true } }), [ROOT])).toBeUndefined();
    expect(outputKeyUse(output({ awsElasticsearch: { ...KEYS } }), [ROOT])).toBeUndefined();
  });
});
