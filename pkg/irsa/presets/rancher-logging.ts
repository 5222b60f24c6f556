import { text } from '../domain/text';
import { bindingAnnotations } from './annotations';
import type { PolicyDocument, PolicyFacts, Preset } from './preset';
import { bucketProblem, keyPrefix, logGroupProblem, prefixProblem, regionProblem } from './validators';

const NAMESPACE = 'cattle-logging-system';
/** The operator names account and StatefulSet after the Logging object, which the chart calls `rancher-logging-root` (release name + `-root`). */
const FLUENTD = 'rancher-logging-root-fluentd';

/** Rancher Logging: fluentd writes to CloudWatch Logs or S3. */
export const rancherLogging: Preset = {
  id:         'rancher-logging',
  title:      text('irsa.preset.logging.title'),
  summary:    text('irsa.preset.logging.summary'),
  icon:       'icon-logging',
  chart:      { name: 'rancher-logging', namespace: NAMESPACE, release: 'rancher-logging', crd: 'rancher-logging-crd' },
  since:      '103.1.0',
  parameters: [
    {
      id:       'destination',
      label:    text('irsa.preset.logging.destinationLabel'),
      help:     text('irsa.preset.logging.destinationHelp'),
      required: true,
      default:  'cloudwatch',
      options:  [{ value: 'cloudwatch', label: text('irsa.preset.logging.cloudwatch') }, { value: 's3', label: text('irsa.preset.logging.s3') }],
      validate: (value) => value === 'cloudwatch' || value === 's3' ? undefined : text('irsa.preset.problem.option', { value }),
    },
    {
      id:          'logGroup',
      label:       text('irsa.preset.logging.logGroupLabel'),
      help:        text('irsa.preset.logging.logGroupHelp'),
      required:    true,
      placeholder: '/rancher/prod',
      when:        { parameter: 'destination', is: 'cloudwatch' },
      validate:    logGroupProblem,
    },
    {
      id:          'bucket',
      label:       text('irsa.preset.parameter.bucket.label'),
      help:        text('irsa.preset.logging.bucketHelp'),
      required:    true,
      placeholder: 'acme-logs',
      when:        { parameter: 'destination', is: 's3' },
      validate:    bucketProblem,
    },
    {
      id:          'folder',
      label:       text('irsa.preset.parameter.folder.label'),
      help:        text('irsa.preset.logging.folderHelp'),
      required:    false,
      placeholder: 'prod',
      when:        { parameter: 'destination', is: 's3' },
      validate:    prefixProblem,
    },
    {
      id: 'region', label: text('irsa.preset.parameter.region.label'), help: text('irsa.preset.logging.regionHelp'), required: true, placeholder: 'eu-central-1', validate: regionProblem
    },
  ],

  subject: () => ({ namespace: NAMESPACE, serviceAccount: FLUENTD }),

  /** Not `serviceAccount.annotations`: that is the operator's own account, which writes nowhere (charts-and-clusters.md §2.3). */
  values: ({ roleArn, audience }) => ({ loggingServiceAccountAnnotations: { root: bindingAnnotations(roleArn, audience) } }),

  policyName: 'logging',
  policy:     (facts) => facts.destination === 's3' ? toS3(facts) : toCloudWatch(facts),

  allows: (facts) => facts.destination === 's3' ? text('irsa.preset.logging.allowsS3', { place: `s3://${ facts.bucket }/${ keyPrefix(facts.folder) }` }) : text('irsa.preset.logging.allowsCloudwatch', { group: facts.logGroup ?? '', region: facts.region }),

  restart: [{ kind: 'StatefulSet', name: FLUENTD, danger: text('irsa.preset.logging.restartDanger') }],
  caveats: [text('irsa.preset.logging.caveatEndpoint'), text('irsa.preset.logging.caveatStream'), text('irsa.preset.logging.caveatSticky')],
  sources: [
    'ob-team-charts: charts/rancher-logging/4.10.0-rancher.24/{values.yaml,templates/loggings/root/logging.yaml}; rancher/charts#2646',
    'cisco-open/operator-tools: pkg/reconciler/resource.go; fluent-plugin-s3 docs/howto.md; fluent-plugin-cloudwatch-logs README',
  ],
};

function toCloudWatch({ partition, region, accountId, logGroup }: PolicyFacts): PolicyDocument {
  const groups = `arn:${ partition }:logs:${ region }:${ accountId ?? '*' }:log-group:`;

  return {
    Version:   '2012-10-17',
    Statement: [
      // Cannot be kept to one group: it lists them.
      { Sid: 'Groups', Effect: 'Allow', Action: 'logs:DescribeLogGroups', Resource: `${ groups }*` },
      {
        Sid:      'Group',
        Effect:   'Allow',
        Action:   ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents', 'logs:PutRetentionPolicy'],
        Resource: [`${ groups }${ logGroup }`, `${ groups }${ logGroup }:*`],
      },
    ],
  };
}

function toS3({ partition, bucket, folder }: PolicyFacts): PolicyDocument {
  const bucketArn = `arn:${ partition }:s3:::${ bucket }`;

  return {
    Version:   '2012-10-17',
    Statement: [
      // HeadBucket at the start carries no prefix: a condition on s3:prefix would refuse it.
      { Sid: 'Bucket', Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: bucketArn },
      // Read too: before each chunk the plugin asks whether its key is taken (check_object).
      { Sid: 'Objects', Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: `${ bucketArn }/${ keyPrefix(folder) }*` },
    ],
  };
}
