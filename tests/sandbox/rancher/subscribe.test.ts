import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';
import { shapeDifferences } from './shape.ts';
import { fieldsOf, isFields, listOf } from './values.ts';
import type { Fields } from './values.ts';

interface Case {
  case: string;
  path: string;
  frames: { ms: number; sent?: Fields; got?: Fields }[];
}

const { cases } = JSON.parse(readFileSync(new URL('../../fixtures/rancher-subscribe.json', import.meta.url), 'utf8')) as { cases: Case[] };

let sandbox: Sandbox;
let token: string;

beforeAll(async() => {
  sandbox = await startSandbox({ pace: 1 });
  const login = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username: 'admin', password: 'sandbox-admin-1', responseType: 'json' }) });

  token = String(fieldsOf(await login.json()).token);
  await api('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  await api('POST', '/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'reader', annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/x' } } });
});
afterAll(() => sandbox.stop());

async function api(method: string, path: string, body?: object): Promise<Fields> {
  const response = await fetch(`${ sandbox.url }${ path }`, {
    method, headers: { authorization: `Bearer ${ token }`, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }, body: body && JSON.stringify(body)
  });

  return fieldsOf(await response.json());
}

interface Line {
  frames: Fields[];
  send: (frame: object) => void;
  until: (enough: (frames: Fields[]) => boolean) => Promise<void>;
  close: () => void;
}

async function connect(path: string): Promise<Line> {
  const socket = new WebSocket(`${ sandbox.url.replace('http', 'ws') }${ path }`, { headers: { authorization: `Bearer ${ token }` } });
  const frames: Fields[] = [];

  socket.on('message', (data: Buffer) => {
    const frame = fieldsOf(JSON.parse(data.toString()) as unknown);

    if (frame.name !== 'ping') {
      frames.push(frame);
    }
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

  return {
    frames,
    send:  (frame) => socket.send(JSON.stringify(frame)),
    until: async(enough) => {
      for (let look = 0; look < 300 && !enough(frames); look++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: () => socket.close()
  };
}

/** What the recorder did after subscribing: patch one account, make another, remove it. */
async function disturb(): Promise<void> {
  await api('PATCH', '/api/v1/namespaces/shop/serviceaccounts/reader', { metadata: { annotations: { n: String(Math.random()) } } });
  await api('POST', '/api/v1/namespaces/shop/serviceaccounts', { metadata: { name: 'tmp' } });
  await api('DELETE', '/api/v1/namespaces/shop/serviceaccounts/tmp');
}

function label(frame: Fields): string {
  const data = fieldsOf(frame.data);

  return [frame.name, frame.resourceType, frame.namespace ?? '-', frame.id ?? '-', frame.mode ?? '-', data.id ?? '-'].join(' ');
}

describe('subscribe as a real Rancher does', () => {
  it.each(cases)('$case', async({ case: name, path, frames: recorded }) => {
    const wanted = recorded.map((frame) => frame.got).filter((frame) => frame !== undefined).filter((frame) => frame.name !== 'ping');
    const line = await connect(path.replace(/\?.*/, ''));

    for (const { sent } of recorded.filter((frame) => frame.sent)) {
      const revision = name === 'resource mode' ? String(fieldsOf(await api('GET', '/v1/serviceaccounts')).revision) : sent?.resourceVersion;

      line.send({ ...sent, ...sent?.resourceVersion ? { resourceVersion: revision } : {} });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (wanted.some((frame) => /create|changes/.test(String(frame.name)))) {
      await disturb();
    }
    await line.until((frames) => frames.length >= wanted.length);
    line.close();

    // A service account is stored at once here; a debounced mode may tell of three changes in one frame less.
    expect(line.frames.map(label).sort()).toEqual(wanted.map(label).sort());
    for (const frame of wanted) {
      const ours = line.frames.find((one) => label(one) === label(frame));

      expect(shapeDifferences(frame, ours)).toEqual([]);
    }
  });
});

describe('what the dashboard lives on', () => {
  it('pushes counts while they are watched', async() => {
    const line = await connect('/v1/subscribe');

    line.send({ resourceType: 'count' });
    await disturb();
    await line.until((frames) => frames.some((frame) => frame.name === 'resource.change'));
    line.close();
    const counts = fieldsOf(fieldsOf(line.frames.find((frame) => frame.name === 'resource.change')?.data).counts);

    expect(isFields(counts.serviceaccount)).toBe(true);
  });

  it('tells of a type that came with a chart', async() => {
    const line = await connect('/k8s/clusters/c-m-edge0001/v1/subscribe');

    line.send({ resourceType: 'schema' });
    await api('POST', '/k8s/clusters/c-m-edge0001/v1/catalog.cattle.io.clusterrepos/rancher-charts?action=install', {
      namespace: 'cattle-logging-system', charts: [{ chartName: 'rancher-logging-crd', version: '', releaseName: 'rancher-logging-crd', values: {} }]
    });
    await line.until((frames) => frames.some((frame) => fieldsOf(frame.data).id === 'logging.banzaicloud.io.clusteroutput'));
    line.close();
    const frame = line.frames.find((one) => fieldsOf(one.data).id === 'logging.banzaicloud.io.clusteroutput');

    expect(frame?.name).toBe('resource.create');
    expect(listOf(fieldsOf(frame?.data).collectionMethods)).toContain('POST');
  });

  it('refuses a stranger', async() => {
    const socket = new WebSocket(`${ sandbox.url.replace('http', 'ws') }/v1/subscribe`);
    const status = await new Promise((resolve) => socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)).once('error', () => undefined));

    expect(status).toBe(401);
  });
});
