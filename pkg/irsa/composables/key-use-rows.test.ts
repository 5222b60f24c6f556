import { describe, expect, it } from 'vitest';
import { ROLE_ARN } from '../domain/chain/test-facts';
import { KEY_USES } from '../plans/test-facts';
import type { KeyUses } from '../gateways/observe/key-uses';
import { keyUseExport, keyUseRows } from './key-use-rows';

const FOUND: KeyUses = { uses: [KEY_USES.output, KEY_USES.workload, KEY_USES.open], withoutKey: [{ what: 'deployment shop/web', account: { namespace: 'shop', name: 'web' }, sign: 'AWS_REGION' }], missing: [] };
const rows = (bound: string[] = []) => keyUseRows({ id: 'c-1', name: '=prod' }, FOUND, new Map(bound.map((id) => [id, ROLE_ARN])));
const say = ({ key }: { key: string }) => key;

describe('what uses access keys, in a list', () => {
  it('says each once, in its cluster, with the way to its plan', () => {
    expect(rows().map(({ id }) => id)).toEqual([...new Set(rows().map(({ id }) => id))]);
    expect(rows()[0]).toMatchObject({ clusterId: 'c-1', kind: 'key', account: 'cattle-logging-system/rancher-logging-root-fluentd', place: { plan: 'move' } });
    expect(rows()[1]).toMatchObject({ place: { bind: 'any' } });
    expect(rows(['shop/reader'])[1]).toMatchObject({ place: { plan: 'move' } });
  });

  it('asks where the chart of all Backups has the key', () => {
    const chart = { ...KEY_USES.backup, kind: 'chart' as const, name: 'rancher-backup' };

    expect(keyUseRows({ id: 'local', name: 'local' }, { uses: [chart], withoutKey: [], missing: [] }, new Map([['cattle-resources-system/rancher-backup', ROLE_ARN]]))).toMatchObject([{ what: 'chart rancher-backup', kind: 'key', place: { bind: 'rancher-backup', role: 'reader-role' } }]);
  });

  it('leads nowhere from what cannot be moved', () => {
    expect(rows()[2]).toMatchObject({ kind: 'key', obstacles: [{ key: 'irsa.output.nobody' }] });
    expect(rows()[2]!.place).toBeUndefined();
  });

  it('leaves the node’s role out where the account has one of its own', () => {
    expect(rows().filter(({ kind }) => kind === 'node')).toHaveLength(1);
    expect(rows(['shop/web']).filter(({ kind }) => kind === 'node')).toEqual([]);
  });

  it('is exported with everything that is shown, and computed by no spreadsheet', () => {
    const json = JSON.parse(keyUseExport('json', rows(), say)) as Record<string, unknown>[];
    const csv = keyUseExport('csv', rows(), say).split('\r\n');

    expect(json.map(({ signsWith }) => signsWith)).toEqual(['access key', 'access key', 'access key', 'perhaps the role of its node']);
    expect(json[0]).toMatchObject({ cluster: '=prod', secrets: ['cattle-logging-system/aws'] });
    expect(json[2]).toMatchObject({ obstacles: ['irsa.output.nobody'] });
    expect(csv).toHaveLength(6);
    expect(csv[1]).toMatch(/^'=prod,c-1,clusteroutput /);
  });
});
