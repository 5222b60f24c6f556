import { explanation } from '../errors/catalogue';
import { IrsaError } from '../errors/irsa-error';
import { issuerProblem, issuerProblemText } from './issuer';

/** Distributions whose API servers take `kube-apiserver-arg`. */
export type ArgumentDistribution = 'rke2' | 'k3s';

/**
 * The steps of a switch without an outage: every server accepts the new issuer, then every server signs with it, and when no token
 * of the old ones is left, they go (kOps' service account issuer migration; charts-and-clusters.md §5.3).
 */
export type SwitchPhase = 'accept' | 'sign' | 'retire';

/** Stands in a list of issuers for the one the distribution sets by itself: it depends on the cluster's domain. */
export const DEFAULT_ISSUER = Symbol('the issuer that the distribution sets');

type Issuer = string | typeof DEFAULT_ISSUER;

const FLAG = 'service-account-issuer';

/**
 * The issuers that `kube-apiserver-arg` comes to, in the API server's order: the first signs, all are accepted. K3s and RKE2 read the
 * entries one after the other: `flag=x` is appended and drops the default if it is the first, `flag+=x` is appended to what is there,
 * `flag-=x` put before it (k3s pkg/util/args.go GetArgs).
 * @returns with duplicates, which an API server refuses to start with
 */
export function issuersOf(args: string[]): Issuer[] {
  let issuers: Issuer[] | undefined;

  for (const { operator, issuer } of args.flatMap((arg) => issuerEntry(arg) ?? [])) {
    if (operator === '+') {
      issuers = [...issuers ?? [DEFAULT_ISSUER], issuer];
    } else if (operator === '-') {
      issuers = [issuer, ...issuers ?? [DEFAULT_ISSUER]];
    } else {
      issuers = [...issuers ?? [], issuer];
    }
  }

  return issuers ?? [DEFAULT_ISSUER];
}

/**
 * The `kube-apiserver-arg` list of one phase of a switch. Other arguments keep their values and order; key files and audiences are
 * never touched, as other keys or audiences would lock out tokens that are in use. Where the list left the distribution's own issuer in
 * place, it stays without being named: `+=` and `-=` go round it. Duplicates, which keep an API server from starting, are dropped.
 * Doing a phase again changes nothing.
 * @param args       `flag=value`, with or without dashes, as machineGlobalConfig or config.yaml have it
 * @param _distro    both read the list alike; named because the contract is about these two
 * @param newIssuer  exactly as tokens shall carry it
 * @param phase      `accept`: new issuer last; `sign`: new first, all old still accepted; `retire`: only the new
 * @throws IrsaError ISSUER_UNUSABLE  when the new issuer is no https address without query and user
 */
export function switchIssuer(args: string[], _distro: ArgumentDistribution, newIssuer: string, phase: SwitchPhase): string[] {
  const problem = issuerProblem(newIssuer);

  // Whether AWS reaches it is for the plan to find out; here it has to be an address at all.
  if (problem && problem !== 'private' && problem !== 'port') {
    throw new IrsaError('ISSUER_UNUSABLE', { ...explanation('ISSUER_UNUSABLE', { issuer: newIssuer }), why: issuerProblemText(newIssuer, problem) });
  }
  const old = issuersOf(args).filter((issuer, index, all) => issuer !== newIssuer && all.indexOf(issuer) === index);
  const wanted = { accept: [...old, newIssuer], sign: [newIssuer, ...old], retire: [newIssuer] }[phase];

  return replaceEntries(args, entriesFor(wanted));
}

/** The same list with exactly these issuers, the first of which signs; DEFAULT_ISSUER alone is no entry at all. */
export function withIssuers(args: string[], issuers: Issuer[]): string[] {
  return replaceEntries(args, entriesFor(issuers));
}

/** Entries that come to these issuers, in this order. */
function entriesFor(issuers: Issuer[]): string[] {
  const own = issuers.indexOf(DEFAULT_ISSUER);
  const entry = (operator: string) => (issuer: Issuer) => `${ FLAG }${ operator }=${ String(issuer) }`;

  return own < 0 ? issuers.map(entry('')) : [
    // The last one prepended comes first.
    ...issuers.slice(0, own).reverse().map(entry('-')),
    ...issuers.slice(own + 1).map(entry('+')),
  ];
}

/** The entries of a list that are about issuers, as they stand. */
export function issuerEntries(args: string[]): string[] {
  return args.filter((arg) => issuerEntry(arg));
}

/** Puts entries where the first old one stood, or at the end. */
export function replaceEntries(args: string[], entries: string[]): string[] {
  const first = args.findIndex((arg) => issuerEntry(arg));
  const others = args.filter((arg) => !issuerEntry(arg));
  const position = first < 0 ? others.length : args.slice(0, first).length;

  return [...others.slice(0, position), ...entries, ...others.slice(position)];
}

function issuerEntry(arg: string): { operator: '+' | '-' | ''; issuer: string } | undefined {
  const [, flag = '', value = 'true'] = /^(?:--)?([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];

  if (flag.replace(/[-+]+$/, '') !== FLAG) {
    return undefined;
  }

  return { operator: flag.endsWith('+') ? '+' : flag.endsWith('-') ? '-' : '', issuer: value };
}
