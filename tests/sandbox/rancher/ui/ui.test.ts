import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../server.ts';
import type { Sandbox } from '../../server.ts';
import { fieldsOf, listOf, stringOf, valueAt } from '../values.ts';

let folder: string;
let sandbox: Sandbox;
let token: string;

beforeAll(async() => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-ui-'));
  await mkdir(join(folder, 'dashboard', 'js'), { recursive: true });
  await mkdir(join(folder, 'extension'));
  await writeFile(join(folder, 'dashboard', 'index.html'), '<html>the page</html>');
  await writeFile(join(folder, 'dashboard', 'js', 'app.12345678.js'), 'fetch("https://updates.rancher.io/rancher/x/updates")');
  await writeFile(join(folder, 'secret.txt'), 'not for you');
  await writeFile(join(folder, 'extension', 'package.json'), JSON.stringify({ name: 'irsa', version: '0.1.0', rancher: { annotations: { 'catalog.cattle.io/display-name': 'IRSA' } } }));
  await writeFile(join(folder, 'extension', 'irsa-0.1.0.umd.min.js'), 'window.irsa = 1;');
  sandbox = await startSandbox({ pace: 1, dashboard: join(folder, 'dashboard'), extension: join(folder, 'extension') });
  const login = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username: 'milo', password: 'sandbox-milo-1', responseType: 'json' }) });

  token = stringOf(fieldsOf(await login.json()).token);
});
afterAll(async() => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

async function get(path: string, known = true): Promise<{ status: number; type: string; text: string }> {
  const answer = await fetch(`${ sandbox.url }${ path }`, { redirect: 'manual', headers: known ? { authorization: `Bearer ${ token }` } : {} });

  return { status: answer.status, type: stringOf(answer.headers.get('content-type')), text: await answer.text() };
}

describe('the dashboard', () => {
  it('is found from the root', async() => {
    const answer = await fetch(sandbox.url, { redirect: 'manual' });

    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/dashboard/']);
  });

  it.each(['/dashboard', '/dashboard/', '/dashboard/c/local/explorer', '/dashboard/auth/login?timed-out'])('%s is its page', async(path) => {
    expect(await get(path, false)).toMatchObject({ status: 200, text: '<html>the page</html>' });
  });

  it('asks nobody outside for news', async() => {
    const { text } = await get('/dashboard/js/app.12345678.js', false);

    expect(text).toBe('fetch("/sandbox-news/rancher/x/updates")');
    expect((await get('/sandbox-news/rancher/x/updates', false)).status).toBe(200);
  });

  it('does not take a missing script for a page, nor leaves its folder', async() => {
    expect((await get('/dashboard/js/gone.js', false)).status).toBe(404);
    expect((await get('/dashboard/..%2Fsecret.txt', false)).text).not.toContain('not for you');
  });
});

describe('the extension', () => {
  it('stands in the index with what the dashboard insists on', async() => {
    const { entries } = fieldsOf(JSON.parse((await get('/v1/uiplugins')).text) as unknown);

    expect(valueAt(entries, 'irsa.version')).toBe('0.1.0');
    expect(stringOf(valueAt(entries, 'irsa.endpoint'))).toContain('/v1/uiplugins/irsa/0.1.0/plugin');
    expect(valueAt(entries, 'irsa.metadata')).toMatchObject({ 'catalog.cattle.io/display-name': 'IRSA', 'catalog.cattle.io/ui-extensions-version': '>= 3.0.0 < 4.0.0' });
  });

  it('is served to those who are logged in', async() => {
    const path = '/v1/uiplugins/irsa/0.1.0/plugin/irsa-0.1.0.umd.min.js';

    expect(await get(path)).toMatchObject({ status: 200, text: 'window.irsa = 1;', type: 'text/javascript; charset=utf-8' });
    expect((await get(path, false)).status).toBe(404);
    expect((await get('/v1/uiplugins/irsa/0.2.0/plugin/irsa-0.2.0.umd.min.js')).status).toBe(404);
  });

  it('has its record in Rancher\'s cluster', () => {
    const { store } = sandbox.world.kube('local');
    const type = store.findType('catalog.cattle.io', 'uiplugins');

    expect(type && listOf(store.list(type)).map((one) => valueAt(one, 'spec.plugin.name'))).toEqual(['irsa']);
  });
});
