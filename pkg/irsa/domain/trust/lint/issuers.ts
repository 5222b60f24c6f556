import { accountOfArn } from '../../aws/arn';
import { formProblem, issuerPath } from '../../issuer/issuer';
import { rule, type Hit } from './rule';
import { narrowHosts } from './tighten';

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Whose tokens they are. */
export const ISSUER_RULES = [
  rule({
    code:     'KEY_ISSUER_MISMATCH',
    severity: 'high',
    check:    ({ allows }) => allows
      // Keys of several issuers are another rule's.
      .filter(({ providers, hosts }) => providers.length === 1 && hosts.length === 1 && !same(providers[0]!.host, hosts[0]!))
      .map(({ claims, providers, index }) => ({ path: claims[0]!.path, statement: index, args: { key: claims[0]!.key, issuer: providers[0]!.host } })),
  }),
  rule({
    code:     'MULTI_ISSUER_ONE_STATEMENT',
    severity: 'high',
    remedy:   'tighten-trust',
    check:    ({ allows }) => allows.filter((one) => one.providers.length > 0 && one.claims.length > 0 && (one.hosts.length > 1 || one.providers.length > 1))
      .map(({ index, path, statement, claims, providers }) => ({ index, path, claims, providers, narrow: narrowHosts(statement) }))
      .map(({ index, path, claims, providers, narrow }) => ({
        path,
        statement:     index,
        args:          { issuers: [...new Set([...providers.map(({ host }) => host), ...claims.map(({ host }) => host)])].join(', ') },
        withoutRemedy: !providers.every(({ host }) => narrow.has(host.toLowerCase())),
      })),
  }),
  rule({
    code:     'ISSUER_FORMAT',
    severity: 'high',
    check:    ({ statements }, { clusters = [] }) => {
      const exact = new Set(clusters.map(({ issuer }) => issuerPath(issuer)));

      const isOdd = ({ host }: { host: string }) => !exact.has(host) && formProblem(host) !== undefined;

      return statements.filter(({ providers, claims }) => providers.some(isOdd) || claims.some(isOdd)).flatMap(({ index, providers, claims }) => [...providers, ...claims].filter(isOdd)
        .map((place) => ({ path: place.path, statement: index, args: { value: 'key' in place ? place.key : place.text, problem: formProblem(place.host)! } })));
    },
  }),
  rule({
    code:     'PROVIDER_MISSING',
    severity: 'high',
    remedy:   'tighten-trust',
    needs:    'providers',
    check:    ({ everyTrusted }, { providers = [], role, issuers = [], clusters = [] }) => {
      const here = new Set(providers.map(({ arn }) => arn));
      const own = role && accountOfArn(role.arn)?.id;

      return everyTrusted.flatMap(({ text, host, account, path, statement }): Hit[] => {
        // A cluster that lives wants its provider, and its statement as it is: that is enabling it, or publishing again.
        const living = clusters.find(({ issuer }) => issuerPath(issuer) === host)?.name;

        if (here.has(text)) {
          const isClaimable = issuers.some(({ issuer, claimable }) => claimable && issuerPath(issuer) === host);

          return isClaimable ? [{ path, statement, severity: 'critical', args: { provider: text, issuer: host, cluster: living ?? '', state: 'claimable' }, withoutRemedy: living !== undefined }] : [];
        }
        // A provider of another account is another rule's.
        const isForeign = role !== undefined && account.id !== own;

        return isForeign ? [] : [{ path, statement, args: { provider: text, issuer: host, cluster: living ?? '', state: living ? 'living' : 'missing' }, ...(living ? { remedy: 'enable' as const } : {}) }];
      });
    },
  }),
  rule({
    code:     'PROVIDER_FOREIGN',
    severity: 'medium',
    needs:    'role',
    check:    ({ everyTrusted }, { role }) => {
      const own = accountOfArn(role?.arn ?? '');

      return own ? everyTrusted.filter(({ account }) => account.id !== own.id || account.partition !== own.partition)
        .map(({ text, path, statement }) => ({ path, statement, args: { provider: text, account: own.id, partition: own.partition } })) : [];
    },
  }),
] as const;
