import type { KubeObject } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, listOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { internalError } from '../errors.ts';
import { matchesSelector } from '../selectors.ts';
import type { MemoryStore } from '../store.ts';
import { accountOf } from '../admission/service-account.ts';
import { mutatePod } from './mutate.ts';
import { eksFlags, readFlags } from './settings.ts';
import type { WebhookFlags } from './settings.ts';

/** The object selector and label of the chart and of EKS: a pod that wants no part of it. */
const SKIP_LABEL = 'eks.amazonaws.com/skip-pod-identity-webhook';

/** Plugin MutatingAdmissionWebhook, for the one webhook we model, wherever a configuration leads to it; and EKS' own. */
export class PodIdentityDispatch {
  private readonly store: MemoryStore;
  private readonly builtIn: WebhookFlags | undefined;

  constructor(store: MemoryStore, builtIn?: { region: string }) {
    this.store = store;
    this.builtIn = builtIn && eksFlags(builtIn.region);
  }

  /** A pod on its way in, as it comes out. */
  mutate(pod: KubeObject): KubeObject {
    const own = this.builtIn && pod.metadata.labels?.[SKIP_LABEL] === undefined ? this.apply(pod, this.builtIn) : pod;

    return this.configured().filter((webhook) => this.concerns(webhook, pod)).reduce<KubeObject>((one, webhook) => this.call(webhook, one), own);
  }

  private apply(pod: KubeObject, flags: WebhookFlags): KubeObject {
    const type = this.store.findType('', 'serviceaccounts');

    return mutatePod(pod, type && this.store.peek(type, pod.metadata.namespace, accountOf(pod)), flags);
  }

  /** Webhooks that look like the pod identity webhook: pods are sent to `/mutate` of a service. */
  private configured(): Fields[] {
    const type = this.store.findType('admissionregistration.k8s.io', 'mutatingwebhookconfigurations');
    const all = type ? [...this.store.scan(type)].flatMap((configuration) => fieldsIn(configuration.webhooks)) : [];

    return all.filter((webhook) => at(webhook, 'clientConfig', 'service', 'path') === '/mutate');
  }

  private concerns(webhook: Fields, pod: KubeObject): boolean {
    const has = (list: unknown, value: string): boolean => listOf(list).includes(value) || listOf(list).includes('*');
    const namespaces = this.store.findType('', 'namespaces');
    const namespace = namespaces && this.store.peek(namespaces, undefined, pod.metadata.namespace ?? '');

    return fieldsIn(webhook.rules).some((rule) => has(rule.apiGroups, '') && has(rule.resources, 'pods') && has(rule.operations, 'CREATE')) &&
      matchesSelector(webhook.objectSelector, pod.metadata.labels) && matchesSelector(webhook.namespaceSelector, namespace?.metadata.labels);
  }

  private call(webhook: Fields, pod: KubeObject): KubeObject {
    try {
      return this.apply(pod, this.server(webhook));
    } catch (error) {
      if (error instanceof CallError && webhook.failurePolicy !== 'Ignore') {
        throw internalError(`failed calling webhook "${ textOf(webhook.name) }": ${ error.message }`);
      }
      if (error instanceof CallError) {
        return pod;
      }
      throw error;
    }
  }

  /** The flags of whoever answers at the webhook's service, or why nobody does. */
  private server(webhook: Fields): WebhookFlags {
    const { namespace = '', name = '', port = 443, path = '' } = fieldsOf(at(webhook, 'clientConfig', 'service')) as Record<string, string>;
    const url = `https://${ name }.${ namespace }.svc:${ port }${ path }?timeout=${ String(webhook.timeoutSeconds ?? 10) }s`;
    const services = this.store.findType('', 'services');
    const service = services && this.store.peek(services, namespace, name);

    if (!service) {
      throw new CallError(`failed to call webhook: Post "${ url }": service "${ name }" not found`);
    }
    const pod = this.readyPod(namespace, at(service, 'spec', 'selector'));

    if (!pod) {
      throw new CallError(`failed to call webhook: Post "${ url }": no endpoints available for service "${ name }"`);
    }
    if (!textOf(at(webhook, 'clientConfig', 'caBundle'))) {
      throw new CallError(`failed to call webhook: Post "${ url }": tls: failed to verify certificate: x509: certificate signed by unknown authority`);
    }
    const container = fieldsIn(at(pod, 'spec', 'containers')).find((one) => listOf([...listOf(one.command), ...listOf(one.args)]).length) ?? {};

    if (listOf(webhook.admissionReviewVersions)[0] === 'v1' && speaksOldReview(textOf(container.image))) {
      throw new CallError('received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=');
    }

    return readFlags([...listOf(container.command), ...listOf(container.args)].map(String));
  }

  private readyPod(namespace: string, selector: unknown): KubeObject | undefined {
    const type = this.store.findType('', 'pods');
    const wanted = Object.entries(fieldsOf(selector));

    return type && wanted.length ? [...this.store.scan(type, namespace)].find((pod) => !pod.metadata.deletionTimestamp &&
      wanted.every(([key, value]) => pod.metadata.labels?.[key] === value) &&
      fieldsIn(at(pod, 'status', 'conditions')).some((condition) => condition.type === 'Ready' && condition.status === 'True')) : undefined;
  }
}

/** Why the API server could not get an answer from a webhook. */
class CallError extends Error {}

/** Releases up to v0.6.17 speak v1beta1 only and name no type in their answer (charts-and-clusters.md §4.2). */
function speaksOldReview(image: string): boolean {
  const [, minor = '', patch = ''] = /:v0\.(\d+)\.(\d+)/.exec(image) ?? [];

  return minor !== '' && (Number(minor) < 6 || (Number(minor) === 6 && Number(patch) <= 17));
}
