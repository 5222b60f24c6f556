import { text } from '../domain/text';
import { chartPreset } from './chart';
import { named, region } from './fields';
import { allow, arn, policyOf } from './policy';
import { queueProblem } from './validators';

/** The AWS Node Termination Handler as a queue processor; only so does it call AWS. */
export const nodeTerminationHandler = chartPreset({
  id:         'node-termination-handler',
  title:      text('irsa.preset.termination.title'),
  summary:    text('irsa.preset.termination.summary'),
  icon:       'icon-alert',
  origin:     'upstream',
  services:   ['SQS', 'EC2 Auto Scaling', 'EC2'],
  chart:      { name: 'aws-node-termination-handler', namespace: 'kube-system', release: 'aws-node-termination-handler' },
  // aws/eks-charts 8a42943 (2019-12-20), templates/serviceaccount.yaml; the queue is read since 0.11.0 (aws-node-termination-handler 9f9ac2d, tag v1.9.0)
  since:      '0.3.1',
  at:         'serviceAccount',
  parameters: [named('queue', text('irsa.preset.termination.queueLabel'), text('irsa.preset.termination.queueHelp'), 'node-termination', queueProblem), region()],
  policyName: 'node-termination',
  policy:     (facts) => policyOf(
    allow('Look', 'autoscaling DescribeAutoScalingInstances DescribeTags, ec2 DescribeInstances', '*'),
    allow('Lifecycle', 'autoscaling CompleteLifecycleAction', arn(facts, 'autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*')),
    allow('Queue', 'sqs ReceiveMessage DeleteMessage', arn(facts, 'sqs', facts.queue ?? '')),
  ),
  allows:  ({ queue = '', region: where }) => text('irsa.preset.termination.allows', { queue, region: where }),
  restart: [{ kind: 'Deployment', name: 'aws-node-termination-handler' }],
  caveats: [text('irsa.preset.termination.caveatMode')],
});
