import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rancherBackupCharts } from '../catalog/charts/rancher-backup.ts';
import { rancherLoggingCharts } from '../catalog/charts/rancher-logging.ts';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';
import { shapeDifferences } from './shape.ts';
import { fieldsOf, listOf, stringOf } from './values.ts';

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

/** Recorded, but no request: the list of schema ids, which is compared below. */
const NOT_REQUESTS = ['v1 schema ids'];

/**
 * Requests that the recording's "AWS" only echoed. The modelled AWS judges them (most bear keys it does not know), so here only
 * the proxy's own part is compared; what it sends on is compared with rancher-meta-proxy.json in meta-proxy.test.ts.
 */
function isEchoed(recorded: Recorded): boolean {
  return recorded.name.startsWith('meta ') && recorded.status !== 502;
}

/** Schemas of a real Rancher that the sandbox leaves out, by what they begin with, and why. */
const LEFT_OUT: Record<string, RegExp> = {
  'never asked for by the dashboard or by us': /^(apigroup|auditlog|binding|componentstatus|telemetry|plan\.|upgrade\.|operation\.|resource\.k8s|flowcontrol|ext\.(?!cattle\.io\.selfuser)|networking\.k8s\.io\.(ipaddress|servicecidr)|storage\.k8s\.io\.(csistoragecapacity|volumeattributesclass)|admissionregistration\.k8s\.io\.mutatingadmissionpolicy)/,
  'Rancher\'s inner records':                  /^management\.cattle\.io\.(apiservice|clusterproxyconfig|composeconfig|dynamicschema|group|managedchart|oidcclient|preference|projectnetworkpolicy|samltoken)/,
  'machines of other clouds, inner steps of provisioning': /^(rke-machine|rke\.cattle\.io\.(custommachine|rkebootstrap)|cluster\.x-k8s\.io\.(machinedrainrule|machinehealthcheck|machinepool))/,
  'shapes of actions':                         /^(apply|chart|generateKubeconfig)/,
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
  it.each(answers.filter((one) => !NOT_REQUESTS.includes(one.name)))('$name: $method $path', async(recorded) => {
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
    if (isEchoed(recorded)) {
      expect(answer.status).not.toBe(502);
      expect(answer.headers.get('content-security-policy')).toBe(recorded.headers['content-security-policy']);
      expect(answer.headers.get('x-api-cattle-auth')).toBe('true');

      return;
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

  it('serves the schemas a real Rancher has', async() => {
    const recorded = (answers.find((one) => one.name === 'v1 schema ids') as unknown as { ids: string[] }).ids;
    const answer = await fetch(`${ sandbox.url }/v1/schemas`, { headers: { authorization: `Bearer ${ tokens.admin ?? '' }` } });
    const ours = listOf(fieldsOf(await answer.json()).data).map((schema) => stringOf(fieldsOf(schema).id));

    expect(recorded.filter((id) => !ours.includes(id) && !Object.values(LEFT_OUT).some((left) => left.test(id)))).toEqual([]);
  });
});
