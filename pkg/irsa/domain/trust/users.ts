import { DEFAULT_AUDIENCE } from '../aws/quotas';
import type { ObservedCluster } from '../facts';
import { issuerPath } from '../issuer/issuer';
import { expectedSubject, type TrustDocument } from './document';
import { evaluateTrust } from './evaluate';
import { comparesText, viewOf } from './lint/view';

/** A service account that asks for a role, or that the role's trust policy names. */
export interface RoleUser {
  /** The cluster, among those that were looked at. */
  cluster?: { id: string; name: string };
  /** Without `https://`. */
  issuer: string;
  namespace: string;
  name: string;
  /** Its annotation names the role; undefined where the accounts of its cluster were not read. */
  asks?: boolean;
  /** It is there; undefined where the accounts of its cluster were not read. */
  exists?: boolean;
  /** STS would let it in: the role names it, and IAM has the provider of its cluster, as far as that was looked at. */
  letIn: boolean;
  /** IAM has no provider for the issuer: whatever the role says, STS lets nobody of that cluster in. */
  withoutProvider?: true;
}

/**
 * Who has to do with a role: accounts that name it in their annotation, and accounts that its trust policy names, each once, in the order
 * of the clusters. Patterns in the policy name nobody.
 * @param document  undefined when it cannot be read; then nobody is let in
 */
export function roleUsers(document: TrustDocument | undefined, roleArn: string, clusters: ObservedCluster[]): RoleUser[] {
  const asking = clusters.flatMap((one) => one.issuer.known && one.bindings.known ? one.bindings.value.filter(({ account }) => account.roleArn === roleArn).map(({ account }) => ({
    issuer: one.issuer.known ? issuerPath(one.issuer.value) : '', namespace: account.namespace, name: account.name, audience: account.audience, provider: undefined as string | undefined
  })) : []);
  const named = document ? viewOf(document).allows.flatMap(({ claims, providers }) => claims
    .filter((claim) => claim.claim === 'sub' && comparesText(claim) && !claim.operator.isNegative)
    .flatMap(({ host, values }) => values.flatMap(({ text }) => {
      const [, namespace, name] = /^system:serviceaccount:([^:*?$]+):([^:*?$]+)$/.exec(text) ?? [];

      return namespace && name ? [{ issuer: host, namespace, name, audience: DEFAULT_AUDIENCE, provider: providers.find((one) => one.host === host)?.text }] : [];
    }))) : [];
  const users = new Map([...named, ...asking].map((one) => [`${ one.issuer } ${ one.namespace }/${ one.name }`, one]));

  const place = ({ cluster }: RoleUser) => clusters.findIndex((one) => one.cluster.id === cluster?.id);

  return [...users.values()].map(({ issuer, namespace, name, audience, provider }) => {
    const home = clusters.find((one) => one.issuer.known && issuerPath(one.issuer.value) === issuer);
    const providerArn = (home?.provider.known ? home.provider.value?.arn : undefined) ?? named.find((one) => one.issuer === issuer)?.provider ?? provider;
    const withoutProvider = home?.provider.known && !home.provider.value;
    const isIt = (one: { namespace: string; name: string }) => one.namespace === namespace && one.name === name;

    return {
      ...(home ? { cluster: { id: home.cluster.id, name: home.cluster.name } } : {}),
      issuer,
      namespace,
      name,
      ...(home?.bindings.known ? { asks: home.bindings.value.some(({ account }) => isIt(account) && account.roleArn === roleArn) } : {}),
      ...(home?.accounts ? { exists: home.accounts.some(isIt) } : {}),
      ...(withoutProvider ? { withoutProvider } : {}),
      letIn: !withoutProvider && document !== undefined && providerArn !== undefined && evaluateTrust(document, { providerArn, issuer: `https://${ issuer }`, audience, subject: expectedSubject(namespace, name) }).allowed,
    };
  }).sort((a, b) => place(a) - place(b) || a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
}
