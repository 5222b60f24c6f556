import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../composables/use-engine';
import type { KeyUses } from '../gateways/observe/key-uses';
import { binding, cluster, value } from '../domain/chain/test-facts';
import { irsaError } from '../domain/errors';
import { KEY_USES } from '../plans/test-facts';
import KeyUseList from './KeyUseList.vue';

const READER = { namespace: 'shop', name: 'reader' };
const found = (change: Partial<KeyUses> = {}): KeyUses => ({ uses: [KEY_USES.output, KEY_USES.workload], withoutKey: [{ what: 'deployment shop/web', account: READER, sign: 'AWS_REGION' }], missing: [], ...change });
const says = (key: string, args?: object) => `${ key }${ args ? ` ${ JSON.stringify(args) }` : '' }`;
const store = { getters: { 'i18n/exists': () => true, 'i18n/t': says }, commit: () => undefined };

async function list(uses: () => Promise<KeyUses>, { bound = true, remedies = ['move'] as const }: { bound?: boolean; remedies?: readonly 'move'[] } = {}) {
  const keyUses = vi.fn(uses);
  const view = mount(KeyUseList, {
    props:  { observed: cluster({ bindings: value(bound ? [binding()] : []) }), engine: async() => ({ keyUses }) as unknown as Engine, remedies: [...remedies] },
    global: { mocks: { $store: store, t: says }, provide: { store } },
  });

  await flushPromises();

  return { view, keyUses, places: () => view.emitted('go')?.map(([place]) => place) };
}

describe('what uses access keys in a cluster', () => {
  it('leads to the plan where it can be told what the role has to allow, and to the questions where it cannot', async() => {
    const { view, places } = await list(async() => found(), { bound: false });

    await view.get('[data-testid="irsa-move-clusteroutput/cattle-logging-system/logs"]').trigger('click');
    await view.get('[data-testid="irsa-move-deployment/shop/web"]').trigger('click');
    expect(places()).toEqual([
      { use: 'clusteroutput/cattle-logging-system/logs', secrets: 'cattle-logging-system/aws', plan: 'move', account: 'cattle-logging-system/rancher-logging-root-fluentd' },
      { use: 'deployment/shop/web', secrets: 'shop/aws', bind: 'any', namespace: 'shop', name: 'reader' },
    ]);
  });

  it('leads to the plan for a workload whose account has a role', async() => {
    const { view, places } = await list(async() => found());

    await view.get('[data-testid="irsa-move-deployment/shop/web"]').trigger('click');
    expect(places()).toEqual([{ use: 'deployment/shop/web', secrets: 'shop/aws', plan: 'move', account: 'shop/reader' }]);
  });

  it('says that it does not know what a key may do, where there is one', async() => {
    expect((await list(async() => found())).view.text()).toContain('irsa.move.unread');
    expect((await list(async() => found({ uses: [], withoutKey: [] }))).view.text()).not.toContain('irsa.move.unread');
  });

  it('names the node’s role only where an account has none of its own', async() => {
    expect((await list(async() => found(), { bound: false })).view.text()).toContain('irsa.move.node');
    expect((await list(async() => found())).view.text()).not.toContain('irsa.move.node');
  });

  it('says why something cannot be moved, and offers nothing then', async() => {
    const { view } = await list(async() => found({ uses: [KEY_USES.open] }));

    expect(view.text()).toContain('irsa.output.nobody');
    expect(view.findAll('button')).toHaveLength(0);
  });

  it('offers nothing to who may not', async() => {
    expect((await list(async() => found(), { remedies: [] })).view.findAll('button')).toHaveLength(0);
  });

  it('says what was not looked at, and does not call that nothing', async() => {
    const { view } = await list(async() => found({ uses: [], withoutKey: [], missing: [{ clusterId: 'c', verb: 'list', group: 'apps', resource: 'deployments' }] }));

    expect(view.get('[data-testid="irsa-key-uses-none"]').text()).toBe('irsa.move.noneSeen');
    expect(view.text()).toContain('deployments');
  });

  it('says what failed, and looks again', async() => {
    let broken = true;
    const { view, keyUses } = await list(async() => {
      if (broken) {
        throw irsaError('NO_ANSWER', { message: 'gone' });
      }

      return found();
    });

    expect(view.text()).toContain('irsa.error.NO_ANSWER.what');
    broken = false;
    await view.get('button').trigger('click');
    await flushPromises();
    expect(keyUses).toHaveBeenCalledTimes(2);
    expect(view.findAll('tbody tr')).toHaveLength(2);
  });
});
