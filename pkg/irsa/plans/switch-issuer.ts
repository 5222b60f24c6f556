import { irsaError } from '../domain/errors';
import type { ObservedCluster } from '../domain/facts';
import { DEFAULT_ISSUER, issuersOf, switchIssuer, withIssuers } from '../domain/issuer/arguments';
import { usablePublicly } from '../domain/issuer/issuer';
import { leastUse, reaches, signsSince, type IssuerUse, type ObservedServers } from '../domain/issuer/servers';
import { provisioningPath } from '../gateways/observe/servers';
import { text } from '../domain/text';
import type { Plan, Step, Value } from './plan';

const KEY = 'kube-apiserver-arg';

/** Milliseconds that a token of the old issuer may still be in use: kubelets renew theirs within a day. */
export const LAST_TOKEN = 24 * 60 * 60_000;

/**
 * Has the cluster's API servers sign with an issuer, in two rolling restarts without a refused call: first every server accepts it, then
 * every server signs with it; the old ones stay accepted. Goes on from wherever the cluster is. Ends with a token's own `iss`.
 * @param published  both documents are at the issuer's address, with every key of the cluster
 * @throws IrsaError SWITCH_BY_HAND, SWITCH_TOO_OLD, ISSUER_NOT_PUBLISHED, ISSUER_UNUSABLE, SERVERS_UNSEEN, SWITCH_STUCK, SWITCH_BUSY
 */
export function planSwitchIssuer(observed: ObservedCluster, servers: ObservedServers, issuer: string, published: boolean): Plan {
  const { cluster } = observed;

  usablePublicly(issuer);
  if (!published) {
    throw irsaError('ISSUER_NOT_PUBLISHED', { issuer });
  }
  const { seen } = editable(observed, servers, (use) => use === 'none', issuer);
  const distribution = cluster.distribution === 'k3s' ? 'k3s' : 'rke2';
  const lists = { accept: (args: string[]) => switchIssuer(args, distribution, issuer, 'accept'), sign: (args: string[]) => switchIssuer(args, distribution, issuer, 'sign') };
  const wanted = leastUse(servers.lists.map(({ args }) => args), issuer);
  const steps: Step[] = [];
  let present = servers;

  if (!reaches(seen, 'accepted')) {
    const change = reaches(wanted, 'accepted') ? undefined : rewritten(present, lists.accept);

    steps.push(change ? edit('accept-issuer', observed, present, change, issuer, 'accepted') : wait('accept-issuer', observed, servers, issuer, 'accepted'));
    present = change ?? present;
  }
  if (!reaches(seen, 'signs')) {
    const change = reaches(leastUse(present.lists.map(({ args }) => args), issuer), 'signs') ? undefined : rewritten(present, lists.sign);

    steps.push(change ? edit('sign-issuer', observed, present, change, issuer, 'signs') : wait('sign-issuer', observed, servers, issuer, 'signs'));
  }

  return {
    id:        'switch-issuer',
    title:     text('irsa.plan.switch-issuer.title', { cluster: cluster.name, issuer }),
    steps:     steps.length ? [...steps, tokenStep(observed, issuer)] : [],
    documents: [],
    warnings:  steps.length ? [text('irsa.warning.rolling', { count: servers.servers.length, times: steps.length })] : [],
  };
}

/**
 * Takes every other issuer away once no token of theirs can be in use, in one rolling restart: nothing is signed or accepted differently
 * for tokens of the one that stays.
 * @param now  milliseconds since the epoch
 * @throws IrsaError RETIRE_TOO_EARLY, RETIRE_NOT_SIGNING, and what planSwitchIssuer throws for the cluster
 */
export function planRetireIssuer(observed: ObservedCluster, servers: ObservedServers, issuer: string | typeof DEFAULT_ISSUER, now: number): Plan {
  const shown = typeof issuer === 'string' ? issuer : text('irsa.issuer.own').key;
  const { seen } = editable(observed, servers, (use) => use !== 'only', issuer);
  const plan: Plan = { id: 'retire-issuer', title: text('irsa.plan.retire-issuer.title', { cluster: observed.cluster.name }), steps: [], documents: [], warnings: [] };

  if (reaches(seen, 'only')) {
    return plan;
  }
  const wanted = leastUse(servers.lists.map(({ args }) => args), issuer);

  if (reaches(wanted, 'only')) {
    return { ...plan, steps: [wait('retire-issuers', observed, servers, issuer, 'only')] };
  }
  if (!reaches(seen, 'signs')) {
    throw irsaError('RETIRE_NOT_SIGNING', { issuer: shown });
  }
  const since = signsSince(servers, issuer);

  if (since === undefined || now < since + LAST_TOKEN) {
    throw irsaError('RETIRE_TOO_EARLY', { hours: Math.ceil(((since ?? now) + LAST_TOKEN - now) / 3_600_000) });
  }
  const old = [...new Set(servers.lists.flatMap(({ args }) => issuersOf(args)))].filter((one) => one !== issuer).map(String);

  return {
    ...plan,
    steps:   [edit('retire-issuers', observed, servers, rewritten(servers, (args) => withIssuers(args, [issuer])), issuer, 'only')],
    consent: { text: text('irsa.warning.retires', { issuers: old.join(', ') }) },
  };
}

/** The servers, when Rancher can change their arguments and nothing stands against it now. */
export function editable({ cluster }: ObservedCluster, servers: ObservedServers, isNew: (use: IssuerUse) => boolean, issuer: string | typeof DEFAULT_ISSUER): { seen: IssuerUse } {
  const [, minor = '0', patch = '0'] = /^v1\.(\d+)\.(\d+)/.exec(cluster.version ?? '') ?? [];

  if (!['rke2', 'k3s'].includes(cluster.distribution) || cluster.origin !== 'rancher' || !cluster.provisioningId) {
    throw irsaError('SWITCH_BY_HAND', { cluster: cluster.name });
  }
  // Before that, only the last of several entries survived (k3s #5373).
  if (cluster.version && (Number(minor) < 23 || (minor === '23' && Number(patch) < 6))) {
    throw irsaError('SWITCH_TOO_OLD', { cluster: cluster.name, version: cluster.version });
  }
  const blind = servers.servers.filter(({ args }) => !args).map(({ name }) => name);

  if (!servers.servers.length || blind.length) {
    throw irsaError('SERVERS_UNSEEN', { cluster: cluster.name, servers: blind.join(', ') || '–' });
  }
  if (servers.rollout.state === 'failed') {
    throw irsaError('SWITCH_STUCK', { cluster: cluster.name, message: servers.rollout.message ?? '' });
  }
  if (servers.rollout.state === 'rolling' && isNew(leastUse(servers.lists.map(({ args }) => args), issuer))) {
    throw irsaError('SWITCH_BUSY', { cluster: cluster.name, message: servers.rollout.message ?? '' });
  }

  return { seen: leastUse(servers.servers.map(({ args = [] }) => args), issuer) };
}

/** The same cluster with each of its lists rewritten. */
export function rewritten(servers: ObservedServers, rewrite: (args: string[]) => string[]): ObservedServers {
  const lists = servers.lists.map((one) => ({ ...one, args: rewrite(one.args) }));
  const selectors = servers.selectors.map((one, index) => {
    const list = lists.find(({ selector }) => selector === index);

    return list ? { ...one, config: { ...one.config as object, [KEY]: list.args } } : one;
  });

  return { ...servers, lists, selectors };
}

/** A merge patch of Rancher's cluster: the lists and nothing else of it. */
export function edit(id: 'accept-issuer' | 'sign-issuer' | 'retire-issuers', { cluster }: ObservedCluster, before: ObservedServers, after: ObservedServers, issuer: string | typeof DEFAULT_ISSUER, use: IssuerUse): Step {
  const path = provisioningPath(before.provisioningId);
  const isSelected = before.lists.length > 1;
  const config = (servers: ObservedServers): Value => ({ machineGlobalConfig: { [KEY]: servers.lists[0]!.args }, ...(isSelected ? { machineSelectorConfig: servers.selectors as Value } : {}) });

  return {
    ...words(id, before, issuer),
    change: 'change',
    call:   {
      kubernetes: {
        clusterId:   'local',
        verb:        'PATCH',
        path,
        contentType: 'application/merge-patch+json',
        body:        { spec: { rkeConfig: config(after) } },
      }
    },
    until:   condition(cluster.id, before, issuer, use),
    expects: {
      kubernetesObject: { clusterId: 'local', path, field: ['spec', 'rkeConfig'], is: config(before) }
    },
  };
}

function wait(id: 'accept-issuer' | 'sign-issuer' | 'retire-issuers', { cluster }: ObservedCluster, servers: ObservedServers, issuer: string | typeof DEFAULT_ISSUER, use: IssuerUse): Step {
  return { ...words(id, servers, issuer), change: 'wait', call: { wait: { until: condition(cluster.id, servers, issuer, use) } } };
}

function words(id: 'accept-issuer' | 'sign-issuer' | 'retire-issuers', { servers }: ObservedServers, issuer: string | typeof DEFAULT_ISSUER): Pick<Step, 'id' | 'target' | 'title' | 'detail'> {
  const args = { issuer: typeof issuer === 'string' ? issuer : '', which: typeof issuer === 'string' ? 'named' : 'own', count: servers.length };
  const [title, detail] = {
    'accept-issuer':  [text('irsa.step.accept-issuer.title', args), text('irsa.step.accept-issuer.detail', args)],
    'sign-issuer':    [text('irsa.step.sign-issuer.title', args), text('irsa.step.sign-issuer.detail', args)],
    'retire-issuers': [text('irsa.step.retire-issuers.title', args), text('irsa.step.retire-issuers.detail', args)],
  }[id];

  return { id, target: 'rancher', title: title!, detail };
}

function condition(clusterId: string, { provisioningId }: ObservedServers, issuer: string | typeof DEFAULT_ISSUER, use: IssuerUse) {
  return { serversIssuer: { clusterId, provisioningId, ...(typeof issuer === 'string' ? { issuer } : {}), use } };
}

function tokenStep({ cluster }: ObservedCluster, issuer: string): Step {
  return {
    id: 'token-issuer', target: 'kubernetes', title: text('irsa.step.token-issuer.title'), detail: text('irsa.step.token-issuer.detail', { issuer }), change: 'check',
    call: { wait: { until: { tokenIssuer: { clusterId: cluster.id, issuer } } } },
  };
}
