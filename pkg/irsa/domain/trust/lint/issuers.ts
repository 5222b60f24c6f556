import { accountOfArn } from '../../aws/arn';
import { issuerPath } from '../../issuer/issuer';
import { rule } from './rule';
import type { StatementView } from './view';

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Issuers whose claims a statement asks for, each once. */
function hostsOf({ claims }: StatementView): string[] {
  return [...new Set(claims.map(({ host }) => host.toLowerCase()))];
}

type FormatProblem = 'scheme' | 'port' | 'case' | 'double' | 'slash';

/** Why IAM or STS cannot mean this issuer. Paths may have capitals; hosts may not. */
function formatProblem(host: string): FormatProblem | undefined {
  const [authority = '', ...path] = host.replace(/^https?:\/\//i, '').split('/');

  if (/^https?:/i.test(host)) {
    return 'scheme';
  }
  if (authority.includes(':')) {
    return 'port';
  }
  if (authority !== authority.toLowerCase()) {
    return 'case';
  }
  if (path.slice(0, -1).includes('')) {
    return 'double';
  }

  return path.at(-1) === '' ? 'slash' : undefined;
}

/** Whose tokens they are. */
export const ISSUER_RULES = [
  rule({
    code:     'KEY_ISSUER_MISMATCH',
    severity: 'high',
    source:   'IAM User Guide, keys of AWS OIDC federation; eksctl’s migration writes such statements',
    check:    ({ allows }) => allows.flatMap((one) => {
      const { claims, providers, index } = one;
      const strangers = claims.filter(({ host }) => !providers.some((provider) => same(provider.host, host)));

      // Keys of several issuers are another rule's.
      if (providers.length !== 1 || hostsOf(one).length !== 1) {
        return [];
      }

      return strangers.slice(0, 1).map(({ path, key }) => ({ path, statement: index, args: { key, issuer: providers[0]!.host } }));
    }),
  }),
  rule({
    code:     'MULTI_ISSUER_ONE_STATEMENT',
    severity: 'high',
    source:   'cloudposse terraform-aws-eks-iam-role pull request 63: keys of two issuers are AND-ed and never met',
    remedy:   'tighten-trust',
    check:    ({ allows }) => allows.filter((one) => one.providers.length > 0 && one.claims.length > 0 && (hostsOf(one).length > 1 || one.providers.length > 1))
      .map(({ index, path, claims, providers }) => ({
        path,
        statement:     index,
        args:          { issuers: [...new Set([...providers.map(({ host }) => host), ...claims.map(({ host }) => host)])].join(', ') },
        withoutRemedy: !providers.every(({ host }) => claims.some((claim) => claim.claim === 'sub' && same(claim.host, host))),
      })),
  }),
  rule({
    code:     'ISSUER_FORMAT',
    severity: 'high',
    source:   'IAM User Guide, create an OIDC provider; the token’s iss is compared byte for byte',
    check:    ({ statements }, { clusters = [] }) => {
      const exact = new Set(clusters.map(({ issuer }) => issuerPath(issuer)));

      return statements.flatMap(({ index, providers, claims }) => [...providers, ...claims.map(({ host, path, key }) => ({ host, path, text: key }))].flatMap(({ host, path, text }) => {
        const problem = exact.has(host) ? undefined : formatProblem(host);

        return problem ? [{ path, statement: index, args: { value: text, problem } }] : [];
      }));
    },
  }),
  rule({
    code:     'PROVIDER_MISSING',
    severity: 'high',
    source:   'Aqua Security on claimed buckets; STS API reference, InvalidIdentityToken',
    remedy:   'tighten-trust',
    needs:    'providers',
    check:    ({ everyTrusted }, { providers = [], role, issuers = [] }) => everyTrusted.flatMap(({ text, host, path, statement }) => {
      const isHere = providers.some(({ arn }) => arn === text);
      const isClaimable = issuers.some(({ issuer, claimable }) => claimable && issuerPath(issuer) === host);
      // A provider of another account is another rule's.
      const isForeign = role !== undefined && accountOfArn(text)?.id !== accountOfArn(role.arn)?.id;

      if (isHere && isClaimable) {
        return [{ path, statement, severity: 'critical' as const, args: { provider: text, issuer: host, state: 'claimable' } }];
      }

      return isHere || isForeign ? [] : [{ path, statement, args: { provider: text, issuer: host, state: 'missing' } }];
    }),
  }),
  rule({
    code:     'PROVIDER_FOREIGN',
    severity: 'medium',
    source:   'AWS EKS user guide, cross-account IAM: the provider belongs into the role’s account',
    needs:    'role',
    check:    ({ everyTrusted }, { role }) => {
      const own = accountOfArn(role?.arn ?? '');

      return own ? everyTrusted.flatMap(({ text, path, statement }) => {
        const account = accountOfArn(text);

        return account?.id === own.id && account.partition === own.partition ? [] : [{ path, statement, args: { provider: text, account: own.id, partition: own.partition } }];
      }) : [];
    },
  }),
] as const;
