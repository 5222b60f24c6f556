import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, ref } from 'vue';
import type { ObservedRole } from '../domain/facts';
import { addBinding, newTrust, trustSize } from '../domain/trust';
import { cluster, hidden, role, SUBJECT, value } from '../plans/test-facts';
import type { Account } from './accounts';
import type { Engine } from './use-engine';
import { useTrustRoom } from './use-trust-room';

const writer = { namespace: 'shop', name: 'writer' };

function setUp(found: ObservedRole | null | Error, { observed = cluster(), quotas = value({ trustPolicySize: 4096 }) as Awaited<ReturnType<Engine['quotas']>> } = {}) {
  const account = ref<Account | undefined>(writer);
  const name = ref('reader-role');
  const engine = {
    observeRole: vi.fn(async() => {
      if (found instanceof Error) {
        throw found;
      }

      return found;
    }),
    quotas: vi.fn(async() => quotas),
  };
  let room: ReturnType<typeof useTrustRoom>;

  mount(defineComponent({
    setup() {
      room = useTrustRoom(ref(observed), account, name, async() => engine as unknown as Engine);

      return () => null;
    },
  }));

  return { account, name, engine, room: room! };
}

const settle = async() => {
  await vi.advanceTimersByTimeAsync(500);
  await flushPromises();
};

describe('room in a trust policy while a role is chosen', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is that of the policy with the account in it, against the account’s own quota', async() => {
    const { room } = setUp(role());

    await settle();
    expect(room.value).toMatchObject({ before: trustSize(newTrust(SUBJECT)), size: trustSize(addBinding(newTrust(SUBJECT), { ...SUBJECT, serviceAccount: 'writer' })), quota: 4096, isLive: true });
    expect(room.value!.moreAccounts).toBeGreaterThan(room.value!.moreClusters);
  });

  it('is that of a new policy for a role to be made; the usual quota where the own is not known', async() => {
    const { room } = setUp(null, { quotas: hidden('refused') });

    await settle();
    expect(room.value).toMatchObject({ size: trustSize(newTrust({ ...SUBJECT, serviceAccount: 'writer' })), quota: 2048, isLive: false });
    expect(room.value!.before).toBeUndefined();
  });

  it('asks once for the last choice, and shows nothing that is about another', async() => {
    const { room, name, engine } = setUp(role());

    for (const letter of 'abc') {
      name.value = letter;
      await vi.advanceTimersByTimeAsync(100);
    }
    await settle();
    expect(engine.observeRole.mock.calls).toEqual([['c', expect.anything()]]);
    expect(room.value).toBeDefined();
    name.value = 'd';
    await flushPromises();
    expect(room.value).toBeUndefined();
  });

  it('says nothing where nothing is known', async() => {
    for (const { room, account } of [setUp(new Error('no')), setUp(role({ trustPolicy: '{' })), setUp(role(), { observed: cluster({ issuer: hidden('forbidden') }) })]) {
      await settle();
      expect(room.value).toBeUndefined();
      account.value = undefined;
      await settle();
      expect(room.value).toBeUndefined();
    }
  });
});
