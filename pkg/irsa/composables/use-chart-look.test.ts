import { config, flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import { binding, cluster } from '../domain/chain/test-facts';
import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { useChartLook } from './use-chart-look';
import { ENGINE, type Engine } from './use-engine';

vi.mock('vue-router', () => ({ useRouter: () => ({ afterEach: () => () => undefined }) }));

const ACCOUNT = { namespace: 'shop', name: 'reader' };
const store = { ...config.global.provide!.store as object, subscribe: () => () => undefined };
const of = (id: string) => ({ ...cluster(), at: id.charCodeAt(0) });

/** Looks that are answered when a test says so, by their credential. */
function start() {
  const answers: Record<string, { resolve(seen: ObservedCluster): void; reject(error: Error): void }> = {};
  let state!: ReturnType<typeof useChartLook>;

  mount(defineComponent({
    setup() {
      state = useChartLook(cluster().cluster, ACCOUNT, () => true);

      return () => null;
    },
  }), {
    global: {
      provide: {
        store,
        [ENGINE as symbol]: async(id: string) => ({
          observe:        () => new Promise((resolve, reject) => (answers[id] = { resolve, reject })),
          observeBinding: async({ at }: ObservedCluster) => binding({ pods: [], account: { ...binding().account, name: String(at) } }),
        }) as unknown as Engine,
      },
    },
  });
  const pick = async(id: string | undefined) => {
    state.credential.value = id;
    void state.look();
    await flushPromises();
  };
  const seen = () => [state.observed.value?.at, state.binding.value?.account.name, state.failure.value?.what.key, state.looking.value];

  return { answers, pick, seen, settled: () => state.settled() };
}

describe('looks with one credential after the other', () => {
  it('shows what was seen', async() => {
    const { answers, pick, seen } = start();

    await pick('A');
    expect(seen()).toEqual([undefined, undefined, undefined, true]);
    answers.A!.resolve(of('A'));
    await flushPromises();
    expect(seen()).toEqual([65, '65', undefined, false]);
    await pick('B');
    answers.B!.reject(irsaError('NO_ANSWER', { message: 'gone' }));
    await flushPromises();
    expect(seen()).toEqual([undefined, '65', expect.stringContaining('NO_ANSWER'), false]);
  });

  it('keeps what the newer one saw when the older answers last, or fails last', async() => {
    for (const late of ['resolve', 'reject'] as const) {
      const { answers, pick, seen } = start();

      await pick('A');
      await pick('B');
      answers.B!.resolve(of('B'));
      await flushPromises();
      answers.A![late]((late === 'resolve' ? of('A') : new Error('refused')) as ObservedCluster & Error);
      await flushPromises();
      expect(seen()).toEqual([66, '66', undefined, false]);
    }
  });

  it('goes on looking when the older answers first', async() => {
    const { answers, pick, seen, settled } = start();
    const whenSettled = vi.fn();

    await pick('A');
    void settled().then(whenSettled);
    await pick('B');
    answers.A!.resolve(of('A'));
    await flushPromises();
    expect(seen()).toEqual([undefined, undefined, undefined, true]);
    expect(whenSettled).not.toHaveBeenCalled();
    answers.B!.resolve(of('B'));
    await flushPromises();
    expect(whenSettled).toHaveBeenCalled();
  });

  it('has seen nothing, and looks no more, once the credential is taken back', async() => {
    const { answers, pick, seen } = start();

    await pick('A');
    await pick(undefined);
    expect(seen()).toEqual([undefined, undefined, undefined, false]);
    answers.A!.resolve(of('A'));
    await flushPromises();
    expect(seen()).toEqual([undefined, undefined, undefined, false]);
  });
});
