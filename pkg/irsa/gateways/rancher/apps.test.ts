import { expect, it } from 'vitest';
import type { Transport } from '../transport';
import { readApp } from './apps';

it.each([['deployed', undefined], [undefined, undefined], ['pending-upgrade', true], ['failed', true]])('tells whether Helm is done with an App that is %s', async(state, undone) => {
  expect((await readApp({} as Transport, 'c-1', { metadata: { name: 'logs', namespace: 'obs' }, status: { summary: { ...(state ? { state } : {}) } } })).undone).toBe(undone);
});
