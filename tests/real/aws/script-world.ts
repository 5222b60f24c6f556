import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchHelm } from '../../../scripts/helm.mjs';
import { toCli } from '../../../pkg/irsa/plans/export/cli';
import { clusterOf } from '../../../pkg/irsa/plans/export/switch';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { logIn, type Person, type Target } from '../../contract/target';
import { listenAws, type AwsListener } from '../../sandbox/aws/listen.ts';
import { CREDENTIAL } from '../../sandbox/scenario/scenario.ts';
import { SANDBOX_USERS } from '../../sandbox/scenario/users.ts';
import { startSandbox, type Sandbox } from '../../sandbox/server.ts';
import { awsShell, hasAwsCli, type AwsShell, type Ended } from './programs';
import { withToken, type Front } from './with-token';

const { helm: HELM, kubectl: KUBECTL } = await fetchHelm() ?? {};

/** Whether there are the programs that an exported script calls. */
export const hasScriptTools = (): boolean => hasAwsCli() && KUBECTL !== undefined;

/** One world, and a shell beside it with a real `aws` and a real `kubectl`. */
export interface ScriptWorld {
  sandbox: Sandbox;
  /** Logs in anew, as is needed after a reset. */
  admin(): Promise<Person>;
  /** Runs a plan's script; kubectl finds the cluster that the plan speaks of. */
  script(plan: Plan): Promise<Ended>;
  close(): Promise<void>;
}

export async function openScriptWorld(): Promise<ScriptWorld> {
  const sandbox = await startSandbox({ pace: 5, backups: false });
  const target = { url: sandbox.url, users: Object.fromEntries(SANDBOX_USERS.map(({ username, password }) => [username, password])) } as Target;
  const aws: AwsListener = await listenAws(() => sandbox.world.aws);
  const shell: AwsShell = awsShell({ url: aws.url, credentials: { accessKeyId: CREDENTIAL.accessKey, secretAccessKey: CREDENTIAL.secretKey } });

  symlinkSync(KUBECTL ?? '', path.join(shell.folder, 'kubectl'));
  symlinkSync(HELM ?? '', path.join(shell.folder, 'helm'));

  return {
    sandbox,
    admin: () => logIn(target, 'admin'),
    async script(plan) {
      const front: Front = await withToken(sandbox.url, await tokenOf(sandbox));
      const [cluster = 'local', other = 'local'] = clustersOf(plan);

      try {
        return await shell.script(toCli(plan), { KUBECONFIG: kubeconfig(shell, front, cluster), CLUSTER_KUBECONFIG: kubeconfig(shell, front, other), PAUSE: '1' });
      } finally {
        await front.stop();
      }
    },
    async close() {
      shell.remove();
      await aws.stop();
      await sandbox.stop();
    },
  };
}

/** In the order of the script's own words: the one that kubectl points at, and the one that a switch looks at. */
function clustersOf({ steps }: Plan): string[] {
  const own = steps.flatMap(({ call, until }) => 'kubernetes' in call ? [call.kubernetes.clusterId] : 'verify' in call ? [call.verify.clusterId] : until && 'helmOperation' in until ? [until.helmOperation.clusterId] : []);

  return [own[0] ?? 'local', steps.flatMap((step) => clusterOf(step) ?? [])[0] ?? 'local'];
}

function kubeconfig({ folder }: AwsShell, { url }: Front, cluster: string): string {
  const file = path.join(folder, `kubeconfig-${ cluster }`);

  writeFileSync(file, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }], clusters: [{ name: 'c', cluster: { server: `${ url }/k8s/clusters/${ cluster }` } }], users: [{ name: 'u', user: {} }],
  }));

  return file;
}

/** A bearer token of the admin. */
async function tokenOf({ url }: Sandbox): Promise<string> {
  const admin = SANDBOX_USERS.find(({ username }) => username === 'admin');
  const answer = await fetch(`${ url }/v1-public/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'localProvider', username: 'admin', password: admin?.password, responseType: 'json' }) });

  return ((await answer.json()) as { token: string }).token;
}
