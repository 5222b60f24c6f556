import { DEFAULT_AUDIENCE } from '../domain/aws/quotas';
import { text } from '../domain/text';
import { isSince } from '../domain/version';
import { chartPreset, said, within } from './chart';
import { choice, named, region } from './fields';
import { allow, arn, policyOf } from './policy';
import type { PolicyDocument, PolicyFacts, Preset } from './preset';
import { queueProblem, streamProblem, tableProblem } from './validators';

const is = (scaler: string) => ({ parameter: 'scaler', is: scaler });

const chart = chartPreset({
  id:         'keda',
  title:      text('irsa.preset.keda.title'),
  summary:    text('irsa.preset.keda.summary'),
  icon:       'icon-pipeline',
  origin:     'upstream',
  services:   ['SQS', 'CloudWatch', 'Kinesis Data Streams', 'DynamoDB'],
  chart:      { name: 'keda', namespace: 'keda', release: 'keda' },
  // kedacore/charts 0467687 (2022-10-03), templates/manager/serviceaccount.yaml; first in the tag v2.9.0
  since:      '2.9.0',
  // One account for all of KEDA until 2.14.0 (kedacore/charts 207bab7)
  account:    (_full, { values, version }) => (version && !isSince(version, '2.14.0') && said(within(values, 'serviceAccount').name)) || 'keda-operator',
  at:         'serviceAccount.operator',
  naming:     'named',
  parameters: [
    choice('scaler', text('irsa.preset.keda.scalerLabel'), text('irsa.preset.keda.scalerHelp'), [
      { value: 'sqs', label: text('irsa.preset.keda.sqs') },
      { value: 'cloudwatch', label: text('irsa.preset.keda.cloudwatch') },
      { value: 'kinesis', label: text('irsa.preset.keda.kinesis') },
      { value: 'dynamodb', label: text('irsa.preset.keda.dynamodb') },
    ]),
    named('queue', text('irsa.preset.logging.queueLabel'), text('irsa.preset.keda.queueHelp'), 'jobs', queueProblem, is('sqs')),
    named('stream', text('irsa.preset.logging.streamLabel'), text('irsa.preset.keda.streamHelp'), 'events', streamProblem, is('kinesis')),
    named('table', text('irsa.preset.keda.tableLabel'), text('irsa.preset.keda.tableHelp'), 'orders', tableProblem, is('dynamodb')),
    region(),
  ],
  policyName: 'keda-metrics',
  policy:     (facts) => (POLICIES[facts.scaler ?? ''] ?? POLICIES.sqs!)(facts),

  allows(facts) {
    const { region: where } = facts;

    switch (facts.scaler) {
    case 'cloudwatch': return text('irsa.preset.keda.allowsCloudwatch');
    case 'kinesis': return text('irsa.preset.keda.allowsKinesis', { stream: facts.stream ?? '', region: where });
    case 'dynamodb': return text('irsa.preset.keda.allowsDynamodb', { table: facts.table ?? '', region: where });
    default: return text('irsa.preset.keda.allowsSqs', { queue: facts.queue ?? '', region: where });
    }
  },

  restart: [{ kind: 'Deployment', name: 'keda-operator' }],
  caveats: [text('irsa.preset.keda.caveatAuthentication'), text('irsa.preset.keda.caveatToken')],
});

/** KEDA: reads how long a queue is, and scales what works on it. Its chart has a switch of its own for the annotations. */
export const keda: Preset = {
  ...chart,
  values: ({ roleArn, audience = DEFAULT_AUDIENCE }) => ({ podIdentity: { aws: { irsa: { enabled: true, roleArn, audience } } } }),
};

const POLICIES: Record<string, (facts: PolicyFacts) => PolicyDocument> = {
  sqs:        (facts) => policyOf(allow('Queue', 'sqs GetQueueAttributes', arn(facts, 'sqs', facts.queue ?? ''))),
  cloudwatch: () => policyOf(allow('Metrics', 'cloudwatch GetMetricData', '*')),
  kinesis:    (facts) => policyOf(allow('Stream', 'kinesis DescribeStreamSummary', arn(facts, 'kinesis', `stream/${ facts.stream }`))),
  dynamodb:   (facts) => policyOf(allow('Table', 'dynamodb Query', ['', '/index/*'].map((end) => arn(facts, 'dynamodb', `table/${ facts.table }${ end }`)))),
};
