import { text } from '../domain/text';
import { chartPreset } from './chart';
import { keys, region } from './fields';
import { allow, arn, keyStatement, policyOf, snapshots } from './policy';

const OURS = 'ebs.csi.aws.com/cluster';

/** The EBS CSI driver: its controller makes, attaches and snapshots volumes. */
export const awsEbsCsi = chartPreset({
  id:         'aws-ebs-csi',
  title:      text('irsa.preset.ebs.title'),
  summary:    text('irsa.preset.ebs.summary'),
  icon:       'icon-storage',
  origin:     'upstream',
  services:   ['EBS', 'EC2'],
  chart:      { name: 'aws-ebs-csi-driver', namespace: 'kube-system', release: 'aws-ebs-csi-driver' },
  // kubernetes-sigs/aws-ebs-csi-driver 0fbd9f79 (2021-07-12), values.yaml; before it was serviceAccount.controller
  since:      '2.0.0',
  account:    () => 'ebs-csi-controller-sa',
  at:         'controller.serviceAccount',
  naming:     'named',
  parameters: [keys(text('irsa.preset.ebs.keysHelp')), region(text('irsa.preset.ebs.regionHelp'))],
  policyName: 'ebs-volumes',

  policy(facts) {
    const [volumes, instances] = ['volume', 'instance'].map((kind) => arn(facts, 'ec2', `${ kind }/*`));
    const copies = snapshots(facts);
    const requested = { StringEquals: { [`aws:RequestTag/${ OURS }`]: 'true' } };
    const tagged = { StringEquals: { [`aws:ResourceTag/${ OURS }`]: 'true' } };

    return policyOf(
      allow('Look', 'ec2 DescribeAvailabilityZones DescribeInstances DescribeInstanceTypes DescribeSnapshots DescribeTags DescribeVolumes DescribeVolumesModifications DescribeVolumeStatus', '*'),
      allow('Source', 'ec2 CreateSnapshot ModifyVolume', volumes!),
      allow('Attach', 'ec2 AttachVolume DetachVolume', [volumes!, instances!]),
      allow('Restore', 'ec2 CreateVolume EnableFastSnapshotRestores', copies),
      allow('Make', 'ec2 CreateVolume CreateSnapshot', [volumes!, copies], requested),
      allow('Tag', 'ec2 CreateTags', [volumes!, copies], { StringEquals: { 'ec2:CreateAction': ['CreateVolume', 'CreateSnapshot'] } }),
      allow('Ours', 'ec2 DeleteVolume DeleteSnapshot DeleteTags', [volumes!, copies], tagged),
      // Volumes of the driver that was built into Kubernetes before.
      allow('InTree', 'ec2 DeleteVolume', volumes!, { StringLike: { 'aws:ResourceTag/kubernetes.io/created-for/pvc/name': '*' } }),
      keyStatement(facts, 'Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext DescribeKey'),
      keyStatement(facts, 'CreateGrant ListGrants RevokeGrant', 'Grants', { Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
    );
  },

  allows:  ({ region: where }) => text('irsa.preset.ebs.allows', { region: where }),
  restart: [{ kind: 'Deployment', name: 'ebs-csi-controller', danger: text('irsa.preset.ebs.restartDanger') }],
  caveats: [text('irsa.preset.ebs.caveatClones'), text('irsa.preset.ebs.caveatAddon')],
});
