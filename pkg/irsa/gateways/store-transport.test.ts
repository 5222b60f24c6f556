import { describe, expect, it, vi } from 'vitest';
import { storeTransport } from './store-transport';

describe('the dashboard’s request action as transport', () => {
  it('asks for raw text, keeps the session when refused, and hands the body over as it is', async() => {
    const dispatch = vi.fn(async() => ({ status: 201, headers: { 'Content-Type': 'text/xml' }, data: '<a/>' }));
    const answer = await storeTransport(dispatch).request({ method: 'POST', url: '/meta/proxy/iam.amazonaws.com/', body: 'Action=ListRoles', headers: { 'content-type': 'rancher:x' } });
    const [action, options] = dispatch.mock.calls[0] as unknown as [string, Record<string, unknown>];

    expect(answer).toEqual({ status: 201, headers: { 'content-type': 'text/xml' }, body: '<a/>' });
    expect(action).toBe('management/request');
    expect(options).toMatchObject({ method: 'POST', data: 'Action=ListRoles', redirectUnauthorized: false, responseType: 'text' });
    expect((options.transformResponse as ((data: string) => string)[])[0]!('{"a":1}')).toBe('{"a":1}');
  });

  it('makes an answer of the error that the action throws (shell actions.js responseObject: text is wrapped as data)', async() => {
    const thrown = Object.defineProperties({ data: '{"reason":"Forbidden"}' }, { _status: { value: 403 }, _headers: { value: { 'X-A': 'b' } } });

    expect(await storeTransport(async() => Promise.reject(thrown)).request({ method: 'GET', url: '/x' })).toEqual({ status: 403, headers: { 'x-a': 'b' }, body: '{"reason":"Forbidden"}' });
  });

  it('knows an empty error body', async() => {
    const thrown = Object.defineProperties({ data: '' }, { _status: { value: 502 }, _headers: { value: {} } });

    expect(await storeTransport(async() => Promise.reject(thrown)).request({ method: 'GET', url: '/x' })).toEqual({ status: 502, headers: {}, body: '' });
  });

  it.each([
    ['ERR_CANCELED', 'aborted'],
    ['ECONNABORTED', 'timeout'],
    ['ERR_NETWORK', 'network'],
  ])('%s is «no answer», reason %s', async(code, reason) => {
    const request = storeTransport(async() => Promise.reject(Object.assign(new Error('x'), { code }))).request({ method: 'GET', url: '/x' });

    await expect(request).rejects.toMatchObject({ name: 'TransportError', reason });
  });
});
