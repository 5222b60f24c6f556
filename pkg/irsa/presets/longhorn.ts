import { text } from '../domain/text';
import { chartPreset, namespaceOverride } from './chart';
import { bucket, folder, region } from './fields';
import { bucketStatements, placeOf, policyOf } from './policy';

/** Longhorn: backups of volumes into a bucket. */
export const longhorn = chartPreset({
  id:         'longhorn',
  title:      text('irsa.preset.longhorn.title'),
  summary:    text('irsa.preset.longhorn.summary'),
  icon:       'icon-longhorn',
  origin:     'both',
  services:   ['S3'],
  chart:      { name: 'longhorn', namespace: 'longhorn-system', release: 'longhorn', crd: 'longhorn-crd' },
  // longhorn 1dedf7d3 (2022-01-03), chart/templates/serviceaccount.yaml; first in the tags v1.2.5 and v1.3.0, Rancher's 100.1.3+up1.2.5
  since:      '1.2.5',
  account:    () => 'longhorn-service-account',
  at:         'serviceAccount',
  naming:     'fixed',
  elsewhere:  namespaceOverride,
  parameters: [bucket(text('irsa.preset.longhorn.bucketHelp')), folder(text('irsa.preset.longhorn.folderHelp')), region()],
  policyName: 'longhorn-backups',
  policy:     (facts) => policyOf(...bucketStatements(facts, 'ListBucket', 'GetObject PutObject DeleteObject')),
  allows:     (facts) => text('irsa.preset.allows.bucket', { place: placeOf(facts) }),
  restart:    [
    { kind: 'DaemonSet', name: 'longhorn-manager', danger: text('irsa.preset.longhorn.restartDanger') },
    { kind: 'Deployment', name: 'longhorn-driver-deployer' },
  ],
  caveats: [text('irsa.preset.longhorn.caveatSecret'), text('irsa.preset.longhorn.caveatInstanceManagers'), text('irsa.preset.longhorn.caveatDefaultTarget')],
});
