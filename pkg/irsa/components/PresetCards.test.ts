import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { CatalogueEntry } from '../composables/use-catalogue';
import { impossibleCharts, presets } from '../presets/index';
import PresetCards from './PresetCards.vue';

const entries: CatalogueEntry[] = presets.map((preset) => ({
  preset, found: preset.id === 'velero' ? [{ namespace: 'velero', name: 'velero-server' }] : [], state: { key: 'irsa.bind.states.notInstalled' }
}));

function open() {
  const view = mount(PresetCards, {
    props:  { entries },
    global: { provide: { store: { getters: { 'i18n/exists': () => true, 'i18n/t': (key: string) => key }, commit: () => undefined } } },
  });
  const cards = () => view.findAll('[data-testid^="irsa-preset-"]').map((card) => card.attributes('data-testid')!.replace('irsa-preset-', ''));

  return { view, cards, press: (id: string) => view.get(`[data-testid="${ id }"]`).trigger('click') };
}

describe('the catalogue', () => {
  it('shows every chart, those in the cluster first, and any service account', () => {
    const { cards } = open();

    expect(cards()).toHaveLength(presets.length + 1);
    expect(cards()[0]).toBe('velero');
    expect(cards().at(-1)).toBe('any');
  });

  it('shows what cannot be bound, with the reason, and nothing to choose', async() => {
    const { view, press } = open();
    const section = view.get('[data-testid="irsa-catalogue-impossible"]');

    for (const chart of impossibleCharts) {
      expect(section.text()).toContain(chart.impossible.key);
    }
    expect(section.findAll('button')).toHaveLength(0);
    await press('irsa-catalogue-installed');
    expect(view.find('[data-testid="irsa-catalogue-impossible"]').exists()).toBe(false);
  });

  it('filters, and says which filter is on', async() => {
    const { view, cards, press } = open();

    await press('irsa-catalogue-installed');
    expect(cards()).toEqual(['velero', 'any']);
    expect(view.get('[data-testid="irsa-catalogue-installed"]').attributes('aria-pressed')).toBe('true');
    expect(view.get('[data-testid="irsa-catalogue-all"]').attributes('aria-pressed')).toBe('false');
    await press('irsa-catalogue-rancher');
    expect(cards()).toEqual(['rancher-backup', 'rancher-logging', 'rancher-monitoring', 'longhorn', 'any']);
  });

  it('searches, and says so when nothing is found', async() => {
    const { view, cards } = open();
    const type = (text: string) => view.get('[data-testid="irsa-catalogue-search"]').setValue(text);

    await type('route 53');
    expect(cards()).toEqual(['cert-manager', 'external-dns', 'any']);
    await type('harbor');
    expect(cards()).toEqual(['any']);
    expect(view.find('[data-testid="irsa-impossible-harbor"]').exists()).toBe(true);
    expect(view.find('[data-testid="irsa-catalogue-empty"]').exists()).toBe(false);
    await type('no such thing');
    expect(view.find('[data-testid="irsa-catalogue-empty"]').exists()).toBe(true);
  });

  it('chooses', async() => {
    const { view, press } = open();

    await press('irsa-preset-loki');
    await press('irsa-preset-any');
    expect(view.emitted('choose')).toEqual([['loki'], ['any']]);
  });
});
