import { text } from '../domain/text';
import { chartPreset, within } from './chart';
import { bucket, choice, folder, named, region } from './fields';
import { allow, arn, bucketArn, logGroupStatements, placeOf, policyOf } from './policy';
import { deliveryStreamProblem, keyPrefix, logGroupProblem, streamProblem } from './validators';

const is = (destination: string) => ({ parameter: 'destination', is: destination });

/** AWS for Fluent Bit: the logs of all pods, into one of AWS' services. */
export const awsForFluentBit = chartPreset({
  id:         'aws-for-fluent-bit',
  title:      text('irsa.preset.fluentBit.title'),
  summary:    text('irsa.preset.fluentBit.summary'),
  icon:       'icon-logging',
  origin:     'upstream',
  services:   ['CloudWatch Logs', 'S3', 'Kinesis Data Streams', 'Data Firehose'],
  chart:      { name: 'aws-for-fluent-bit', namespace: 'kube-system', release: 'aws-for-fluent-bit' },
  // aws/eks-charts b7abf4e (2020-04-08), templates/serviceaccount.yaml: the first version there is, and it has it
  since:      '0.1.0',
  naming:     'named',
  elsewhere:  ({ values }) => within(values, 'global').namespaceOverride,
  at:         'serviceAccount',
  parameters: [
    choice('destination', text('irsa.preset.logging.destinationLabel'), text('irsa.preset.fluentBit.destinationHelp'), [
      { value: 'cloudwatch', label: text('irsa.preset.logging.cloudwatch') },
      { value: 's3', label: text('irsa.preset.logging.s3') },
      { value: 'kinesis', label: text('irsa.preset.logging.kinesis') },
      { value: 'firehose', label: text('irsa.preset.logging.firehose') },
    ]),
    named('logGroup', text('irsa.preset.logging.logGroupLabel'), text('irsa.preset.fluentBit.logGroupHelp'), '/aws/eks/prod', logGroupProblem, is('cloudwatch')),
    bucket(text('irsa.preset.fluentBit.bucketHelp'), is('s3')),
    folder(text('irsa.preset.fluentBit.folderHelp'), is('s3')),
    named('stream', text('irsa.preset.logging.streamLabel'), text('irsa.preset.fluentBit.streamHelp'), 'logs', streamProblem, is('kinesis')),
    named('deliveryStream', text('irsa.preset.logging.deliveryStreamLabel'), text('irsa.preset.fluentBit.deliveryStreamHelp'), 'logs', deliveryStreamProblem, is('firehose')),
    region(),
  ],
  policyName: 'fluent-bit',

  policy(facts) {
    switch (facts.destination) {
    // It only ever writes: no listing, no reading.
    case 's3': return policyOf(allow('Objects', 's3 PutObject AbortMultipartUpload', `${ bucketArn(facts, facts.bucket) }/${ keyPrefix(facts.folder) }*`));
    case 'kinesis': return policyOf(allow('Stream', 'kinesis PutRecords', arn(facts, 'kinesis', `stream/${ facts.stream }`)));
    case 'firehose': return policyOf(allow('Stream', 'firehose PutRecordBatch', arn(facts, 'firehose', `deliverystream/${ facts.deliveryStream }`)));
    default: return policyOf(...logGroupStatements(facts, 'CreateLogGroup CreateLogStream DescribeLogStreams PutLogEvents PutRetentionPolicy', false));
    }
  },

  allows(facts) {
    switch (facts.destination) {
    case 's3': return text('irsa.preset.allows.bucketWrite', { place: placeOf(facts) });
    case 'kinesis': return text('irsa.preset.logging.allowsKinesis', { stream: facts.stream ?? '', region: facts.region });
    case 'firehose': return text('irsa.preset.logging.allowsFirehose', { stream: facts.deliveryStream ?? '', region: facts.region });
    default: return text('irsa.preset.logging.allowsCloudwatch', { group: facts.logGroup ?? '', region: facts.region });
    }
  },

  restart: [{ kind: 'DaemonSet', name: 'aws-for-fluent-bit', danger: text('irsa.preset.fluentBit.restartDanger') }],
  caveats: [text('irsa.preset.fluentBit.caveatGroups')],
});
