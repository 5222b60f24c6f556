import type { Known, ObservedWebhook, Right, Text } from '../facts';
import { qualifiedName } from '../rights/covers';
import { text } from '../text';

/** What decides whether the chart may be installed in a cluster. */
export interface Place {
  webhook: Known<ObservedWebhook>;
  missing: Right[];
}

/**
 * Why the webhook's chart is not to be installed in a cluster; undefined where it may be. Two webhooks would change every pod twice.
 * @param release  the one that is being upgraded, which is no second one
 */
export function heldBack({ webhook, missing }: Place, release?: { namespace: string; name: string }): Text | undefined {
  if (webhook.known && webhook.value.kind === 'built-in') {
    return text('irsa.heldBack.builtIn');
  }
  if (webhook.known && webhook.value.kind === 'installed') {
    const { name = '', release: ours } = webhook.value;

    if (!ours) {
      return text('irsa.heldBack.foreign', { name });
    }
    if (!release || ours.name !== release.name || ours.namespace !== release.namespace) {
      return text('irsa.heldBack.ours', { release: `${ ours.namespace }/${ ours.name }` });
    }
  }
  if (missing.length) {
    return text('irsa.heldBack.rights', { things: missing.map((right) => `${ right.verb } ${ qualifiedName(right) }`).join(', ') });
  }

  return undefined;
}
