import {
  afterEach, beforeEach, describe, expect, it, vi
} from 'vitest';
import { createTemporaryCredentials, forgetAtLogout } from './use-temporary-keys';
import { temporaryName } from './use-temporary-name';
import { preselect } from './use-credentials';

const KEYS = { accessKeyId: 'ASIAEXAMPLE000000001', secretAccessKey: 'the-secret-key', sessionToken: 'the-session-token' };

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

describe('temporary credentials of a tab', () => {
  it('are there for who signs until they are forgotten', () => {
    const credentials = createTemporaryCredentials();

    expect(() => credentials.keys()).toThrow('CREDENTIAL_FORGOTTEN');
    credentials.hold(KEYS);
    expect(credentials.keys()).toEqual(KEYS);
    expect(credentials.state.value).toEqual({ status: 'held', chosen: true, since: 1_000_000, expires: undefined });
    credentials.forget();
    expect(() => credentials.keys()).toThrow('CREDENTIAL_FORGOTTEN');
    expect(credentials.state.value).toEqual({ status: 'none' });
  });

  it('go when they expire, and say so', () => {
    const credentials = createTemporaryCredentials();

    credentials.hold(KEYS, 1_060_000);
    credentials.belongsTo('111122223333');
    vi.advanceTimersByTime(59_000);
    expect(credentials.keys()).toEqual(KEYS);
    vi.advanceTimersByTime(1000);
    expect(credentials.state.value).toMatchObject({ status: 'expired', account: '111122223333' });
    expect(() => credentials.keys()).toThrow('CREDENTIAL_EXPIRED');
  });

  it('are not used when a sleeping tab’s timer comes late', () => {
    const credentials = createTemporaryCredentials();

    credentials.hold(KEYS, 1_060_000);
    vi.setSystemTime(1_060_000);
    expect(() => credentials.keys()).toThrow('CREDENTIAL_EXPIRED');
  });

  it('go when AWS says so, and the timer of replaced ones takes nothing away', () => {
    const credentials = createTemporaryCredentials();

    credentials.expire();
    expect(credentials.state.value.status).toBe('none');
    credentials.hold(KEYS, 1_060_000);
    credentials.belongsTo('111122223333');
    credentials.expire();
    expect(credentials.state.value.status).toBe('expired');
    credentials.hold({ ...KEYS, accessKeyId: 'ASIAEXAMPLE000000002' }, 9_000_000);
    expect(credentials.state.value.account).toBeUndefined();
    vi.advanceTimersByTime(100_000);
    expect(credentials.keys().accessKeyId).toBe('ASIAEXAMPLE000000002');
  });

  it('cannot be read off what holds them', () => {
    const credentials = createTemporaryCredentials();

    credentials.hold(KEYS, 2_000_000);
    expect(JSON.stringify([credentials, credentials.state, { ...credentials }])).not.toMatch(/the-se|ASIA/);
  });
});

describe('logging out', () => {
  function tab() {
    const credentials = createTemporaryCredentials();
    const told: { mutation?: (mutation: { type: string }) => void; route?: (to: { path: string }) => void } = {};

    forgetAtLogout(credentials, { subscribe: ((listener: never) => (told.mutation = listener)) as never }, { afterEach: ((listener: never) => (told.route = listener)) as never });
    credentials.hold(KEYS);

    return { credentials, told };
  }

  it.each([
    ['logging out', (told: ReturnType<typeof tab>['told']) => told.mutation!({ type: 'auth/loggedOut' })],
    ['somebody logging in', (told: ReturnType<typeof tab>['told']) => told.mutation!({ type: 'auth/loggedInAs' })],
    ['being sent to the log-in page', (told: ReturnType<typeof tab>['told']) => told.route!({ path: '/auth/login' })],
    ['leaving the page', () => window.dispatchEvent(new Event('pagehide'))],
  ])('%s forgets them', (_what, happen) => {
    const { credentials, told } = tab();

    happen(told);
    expect(() => credentials.keys()).toThrow('CREDENTIAL_FORGOTTEN');
  });

  it('nothing else does', () => {
    const { credentials, told } = tab();

    told.mutation!({ type: 'management/loadAll' });
    told.route!({ path: '/c/_/irsa/clusters' });
    expect(credentials.keys()).toEqual(KEYS);
  });
});

describe('what is shown of them', () => {
  const t = (key: string, args?: object) => `${ key.replace('irsa.temporary.', '') } ${ JSON.stringify(args ?? {}) }`;

  it.each([
    [{ status: 'held' as const }, 'unknown'],
    [{ status: 'held' as const, expires: 1_000_000 + 59_000 }, 'soon'],
    [{ status: 'held' as const, expires: 1_000_000 + 43 * 60_000 + 1 }, 'minutes {\\"minutes\\":43}'],
    [{ status: 'held' as const, expires: 1_000_000 + 150 * 60_000 }, 'hours {\\"hours\\":2,\\"minutes\\":30}'],
    [{ status: 'expired' as const, expires: 1 }, 'ends.expired'],
  ])('%j: %s', (state, words) => {
    expect(temporaryName(state, 1_000_000, t as never).replaceAll('\\\\', '\\')).toContain(words);
  });

  it('names the account when it is known', () => {
    expect(temporaryName({ status: 'held', account: '111122223333' }, 0, t as never)).toContain('111122223333');
  });
});

describe('who signs at first', () => {
  const none = { editable: false };

  it.each([
    ['an address that names them, where there are some', [{ id: 'a', name: 'a' }], 'temporary', none, 'there', 'temporary'],
    ['the same address in another tab', [{ id: 'a', name: 'a' }], 'temporary', none, 'none', 'a'],
    ['nothing else to use', [], undefined, none, 'there', 'temporary'],
    ['nothing at all', [], undefined, none, 'none', undefined],
    ['several to choose from', [{ id: 'a', name: 'a' }, { id: 'b', name: 'b' }], undefined, none, 'there', undefined],
    ['the cluster’s own', [], undefined, { editable: true, credentialId: 'own' }, 'there', 'own'],
    ['what was chosen last, before the cluster’s own', [], undefined, { editable: true, credentialId: 'own' }, 'chosen', 'temporary'],
    ['an address that names another', [{ id: 'a', name: 'a' }], 'a', none, 'chosen', 'a'],
  ] as const)('%s', (_what, options, address, cluster, temporary, expected) => {
    expect(preselect([...options], address, cluster, temporary)).toBe(expected);
  });
});
