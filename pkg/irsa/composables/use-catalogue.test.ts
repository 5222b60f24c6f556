import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { computed, defineComponent, ref } from 'vue';
import type { ObservedBinding, ObservedCluster, Text } from '../domain/facts';
import { presets } from '../presets/index';
import { accountsLike, search, useCatalogue, type Catalogue } from './use-catalogue';
import type { Engine } from './use-engine';

const velero = presets.find(({ id }) => id === 'velero')!;
const at = (id: string) => ({ namespace: id.split('/')[0]!, name: id.split('/')[1]! });
const observed = { cluster: { id: 'c-m-1' } } as ObservedCluster;
const bound = (roleArn?: string) => ({ account: { exists: true, roleArn }, owner: { kind: 'nobody' } }) as unknown as ObservedBinding;

async function catalogue(engine: Partial<Engine>): Promise<Catalogue> {
  let state: Catalogue | undefined;

  mount(defineComponent({
    setup() {
      state = useCatalogue(ref(observed), async() => engine as Engine, computed(() => presets));

      return () => null;
    },
  }));
  await flushPromises();

  return state!;
}

describe('accounts that could be a chart’s', () => {
  it('are those of its name, wherever they are, and those named by another release', () => {
    const accounts = ['shop/reader', 'ops/backup-velero-server', 'ops/velero-server', 'velero/velero-server', 'shop/my-server', 'velero/velero-server-upgrade'].map(at);

    expect(accountsLike(velero, accounts)).toEqual(['velero/velero-server', 'ops/backup-velero-server', 'ops/velero-server', 'velero/velero-server-upgrade'].map(at));
    expect(accountsLike(presets.find(({ id }) => id === 'rancher-monitoring')!, [at('cattle-monitoring-system/rancher-monitoring-grafana')])).toHaveLength(1);
  });
});

describe('how charts stand', () => {
  const state = ({ entries }: Catalogue, id: string) => entries.value.find(({ preset }) => preset.id === id)!.state.key.split('.').pop();

  it('is looked at only where a chart’s account is in the cluster', async() => {
    const observeBinding = vi.fn(async(_: ObservedCluster, { name }: { name: string }) => bound(name === 'velero-server' ? 'arn:aws:iam::1:role/velero' : undefined));
    const shown = await catalogue({ accounts: async() => ['velero/velero-server', 'loki/loki', 'shop/reader'].map(at), observeBinding: observeBinding as unknown as Engine['observeBinding'] });

    expect(observeBinding.mock.calls.map(([, account]) => account)).toEqual([at('loki/loki'), at('velero/velero-server')]);
    expect(['velero', 'loki', 'harbor', 'external-dns'].filter((id) => presets.some((preset) => preset.id === id)).map((id) => state(shown, id))).toEqual(['bound', 'unbound', 'notInstalled']);
  });

  it('is not claimed where the accounts may not be read, or one of them not be looked at', async() => {
    expect(state(await catalogue({ accounts: async() => Promise.reject(new Error('403')) }), 'velero')).toBe('unknown');
    expect(state(await catalogue({ accounts: async() => [at('velero/velero-server')], observeBinding: async() => Promise.reject(new Error('403')) }), 'velero')).toBe('looking');
  });
});

describe('search', () => {
  const say = ({ key }: Text) => ({ 'irsa.preset.velero.title': 'Velero', 'irsa.preset.loki.summary': 'Logs in a bucket' }[key] ?? '');
  const ids = (text: string) => search(presets, text, say).map(({ id }) => id);

  it('finds by title, chart, words of the summary and services', () => {
    expect(ids('VELERO')).toEqual(['velero']);
    expect(ids('route 53')).toEqual(['cert-manager', 'external-dns']);
    expect(ids('bucket logs')).toEqual(['loki']);
    expect(ids('ebs-csi')).toEqual(['aws-ebs-csi']);
    expect(ids('  ')).toHaveLength(presets.length);
    expect(ids('nothing of the kind')).toEqual([]);
  });
});
