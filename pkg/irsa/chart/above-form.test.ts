import { defineComponent, h } from 'vue';
import { describe, expect, it, vi } from 'vitest';
import { open } from './test-form';

const broken = (how: 'setup' | 'draw') => defineComponent({
  setup() {
    if (how === 'setup') {
      throw new Error('ours');
    }

    return () => {
      throw new Error('ours');
    };
  },
});

describe('Rancher’s own form', () => {
  it.each([
    ['cannot be loaded', async() => Promise.reject(new Error('gone'))],
    ['cannot be set up', async() => broken('setup')],
    ['cannot be drawn', async() => broken('draw')],
    ['has a part that cannot be drawn', async() => defineComponent(() => () => h('div', { 'data-testid': 'irsa-chart-access' }, h(broken('draw'))))],
  ])('stands there alone, with all it is given, where the section above it %s', async(_what, section) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { view, own, values } = await open({ section, values: { mine: 1 } });

    expect(view.find('[data-testid="host-form"]').exists()).toBe(true);
    expect(own.seen.attrs).toMatchObject({ mode: 'create', value: values });
    expect(view.find('[data-testid="irsa-chart-access"]').exists()).toBe(false);
    expect(view.vm.valuesComponent).not.toBeNull();
    error.mockRestore();
  });

  it.each([[true, 'FORM'], [false, 'YAML']])('does not exist: Rancher’s page goes on as it does with such charts (questions: %s)', async(hasQuestions, option) => {
    const { view } = await open({ hasForm: false, hasQuestions });

    expect(view.vm.valuesComponent).toBeNull();
    expect(view.vm.preFormYamlOption).toBe(option);
    expect(view.find('[data-testid="irsa-chart-access"]').exists()).toBe(false);
  });
});
