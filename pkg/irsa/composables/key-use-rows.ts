import { csv } from '../domain/csv';
import type { Text } from '../domain/facts';
import { keyUseId, keyUseName } from '../domain/keys/key-use';
import type { KeyUses } from '../gateways/observe/key-uses';
import { accountId, type Account } from './accounts';
import { linkToBind, linkToMove } from './move';
import type { Place } from './use-place';

/** Something that uses an access key, or seems to use its node's role, as lists show and export it. */
export interface KeyUseRow {
  /** Unique over all clusters. */
  id: string;
  /** Unique in its cluster. */
  use: string;
  clusterId: string;
  cluster: string;
  what: string;
  account: string;
  kind: 'key' | 'node';
  /** Fields that refer to a key, or what tells that the node's role is used. */
  signs: string;
  /** By name: what is in them is never read. */
  secrets: string[];
  /** Why it cannot be moved; then there is no place. */
  obstacles: Text[];
  /** Where its plan, or what has to be asked first, stands on the cluster's page. */
  place?: Place;
}

/** @param bound  ids of the accounts that ask for a role, with its ARN */
export function keyUseRows({ id, name }: { id: string; name: string }, { uses, withoutKey }: KeyUses, bound: ReadonlyMap<string, string | undefined>): KeyUseRow[] {
  const roleOf = (account: Account): string | undefined => bound.get(accountId(account));
  const of = (use: string) => ({ id: `${ id } ${ use }`, use, clusterId: id, cluster: name });

  return [
    ...uses.map((use): KeyUseRow => ({
      ...of(keyUseId(use)),
      what:      keyUseName(use),
      account:   use.accounts.map(accountId).join(', '),
      kind:      'key',
      signs:     use.fields.join(', '),
      secrets:   use.secrets.map(accountId),
      obstacles: use.obstacles,
      ...(use.obstacles.length ? {} : { place: linkToMove(use, use.accounts.map(roleOf).find(Boolean)) }),
    })),
    ...withoutKey.filter(({ account }) => !bound.has(accountId(account))).map(({ what, account, sign }): KeyUseRow => ({
      ...of(`node ${ what } ${ accountId(account) }`), what, account: accountId(account), kind: 'node', signs: sign, secrets: [], obstacles: [], place: linkToBind(account)
    })),
  ];
}

/** The rows as a file, in their order. */
export function keyUseExport(kind: 'csv' | 'json', rows: KeyUseRow[], say: (text: Text) => string): string {
  const all = rows.map(({ cluster, clusterId, what, account, kind: how, signs, secrets, obstacles }) => ({
    cluster, clusterId, what, serviceAccount: account, signsWith: how === 'key' ? 'access key' : 'perhaps the role of its node', signs, secrets, obstacles: obstacles.map(say)
  }));

  return kind === 'json' ? `${ JSON.stringify(all, undefined, 2) }\n` : csv([
    ['cluster', 'cluster id', 'what', 'service account', 'signs with', 'told by', 'secrets', 'not moved because'],
    ...all.map((one) => [one.cluster, one.clusterId, one.what, one.serviceAccount, one.signsWith, one.signs, one.secrets.join(' '), one.obstacles.join(' ')]),
  ]);
}
