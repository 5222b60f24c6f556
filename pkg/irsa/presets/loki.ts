import { text } from '../domain/text';
import { chartPreset } from './chart';
import { bucket, folder, region } from './fields';
import { allow, bucketArn, bucketStatements, placeOf, policyOf } from './policy';
import { bucketProblem } from './validators';

/** Loki: chunks and index in a bucket, rules in another one if there is one. */
export const loki = chartPreset({
  id:         'loki',
  title:      text('irsa.preset.loki.title'),
  summary:    text('irsa.preset.loki.summary'),
  icon:       'icon-file',
  origin:     'upstream',
  services:   ['S3'],
  chart:      { name: 'loki', namespace: 'loki', release: 'loki' },
  // loki.serviceAccountName is loki.name: not of the release
  account:    () => 'loki',
  at:         'serviceAccount',
  parameters: [
    bucket(text('irsa.preset.loki.bucketHelp')),
    folder(text('irsa.preset.loki.folderHelp')),
    {
      id: 'rulerBucket', label: text('irsa.preset.loki.rulerLabel'), help: text('irsa.preset.loki.rulerHelp'), required: false, placeholder: 'acme-loki-ruler', validate: bucketProblem
    },
    region(),
  ],
  policyName: 'loki-storage',

  policy(facts) {
    const ruler = bucketArn(facts, facts.rulerBucket);

    return policyOf(
      ...bucketStatements(facts, 'ListBucket', 'GetObject PutObject DeleteObject'),
      Boolean(facts.rulerBucket) && allow('RulerBucket', 's3 ListBucket', ruler),
      Boolean(facts.rulerBucket) && allow('Rules', 's3 GetObject PutObject DeleteObject', `${ ruler }/*`),
    );
  },

  allows:  (facts) => facts.rulerBucket ? text('irsa.preset.loki.allowsRuler', { place: placeOf(facts), ruler: facts.rulerBucket }) : text('irsa.preset.allows.bucket', { place: placeOf(facts) }),
  restart: [
    { kind: 'StatefulSet', name: 'loki', danger: text('irsa.preset.loki.restartDanger') },
    { kind: 'StatefulSet', name: 'loki-write', danger: text('irsa.preset.loki.restartDanger') },
    { kind: 'StatefulSet', name: 'loki-backend' },
    { kind: 'Deployment', name: 'loki-read' },
  ],
  caveats: [text('irsa.preset.loki.caveatKeys'), text('irsa.preset.loki.caveatKms')],
  sources: ['grafana/loki: production/helm/loki/templates/_helpers.tpl, values.yaml (serviceAccount.annotations)', 'grafana.com/docs/loki: operations/storage, «Cloud Storage Permissions»'],
});
