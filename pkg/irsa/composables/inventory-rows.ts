import { assessCluster } from '../domain/chain';
import type { Finding, Known, Link, LinkState, ObservedCluster, ObservedPod, ObservedWorkload } from '../domain/facts';
import { bySeverity } from '../domain/severity';
import { lintFacts, lintTrust, parseTrust } from '../domain/trust';
import { accountId } from './accounts';

/** What runs in the namespaces that were read, by namespace and service account. */
export type ReadPods = ReadonlyMap<string, Known<Map<string, ObservedPod[]>>>;

/** One binding, as the list over all clusters shows and exports it. */
export interface InventoryRow {
  /** Unique over all clusters. */
  id: string;
  clusterId: string;
  cluster: string;
  namespace: string;
  name: string;
  /** `namespace/name` */
  account: string;
  roleArn: string;
  role: string;
  path: string;
  /** IAM has the role. */
  isThere: boolean;
  /** The Helm release that wrote the account. */
  release?: string;
  /** undefined: its pods were not read. */
  workloads?: ObservedWorkload[];
  pods?: { good: number; total: number; state: LinkState };
  /** This person may not read them. */
  podsUnseen?: true;
  state: LinkState;
  links: Link[];
  /** Worst first: of the binding, of its role's trust policy, and of its cluster. */
  findings: Finding[];
  /** The worst that is more than worth knowing. */
  worst?: Finding;
}

/** The bindings of one cluster. Pure: the same facts give the same rows. */
export function inventoryRows(observed: ObservedCluster, read: ReadPods): InventoryRow[] {
  const { cluster, bindings } = observed;

  if (!bindings.known) {
    return [];
  }
  const podsOf = (namespace: string, name: string): ObservedPod[] | undefined => {
    const found = read.get(namespace);

    return found?.known ? found.value.get(name) ?? [] : undefined;
  };
  const unseen = (namespace: string): { podsUnseen?: true } => {
    const found = read.get(namespace);

    return found?.known === false && found.why.kind === 'forbidden' ? { podsUnseen: true } : {};
  };
  const withPods: ObservedCluster = {
    ...observed,
    bindings: { known: true, value: bindings.value.map((one) => ({ ...one, pods: podsOf(one.account.namespace, one.account.name) ?? [], ...unseen(one.account.namespace) })) }
  };
  const { links: ofCluster, bindings: judged } = assessCluster(withPods);
  const shared = ofCluster.filter(({ id }) => id !== 'bindings').flatMap(({ findings }) => findings);

  return bindings.value.map(({ account, role }, index) => {
    const { namespace, name, roleArn = '' } = account;
    const { links, findings, state } = judged[index]!;
    const [, path = '', short = roleArn] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(roleArn) ?? [];
    const pods = podsOf(namespace, name);
    const release = account.annotations['meta.helm.sh/release-name'];
    const all = [...findings, ...(role.known && role.value ? aboutTrust(observed, role.value) : []), ...shared].sort(bySeverity);
    const worst = all.find(({ severity }) => severity !== 'info');

    return {
      id:        `${ cluster.id } ${ accountId(account) }`,
      clusterId: cluster.id,
      cluster:   cluster.name,
      namespace,
      name,
      account:   accountId(account),
      roleArn,
      role:      short,
      path,
      isThere:   role.known && !!role.value,
      ...(release ? { release } : {}),
      ...(pods ? { workloads: workloadsOf(namespace, pods), pods: counted(links) } : {}),
      ...unseen(namespace),
      state,
      links,
      findings:  all,
      ...(worst ? { worst } : {}),
    };
  });
}

/** A policy that cannot be read is the chain's to tell. */
function aboutTrust(observed: ObservedCluster, role: Parameters<typeof lintFacts>[1]): Finding[] {
  try {
    return lintTrust(parseTrust(role.trustPolicy), lintFacts(observed, role));
  } catch {
    return [];
  }
}

function counted(links: Link[]): InventoryRow['pods'] {
  const link = links.find(({ id }) => id === 'pods');
  const { good = 0, total = 0 } = link?.detail.args as { good?: number; total?: number } | undefined ?? {};

  return { good, total, state: link?.state ?? 'unknown' };
}

/** What the pods belong to, each once. */
function workloadsOf(namespace: string, pods: ObservedPod[]): ObservedWorkload[] {
  const all = pods.map(({ name, workload }) => workload ?? { kind: 'Pod' as const, name });
  const byName = Map.groupBy(all, ({ kind, name }) => `${ kind } ${ name }`);

  return [...byName.values()].map((same) => ({ ...same[0]!, namespace, replicas: same.length }));
}
