import type { Known, ObservedCluster } from '../../domain/facts';
import { documentsDrift, driftOf, type Drift } from '../../domain/issuer/drift';
import { DISCOVERY_KEY } from '../../domain/issuer/hosting';
import type { ObservedServers } from '../../domain/issuer/servers';
import { isSwitchedByRancher, targetOf, type IssuerTarget, type ObservedIssuer } from '../../domain/issuer/setup';
import type { Gateways } from '../index';
import { observeHosting, observeJwks, observeProvider } from './hosting';
import { look } from './known';
import { observeServers, observeServersByHand } from './servers';

export interface IssuerWish {
  /** Where the person wants it, before anything is there. */
  target?: IssuerTarget;
  /** Keys that were pasted, where the cluster does not give them out. */
  keys?: string;
}

/** How far a cluster is on its way to an issuer of its own. Each fact is there or says why it is not. */
export async function observeIssuerSetup(gateways: Gateways, observed: ObservedCluster, wish: IssuerWish = {}, signal?: AbortSignal): Promise<ObservedIssuer> {
  const { transport } = gateways;
  const { cluster } = observed;
  const [jwks, servers] = await Promise.all([
    wish.keys === undefined ? observeJwks(transport, cluster.id, signal) : Promise.resolve<Known<string>>({ known: true, value: wish.keys }),
    lookAtServers(gateways, observed, signal),
  ]);
  const target = wish.target ?? targetOf(observed, servers.known ? servers.value : undefined);
  // A bucket that nobody has begun with is not asked for: the answer would be an error on every page.
  const hosting = target.bucket && !target.suggested && await observeHosting(gateways, target.bucket, observed.providers, signal);
  const [documents, provider] = target.bucket || !target.issuer ? [] : await Promise.all([
    look(() => readDocuments(gateways, target.issuer, signal)), observeProvider(gateways, target.issuer, observed.providers, signal),
  ]);
  const drift = await driftNow(observed, jwks, target, hosting || undefined, documents);

  return { target, jwks, servers, ...(hosting ? { hosting } : {}), ...(documents ? { documents, provider } : {}), ...(drift ? { drift } : {}) };
}

/** What is to be seen of it is compared, too, where the keys are not given out or are none. */
async function driftNow({ keys }: ObservedCluster, jwks: Known<string>, { issuer }: IssuerTarget, hosting: ObservedIssuer['hosting'], documents: ObservedIssuer['documents']): Promise<Drift | undefined> {
  const compare = (live: string | string[]) => hosting ? driftOf(live, hosting) : documentsDrift(live, issuer, documents?.known ? documents.value : {});
  const ids = keys.known ? keys.value.ids : [];

  return (hosting ? hosting.seen.known && hosting.seen.value.state !== 'absent' : documents?.known) ? compare(jwks.known ? jwks.value : ids).catch(() => compare(ids)) : undefined;
}

/** What the API servers run with, whoever gives them their arguments. */
export function lookAtServers({ transport }: Gateways, observed: ObservedCluster, signal?: AbortSignal): Promise<Known<ObservedServers>> {
  return look(() => isSwitchedByRancher(observed) ? observeServers(transport, observed.cluster, signal) : observeServersByHand(transport, observed.cluster, signal));
}

/**
 * The documents of an issuer as STS fetches them: by anybody, the keys from where the discovery document says. A browser sees them only
 * where the host lets pages of others read (CORS); where it does not, that is no answer about the host.
 * @throws TransportError where nothing could be read
 */
async function readDocuments({ direct }: Gateways, issuer: string, signal?: AbortSignal): Promise<{ discovery?: string; jwks?: string }> {
  const get = async(url: string) => {
    const { status, body } = await direct.request({ method: 'GET', url, signal, timeout: 5000 });

    return status === 200 ? body : undefined;
  };
  const discovery = await get(`${ issuer }/${ DISCOVERY_KEY }`);
  const [, uri] = /"jwks_uri"\s*:\s*"(https:[^"\\]+)"/.exec(discovery ?? '') ?? [];

  return { discovery, jwks: uri === undefined ? undefined : await get(uri) };
}
