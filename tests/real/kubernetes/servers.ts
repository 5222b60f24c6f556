import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '../../../scripts/ports.mjs';
import { startProcess } from '../../../scripts/processes.mjs';
import { goProgram, KUBERNETES } from '../../../scripts/real/go.mjs';
import { untilReady, type Started } from '../../../scripts/real/ready.mjs';

/** An answer of an API server. */
export interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  body: string;
}

export interface Asked {
  method?: string;
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** How the client calls itself. */
  agent?: string;
  /** One of the tokens below, or a service account's; none: anonymous. */
  token?: string;
}

/** A kube-apiserver on the loopback. */
export interface ApiServer {
  url: string;
  /** `--service-account-issuer` as it runs now. */
  issuers: string[];
  ask(asked: Asked): Promise<Answer>;
  /** The same server with other issuers, as a roll-out restarts it; killed, it does not wait a minute for those who watch. */
  restart(issuers: string[], signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** API servers on one etcd, with one signing key, as the servers of one cluster are. */
export interface RealCluster {
  servers: ApiServer[];
  version: string;
  /** A kubeconfig for the first server, as admin; a file. */
  kubeconfig: string;
  /** Forgets all revisions before now, as the API server has etcd do every five minutes. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

/** May do everything. */
export const ADMIN = 'token-of-admin';
/** May do nothing but what everybody may, and what tests grant `user olivia`. */
export const OLIVIA = 'token-of-olivia';

export interface ClusterOptions {
  /** Of each server; the first issuer signs. One list: one server. */
  issuers?: string[][];
  version?: string;
  /** Type of the signing key. */
  key?: 'rsa' | 'ec';
  /** Start the controllers that collect garbage and make namespaces and default accounts what they are. */
  controllers?: boolean;
  /** Pods get the default account of their namespace, as anywhere; without controllers nobody makes that account. */
  defaultAccounts?: boolean;
}

const READY_WITHIN = 90_000;

/** Whether this machine has the programs; where not, the run names them as skipped. */
export function hasServers(version = KUBERNETES): boolean {
  return goProgram('etcd') !== undefined && goProgram(`kube-apiserver ${ version }`) !== undefined;
}

/** @throws Error when a part does not start; that is a failure, not a reason to skip */
export async function startCluster({ issuers = [['https://kubernetes.default.svc.cluster.local']], version = KUBERNETES, key = 'rsa', controllers = false, defaultAccounts = false }: ClusterOptions = {}): Promise<RealCluster> {
  const folder = mkdtempSync(path.join(tmpdir(), 'irsa-real-'));
  const children: ReturnType<typeof startProcess>[] = [];
  const [etcdPort, peerPort, ...ports] = await freePorts(2 + issuers.length);
  const etcd = `http://127.0.0.1:${ etcdPort }`;
  const { privateKey, publicKey } = key === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(path.join(folder, name), content, { mode: 0o600 });

    return path.join(folder, name);
  };
  const signing = file('service.key', privateKey.export({ type: key === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' }));
  const accepted = file('service.pub', publicKey.export({ type: 'spki', format: 'pem' }));
  const tokens = file('tokens.csv', `${ ADMIN },admin,1,"system:masters"\n${ OLIVIA },olivia,2,\n`);
  const run = (name: string, args: string[]) => {
    const child = startProcess(goProgram(name) ?? '', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: false });
    let said = '';

    for (const stream of [child.process.stdout, child.process.stderr]) {
      stream?.on('data', (part: Buffer) => {
        said = (said + part.toString()).slice(-4000);
      });
    }
    children.push(child);

    return { ...child, name, said: () => said };
  };

  async function stop(): Promise<void> {
    for (const child of [...children].reverse()) {
      // Nothing of theirs is kept, and a server asked to end waits a minute for who still watches.
      child.process.kill('SIGKILL');
      await child.ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    const store = run('etcd', [
      `--data-dir=${ folder }/etcd`, '--unsafe-no-fsync', '--log-level=error', `--listen-client-urls=${ etcd }`, `--advertise-client-urls=${ etcd }`, `--listen-peer-urls=http://127.0.0.1:${ peerPort }`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${ peerPort }`, `--initial-cluster=default=http://127.0.0.1:${ peerPort }`
    ]);
    const servers: ApiServer[] = [];

    for (const [index, list] of issuers.entries()) {
      const port = ports[index]!;
      const url = `https://127.0.0.1:${ port }`;
      const start = (given: string[]) => run(`kube-apiserver ${ version }`, [
        `--etcd-servers=${ etcd }`, `--secure-port=${ port }`, '--bind-address=127.0.0.1', `--cert-dir=${ folder }/certs-${ index }`, ...given.map((issuer) => `--service-account-issuer=${ issuer }`),
        `--service-account-key-file=${ accepted }`, `--service-account-signing-key-file=${ signing }`, `--token-auth-file=${ tokens }`, '--authorization-mode=RBAC', '--service-cluster-ip-range=10.43.0.0/16',
        // As K3s and RKE2 have it: what the API itself takes does not change with the issuers.
        '--api-audiences=https://kubernetes.default.svc.cluster.local,rke2', ...defaultAccounts ? [] : ['--disable-admission-plugins=ServiceAccount'], '--profiling=false',
      ]);
      let child = start(list);
      const ask = (asked: Asked) => askServer(url, asked);
      const server: ApiServer = {
        url,
        issuers: list,
        ask,
        async restart(others, signal = 'SIGTERM') {
          child.process.kill(signal);
          await child.ended;
          children.splice(children.findIndex(({ process }) => process === child.process), 1);
          child = start(others);
          server.issuers = others;
          await answers(ask, '/readyz', [child, store]);
        },
      };

      await answers(ask, '/readyz', [child, store]);
      servers.push(server);
    }
    const kubeconfig = file('kubeconfig', JSON.stringify({
      apiVersion:        'v1',
      kind:              'Config',
      clusters:          [{ name: 'real', cluster: { server: servers[0]!.url, 'insecure-skip-tls-verify': true } }],
      users:             [{ name: 'admin', user: { token: ADMIN } }],
      contexts:          [{ name: 'real', context: { cluster: 'real', user: 'admin' } }],
      'current-context': 'real',
    }));

    if (controllers) {
      const manager = run(`kube-controller-manager ${ KUBERNETES }`, [
        `--kubeconfig=${ kubeconfig }`, '--leader-elect=false', '--secure-port=0', `--service-account-private-key-file=${ signing }`, '--use-service-account-credentials=false',
        '--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller,deployment-controller,replicaset-controller,cronjob-controller,job-controller'
      ]);

      // It makes the account of each namespace as soon as it has read everything.
      await answers(servers[0]!.ask, '/api/v1/namespaces/default/serviceaccounts/default', [manager, store]);
    }

    return { servers, version, kubeconfig, compact: () => compact(etcd), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Over the JSON gateway that etcd has on its client port. */
async function compact(etcd: string): Promise<void> {
  const ask = async(path: string, body: object) => {
    const answer = await fetch(`${ etcd }/v3/${ path }`, { method: 'POST', body: JSON.stringify(body) });

    if (!answer.ok) {
      throw new Error(`etcd ${ path }: ${ answer.status } ${ await answer.text() }`);
    }

    return await answer.json() as { header: { revision: string } };
  };
  const { header: { revision } } = await ask('maintenance/status', {});

  await ask('kv/compaction', { revision });
}

/** The first of the programs is the one that is waited for. */
function answers(ask: ApiServer['ask'], where: string, programs: Started[]): Promise<void> {
  return untilReady(programs[0]!.name, async() => {
    const answer = await ask({ path: where, token: ADMIN }).catch((error: unknown) => ({ status: 0, body: String(error) }));

    return answer.status === 200 ? undefined : answer.body;
  }, programs, READY_WITHIN);
}

/** Over https without a look at the certificate: it is made at the start, by the server itself, on the loopback. */
function askServer(url: string, { method = 'GET', path: where, body, contentType = 'application/json', accept = 'application/json', agent = 'irsa-cases/1', token }: Asked): Promise<Answer> {
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);

  return new Promise((resolve, reject) => {
    const call = request(`${ url }${ where }`, {
      method,
      rejectUnauthorized: false,
      headers:            { accept, 'user-agent': agent, ...(payload === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }), ...(token ? { authorization: `Bearer ${ token }` } : {}) },
    }, (response) => {
      const parts: Buffer[] = [];

      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers as Answer['headers'], body: Buffer.concat(parts).toString() }));
    });

    call.on('error', reject);
    call.end(payload);
  });
}
