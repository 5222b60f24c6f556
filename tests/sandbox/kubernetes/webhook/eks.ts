import type { KubeObject } from '../../contracts.ts';
import type { MemoryStore } from '../store.ts';

/**
 * What an EKS cluster shows of its own webhook: a configuration that leads to an address on the control plane itself, with no service
 * behind it in the cluster.
 */
export function registerEksWebhook(store: MemoryStore): void {
  const type = store.findType('admissionregistration.k8s.io', 'mutatingwebhookconfigurations');
  const configuration: KubeObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind:       'MutatingWebhookConfiguration',
    metadata:   { name: 'pod-identity-webhook' },
    webhooks:   [{
      name:                    'iam-for-pods.amazonaws.com',
      admissionReviewVersions: ['v1beta1'],
      clientConfig:            { url: 'https://127.0.0.1:23443/mutate', caBundle: Buffer.from('sandbox').toString('base64') },
      failurePolicy:           'Ignore',
      objectSelector:          { matchExpressions: [{ key: 'eks.amazonaws.com/skip-pod-identity-webhook', operator: 'DoesNotExist' }] },
      rules:                   [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      sideEffects:             'None'
    }]
  };

  if (type) {
    store.create(type, configuration);
  }
}
