import { describe, expect, it } from 'vitest';
import { createFaults } from './faults.ts';

const CREATE = { action: 'CreateRole', method: 'POST', path: '/' };
const GET = { action: 'GetRole', method: 'POST', path: '/' };

describe('faults', () => {
  it('strike once unless told how often', () => {
    const faults = createFaults();

    faults.add({ id: 'a', match: 'CreateRole', kind: 'error' });
    expect([faults.take(GET)?.id, faults.take(CREATE)?.id, faults.take(CREATE)?.id]).toEqual([undefined, 'a', undefined]);
    faults.add({ id: 'b', match: '*', kind: 'throttle', times: 2 });
    expect([faults.take(GET)?.id, faults.take(CREATE)?.id, faults.take(GET)?.id]).toEqual(['b', 'b', undefined]);
  });

  it('are refused where there is none of that kind: it would strike without doing anything', () => {
    expect(() => createFaults().add({ id: 'a', match: '*', kind: 'stuck' as 'deny' })).toThrow('of the kind stuck');
    expect(() => createFaults().add({ id: 'a', match: '*', kind: undefined as unknown as 'deny' })).toThrow('of the kind');
  });

  it('count each action separately when told so', () => {
    const faults = createFaults();

    faults.add({ id: 'a', match: '*', kind: 'throttle', each: true });
    expect([faults.take(GET)?.id, faults.take(GET)?.id, faults.take(CREATE)?.id]).toEqual(['a', undefined, 'a']);
  });

  it('match a method and the beginning of a path', () => {
    const faults = createFaults();

    faults.add({ id: 'a', match: 'PATCH /v1/serviceaccounts', kind: 'conflict', times: 9 });
    expect(faults.take({ method: 'PATCH', path: '/v1/serviceaccounts/shop/x' })?.id).toBe('a');
    expect(faults.take({ method: 'GET', path: '/v1/serviceaccounts/shop/x' })).toBeUndefined();
    expect(faults.take({ method: 'PATCH', path: '/v1/pods' })).toBeUndefined();
    faults.clear();
    expect(faults.take({ method: 'PATCH', path: '/v1/serviceaccounts/shop/x' })).toBeUndefined();
  });
});
