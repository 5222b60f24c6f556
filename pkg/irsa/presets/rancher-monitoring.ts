import { text } from '../domain/text';
import { chartPreset, fullNameOf, said, within } from './chart';
import { bucket, choice, folder, named, region } from './fields';
import { allow, arn, bucketStatements, placeOf, policyOf } from './policy';
import type { PolicyDocument, PolicyFacts } from './preset';
import { topicProblem, workspaceProblem } from './validators';

/** Which of the chart's accounts does what. */
const COMPONENTS: Record<string, string> = { remoteWrite: 'prometheus', thanos: 'prometheus', sns: 'alertmanager', cloudwatch: 'grafana', amp: 'grafana' };
const componentOf = ({ purpose = '' }: Record<string, string>): string => COMPONENTS[purpose] ?? 'prometheus';
const is = (purpose: string) => ({ parameter: 'purpose', is: purpose });

/** Rancher Monitoring: Prometheus, Alertmanager and Grafana have an account each. */
export const rancherMonitoring = chartPreset({
  id:         'rancher-monitoring',
  title:      text('irsa.preset.monitoring.title'),
  summary:    text('irsa.preset.monitoring.summary'),
  icon:       'icon-monitoring',
  origin:     'rancher',
  services:   ['Amazon Managed Service for Prometheus', 'SNS', 'CloudWatch', 'S3'],
  chart:      { name: 'rancher-monitoring', namespace: 'cattle-monitoring-system', release: 'rancher-monitoring', crd: 'rancher-monitoring-crd' },
  // rancher/charts: charts/rancher-monitoring/9.4.200, templates/{prometheus,alertmanager}/serviceaccount.yaml and charts/grafana: the first version there is, and it has it
  since:      '9.4.200',
  accounts:   [{ purpose: 'remoteWrite' }, { purpose: 'sns' }, { purpose: 'cloudwatch' }],
  // kube-prometheus-stack.fullname is cut for what is hung on to it; Grafana is a chart in the chart, and its account has the full name itself
  fullName:   (names) => componentOf(names.parameters) === 'grafana' ? fullNameOf({ ...names, values: within(names.values, 'grafana') }, 'grafana') : fullNameOf(names, 'rancher-monitoring', 26),
  account:    (full, { parameters }) => componentOf(parameters) === 'grafana' ? full : `${ full }-${ componentOf(parameters) }`,
  elsewhere:  ({ values, parameters }) => {
    const component = componentOf(parameters);
    // values.yaml: namespaceOverride: cattle-monitoring-system, whatever the release's is
    const all = component === 'grafana' ? undefined : said(values.namespaceOverride) || 'cattle-monitoring-system';

    return component !== 'prometheus' && said(within(values, component).namespaceOverride) ? within(values, component).namespaceOverride : all;
  },
  at:         (parameters) => `${ componentOf(parameters) }.serviceAccount`,
  parameters: [
    choice('purpose', text('irsa.preset.monitoring.purposeLabel'), text('irsa.preset.monitoring.purposeHelp'), [
      { value: 'remoteWrite', label: text('irsa.preset.monitoring.remoteWrite') },
      { value: 'thanos', label: text('irsa.preset.monitoring.thanos') },
      { value: 'sns', label: text('irsa.preset.monitoring.sns') },
      { value: 'cloudwatch', label: text('irsa.preset.monitoring.cloudwatch') },
      { value: 'amp', label: text('irsa.preset.monitoring.amp') },
    ]),
    named('workspace', text('irsa.preset.monitoring.workspaceLabel'), text('irsa.preset.monitoring.workspaceHelp'), 'ws-0123abcd-0123-0123-0123-0123456789ab', workspaceProblem, is('remoteWrite')),
    named('queryWorkspace', text('irsa.preset.monitoring.workspaceLabel'), text('irsa.preset.monitoring.queryHelp'), 'ws-0123abcd-0123-0123-0123-0123456789ab', workspaceProblem, is('amp')),
    named('topic', text('irsa.preset.monitoring.topicLabel'), text('irsa.preset.monitoring.topicHelp'), 'alerts', topicProblem, is('sns')),
    bucket(text('irsa.preset.monitoring.bucketHelp'), is('thanos')),
    folder(text('irsa.preset.monitoring.folderHelp'), is('thanos')),
    region(),
  ],
  policyName: 'monitoring',
  policy:     (facts) => (POLICIES[facts.purpose ?? ''] ?? POLICIES.remoteWrite!)(facts),

  allows(facts) {
    switch (facts.purpose) {
    case 'thanos': return text('irsa.preset.allows.bucket', { place: placeOf(facts) });
    case 'sns': return text('irsa.preset.monitoring.allowsSns', { topic: facts.topic ?? '', region: facts.region });
    case 'cloudwatch': return text('irsa.preset.monitoring.allowsCloudwatch', { region: facts.region });
    case 'amp': return text('irsa.preset.monitoring.allowsAmp', { workspace: facts.queryWorkspace ?? '' });
    default: return text('irsa.preset.monitoring.allowsRemoteWrite', { workspace: facts.workspace ?? '' });
    }
  },

  restart: [
    { kind: 'StatefulSet', name: 'prometheus-rancher-monitoring-prometheus', danger: text('irsa.preset.monitoring.restartDanger') },
    { kind: 'StatefulSet', name: 'alertmanager-rancher-monitoring-alertmanager', danger: text('irsa.preset.monitoring.alertmanagerDanger') },
    { kind: 'Deployment', name: 'rancher-monitoring-grafana' },
  ],
  caveats: [text('irsa.preset.monitoring.caveatSigv4'), text('irsa.preset.monitoring.caveatGrafana'), text('irsa.preset.thanos.caveatKeys')],
});

const QUERY = 'aps QueryMetrics GetSeries GetLabels GetMetricMetadata';
const POLICIES: Record<string, (facts: PolicyFacts) => PolicyDocument> = {
  remoteWrite: (facts) => policyOf(allow('Write', 'aps RemoteWrite', arn(facts, 'aps', `workspace/${ facts.workspace }`))),
  amp:         (facts) => policyOf(allow('Query', QUERY, arn(facts, 'aps', `workspace/${ facts.queryWorkspace }`))),
  // The sidecar looks which blocks are there, uploads, and deletes what it could not upload whole.
  thanos:      (facts) => policyOf(...bucketStatements(facts, 'ListBucket', 'GetObject PutObject DeleteObject AbortMultipartUpload')),
  sns:         (facts) => policyOf(allow('Publish', 'sns Publish', arn(facts, 'sns', facts.topic ?? ''))),
  cloudwatch:  (facts) => policyOf(
    allow('Metrics', 'cloudwatch ListMetrics GetMetricData GetMetricStatistics DescribeAlarmsForMetric, ec2 DescribeTags DescribeInstances DescribeRegions, tag GetResources, logs DescribeLogGroups StopQuery', '*'),
    allow('Alarms', 'cloudwatch DescribeAlarms DescribeAlarmHistory', arn(facts, 'cloudwatch', 'alarm:*')),
    allow('Logs', 'logs StartQuery GetQueryResults GetLogGroupFields GetLogEvents', arn(facts, 'logs', 'log-group:*')),
  ),
};
