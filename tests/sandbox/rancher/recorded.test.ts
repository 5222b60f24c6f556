import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rancherBackupCharts } from '../catalog/charts/rancher-backup.ts';
import { rancherLoggingCharts } from '../catalog/charts/rancher-logging.ts';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';
import { shapeDifferences } from './shape.ts';
import { fieldsOf, stringOf } from './values.ts';

interface Recorded {
  name: string;
  method?: string;
  path: string;
  requestBody?: unknown;
  requestHeaders?: Record<string, string>;
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const { answers } = JSON.parse(readFileSync(new URL('../../fixtures/rancher-answers.json', import.meta.url), 'utf8')) as { answers: Recorded[] };

/** Recorded, but not replayed; each with the reason. */
const NOT_COVERED: Record<string, string> = {
};

/** Departures from the recorded shape that are known and harmless, by request. */
const ALLOWED: Record<string, RegExp> = {
  user:                       /^\.enabled/,
  'user singular':            /^\.enabled/,
  'v3 schemas':               /collection(Filters|Methods)|resourceMethods/, // the first recorded schema is one without methods
  'v3 cloudcredential schema': /dynamicField|nullable/,
  counts:                     /counts\./, // how many there are is the scenario's matter
  'v3 clusters':              /^\.data\[\]\./, // Norman flattens spec and status: which members there are depends on the kind of cluster
  'cloud credentials':        /^\.data\[\]\.labels/, // the recorded first one was not made by a person
  'chart info':               /^\.chart\./, // cut in the recording
};

/** Headers that clients act on. */
const HEADERS = ['content-type', 'x-api-cattle-auth', 'x-api-schemas', 'warning', 'location'];

/** Content types that the recording did not keep. */
const CONTENT_TYPES: Record<string, string> = { 'wrong patch type': 'application/json', 'json patch test fails': 'application/json-patch+json' };

let sandbox: Sandbox;
const tokens: Record<string, string> = {};
/** Names that differ from run to run: recorded → ours. */
const renamed = new Map<string, string>([['user-qqt57', 'user-admin'], ['edge-rke2', 'edge-two'], ['store-k3s', 'store-two'], ['c-m-d45xt4vj', 'c-eks01']]);

async function call(recorded: Recorded): Promise<{ status: number; headers: Headers; body: unknown }> {
  const rename = (text: string): string => [...renamed].reduce((sofar, [from, to]) => sofar.replaceAll(from, to), text);
  const anonymous = ['no token', 'bad token'].includes(recorded.name) || recorded.path.includes('-public/');
  const who = /as user/.test(recorded.name) ? 'carol' : 'admin';
  const body = recorded.requestBody === undefined ? undefined : rename(JSON.stringify(recorded.requestBody)).replace('(password)', who === 'carol' || recorded.name === 'login carol' ? 'carol-password-1' : 'sandbox-admin-1');
  const headers: Record<string, string> = { 'x-api-host': 'rancher.example.com', 'x-forwarded-proto': 'https', ...recorded.requestHeaders };

  for (const [name, value] of Object.entries(headers)) {
    headers[name] = rename(value);
  }
  if (!anonymous) {
    headers.authorization = `Bearer ${ tokens[who] ?? '' }`;
  } else if (recorded.name === 'bad token') {
    headers.authorization = 'Bearer token-abcde:nothing';
  }
  if (body !== undefined && !headers['content-type']) {
    headers['content-type'] = CONTENT_TYPES[recorded.name] ?? (recorded.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  }
  const response = await fetch(`${ sandbox.url }${ rename(recorded.path) }`, { method: recorded.method, headers, body, redirect: 'manual' });
  const text = await response.text();
  let parsed: unknown = text;

  try {
    parsed = JSON.parse(text) as unknown;
  } catch {
    // a text
  }

  return { status: response.status, headers: response.headers, body: parsed };
}

beforeAll(async() => {
  sandbox = await startSandbox({ pace: 1 });
  sandbox.world.sources.serve('http://127.0.0.1:9000', [...rancherBackupCharts(), ...rancherLoggingCharts()]);
});
afterAll(() => sandbox.stop());

describe('answers as a real Rancher does', () => {
  it.each(answers.filter((one) => one.method && !NOT_COVERED[one.name]))('$name: $method $path', async(recorded) => {
    const answer = await call(recorded);
    const body = fieldsOf(answer.body);

    if (recorded.name === 'login admin' || recorded.name === 'login carol') {
      tokens[recorded.name.split(' ')[1] ?? ''] = stringOf(body.token);
    }
    if (recorded.name === 'user') {
      renamed.set('u-p45qw', stringOf(body.id));
    }
    if (recorded.name === 'cloud credential') {
      renamed.set('cc-z66wc', stringOf(body.id).split(':')[1] ?? '');
    }
    if (/^(clusterrepo|prov cluster|imported cluster|clusterrepo bad)$/.test(recorded.name)) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(answer.status).toBe(recorded.status);
    for (const name of HEADERS) {
      expect(`${ name }: ${ answer.headers.get(name) ?? '' }`).toBe(`${ name }: ${ recorded.headers[name] ?? '' }`);
    }
    const differences = shapeDifferences(recorded.body, answer.body).filter((difference) => !ALLOWED[recorded.name]?.test(difference));

    if (differences.length) {
      expect.fail(`the shape differs:\n${ differences.join('\n') }`);
    }
  });
});
