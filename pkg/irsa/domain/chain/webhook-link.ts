import type { Link, ObservedCluster, ObservedWebhook } from '../facts';
import { text } from '../text';
import { ANNOTATION_PREFIX } from '../workload/settings';
import { finding } from './findings';
import { link, unknownLink } from './link';

const DAY = 86_400_000;
/** The chart's certificate is renewed a month before its end, every day anew: with so little left, that has failed many times. */
const OVERDUE = 14 * DAY;

/** Whether pods get what an annotation asks for. */
export function webhookLink({ webhook, cluster, at }: ObservedCluster): Link {
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
