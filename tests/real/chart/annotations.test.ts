import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy } from '../../sandbox/catalog/helm.ts';
import type { Chart } from '../../sandbox/catalog/chart.ts';
import { ADMIN as SANDBOX_ADMIN, ask, testCluster } from '../../sandbox/kubernetes/testing.ts';
import { KeyPool } from '../../sandbox/kubernetes/tokens/keys.ts';
import { ADMIN, hasServers, startCluster, type RealCluster } from '../kubernetes/servers';
import { programs, tools } from './helm';

const WHERE = '/api/v1/namespaces/default/serviceaccounts/reader';
const TEMPLATE = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: reader
  {{- with .Values.role }}
  annotations:
    role: {{ . }}
  {{- end }}
`;

/** A cluster with Helm, and with somebody who writes annotations as a page or a person does. */
interface Helmed {
  /** Upgrades, or installs, with this role; none: the chart says nothing about it. Tells what stands in the way. */
  helm(role: string): Promise<string | undefined>;
  /** Somebody else's patch. */
  annotate(annotations: Record<string, string>): Promise<void>;
  annotations(): Promise<Record<string, string>>;
}

/** The account's annotations after each step; a refusal instead where Helm gave up. */
async function story({ helm, annotate, annotations }: Helmed): Promise<Record<string, unknown>> {
  const own = async() => Object.fromEntries(Object.entries(await annotations()).filter(([name]) => !name.startsWith('meta.helm.sh/')));
  const upgraded = async(role: string) => (await helm(role))?.match(/conflict with \\?"(\w+)\\?"/)?.[0].replaceAll('\\', '') ?? own();
  const told: Record<string, unknown> = {};

  told['installed with a role'] = await upgraded('a');
  await annotate({ note: 'theirs' });
  told['upgraded without'] = await upgraded('');
  await annotate({ role: 'b' });
  told['once more, after somebody set one'] = await upgraded('');
  told['upgraded with another than theirs'] = await upgraded('c');
  told['upgraded with the same as theirs'] = await upgraded(String((await own()).role));
  told['upgraded without what both had set'] = await upgraded('');

  return told;
}

const SAME = {
  'installed with a role':             { role: 'a' },
  'upgraded without':                  { note: 'theirs' },
  'once more, after somebody set one': { note: 'theirs', role: 'b' },
};

/** Helm 4 applies on the server's side: an annotation belongs to everybody who set it, and nobody's is overwritten. */
const HELM_4 = { ...SAME, 'upgraded with another than theirs': 'conflict with "somebody"', 'upgraded with the same as theirs': { note: 'theirs', role: 'b' }, 'upgraded without what both had set': { note: 'theirs', role: 'b' } };
/** A merge of three, as Helm 3 does it and Helm 4 for what Helm 3 installed, asks nobody whose it is. */
const THREE_WAY = { ...SAME, 'upgraded with another than theirs': { note: 'theirs', role: 'c' }, 'upgraded with the same as theirs': { note: 'theirs', role: 'c' }, 'upgraded without what both had set': { note: 'theirs' } };

describe.skipIf(!programs || !hasServers())('annotations of an account that Helm and somebody else write', () => {
  let cluster: RealCluster;
  let tool: ReturnType<typeof tools>;

  beforeAll(async() => {
    cluster = await startCluster();
    tool = tools(cluster);
  });
  afterAll(async() => {
    tool?.remove();
    await cluster?.stop();
  });

  // Values in the cluster as it is given out by Helm's own choice (`auto`), and as it chooses for what Helm 3 installed.
  it.each([['by itself', [], HELM_4], ['as for what Helm 3 installed', ['--server-side=false'], THREE_WAY]] as const)('real Helm, applying %s', async(_how, flags, expected) => {
    const server = cluster.servers[0]!;
    const chart = path.join(tool.folder, 'chart');

    mkdirSync(path.join(chart, 'templates'), { recursive: true });
    writeFileSync(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: reader\nversion: 0.1.0\n');
    writeFileSync(path.join(chart, 'templates', 'account.yaml'), TEMPLATE);
    expect(await story({
      helm:        (role) => tool.helm('upgrade', '--install', 'reader', chart, '--namespace', 'default', '--set', `role=${ role }`, ...flags).then(() => undefined, (error: Error) => error.message),
      annotations: async() => (JSON.parse((await server.ask({ path: WHERE, token: ADMIN })).body) as { metadata: { annotations: Record<string, string> } }).metadata.annotations,
      async annotate(annotations) {
        expect((await server.ask({ method: 'PATCH', path: `${ WHERE }?fieldManager=somebody`, contentType: 'application/merge-patch+json', token: ADMIN, body: { metadata: { annotations } } })).status).toBe(200);
      },
    })).toEqual(expected);
    await tool.helm('uninstall', 'reader', '--namespace', 'default');
  }, 120_000);

  it('the sandbox’s Helm merges three ways', async() => {
    const sandbox = testCluster(new KeyPool(1));
    const chart: Chart = {
      name: 'reader', version: '0.1.0', metadata: { annotations: {} }, values: {}, readme: '',
      render: ({ values }) => [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'default', ...values.role ? { annotations: { role: String(values.role) } } : {} } }],
    };

    expect(await story({
      async helm(role) {
        deploy(sandbox, SANDBOX_ADMIN, { chart, release: 'reader', namespace: 'default', values: { role }, annotations: {}, upgrade: true });

        return undefined;
      },
      annotations: async() => ((await ask(sandbox, 'GET', WHERE)).body as { metadata: { annotations: Record<string, string> } }).metadata.annotations,
      async annotate(annotations) {
        await ask(sandbox, 'PATCH', `${ WHERE }?fieldManager=somebody`, { body: { metadata: { annotations } }, headers: { 'content-type': 'application/merge-patch+json' } });
      },
    })).toEqual(THREE_WAY);
    sandbox.stop();
  });
});
