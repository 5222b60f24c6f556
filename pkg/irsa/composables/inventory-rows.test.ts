import { describe, expect, it } from 'vitest';
import { binding, cluster, hidden, role, ROLE_ARN, SUBJECT, value } from '../domain/chain/test-facts';
import { newTrust } from '../domain/trust';
import { inventoryCsv, inventoryJson } from './inventory-export';
import { inventoryRows, type ReadPods } from './inventory-rows';

const say = ({ key }: { key: string }): string => key;
const stranger = JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'other' }));
const unread: ReadPods = new Map();
const read = (pods = binding().pods): ReadPods => new Map([['shop', value(new Map([['reader', pods]]))]]);

describe('a row of the list over all clusters', () => {
  it('is judged by annotation, role and trust before its pods are read, and by these afterwards', () => {
    const here = cluster({ bindings: value([binding({ pods: [], workloads: [] })]) });
    const [before] = inventoryRows(here, unread);
    const [after] = inventoryRows(here, read(binding().pods.map((pod) => ({ ...pod, identity: undefined }))));

    expect(before).toMatchObject({ id: 'c-m-prod shop/reader', role: 'reader-role', path: '/rancher-irsa/', isThere: true, findings: [] });
    expect(before).not.toHaveProperty('pods');
    expect(after).toMatchObject({ pods: { good: 0, total: 2, state: 'broken' }, workloads: [{ kind: 'Deployment', name: 'web', replicas: 2 }], worst: { code: 'PODS_WITHOUT_IDENTITY' }, state: 'broken' });
    expect(inventoryRows(here, read())[0]).toMatchObject({ pods: { good: 2, total: 2, state: 'ok' }, state: 'ok' });
  });

  it('has what is wrong with the cluster, the binding and the role’s trust policy, worst first', () => {
    const loose = JSON.stringify({ ...newTrust({ ...SUBJECT, serviceAccount: 'other' }), Version: '2008-10-17' });
    const [row] = inventoryRows(cluster({ provider: value(null), bindings: value([binding({ role: value(role({ trustPolicy: loose })) })]) }), unread);

    expect(row!.findings.map(({ code }) => code)).toEqual(['PROVIDER_MISSING', 'TRUST_SUBJECT_DIFFERS', 'OLD_VERSION']);
    expect(row!.worst!.code).toBe('PROVIDER_MISSING');
  });

  it('says what could not be read as what it is, and nothing of what was not', () => {
    const [row] = inventoryRows(cluster({ bindings: value([binding({ role: hidden('no-credential') })]) }), new Map([['shop', hidden('forbidden')]]));

    expect(row).toMatchObject({ isThere: false, state: 'unknown' });
    expect(row).not.toHaveProperty('pods');
    expect(inventoryRows(cluster({ bindings: hidden('forbidden') }), unread)).toEqual([]);
  });
});

describe('the export', () => {
  const rows = () => inventoryRows(cluster({
    cluster:  { ...cluster().cluster, name: '=cmd|calc' },
    bindings: value([binding({ role: value(role({ trustPolicy: stranger })) }, { annotations: { 'meta.helm.sh/release-name': 'web' } })]),
  }), read());

  it('has every row with its codes, and null where something was not read', () => {
    expect(JSON.parse(inventoryJson(rows(), say))).toEqual([{
      cluster:       '=cmd|calc', clusterId: 'c-m-prod', namespace: 'shop', serviceAccount: 'reader', roleArn: ROLE_ARN, usedBy: ['release/web', 'deployment/web'], pods: 2, podsWithRole: 2, state: 'broken',
      worstFinding:  'TRUST_SUBJECT_DIFFERS', worstSeverity: 'high',
      findings:      [{ code: 'TRUST_SUBJECT_DIFFERS', severity: 'high', title: 'irsa.finding.TRUST_SUBJECT_DIFFERS.title' }],
    }]);
    expect(JSON.parse(inventoryJson(inventoryRows(cluster({ bindings: value([binding()]) }), unread), say))).toMatchObject([{ pods: null, podsWithRole: null, worstFinding: null }]);
  });

  it('has no cell that a spreadsheet computes, and the same columns in every line', () => {
    const [head, line, ...rest] = inventoryCsv(rows(), say).split('\r\n');

    expect(line).toMatch(/^'=cmd\|calc,c-m-prod,shop,reader,/);
    expect(line!.split(',')).toHaveLength(head!.split(',').length);
    expect(rest).toEqual(['']);
  });
});
