import { text } from '../domain/text';
import { chartPreset, namespaceOverride } from './chart';
import { zones } from './fields';
import { allow, listOf, policyOf } from './policy';
import type { PolicyFacts } from './preset';

/** ARNs of the zones that were named; of all of them otherwise. Route 53 is global: its ARNs name neither region nor account. */
export function zoneArns({ partition, zones: named }: PolicyFacts): string[] {
  const ids = listOf(named);

  return (ids.length ? ids : ['*']).map((id) => `arn:${ partition }:route53:::hostedzone/${ id }`);
}

/** ExternalDNS: names of services and ingresses, in Route 53. */
export const externalDns = chartPreset({
  id:         'external-dns',
  title:      text('irsa.preset.externalDns.title'),
  summary:    text('irsa.preset.externalDns.summary'),
  icon:       'icon-globe',
  origin:     'upstream',
  services:   ['Route 53'],
  chart:      { name: 'external-dns', namespace: 'external-dns', release: 'external-dns' },
  // kubernetes-sigs/external-dns 124fd70c (2021-08-14), templates/serviceaccount.yaml: the first version there is, and it has it
  since:      '1.2.0',
  elsewhere:  namespaceOverride,
  at:         'serviceAccount',
  parameters: [zones()],
  policyName: 'route53-records',
  policy:     (facts) => policyOf(
    allow('Records', 'route53 ChangeResourceRecordSets ListResourceRecordSets ListTagsForResources', zoneArns(facts)),
    allow('Zones', 'route53 ListHostedZones', '*'),
  ),
  allows:  ({ zones: named }) => named ? text('irsa.preset.allows.zones', { zones: listOf(named).join(', ') }) : text('irsa.preset.allows.allZones'),
  restart: [{ kind: 'Deployment', name: 'external-dns' }],
  caveats: [text('irsa.preset.externalDns.caveatZones')],
});
