import { text } from '../domain/text';
import type { ImpossibleChart } from './preset';

/** Charts that talk to AWS and cannot be given a role this way, with the reason: better said than tried. */
export const impossibleCharts: ImpossibleChart[] = [
  {
    id:         'harbor',
    title:      text('irsa.preset.harbor.title'),
    summary:    text('irsa.preset.harbor.summary'),
    icon:       'icon-repository',
    chart:      { name: 'harbor' },
    services:   ['S3'],
    impossible: text('irsa.preset.harbor.impossible'),
    sources:    ['goharbor/harbor#22690 (maintainer, 2025-12), #12888, #16490; distribution 2.8.3 registry/storage/driver/s3-aws', 'goharbor/harbor-helm: values.yaml (serviceAccountName of each component, no annotations)'],
  },
  {
    id:         'aws-cloud-controller-manager',
    title:      text('irsa.preset.cloudController.title'),
    summary:    text('irsa.preset.cloudController.summary'),
    icon:       'icon-cluster',
    chart:      { name: 'aws-cloud-controller-manager' },
    services:   ['EC2', 'Elastic Load Balancing'],
    impossible: text('irsa.preset.cloudController.impossible'),
    sources:    ['kubernetes/cloud-provider-aws: charts/aws-cloud-controller-manager/values.yaml (hostNetwork); charts-and-clusters.md §3.2'],
  },
  {
    id:         'epinio',
    title:      text('irsa.preset.epinio.title'),
    summary:    text('irsa.preset.epinio.summary'),
    icon:       'icon-epinio',
    chart:      { name: 'epinio' },
    services:   ['S3'],
    impossible: text('irsa.preset.epinio.impossible'),
    sources:    ['rancher/charts: epinio 103.x, values.yaml (charts-and-clusters.md §3.1)'],
  },
  {
    id:         'rancher-eks-operator',
    title:      text('irsa.preset.eksOperator.title'),
    summary:    text('irsa.preset.eksOperator.summary'),
    icon:       'icon-cluster',
    chart:      { name: 'rancher-eks-operator' },
    services:   ['EKS', 'EC2'],
    impossible: text('irsa.preset.eksOperator.impossible'),
    sources:    ['rancher/charts: rancher-eks-operator, templates/serviceaccount.yaml (charts-and-clusters.md §3.1)'],
  },
];
