import { describe, expect, it, vi } from 'vitest';
import { binding, cluster, role, value } from '../domain/chain/test-facts';
import { unbound } from '../plans/test-facts';
import { rancherLogging } from '../presets/rancher-logging';
import { chartFollow } from './chart-follow';
import type { Engine } from './use-engine';

describe('what is said once a chart has left its role', () => {
  it.each<[string, boolean | undefined, unknown[]]>([
    ['that it has', false, ['success', { key: 'irsa.chart.left', args: { account: 'shop/reader', role: '' } }, undefined]],
    ['that the role lets it in still, where that stayed', undefined, ['warning', { key: 'irsa.chart.left', args: { account: 'shop/reader', role: '' } }, { key: 'irsa.warning.stillLetsIn', args: { role: 'reader-role' } }]],
  ])('%s', async(_what, deletes, said) => {
    const run = vi.fn(async() => ({ status: 'done' }));
    const engine = { run, appAt: async() => ({ values: {} }), observeBinding: async() => run.mock.calls.length ? unbound() : binding({ role: value(role()) }) } as unknown as Engine;
    const tell = vi.fn();
    const parts = { engine: async() => engine, observe: async() => cluster(), release: { namespace: 'shop', name: 'logs' }, deletesRole: () => deletes, rest: async() => undefined };

    chartFollow(parts, rancherLogging, { answers: {}, usesKey: false }, tell).released([{ namespace: 'shop', name: 'reader' }]);
    await vi.waitFor(() => expect(tell).toHaveBeenCalledWith(...said));
  });
});
