import type { ClusterAssessment, Link, ObservedCluster, ObservedWebhook } from '../facts';
import { isEksIssuer, issuerPath, issuerProblem, issuerProblemText } from '../issuer/issuer';
import { text } from '../text';
import { ANNOTATION_PREFIX, usualAudience } from '../workload/settings';
import { assessBinding, type BindingAssessment } from './binding';
import { finding, sorted } from './findings';
import { link, unknownLink, worst } from './link';

const DAY = 86_400_000;
/** The chart's certificate is renewed a month before its end, every day anew: with so little left, that has failed many times. */
const OVERDUE = 14 * DAY;

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

function webhookLink({ webhook, cluster, at }: ObservedCluster): Link {
  if (!webhook.known) {
    return unknownLink('webhook', webhook.why);
  }
  switch (webhook.value.kind) {
  case 'built-in': return link('webhook', 'ok', text('irsa.link.webhook.builtIn'));
  case 'installed': return installedLink(webhook.value, at);
  case 'absent': return link('webhook', 'broken', text('irsa.link.webhook.absent'), [finding('WEBHOOK_ABSENT', { cluster: cluster.name })]);
  }
}

/** Of our own release it is known whether it answers at all: its pods, and the certificate that the API server has to trust. */
function installedLink({ name = '', release, details, settings = details?.settings }: ObservedWebhook, at: number): Link {
  const replicas = details?.replicas.known ? details.replicas.value : undefined;
  const certificate = details?.certificate.known ? details.certificate.value : undefined;
  const left = certificate ? certificate.until - at : Infinity;
  const args = { namespace: release?.namespace ?? '', release: release?.name ?? '', renewed: certificate?.renewed ?? '', wanted: replicas?.wanted ?? 0, days: Math.max(0, Math.floor(left / DAY)) };

  if (replicas?.ready === 0) {
    return link('webhook', 'broken', text('irsa.link.webhook.down'), [finding('WEBHOOK_DOWN', args)]);
  }
  if (left <= 0) {
    return link('webhook', 'broken', text('irsa.link.webhook.certificateEnded'), [finding('WEBHOOK_CERTIFICATE_ENDED', args)]);
  }
  if (left < OVERDUE) {
    return link('webhook', 'attention', text('irsa.link.webhook.certificateEnds', { days: args.days }), [finding('WEBHOOK_CERTIFICATE_ENDS', args)]);
  }

  const prefix = settings?.annotationPrefix ?? ANNOTATION_PREFIX;

  if (prefix !== ANNOTATION_PREFIX) {
    return link('webhook', 'attention', text('irsa.link.webhook.prefix', { prefix }), [finding('WEBHOOK_PREFIX', { ...args, prefix })]);
  }

  return link('webhook', 'ok', text('irsa.link.webhook.installed', { name }));
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
