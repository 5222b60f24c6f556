import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { fetchHelm } from '../../../scripts/helm.mjs';
import { ADMIN, type ApiServer, type RealCluster } from '../kubernetes/servers';

// What comes back is what the API server says, of any kind.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Thing = any;

/** Real Helm and kubectl; undefined on machines that the binaries do not run on. */
export const programs = await fetchHelm();

/** Programs that a test runs against a cluster, each with a home of its own. */
export function tools(cluster: RealCluster) {
  const folder = mkdtempSync(path.join(tmpdir(), 'irsa-helm-'));
  const server = cluster.servers[0]!;

  return {
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    helm:   (...args: string[]) => run(programs!.helm, args, { KUBECONFIG: cluster.kubeconfig, HOME: folder }),

    /** As a pod runs a script: with helm and kubectl on its path, and the service account's token. */
    async script(file: string, token: string, env: Record<string, string>) {
      const kubeconfig = path.join(folder, 'kubeconfig-of-account');
      const work = mkdtempSync(path.join(folder, 'work-'));

      writeFileSync(kubeconfig, JSON.stringify({
        apiVersion:        'v1',
        kind:              'Config',
        clusters:          [{ name: 'real', cluster: { server: server.url, 'insecure-skip-tls-verify': true } }],
        users:             [{ name: 'account', user: { token } }],
        contexts:          [{ name: 'real', context: { cluster: 'real', user: 'account' } }],
        'current-context': 'real',
      }), { mode: 0o600 });

      return run('/bin/sh', [file], { KUBECONFIG: kubeconfig, HOME: work, WORK: work, PATH: `${ path.dirname(programs!.helm) }:${ process.env.PATH }`, ...env });
    },

    /** Files of a ConfigMap, as a pod sees them. */
    mount(data: Record<string, string>): string {
      const where = path.join(folder, 'mounted');

      mkdirSync(where, { recursive: true });
      for (const [name, content] of Object.entries(data)) {
        writeFileSync(path.join(where, name), content);
      }

      return where;
    },
  };
}

/** @throws Error with what the program said */
async function run(program: string, args: string[], env: Record<string, string>): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { env: { PATH: process.env.PATH, ...env } });

    return stdout;
  } catch (error) {
    throw new Error((error as { stderr?: string }).stderr || String(error));
  }
}

/** One answer as JSON. @throws Error when the server does not answer 2xx */
export async function ask(server: ApiServer, where: string, method = 'GET', body?: unknown): Promise<Thing> {
  const answer = await server.ask({ path: where, method, body, token: ADMIN, contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' });

  if (answer.status >= 300) {
    throw new Error(`${ method } ${ where }: ${ answer.status } ${ answer.body }`);
  }

  return JSON.parse(answer.body);
}

/** What changes by itself while a cluster stands there. */
const RESTLESS = ['events', 'leases', 'endpointslices', 'endpoints', 'componentstatuses'];

/** Every object of every kind that the server has: `apiVersion/resource/namespace/name`. */
export async function everything(server: ApiServer): Promise<string[]> {
  const groups: string[] = (await ask(server, '/apis')).groups.map((group: Thing) => group.preferredVersion.groupVersion);
  const found: string[] = [];

  for (const version of ['v1', ...groups]) {
    const base = version === 'v1' ? '/api/v1' : `/apis/${ version }`;

    for (const { name, verbs } of (await ask(server, base)).resources as { name: string; verbs: string[] }[]) {
      if (!name.includes('/') && verbs.includes('list') && !RESTLESS.includes(name)) {
        found.push(...((await ask(server, `${ base }/${ name }`)).items as Thing[]).map(({ metadata }) => `${ version }/${ name }/${ metadata.namespace ?? '' }/${ metadata.name }`));
      }
    }
  }

  return found.sort();
}
