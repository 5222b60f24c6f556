import { text } from '../domain/text';
import { chartPreset } from './chart';
import { named, region } from './fields';
import { allow, arn, policyOf } from './policy';
import { clusterNameProblem } from './validators';

/** The Cluster Autoscaler on Auto Scaling groups. */
export const clusterAutoscaler = chartPreset({
  id:         'cluster-autoscaler',
  title:      text('irsa.preset.autoscaler.title'),
  summary:    text('irsa.preset.autoscaler.summary'),
  icon:       'icon-cluster-management',
  origin:     'upstream',
  services:   ['EC2 Auto Scaling', 'EC2', 'EKS'],
  chart:      { name: 'cluster-autoscaler', namespace: 'kube-system', release: 'cluster-autoscaler' },
  // templates/_helpers.tpl: the provider's name comes in between
  fullName:   (release) => release === 'aws-cluster-autoscaler' ? release : `${ release }-aws-cluster-autoscaler`,
  account:    (full) => full,
  at:         'rbac.serviceAccount',
  parameters: [named('clusterName', text('irsa.preset.autoscaler.clusterLabel'), text('irsa.preset.autoscaler.clusterHelp'), 'prod', clusterNameProblem), region(text('irsa.preset.autoscaler.regionHelp'))],
  policyName: 'auto-scaling',
  policy:     (facts) => policyOf(
    allow('Look', 'autoscaling DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeLaunchConfigurations DescribeScalingActivities DescribeTags, ec2 DescribeImages DescribeInstanceTypes DescribeLaunchTemplateVersions GetInstanceTypesFromInstanceRequirements', '*'),
    allow('NodeGroups', 'eks DescribeNodegroup', arn(facts, 'eks', 'nodegroup/*')),
    allow('Scale', 'autoscaling SetDesiredCapacity TerminateInstanceInAutoScalingGroup', arn(facts, 'autoscaling', 'autoScalingGroup:*:autoScalingGroupName/*'), { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${ facts.clusterName }`]: 'owned' } }),
  ),
  allows:  ({ clusterName = '', region: where }) => text('irsa.preset.autoscaler.allows', { cluster: clusterName, region: where }),
  restart: [{ kind: 'Deployment', name: 'cluster-autoscaler-aws-cluster-autoscaler' }],
  caveats: [text('irsa.preset.autoscaler.caveatRancher'), text('irsa.preset.autoscaler.caveatTag')],
  sources: ['kubernetes/autoscaler: charts/cluster-autoscaler templates/_helpers.tpl, values.yaml (rbac.serviceAccount.annotations)', 'kubernetes/autoscaler: cluster-autoscaler/cloudprovider/aws/README.md, «Full Cluster Autoscaler Features Policy»'],
});
