import { isObject } from '../domain/json/same';
import { text } from '../domain/text';
import { bindingAnnotations } from './annotations';
import { said } from './chart';
import { bucket, choice, folder, named, region } from './fields';
import {
  allow, arn, bucketStatements, FOLDER, folderPlace, logGroupStatements, placeOf, placesIn, policyOf, type PlaceRule
} from './policy';
import type { PolicyDocument, PolicyFacts, Preset } from './preset';
import { deliveryStreamProblem, logGroupProblem, queueProblem, streamProblem } from './validators';

const NAMESPACE = 'cattle-logging-system';
/** The operator names account and StatefulSet after the Logging object, which the chart calls `rancher-logging-root` (release name + `-root`). */
const fluentd = (release = 'rancher-logging', logging = 'root'): string => `${ release }-${ logging }-fluentd`;

/**
 * Loggings that the chart makes beside root, by what turns them on under `additionalLoggingSources`. None has a reference of its own (that
 * of the audit logs may be given one), so each sends all outputs that root sends, with a fluentd and an account of its own. Other sources
 * are agents that hand over to root's.
 */
const BESIDE: Record<string, string> = { eks: 'eks', aks: 'aks', gke: 'gke', kubeAudit: 'kube-audit' };
const is = (destination: string) => ({ parameter: 'destination', is: destination });

/** Rancher Logging: fluentd writes to one of AWS' services. */
export const rancherLogging: Preset = {
  id:         'rancher-logging',
  title:      text('irsa.preset.logging.title'),
  summary:    text('irsa.preset.logging.summary'),
  icon:       'icon-logging',
  origin:     'rancher',
  services:   ['CloudWatch Logs', 'S3', 'Kinesis Data Streams', 'Data Firehose', 'SQS'],
  chart:      { name: 'rancher-logging', namespace: NAMESPACE, release: 'rancher-logging', crd: 'rancher-logging-crd' },
  // rancher/charts#2646: charts/rancher-logging/103.1.0+up4.4.0/values.yaml has it, 103.0.1 has not
  since:      '103.1.0',
  parameters: [
    choice('destination', text('irsa.preset.logging.destinationLabel'), text('irsa.preset.logging.destinationHelp'), [
      { value: 'cloudwatch', label: text('irsa.preset.logging.cloudwatch') },
      { value: 's3', label: text('irsa.preset.logging.s3') },
      { value: 'kinesis', label: text('irsa.preset.logging.kinesis') },
      { value: 'firehose', label: text('irsa.preset.logging.firehose') },
      { value: 'sqs', label: text('irsa.preset.logging.sqs') },
    ]),
    named('logGroup', text('irsa.preset.logging.logGroupLabel'), text('irsa.preset.logging.logGroupHelp'), '/rancher/prod', logGroupProblem, is('cloudwatch')),
    bucket(text('irsa.preset.logging.bucketHelp'), is('s3')),
    folder(text('irsa.preset.logging.folderHelp'), is('s3')),
    named('stream', text('irsa.preset.logging.streamLabel'), text('irsa.preset.logging.streamHelp'), 'logs', streamProblem, is('kinesis')),
    named('deliveryStream', text('irsa.preset.logging.deliveryStreamLabel'), text('irsa.preset.logging.deliveryStreamHelp'), 'logs', deliveryStreamProblem, is('firehose')),
    named('queue', text('irsa.preset.logging.queueLabel'), text('irsa.preset.logging.queueHelp'), 'logs', queueProblem, is('sqs')),
    region(text('irsa.preset.logging.regionHelp')),
  ],

  /** The operator runs fluentd where the chart's Logging says (templates/_generic_logging.yaml: controlNamespace). Other overrides name the operator's own objects. */
  subject: ({ release, namespace = NAMESPACE, values = {}, parameters } = {}) => ({ namespace: said(values.namespaceOverride) || namespace, serviceAccount: fluentd(release, parameters?.logging) }),

  accounts: [{}, { logging: 'eks' }],

  beside({ release = 'rancher-logging', namespace = NAMESPACE, values = {} }) {
    const sources = isObject(values.additionalLoggingSources) ? values.additionalLoggingSources : {};

    return Object.entries(BESIDE).flatMap(([source, logging]) => {
      const its = sources[source];

      return isObject(its) && its.enabled === true && !its.loggingRef ? [{
        part: `${ release }-${ logging }`, namespace: said(values.namespaceOverride) || namespace, serviceAccount: fluentd(release, logging),
        // The chart's template looks for `root` and `eks` only.
        ...(logging === 'eks' ? { parameters: { logging } } : {}),
      }] : [];
    });
  },

  /** Not `serviceAccount.annotations`: that is the operator's own account, which writes nowhere (charts-and-clusters.md §2.3). */
  values: ({ roleArn, audience, logging = 'root' }) => ({ loggingServiceAccountAnnotations: { [logging]: bindingAnnotations(roleArn, audience) } }),

  policyName: 'logging',
  policy:     (facts) => (POLICIES[facts.destination ?? ''] ?? POLICIES.cloudwatch!)(facts),

  place:           ({ destination, logGroup, stream, deliveryStream, queue, region, ...of }) => placeName(destination, folderPlace(of), logGroup ?? stream ?? deliveryStream ?? queue, region),
  answersInPolicy: (json) => placesIn(json, WRITES),

  allows(facts) {
    const { region: where } = facts;

    switch (facts.destination) {
    case 's3': return text('irsa.preset.logging.allowsS3', { place: placeOf(facts) });
    case 'kinesis': return text('irsa.preset.logging.allowsKinesis', { stream: facts.stream ?? '', region: where });
    case 'firehose': return text('irsa.preset.logging.allowsFirehose', { stream: facts.deliveryStream ?? '', region: where });
    case 'sqs': return text('irsa.preset.logging.allowsSqs', { queue: facts.queue ?? '', region: where });
    default: return text('irsa.preset.logging.allowsCloudwatch', { group: facts.logGroup ?? '', region: where });
    }
  },

  restart: [{ kind: 'StatefulSet', name: fluentd(), danger: text('irsa.preset.logging.restartDanger') }],
  caveats: [text('irsa.preset.logging.caveatEndpoint'), text('irsa.preset.logging.caveatStream'), text('irsa.preset.logging.caveatOpenSearch'), text('irsa.preset.logging.caveatSticky'), text('irsa.preset.logging.caveatOthers'), text('irsa.preset.logging.caveatCheck'), text('irsa.preset.backup.caveatKms')],
};

const POLICIES: Record<string, (facts: PolicyFacts) => PolicyDocument> = {
  cloudwatch: (facts) => policyOf(...logGroupStatements(facts, 'CreateLogGroup CreateLogStream DescribeLogStreams PutLogEvents PutRetentionPolicy')),
  // Read too: before each chunk the plugin asks whether its key is taken (check_object).
  s3:         (facts) => policyOf(...bucketStatements(facts, 'ListBucket GetBucketLocation', 'PutObject GetObject')),
  kinesis:    (facts) => policyOf(allow('Stream', 'kinesis PutRecord PutRecords DescribeStream', arn(facts, 'kinesis', `stream/${ facts.stream }`))),
  firehose:   (facts) => policyOf(allow('Stream', 'firehose PutRecordBatch', arn(facts, 'firehose', `deliverystream/${ facts.deliveryStream }`))),
  sqs:        (facts) => policyOf(allow('Queue', 'sqs SendMessage GetQueueUrl', arn(facts, 'sqs', facts.queue ?? ''))),
};

/** A bucket's name tells it everywhere; everything else has a name in each region. */
function placeName(destination: string | undefined, bucket: string | undefined, name: string | undefined, region: string | undefined): string | undefined {
  const where = destination === 's3' ? bucket : name && `${ name }@${ region }`;

  return destination && where ? `${ destination }-${ where }` : undefined;
}

/** What is written in a policy of ours. */
const WRITES: PlaceRule[] = [
  ['logs:PutLogEvents', /^arn:[^:]+:logs:([^:]+):[^:]*:log-group:([^:*?]+)(?::\*)?$/, (region, logGroup) => ({ destination: 'cloudwatch', logGroup, region })],
  ['s3:PutObject', FOLDER, (bucket, folder) => ({ destination: 's3', bucket, folder })],
  ['kinesis:PutRecords', /^arn:[^:]+:kinesis:([^:]+):[^:]*:stream\/([^*?]+)$/, (region, stream) => ({ destination: 'kinesis', stream, region })],
  ['firehose:PutRecordBatch', /^arn:[^:]+:firehose:([^:]+):[^:]*:deliverystream\/([^*?]+)$/, (region, deliveryStream) => ({ destination: 'firehose', deliveryStream, region })],
  ['sqs:SendMessage', /^arn:[^:]+:sqs:([^:]+):[^:]*:([^*?]+)$/, (region, queue) => ({ destination: 'sqs', queue, region })],
];
