import { isSignedByRancher } from '../domain/aws/hosts';
import { explanation, irsaError } from '../domain/errors';
import type { ObservedCluster, Text } from '../domain/facts';
import { keySet, parseKeySet, type KeySet } from '../domain/issuer/jwks';
import { nextKeys } from '../domain/issuer/drift';
import { publicKeys } from '../domain/issuer/pem';
import { isPublished, isSwitchedByRancher, type IssuerTarget, type ObservedIssuer } from '../domain/issuer/setup';
import { DEFAULT_ISSUER, issuersOf } from '../domain/issuer/arguments';
import { usablePublicly } from '../domain/issuer/issuer';
import { isSignedByAny, type ObservedServers } from '../domain/issuer/servers';
import {
  planHostIssuer, planRetireIssuer, planSwitchIssuer, planTeardownIssuer
} from '../plans/index';
import type { Plan } from '../plans/plan';

export type IssuerStep = 'host' | 'switch' | 'retire' | 'rotate' | 'teardown';

export interface IssuerAnswers {
  /** Requests are signed in the browser. */
  signsItself: boolean;
  /** A person has looked at documents that nobody here can read. */
  confirmed: boolean;
  /** JWKS, or PEM, of keys that the cluster is about to sign with. */
  next: string;
}

/**
 * The plan of one step in an issuer's life, over what is there now.
 * @throws IrsaError what the plans themselves throw; what is not known and has to be
 */
export async function planIssuerStep(step: IssuerStep, observed: ObservedCluster, setup: ObservedIssuer, answers: IssuerAnswers): Promise<Plan> {
  const { target, hosting } = setup;

  switch (step) {
  case 'host':
  case 'rotate':
    usablePublicly(target.issuer);

    return host(observed, setup, step, answers);
  case 'switch': return planSwitchIssuer(observed, serversOf(setup, observed), target.issuer, isPublished(setup) || (!hosting && answers.confirmed));
  case 'retire': return planRetireIssuer(observed, serversOf(setup, observed), successorOf(setup), Date.now());
  case 'teardown': {
    const byRancher = isSwitchedByRancher(observed);

    if (!byRancher && setup.servers?.known && isSignedByAny(setup.servers.value.servers, target.issuer)) {
      throw irsaError('ISSUER_IN_USE', { cluster: observed.cluster.name, issuer: target.issuer });
    }

    return planTeardownIssuer(observed, hosting ?? { issuer: target.issuer, provider: setup.provider! }, byRancher ? serversOf(setup, observed) : undefined);
  }
  }
}

/** Whatever is published beside the cluster's keys goes, but the next ones: those that are given, else those of a rotation that is under way. */
async function host(observed: ObservedCluster, setup: ObservedIssuer, step: IssuerStep, { signsItself, next }: IssuerAnswers): Promise<Plan> {
  const hosting = setup.hosting!;
  const { keys } = await keysOf(setup);
  const coming = (step === 'rotate' ? (await keysOf(setup, next)).keys : await nextKeys(hosting.seen)).filter(({ kid }) => !keys.some((one) => one.kid === kid));

  return planHostIssuer(observed, hosting, { keys: [...coming, ...keys] }, { signsItself, next: coming.map(({ kid }) => kid) });
}

/** The cluster's keys, and the next ones before them. */
export async function keysOf({ jwks }: ObservedIssuer, next = ''): Promise<KeySet> {
  if (!jwks.known) {
    throw irsaError('KEYS_LOCKED_OUT', { path: '/openid/v1/jwks' });
  }

  return keySet([...next ? await publicKeys(next) : [], ...parseKeySet(jwks.value)]);
}

/** Why no plan about a bucket can be run from here, and what to do: Rancher signs for no such region. */
export function unsigned({ bucket }: IssuerTarget, signsItself: boolean): Text[] {
  const { what, remedy } = explanation('REGION_NOT_SIGNED', { region: bucket?.region ?? '' });

  return !bucket || signsItself || isSignedByRancher(bucket.region) ? [] : [what, remedy];
}

function serversOf({ servers }: ObservedIssuer, { cluster }: ObservedCluster): ObservedServers {
  if (!servers?.known) {
    throw irsaError('SERVERS_UNSEEN', { cluster: cluster.name, servers: '–' });
  }

  return servers.value;
}

/** Who signs now stays; where that is the distribution's own issuer again (after a teardown), ours is the one that goes. */
function successorOf({ servers, target }: ObservedIssuer): string | typeof DEFAULT_ISSUER {
  const [first] = servers?.known ? servers.value.lists.map(({ args }) => issuersOf(args)[0]) : [];

  return first ?? target.issuer;
}
