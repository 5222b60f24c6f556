import { text } from '../domain/text';
import { chartPreset } from './chart';
import { zoneArns } from './external-dns';
import { zones } from './fields';
import { allow, listOf, policyOf } from './policy';

/** cert-manager: DNS-01 challenges in Route 53. */
export const certManager = chartPreset({
  id:         'cert-manager',
  title:      text('irsa.preset.certManager.title'),
  summary:    text('irsa.preset.certManager.summary'),
  icon:       'icon-confirmation-alt',
  origin:     'upstream',
  services:   ['Route 53'],
  chart:      { name: 'cert-manager', namespace: 'cert-manager', release: 'cert-manager' },
  // cert-manager 520d9bda (2019-09-20), templates/serviceaccount.yaml; first in the tag v0.11.0
  since:      '0.11.0',
  elsewhere:  ({ values }) => values.namespace,
  at:         'serviceAccount',
  parameters: [zones()],
  policyName: 'route53-challenges',
  policy:     (facts) => policyOf(
    allow('Changes', 'route53 GetChange', `arn:${ facts.partition }:route53:::change/*`),
    allow('Records', 'route53 ChangeResourceRecordSets ListResourceRecordSets', zoneArns(facts)),
    allow('Zones', 'route53 ListHostedZonesByName', '*'),
  ),
  allows:  ({ zones: named }) => named ? text('irsa.preset.allows.zones', { zones: listOf(named).join(', ') }) : text('irsa.preset.allows.allZones'),
  restart: [{ kind: 'Deployment', name: 'cert-manager' }],
  caveats: [text('irsa.preset.certManager.caveatIssuer'), text('irsa.preset.certManager.caveatKeys')],
});
