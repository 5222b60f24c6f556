import { issuerPath } from '../../issuer/issuer';
import type { LintCluster } from './context';
import { rule } from './rule';
import { comparesText, type Placed, type TrustView } from './view';

interface Subject extends Placed {
  statement: number;
  namespace: string;
  name: string;
}

/** Service accounts of a cluster that the document lets in by name. */
function named({ allows }: TrustView, { issuer }: LintCluster): Subject[] {
  const host = issuerPath(issuer).toLowerCase();

  return allows.flatMap(({ index, claims }) => claims
    .filter((claim) => claim.claim === 'sub' && claim.host.toLowerCase() === host && comparesText(claim) && !claim.operator.isNegative)
    .flatMap(({ values }) => values).flatMap((value): Subject[] => {
      const [, namespace, name] = /^system:serviceaccount:([^:*?$]+):([^:*?$]+)$/.exec(value.text) ?? [];

      return namespace && name ? [{ ...value, statement: index, namespace, name }] : [];
    }));
}

/** Clusters that the document trusts, among those that are known. */
function trustedClusters({ trusted }: TrustView, clusters: LintCluster[] = []) {
  return clusters.flatMap((cluster) => trusted.filter(({ host }) => host === issuerPath(cluster.issuer)).slice(0, 1).map((provider) => ({ cluster, provider })));
}

/** What the trusted clusters are like now. */
export const CLUSTER_RULES = [
  rule({
    code:     'STALE_SUBJECT',
    severity: 'medium',
    remedy:   'tighten-trust',
    needs:    'clusters',
    check:    (view, { clusters = [], isComplete }) => [
      ...clusters.flatMap((cluster) => named(view, cluster).flatMap(({ path, statement, namespace, name }) => {
        const args = { account: `${ namespace }/${ name }`, cluster: cluster.name };

        if (cluster.namespaces && !cluster.namespaces.includes(namespace)) {
          return [{ path, statement, severity: 'high' as const, args: { ...args, gone: 'namespace' } }];
        }
        const isThere = cluster.accounts?.some((account) => account.namespace === namespace && account.name === name) ?? true;

        return isThere ? [] : [{ path, statement, args: { ...args, gone: 'account' } }];
      })),
      ...(isComplete ? view.trusted.filter(({ host }) => !clusters.some(({ issuer }) => issuerPath(issuer) === host)).map(({ path, statement, host }) => ({ path, statement, args: { account: '', cluster: host, gone: 'cluster' }, withoutRemedy: true })) : []),
    ],
  }),
  rule({
    code:     'SHARED_ACROSS_CLUSTERS',
    severity: 'info',
    check:    (view, { clusters }) => {
      const hosts = [...new Map(view.trusted.map((provider) => [provider.host, provider])).values()];
      const known = trustedClusters(view, clusters).map(({ cluster }) => cluster);
      const names = hosts.map(({ host }) => known.find(({ issuer }) => issuerPath(issuer) === host)?.name ?? host);

      return hosts.length > 1 ? [{ path: hosts[1]!.path, statement: hosts[1]!.statement, args: { count: hosts.length, clusters: names.join(', ') } }] : [];
    },
  }),
  rule({
    code:     'SHARED_ISSUER',
    severity: 'high',
    needs:    'clusters',
    check:    (view, { clusters = [] }) => view.trusted.flatMap(({ host, path, statement }) => {
      const names = clusters.filter(({ issuer }) => issuerPath(issuer) === host).map(({ name }) => name);

      return names.length > 1 ? [{ path, statement, args: { clusters: names.join(', '), issuer: host } }] : [];
    }),
  }),
  rule({
    code:     'IMDS_FALLBACK',
    severity: 'info',
    needs:    'clusters',
    check:    (view, { clusters }) => trustedClusters(view, clusters).filter(({ cluster: { metadata } }) => metadata && (metadata.hopLimit >= 2 || !metadata.tokensRequired))
      .map(({ cluster, provider }) => ({
        path:      provider.path,
        statement: provider.statement,
        args:      { cluster: cluster.name, hops: cluster.metadata!.hopLimit },
        ...(cluster.metadata!.tokensRequired ? {} : { severity: 'medium' as const }),
      })),
  }),
  rule({
    code:     'CLUSTER_RBAC',
    severity: 'medium',
    needs:    'clusters',
    check:    (view, { clusters = [] }) => clusters.flatMap((cluster) => {
      const seen = new Set<string>();

      return named(view, cluster).filter(({ namespace }) => !seen.has(namespace) && seen.add(namespace)).flatMap(({ path, statement, namespace }) => {
        const who = cluster.creators?.[namespace] ?? [];

        return who.length > 0 ? [{ path, statement, args: { namespace, cluster: cluster.name, who: who.join(', '), count: who.length } }] : [];
      });
    }),
  }),
] as const;
