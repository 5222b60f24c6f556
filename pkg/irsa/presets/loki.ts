import { text } from '../domain/text';
import { isSince } from '../domain/version';
import { chartPreset, cut, fullNameOf, namespaceOverride, said, within } from './chart';
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
  // grafana/loki 8c27cca4 (2019-12-02), production/helm/loki/templates/serviceaccount.yaml
  since:      '0.19.0',
  // loki.serviceAccountName: of the release, but from 3.0.0 until 6.46.0 (grafana/loki 7f56fd23) the chart's name alone
  fullName:   (names) => {
    const { values, version } = names;
    const name = within(values, 'enterprise').enabled === true ? 'enterprise-logs' : 'loki';

    return version && isSince(version, '3.0.0') && !isSince(version, '6.46.0') ? cut(said(values.nameOverride) || name) : fullNameOf(names, name);
  },
  elsewhere:  namespaceOverride,
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
  caveats: [text('irsa.preset.loki.caveatKeys'), text('irsa.preset.backup.caveatKms')],
});
