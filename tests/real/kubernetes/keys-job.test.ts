import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseKeySet } from '../../../pkg/irsa/domain/issuer/jwks';
import { planKeysJob, runKeysJob } from '../../../pkg/irsa/gateways/kubernetes/keys-job';
import type { Transport, TransportAnswer } from '../../../pkg/irsa/gateways/transport';
import { GO_PROGRAMS, goProgram, KUBERNETES } from '../../../scripts/real/go.mjs';
import { ask, programs, tools, type Thing } from '../chart/helm';
import { ADMIN, hasServers, startCluster, type ApiServer, type RealCluster } from '../kubernetes/servers';

const PODS = '/api/v1/namespaces/cattle-system/pods';
const hasControllers = GO_PROGRAMS.every((name) => goProgram(name));

/**
 * The Job that prints the keys of Rancher's own cluster: its manifest goes through a real API server and the real Job controller, and the
 * command of the pod that comes of it is run by a real kubectl with a token of the pod's own account. What is played is the kubelet only:
 * it starts the command, reports its end, and keeps its log. The image that Rancher names has that kubectl on its path and runs as user
 * 1000, as the manifest asks (rancher/shell Dockerfile).
 */
describe.skipIf(!hasServers(KUBERNETES) || !programs || !hasControllers)('the Job that prints the keys, on a real API server', () => {
  let cluster: RealCluster;
  let server: ApiServer;
  let kit: ReturnType<typeof tools>;
  const ran: Thing[] = [];
  const logs = new Map<string, string>();

  beforeAll(async() => {
    cluster = await startCluster({ controllers: true, defaultAccounts: true });
    server = cluster.servers[0]!;
    kit = tools(cluster);
    // As Rancher's own namespace is: whatever runs there may ask for anything.
    await ask(server, '/api/v1/namespaces', 'POST', { metadata: { name: 'cattle-system' } });
    await vi.waitFor(() => ask(server, '/api/v1/namespaces/cattle-system/serviceaccounts/default'), { timeout: 60_000, interval: 500 });
  });
  afterAll(async() => {
    kit?.remove();
    await cluster?.stop();
  });

  /** Starts what was not started yet. */
  async function kubelet(): Promise<void> {
    for (const pod of (await ask(server, PODS)).items as Thing[]) {
      const { name, uid } = pod.metadata;

      if (!logs.has(name)) {
        logs.set(name, '');
        ran.push(pod);
        const { status: { token } } = await ask(server, `/api/v1/namespaces/cattle-system/serviceaccounts/${ pod.spec.serviceAccountName }/token`, 'POST', {
          spec: { expirationSeconds: 600, boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid } }
        });
        const file = `${ kit.mount({ 'command.sh': pod.spec.containers[0].command.map((word: string) => `'${ word }'`).join(' ') }) }/command.sh`;
        const end = await kit.script(file, token, {}).then((log) => ({ log, phase: 'Succeeded' }), (error: Error) => ({ log: error.message, phase: 'Failed' }));

        logs.set(name, end.log);
        await ask(server, `${ PODS }/${ name }/status`, 'PATCH', { status: { phase: end.phase } });
      }
    }
  }

  /** As Rancher passes requests on; the log comes from the one who started the pod. */
  const transport: Transport = {
    async request({ method, url, body }): Promise<TransportAnswer> {
      const setting = /\/management\.cattle\.io\.settings\/(.*)$/.exec(url)?.[1];

      if (setting) {
        return { status: 200, headers: {}, body: JSON.stringify({ value: setting === 'shell-image' ? 'rancher/shell:v0.8.1' : '' }) };
      }
      await kubelet();
      const log = /\/pods\/([^/]+)\/log/.exec(url)?.[1];

      if (log) {
        return { status: 200, headers: {}, body: logs.get(log) ?? '' };
      }
      const { status, headers, body: text } = await server.ask({ method, path: url.replace('/k8s/clusters/local', ''), body, token: ADMIN });

      return { status, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? ''])), body: text };
    },
  };

  it('gives the keys that the server serves, by an ordinary account, and leaves neither Job nor pod', async() => {
    const keys = await runKeysJob(transport, 'local', await planKeysJob(transport), { pace: 200 });

    expect(JSON.parse(keys)).toEqual(JSON.parse((await server.ask({ path: '/openid/v1/jwks', token: ADMIN, accept: '*/*' })).body));
    expect(parseKeySet(keys)).toHaveLength(1);
    expect(ran.map(({ spec }) => [spec.serviceAccountName, spec.securityContext.runAsUser, spec.containers.length])).toEqual([['default', 1000, 1]]);
    await expect.poll(async() => [(await ask(server, '/apis/batch/v1/namespaces/cattle-system/jobs')).items.length, (await ask(server, PODS)).items.length], { timeout: 60_000 }).toEqual([0, 0]);
  });

  it('is let into a namespace with the strictest pod security', async() => {
    await ask(server, '/api/v1/namespaces/cattle-system', 'PATCH', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } });
    await runKeysJob(transport, 'local', await planKeysJob(transport), { pace: 200 });
    expect(ran).toHaveLength(2);
  });

  it('says what kubectl said where the cluster keeps its keys from accounts', async() => {
    await ask(server, '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:service-account-issuer-discovery', 'DELETE');
    const [error] = await Promise.allSettled([planKeysJob(transport).then((job) => runKeysJob(transport, 'local', job, { pace: 200 }))]);

    expect(error).toMatchObject({ status: 'rejected', reason: { code: 'KEYS_JOB_FAILED' } });
    expect(JSON.stringify((error as { reason: unknown }).reason)).toMatch(/[Ff]orbidden/);
    await expect.poll(async() => (await ask(server, '/apis/batch/v1/namespaces/cattle-system/jobs')).items.length, { timeout: 60_000 }).toBe(0);
  });
});
