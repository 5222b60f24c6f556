import type { ClusterAssessment, Link, ObservedCluster } from '../facts';
import { isEksIssuer, issuerPath, issuerProblem, issuerProblemText } from '../issuer/issuer';
import { text } from '../text';
import { usualAudience } from '../workload/settings';
import { assessBinding, type BindingAssessment } from './binding';
import { finding, sorted } from './findings';
import { link, unknownLink, worst } from './link';
import { webhookLink } from './webhook-link';

/**
 * Judges a cluster: issuer, keys, provider, apiServer, webhook, bindings, in this order; and each of its bindings. Pure: the same
 * facts give the same judgement.
 */
export function assessCluster(observed: ObservedCluster): ClusterAssessment {
  const bindings = observed.bindings.known ? observed.bindings.value.map((binding) => assessBinding(observed, binding)) : [];
  const links = [issuerLink(observed), keysLink(observed), providerLink(observed), apiServerLink(observed), webhookLink(observed), bindingsLink(observed, bindings)];

  return {
    links,
    findings: sorted([...links, ...bindings].flatMap(({ findings }) => findings)),
    state:    worst(links.map(({ state }) => state)),
    bindings,
  };
}

/** The cluster's tokens name an issuer that AWS can use. */
function hasUsableIssuer({ issuer }: ObservedCluster): boolean {
  return issuer.known && issuerProblem(issuer.value) === undefined;
}

function isEks({ cluster, issuer }: ObservedCluster): boolean {
  return cluster.distribution === 'eks' || (issuer.known && isEksIssuer(issuer.value));
}

function issuerLink({ issuer }: ObservedCluster): Link {
  if (!issuer.known) {
    return unknownLink('issuer', issuer.why);
  }
  const problem = issuerProblem(issuer.value);

  if (!problem) {
    return link('issuer', 'ok', text('irsa.link.issuer.ok', { issuer: issuerPath(issuer.value) }));
  }
  const code = problem === 'private' ? 'ISSUER_PRIVATE' : 'ISSUER_UNUSABLE';

  return link('issuer', 'broken', text('irsa.link.issuer.unusable', { issuer: issuerPath(issuer.value) }), [finding(code, { issuer: issuer.value }, { why: issuerProblemText(issuer.value, problem) })]);
}

function keysLink(observed: ObservedCluster): Link {
  const { keys, issuer } = observed;

  if (issuer.known && !hasUsableIssuer(observed)) {
    return link('keys', 'broken', text('irsa.link.keys.unpublished'), [finding('KEYS_UNPUBLISHED', { issuer: issuer.value })]);
  }
  if (!keys.known) {
    return unknownLink('keys', keys.why);
  }
  const count = keys.value.ids.length;

  if (keys.value.publishedBy === 'drifted') {
    return link('keys', 'broken', text('irsa.link.keys.drifted'));
  }
  if (keys.value.publishedBy === 'checked') {
    return link('keys', 'ok', text('irsa.link.keys.ok', { count }));
  }

  return keys.value.publishedBy === 'eks' ? link('keys', 'ok', count > 0 ? text('irsa.link.keys.ok', { count }) : text('irsa.link.keys.eks')) : link('keys', 'unknown', text('irsa.link.keys.unchecked', { count }));
}

function providerLink(observed: ObservedCluster): Link {
  const { provider, cluster } = observed;

  if (!provider.known) {
    return unknownLink('provider', provider.why);
  }
  if (!provider.value) {
    const withoutRemedy = !hasUsableIssuer(observed);

    return link('provider', 'broken', text('irsa.link.provider.missing'), [finding('PROVIDER_MISSING', { cluster: cluster.name }, { withoutRemedy })]);
  }
  const audience = usualAudience(observed);

  if (provider.value.audiences && !provider.value.audiences.includes(audience)) {
    return link('provider', 'broken', text('irsa.link.provider.noAudience'), [finding('PROVIDER_NO_AUDIENCE', { audience, found: provider.value.audiences.join(', ') || '–' })]);
  }

  return link('provider', 'ok', text('irsa.link.provider.ok'));
}

/** Whether the API server signs with an issuer that AWS can use; on EKS that is AWS' own business. */
function apiServerLink(observed: ObservedCluster): Link {
  if (isEks(observed)) {
    return link('apiServer', 'not-needed', text('irsa.link.apiServer.eks'));
  }
  if (!observed.issuer.known) {
    return unknownLink('apiServer', { ...observed.issuer.why, kind: 'not-asked', right: undefined, aws: undefined });
  }

  return hasUsableIssuer(observed) ? link('apiServer', 'ok', text('irsa.link.apiServer.ok')) : link('apiServer', 'broken', text('irsa.link.apiServer.private'));
}

/** All of them broken is broken; some is a matter for attention. The findings of the bindings themselves stay with them. */
function bindingsLink(observed: ObservedCluster, bindings: BindingAssessment[]): Link {
  const sts = stsFindings(observed);

  if (!observed.bindings.known) {
    return unknownLink('bindings', observed.bindings.why);
  }
  const total = bindings.length;
  const count = (state: string) => bindings.filter((binding) => binding.state === state).length;
  const verified = bindings.filter(({ links }) => links.some(({ id, state }) => id === 'identity' && state === 'ok')).length;

  if (total === 0) {
    return link('bindings', 'not-needed', text('irsa.link.bindings.none'), sts);
  }
  if (count('broken') > 0) {
    return link('bindings', count('broken') === total ? 'broken' : 'attention', text('irsa.link.bindings.broken', { total, broken: count('broken') }), sts);
  }
  if (count('attention') > 0) {
    return link('bindings', 'attention', text('irsa.link.bindings.attention', { total, attention: count('attention') }), sts);
  }

  return link('bindings', count('unknown') > 0 ? 'unknown' : 'ok', text('irsa.link.bindings.ok', { total, verified }), sts);
}

function stsFindings({ sts }: ObservedCluster): Link['findings'] {
  if (!sts.known || sts.value.state === 'allowed') {
    return [];
  }

  return [finding(sts.value.state === 'openable' ? 'STS_SHUT' : 'STS_CLOSED', { host: sts.value.host })];
}
