import { text } from '../domain/text';
import { chartPreset } from './chart';
import { region } from './fields';
import { allow, arn, listOf, policyOf } from './policy';
import { fileSystemsProblem } from './validators';

const OURS = 'efs.csi.aws.com/cluster';

/** The EFS CSI driver: its controller makes access points. */
export const awsEfsCsi = chartPreset({
  id:         'aws-efs-csi',
  title:      text('irsa.preset.efs.title'),
  summary:    text('irsa.preset.efs.summary'),
  icon:       'icon-storage',
  origin:     'upstream',
  services:   ['EFS'],
  chart:      { name: 'aws-efs-csi-driver', namespace: 'kube-system', release: 'aws-efs-csi-driver' },
  // kubernetes-sigs/aws-efs-csi-driver 025656ad (2021-05-27), values.yaml; before it was serviceAccount.controller
  since:      '2.0.0',
  account:    () => 'efs-csi-controller-sa',
  at:         'controller.serviceAccount',
  naming:     'named',
  parameters: [
    {
      id: 'fileSystems', label: text('irsa.preset.efs.fileSystemsLabel'), help: text('irsa.preset.efs.fileSystemsHelp'), required: false, placeholder: 'fs-0123456789abcdef0', validate: fileSystemsProblem
    },
    region(text('irsa.preset.efs.regionHelp')),
  ],
  policyName: 'efs-access-points',

  policy(facts) {
    const named = listOf(facts.fileSystems);
    const fileSystems = (named.length ? named : ['*']).map((id) => arn(facts, 'elasticfilesystem', `file-system/${ id }`));
    const accessPoints = arn(facts, 'elasticfilesystem', 'access-point/*');

    return policyOf(
      allow('Zones', 'ec2 DescribeAvailabilityZones', '*'),
      allow('Look', 'elasticfilesystem DescribeAccessPoints DescribeFileSystems DescribeMountTargets', [...fileSystems, accessPoints]),
      allow('Make', 'elasticfilesystem CreateAccessPoint TagResource', [...fileSystems, accessPoints], { StringEquals: { [`aws:RequestTag/${ OURS }`]: 'true' } }),
      allow('Ours', 'elasticfilesystem DeleteAccessPoint', accessPoints, { StringEquals: { [`aws:ResourceTag/${ OURS }`]: 'true' } }),
    );
  },

  allows:  ({ fileSystems, region: where }) => fileSystems ? text('irsa.preset.efs.allows', { fileSystems: listOf(fileSystems).join(', ') }) : text('irsa.preset.efs.allowsAll', { region: where }),
  restart: [{ kind: 'Deployment', name: 'efs-csi-controller' }],
  caveats: [text('irsa.preset.efs.caveatNode'), text('irsa.preset.efs.caveatStatic')],
});
