import { text } from '../domain/text';
import { chartPreset } from './chart';
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
  since:      '1.3.0',
  account:    () => 'longhorn-service-account',
  at:         'serviceAccount',
  parameters: [bucket(text('irsa.preset.longhorn.bucketHelp')), folder(text('irsa.preset.longhorn.folderHelp')), region()],
  policyName: 'longhorn-backups',
  policy:     (facts) => policyOf(...bucketStatements(facts, 'ListBucket', 'GetObject PutObject DeleteObject')),
  allows:     (facts) => text('irsa.preset.allows.bucket', { place: placeOf(facts) }),
  restart:    [
    { kind: 'DaemonSet', name: 'longhorn-manager', danger: text('irsa.preset.longhorn.restartDanger') },
    { kind: 'Deployment', name: 'longhorn-driver-deployer' },
  ],
  caveats: [text('irsa.preset.longhorn.caveatSecret'), text('irsa.preset.longhorn.caveatInstanceManagers'), text('irsa.preset.longhorn.caveatDefaultTarget')],
  sources: ['longhorn-manager: engineapi/backups.go; longhorn#3432 (serviceAccount.annotations), #1526, #12170', 'longhorn: chart/templates/serviceaccount.yaml; longhorn.io docs, set backup target'],
});
