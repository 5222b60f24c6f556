import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { extension } from '../../scripts/paths.mjs';
import { packRepository } from '../../scripts/repository.mjs';
import { fileFor, sendFile } from '../../scripts/static-files.mjs';
import { helm, programs } from './helm';

const { name, version } = extension();

describe.skipIf(!programs)('npm run package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'irsa-package-'));
  const target = path.join(folder, 'dist-repo');
  const built = path.join(folder, 'built');
  let server: Server;
  let url: string;

  const index = () => parse(readFileSync(path.join(target, 'index.yaml'), 'utf8')) as { entries: Record<string, { version: string; urls: string[]; annotations: Record<string, string>; icon: string }[]> };
  const template = async(chart: string, ...args: string[]) => parseAllDocuments(await helm(['template', chart, chart, '--repo', url, '--namespace', chart, ...args, '--repository-cache', path.join(folder, 'cache')])).map((document) => document.toJS());

  beforeAll(async() => {
    mkdirSync(path.join(built, 'img'), { recursive: true });
    writeFileSync(path.join(built, `${ name }-${ version }.umd.min.js`), 'entry');
    writeFileSync(path.join(built, 'img/a.svg'), 'picture');
    writeFileSync(path.join(built, 'report.html'), 'of the build');
    server = createServer((request, answer) => {
      const file = fileFor(target, request.url!);

      return file ? sendFile(file, answer) : answer.writeHead(404).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${ (server.address() as AddressInfo).port }`;
    await packRepository({ built, target, url: `${ url }/` });
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('lists the extension and the webhook, at addresses that any mirror keeps', () => {
    expect(Object.fromEntries(Object.entries(index().entries).map(([chart, [one]]) => [chart, one!.urls]))).toEqual({
      [name]:                 [`assets/${ name }/${ name }-${ version }.tgz`],
      'pod-identity-webhook': [expect.stringMatching(/^assets\/pod-identity-webhook\/pod-identity-webhook-\d+\.\d+\.\d+\.tgz$/)],
    });
  });

  it('says of the extension what Rancher\'s Extensions page looks for', () => {
    const [chart] = index().entries[name]!;

    expect(chart!.annotations).toEqual({
      'catalog.cattle.io/display-name':          'IRSA',
      'catalog.cattle.io/namespace':             'cattle-ui-plugin-system',
      'catalog.cattle.io/os':                    'linux',
      'catalog.cattle.io/permits-os':            'linux, windows',
      'catalog.cattle.io/rancher-version':       extension().annotations['catalog.cattle.io/rancher-version'],
      'catalog.cattle.io/scope':                 'management',
      'catalog.cattle.io/ui-component':          'plugins',
      'catalog.cattle.io/ui-extensions-version': extension().annotations['catalog.cattle.io/ui-extensions-version'],
    });
  });

  it('gives both charts an icon that Rancher can fetch', async() => {
    for (const { icon } of Object.values(index().entries).flat()) {
      expect(icon).toBe(`${ url }/icon.svg`);
      expect(await (await fetch(icon)).text()).toMatch(/^<svg /);
    }
  });

  it('gives, served as it is, a UIPlugin whose files are there', async() => {
    const [plugin, ...more] = await template(name);

    expect(more).toEqual([]);
    expect(plugin).toMatchObject({ apiVersion: 'catalog.cattle.io/v1', kind: 'UIPlugin', spec: { plugin: { name, version, noAuth: false, metadata: extension().annotations } } });
    const { endpoint, compressedEndpoint } = plugin.spec.plugin;
    const files = (await (await fetch(`${ endpoint }/files.txt`)).text()).trim().split('\n');

    expect(files).toEqual(['plugin/img/a.svg', `plugin/${ name }-${ version }.umd.min.js`]);
    expect(await (await fetch(`${ endpoint }/${ files[1] }`)).text()).toBe('entry');
    writeFileSync(path.join(folder, 'fetched.tgz'), Buffer.from(await (await fetch(compressedEndpoint)).arrayBuffer()));
    expect(execFileSync('tar', ['-tzf', path.join(folder, 'fetched.tgz')], { encoding: 'utf8' })).toContain(`${ version }/plugin/${ name }-${ version }.umd.min.js`);
  });

  it('gives the webhook', async() => {
    expect((await template('pod-identity-webhook', '--set', 'region=eu-central-1')).map(({ kind }) => kind)).toContain('MutatingWebhookConfiguration');
  });

  it('keeps what earlier releases put there', async() => {
    const earlier = path.join(folder, 'earlier');

    await packRepository({ built, target: earlier, url });
    const listed = readFileSync(path.join(earlier, 'index.yaml'), 'utf8');

    writeFileSync(path.join(earlier, 'index.yaml'), listed.replaceAll(version, '0.0.1'));
    await packRepository({ built, target: earlier, url, keep: true });
    expect((parse(readFileSync(path.join(earlier, 'index.yaml'), 'utf8')) as ReturnType<typeof index>).entries[name]!.map((one) => one.version)).toEqual([version, '0.0.1']);
  });

  it('says so at install when it was packed without an address', async() => {
    await packRepository({ built, target, url: undefined });
    await expect(template(name)).rejects.toThrow('packed without an address');
  });
});
