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
  },
  {
    id:         'aws-cloud-controller-manager',
    title:      text('irsa.preset.cloudController.title'),
    summary:    text('irsa.preset.cloudController.summary'),
    icon:       'icon-cluster',
    chart:      { name: 'aws-cloud-controller-manager' },
    services:   ['EC2', 'Elastic Load Balancing'],
    impossible: text('irsa.preset.cloudController.impossible'),
  },
  {
    id:         'epinio',
    title:      text('irsa.preset.epinio.title'),
    summary:    text('irsa.preset.epinio.summary'),
    icon:       'icon-epinio',
    chart:      { name: 'epinio' },
    services:   ['S3'],
    impossible: text('irsa.preset.epinio.impossible'),
  },
  {
    id:         'rancher-eks-operator',
    title:      text('irsa.preset.eksOperator.title'),
    summary:    text('irsa.preset.eksOperator.summary'),
    icon:       'icon-cluster',
    chart:      { name: 'rancher-eks-operator' },
    services:   ['EKS', 'EC2'],
    impossible: text('irsa.preset.eksOperator.impossible'),
  },
];
