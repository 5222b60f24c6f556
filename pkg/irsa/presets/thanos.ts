import { text } from '../domain/text';
import { chartPreset, cut, fullNameOf, namespaceOverride } from './chart';
import { bucket, choice, folder, region } from './fields';
import { bucketStatements, placeOf, policyOf } from './policy';

const componentOf = ({ component = '' }: Record<string, string | undefined>): string => component || 'storegateway';
const reads = (parameters: Record<string, string | undefined>): boolean => componentOf(parameters) === 'storegateway';

/** Thanos: each component that reads or writes blocks has an account of its own. */
export const thanos = chartPreset({
  id:         'thanos',
  title:      text('irsa.preset.thanos.title'),
  summary:    text('irsa.preset.thanos.summary'),
  icon:       'icon-dashboard',
  origin:     'upstream',
  services:   ['S3'],
  chart:      { name: 'thanos', namespace: 'thanos', release: 'thanos' },
  // bitnami/charts 50576ece (2020-04-07), templates/<component>/serviceaccount.yaml; the receiver came with 3.5.0 (faa2a874), and had it
  since:      '0.3.0',
  accounts:   [{ component: 'storegateway' }, { component: 'compactor' }, { component: 'ruler' }, { component: 'receive' }],
  // common.names.fullname: signs that a host's name may not have are left out of the release's
  fullName:   ({ release, values }) => fullNameOf({ release: release.toLowerCase().replace(/(-?[^a-z\d-])+-?/g, '-'), values }, 'thanos'),
  account:    (full, { parameters }) => cut(`${ full }-${ componentOf(parameters) }`),
  elsewhere:  namespaceOverride,
  at:         (parameters) => `${ componentOf(parameters) }.serviceAccount`,
  parameters: [
    choice('component', text('irsa.preset.thanos.componentLabel'), text('irsa.preset.thanos.componentHelp'), [
      { value: 'storegateway', label: text('irsa.preset.thanos.storegateway') },
      { value: 'compactor', label: text('irsa.preset.thanos.compactor') },
      { value: 'ruler', label: text('irsa.preset.thanos.ruler') },
      { value: 'receive', label: text('irsa.preset.thanos.receive') },
    ]),
    bucket(text('irsa.preset.thanos.bucketHelp')),
    folder(text('irsa.preset.thanos.folderHelp')),
    region(),
  ],
  policyName: 'thanos-blocks',
  policy:     (facts) => policyOf(...bucketStatements(facts, 'ListBucket', reads(facts) ? 'GetObject' : 'GetObject PutObject DeleteObject AbortMultipartUpload')),
  allows:     (facts) => reads(facts) ? text('irsa.preset.allows.bucketRead', { place: placeOf(facts) }) : text('irsa.preset.allows.bucket', { place: placeOf(facts) }),
  restart:    [
    { kind: 'StatefulSet', name: 'thanos-storegateway' },
    { kind: 'StatefulSet', name: 'thanos-compactor' },
    { kind: 'StatefulSet', name: 'thanos-ruler', danger: text('irsa.preset.thanos.restartDanger') },
    { kind: 'StatefulSet', name: 'thanos-receive', danger: text('irsa.preset.thanos.restartDanger') },
  ],
  caveats: [text('irsa.preset.thanos.caveatKeys')],
});
