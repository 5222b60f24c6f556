import type { HttpAnswer, KubeUser } from '../../sandbox/contracts.ts';
import { ADMIN, requestOf, testCluster } from '../../sandbox/kubernetes/testing.ts';
import { KeyPool } from '../../sandbox/kubernetes/tokens/keys.ts';
import type { KubeAnswer, KubeAsked, KubeTarget } from './target';
import { eventsOf } from './watch';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A cluster of the sandbox, told to be of some version. */
export function sandboxKubernetes(version: string): Promise<KubeTarget> {
  const cluster = testCluster(new KeyPool(1), { version, issuers: [ISSUER], audiences: [ISSUER, 'rke2'] });
  const userOf = (as: KubeAsked['as'] = 'admin'): KubeUser | undefined => (as === 'admin' ? ADMIN : as === 'olivia' ? { name: 'olivia', groups: [] } : cluster.authenticate(as.token));
  const handled = ({ method = 'GET', path, body, contentType = 'application/json', accept = 'application/json', agent = 'irsa-cases/1', as }: KubeAsked): Promise<HttpAnswer> => cluster.handle(requestOf(method, path, body, { accept, 'content-type': contentType, 'user-agent': agent }), userOf(as));

  return Promise.resolve({
    name:        'sandbox',
    version,
    issuer:      ISSUER,
    controllers: true,
    ask:         async(asked) => answerOf(await handled(asked)),
    async watch(asked) {
      const { stream, status } = await handled(asked);

      if (!stream) {
        throw new Error(`no watch: ${ status }`);
      }

      return eventsOf((write, end) => stream(write, end));
    },
    compact: () => {
      cluster.store.compact();

      return Promise.resolve();
    },
    stop: () => {
      cluster.stop();

      return Promise.resolve();
    },
  });
}

function answerOf({ status, headers = {}, body = '' }: HttpAnswer): KubeAnswer {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body);
  const json = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.parse(text) as KubeAnswer['json'] : undefined;

  return { status, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])), text, json };
}
