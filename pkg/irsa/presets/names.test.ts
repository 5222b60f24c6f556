import { expect, it } from 'vitest';
import { presets } from './index';
import { takesRole } from './since';
import { NAMES } from './test-names';

const of = (id: string) => presets.find((one) => one.id === id)!;

it('has a case for every chart', () => {
  expect(new Set(NAMES.map(([id]) => id))).toEqual(new Set(presets.map(({ id }) => id)));
});

it.each(NAMES)('%s %j: %s', (id, options, account) => {
  expect(Object.values(of(id).subject(options)).join('/')).toBe(account);
});

/** The last version of each chart that cannot be bound by its values, and the first that can; `undefined` where the first one there is can. */
const VERSIONS: Record<string, [last: string | undefined, first: string][]> = {
  'rancher-backup':               [['1.0.400', '1.2.0'], ['1.0.400', '102.0.0+up3.1.0']],
  'rancher-logging':              [['103.0.1+up3.17.10', '103.1.0+up4.4.0']],
  'rancher-monitoring':           [[undefined, '9.4.200'], [undefined, '100.0.0+up16.6.0']],
  longhorn:                       [['1.2.4', '1.2.5'], ['100.1.2+up1.2.4', '100.1.3+up1.2.5'], ['100.1.1+up1.2.3', '101.0.0+up1.2.6']],
  'aws-ebs-csi':                  [['1.2.4', '2.0.0']],
  'aws-efs-csi':                  [['1.2.4', '2.0.0']],
  'aws-for-fluent-bit':           [[undefined, '0.1.0']],
  'aws-load-balancer-controller': [[undefined, '0.1.0']],
  'cert-manager':                 [['v0.10.1', 'v0.11.0']],
  'cluster-autoscaler':           [['1.1.1', '9.0.0']],
  'external-dns':                 [[undefined, '1.2.0']],
  'external-secrets':             [[undefined, '0.1.1']],
  keda:                           [['2.8.4', '2.9.0']],
  loki:                           [['0.18.1', '0.19.0']],
  'mountpoint-s3':                [[undefined, '1.0.0']],
  'node-termination-handler':     [['0.3.0', '0.3.1']],
  thanos:                         [['0.2.4', '0.3.0']],
  velero:                         [['2.8.0', '2.8.1']],
};

it.each(presets)('$id says from which version on its values bind the account', (preset) => {
  for (const [last, first] of VERSIONS[preset.id]!) {
    expect([first, takesRole(preset, first)]).toEqual([first, true]);
    expect(last && takesRole(preset, last)).toBe(last && false);
  }
});
