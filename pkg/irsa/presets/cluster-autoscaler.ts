import { text } from '../domain/text';
import { chartPreset, cut, said } from './chart';
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
  // kubernetes/autoscaler e6c42bef (2020-11-10): the first version of this name; rbac.serviceAccount.annotations is there since 25705e97, when it was cluster-autoscaler-chart
  since:      '9.0.0',
  // templates/_helpers.tpl: the provider's name comes in between, and a release is not called twice only where it is called the same
  fullName:   ({ release, values }) => {
    const name = said(values.nameOverride) || `${ said(values.cloudProvider) || 'aws' }-cluster-autoscaler`;

    return cut(said(values.fullnameOverride) || (release === name ? name : `${ release }-${ name }`));
  },
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
});
