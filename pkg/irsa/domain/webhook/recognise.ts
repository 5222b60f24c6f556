/** What is read of a MutatingWebhookConfiguration to tell whether it is the pod identity webhook. */
export interface WebhookConfiguration {
  metadata: { name: string };
  webhooks?: {
    name: string;
    clientConfig?: { service?: { name: string; namespace?: string } };
    rules?: { resources?: string[] }[];
    objectSelector?: { matchExpressions?: { key: string }[] };
  }[];
}

/** EKS' own and everybody's charts bear the one name; EKS calls its webhook by the other (kubectl get on an EKS 1.34). */
const NAMES = ['pod-identity-webhook', 'iam-for-pods'];
/** The label by which a pod is left out, whatever the annotations' prefix (webhook README, `skip-pod-identity-webhook`). */
const SKIP = '/skip-pod-identity-webhook';

/**
 * Whether a configuration is a pod identity webhook, whichever chart or manifest brought it: it is asked about pods, and bears the name or
 * leaves out the pods that only this webhook is told to leave out. Releases may be renamed; that label cannot be.
 */
export function isPodIdentityWebhook({ metadata, webhooks }: WebhookConfiguration): boolean {
  return webhooks?.some(({ name, clientConfig, rules, objectSelector }) => rules?.some(({ resources }) => resources?.some((one) => ['pods', '*', '*/*'].includes(one))) && (
    [name, metadata.name, clientConfig?.service?.name].some((one) => NAMES.some((known) => one?.includes(known))) ||
    objectSelector?.matchExpressions?.some(({ key }) => key.endsWith(SKIP)) === true
  )) ?? false;
}
