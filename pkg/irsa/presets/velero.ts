import { isObject } from '../domain/json/same';
import { text } from '../domain/text';
import { chartPreset } from './chart';
import { bucket, choice, folder, region } from './fields';
import { allow, arn, bucketStatements, placeOf, policyOf, snapshots } from './policy';

/** Velero: backups of clusters into a bucket, and snapshots of EBS volumes. */
export const velero = chartPreset({
  id:         'velero',
  title:      text('irsa.preset.velero.title'),
  summary:    text('irsa.preset.velero.summary'),
  icon:       'icon-backup',
  origin:     'upstream',
  services:   ['S3', 'EBS'],
  chart:      { name: 'velero', namespace: 'velero', release: 'velero' },
  // vmware-tanzu/helm-charts e7e01e8 (2020-01-12), templates/serviceaccount-server.yaml
  since:      '2.8.1',
  account:    (full) => `${ full }-server`,
  at:         'serviceAccount.server',
  // The chart mounts a file of keys otherwise, which wins over the role.
  also:       () => ({ credentials: { useSecret: false } }),
  parameters: [
    bucket(text('irsa.preset.velero.bucketHelp')),
    folder(text('irsa.preset.velero.folderHelp')),
    choice('snapshots', text('irsa.preset.velero.snapshotsLabel'), text('irsa.preset.velero.snapshotsHelp'), [{ value: 'yes', label: text('irsa.preset.velero.snapshotsYes') }, { value: 'no', label: text('irsa.preset.velero.snapshotsNo') }]),
    region(),
  ],
  reconcile(current) {
    const credentials = isObject(current.credentials) ? current.credentials : {};
    const dropsKeys = credentials.useSecret !== false && Boolean(credentials.existingSecret || (isObject(credentials.secretContents) && Object.keys(credentials.secretContents).length > 0));

    return { values: {}, warnings: dropsKeys ? [text('irsa.preset.velero.dropsSecret')] : [], dropsKeys };
  },
  policyName: 'velero',
  policy:     (facts) => policyOf(
    ...bucketStatements(facts, 'ListBucket', 'GetObject PutObject PutObjectTagging DeleteObject AbortMultipartUpload ListMultipartUploadParts'),
    facts.snapshots !== 'no' && allow('Look', 'ec2 DescribeVolumes DescribeSnapshots', '*'),
    facts.snapshots !== 'no' && allow('Snapshots', 'ec2 CreateSnapshot CreateVolume CreateTags DeleteSnapshot', [arn(facts, 'ec2', 'volume/*'), snapshots(facts)]),
  ),
  allows:  (facts) => facts.snapshots === 'no' ? text('irsa.preset.allows.bucket', { place: placeOf(facts) }) : text('irsa.preset.velero.allowsSnapshots', { place: placeOf(facts), region: facts.region }),
  restart: [
    { kind: 'Deployment', name: 'velero', danger: text('irsa.preset.velero.restartDanger') },
    { kind: 'DaemonSet', name: 'node-agent', danger: text('irsa.preset.velero.restartDanger') },
  ],
  caveats: [text('irsa.preset.velero.caveatLocation'), text('irsa.preset.velero.caveatKms')],
});
