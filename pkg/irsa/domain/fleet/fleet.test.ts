import { describe, expect, it } from 'vitest';
import { fleetState, isThere } from './fleet';

const ready = (message: string) => [{ type: 'Installed', status: 'True' }, { type: 'Deployed', status: 'True' }, { type: 'Ready', status: 'False', message }];

describe('what Fleet says of a cluster', () => {
  it.each([
    ['Ready', [], { state: 'ready' }, true],
    // Applied and ready, and not as Helm put it there: nothing is left to be waited for (bundle_types.go, GetDeploymentState).
    ['Modified', ready('secret.v1 a/b modified'), { state: 'modified', message: 'secret.v1 a/b modified' }, true],
    ['NotReady', ready('not ready'), { state: 'waiting', message: 'not ready' }, false],
    ['WaitApplied', [], { state: 'waiting' }, false],
    ['ErrApplied', [{ type: 'Installed', status: 'False', message: 'no such chart' }], { state: 'failed', message: 'no such chart' }, false],
  ])('%s', (display, conditions, state, there) => {
    expect(fleetState(display, conditions)).toEqual(state);
    expect(isThere(fleetState(display, conditions))).toBe(there);
  });

  it('of a cluster that it has not come to is nothing', () => {
    expect(isThere(undefined)).toBe(false);
  });
});
