import { DEFAULT_ISSUER, issuersOf } from './arguments';

/** One `kube-apiserver-arg` list of a cluster that Rancher made: the one of all machines, or a selector's, which replaces it there. */
export interface ArgumentList {
  /** Index in `machineSelectorConfig`; absent: `machineGlobalConfig`. */
  selector?: number;
  args: string[];
}

/** The API servers of a cluster that Rancher made: what they shall run with, and what each runs with. */
export interface ObservedServers {
  /** `fleet-default/edge` */
  provisioningId: string;
  lists: ArgumentList[];
  /** `machineSelectorConfig` as it is: it is written whole. */
  selectors: Record<string, unknown>[];
  /** By name; without arguments where the node does not tell. `since`: milliseconds, when it began to run with them, or later. */
  servers: { name: string; args?: string[]; since?: number }[];
  /** How Rancher's roll-out is, since when (milliseconds), and what it says. */
  rollout: { state: 'done' | 'rolling' | 'failed'; since?: number; message?: string };
}

/** What an issuer is to API servers: `none`, accepted, or the one that signs; `only`: no other is accepted. */
export type IssuerUse = 'none' | 'accepted' | 'signs' | 'only';

/** What an issuer is by one list of arguments; DEFAULT_ISSUER stands for the distribution's own. */
export function useOf(args: string[], issuer: string | typeof DEFAULT_ISSUER): IssuerUse {
  const issuers = [...new Set(issuersOf(args))];

  return !issuers.includes(issuer) ? 'none' : issuers[0] !== issuer ? 'accepted' : issuers.length > 1 ? 'signs' : 'only';
}

const ORDER: IssuerUse[] = ['none', 'accepted', 'signs', 'only'];

/** The least that it is by any of several lists: a phase is over when every server is there. */
export function leastUse(lists: string[][], issuer: string | typeof DEFAULT_ISSUER): IssuerUse {
  return ORDER[Math.min(...lists.map((args) => ORDER.indexOf(useOf(args, issuer))))] ?? 'none';
}

/**
 * When the last server began to sign as all do now, in milliseconds; undefined where that is not told. Rancher says it of its roll-out;
 * elsewhere the servers do that still accept more than one issuer: one that does not any more was restarted since.
 */
export function signsSince({ rollout, servers }: ObservedServers, issuer: string | typeof DEFAULT_ISSUER): number | undefined {
  const times = servers.flatMap(({ args, since }) => args && ['only', 'none'].includes(useOf(args, issuer)) ? [] : [since]);

  return rollout.since ?? (times.length && times.every((time) => time !== undefined) ? Math.max(...times) : undefined);
}

/** Whether a server tells that it signs with an issuer. A token tells it only of the one server that made it. */
export function isSignedByAny(servers: ObservedServers['servers'], issuer: string): boolean {
  return servers.some(({ args }) => args && reaches(useOf(args, issuer), 'signs'));
}

/** Whether a use is at least another. */
export function reaches(use: IssuerUse, wanted: IssuerUse): boolean {
  return ORDER.indexOf(use) >= ORDER.indexOf(wanted);
}
