import { request } from 'node:https';
import type { KubeAnswer, KubeAsked, KubeTarget } from '../../contract/kubernetes/target';
import { eventsOf } from '../../contract/kubernetes/watch';
import { ADMIN, OLIVIA, startCluster, type ClusterOptions } from './servers';

/** kube-apiserver as a target of the contract cases. */
export async function realKubernetes(options: ClusterOptions): Promise<KubeTarget> {
  const cluster = await startCluster(options);
  const [server] = cluster.servers;
  const tokenOf = (as: KubeAsked['as'] = 'admin'): string => (as === 'admin' ? ADMIN : as === 'olivia' ? OLIVIA : as.token);

  return {
    name:        'kube-apiserver',
    version:     cluster.version,
    issuer:      server!.issuers[0]!,
    controllers: options.controllers ?? false,
    async ask({ as, ...asked }) {
      const { status, headers, body } = await server!.ask({ ...asked, token: tokenOf(as) });

      return { status, headers, text: body, json: read(body) };
    },
    watch({ path, accept = 'application/json', as }) {
      return Promise.resolve(eventsOf((write, end) => {
        const call = request(`${ server!.url }${ path }`, { rejectUnauthorized: false, headers: { accept, authorization: `Bearer ${ tokenOf(as) }` } }, (answer) => {
          answer.setEncoding('utf8').on('data', write).on('end', end).on('error', end);
        });

        call.on('error', end);
        call.end();

        return () => call.destroy();
      }));
    },
    async compact() {
      await cluster.compact();
      // What etcd has forgotten the server remembers for a while; a new one does not.
      await server!.restart(server!.issuers, 'SIGKILL');
    },
    stop:    () => cluster.stop(),
  };
}

function read(body: string): KubeAnswer['json'] {
  try {
    return JSON.parse(body) as KubeAnswer['json'];
  } catch {
    return undefined;
  }
}
