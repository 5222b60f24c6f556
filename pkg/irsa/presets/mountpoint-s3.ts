import { text } from '../domain/text';
import { chartPreset } from './chart';
import { bucket, choice, folder, keys, region } from './fields';
import { bucketStatements, keyStatement, placeOf, policyOf } from './policy';

/** The Mountpoint for S3 CSI driver: buckets as volumes. */
export const mountpointS3 = chartPreset({
  id:         'mountpoint-s3',
  title:      text('irsa.preset.mountpoint.title'),
  summary:    text('irsa.preset.mountpoint.summary'),
  icon:       'icon-folder',
  origin:     'upstream',
  services:   ['S3'],
  chart:      { name: 'aws-mountpoint-s3-csi-driver', namespace: 'kube-system', release: 'aws-mountpoint-s3-csi-driver' },
  // awslabs/mountpoint-s3-csi-driver 7b6b854 (2023-10-12), templates/serviceaccount-csi-node.yaml: the first version there is, and it has it
  since:      '1.0.0',
  account:    () => 's3-csi-driver-sa',
  at:         'node.serviceAccount',
  naming:     'named',
  parameters: [
    bucket(text('irsa.preset.mountpoint.bucketHelp')),
    folder(text('irsa.preset.mountpoint.folderHelp')),
    choice('access', text('irsa.preset.mountpoint.accessLabel'), text('irsa.preset.mountpoint.accessHelp'), [{ value: 'write', label: text('irsa.preset.mountpoint.accessWrite') }, { value: 'read', label: text('irsa.preset.mountpoint.accessRead') }]),
    keys(),
    region(),
  ],
  policyName: 'mountpoint-s3',
  policy:     (facts) => policyOf(
    ...bucketStatements(facts, 'ListBucket', facts.access === 'read' ? 'GetObject' : 'GetObject PutObject AbortMultipartUpload DeleteObject'),
    keyStatement(facts, facts.access === 'read' ? 'Decrypt' : 'Decrypt GenerateDataKey'),
  ),
  allows:  (facts) => facts.access === 'read' ? text('irsa.preset.allows.bucketRead', { place: placeOf(facts) }) : text('irsa.preset.allows.bucket', { place: placeOf(facts) }),
  restart: [{ kind: 'DaemonSet', name: 's3-csi-node', danger: text('irsa.preset.mountpoint.restartDanger') }],
  caveats: [text('irsa.preset.mountpoint.caveatShared')],
});
