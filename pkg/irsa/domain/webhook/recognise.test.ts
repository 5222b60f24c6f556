import { describe, expect, it } from 'vitest';
import { isPodIdentityWebhook, type WebhookConfiguration } from './recognise';

const PODS = [{ resources: ['pods'] }];
const configuration = (name: string, webhook: Partial<NonNullable<WebhookConfiguration['webhooks']>[number]>): WebhookConfiguration => ({ metadata: { name }, webhooks: [{ name: 'x.example.com', rules: PODS, ...webhook }] });

describe('a pod identity webhook', () => {
  it.each([
    ['EKS\' own', configuration('pod-identity-webhook', { name: 'iam-for-pods.amazonaws.com' })],
    ['a copy of EKS\' own under another name', configuration('aws', { name: 'iam-for-pods.amazonaws.com' })],
    ['the project\'s manifest', configuration('pod-identity-webhook', { name: 'pod-identity-webhook.amazonaws.com' })],
    ['the widespread chart under a release of its own', configuration('irsa-amazon-eks-pod-identity-webhook', {})],
    ['one whose service alone tells', configuration('a', { clientConfig: { service: { name: 'pod-identity-webhook' } } })],
    ['a renamed one, by the pods it leaves out', configuration('a', { objectSelector: { matchExpressions: [{ key: 'eks.amazonaws.com/skip-pod-identity-webhook' }] } })],
    ['one with a prefix of its own', configuration('a', { objectSelector: { matchExpressions: [{ key: 'irsa.example.com/skip-pod-identity-webhook' }] } })],
    ['one that is asked about everything', configuration('a', { name: 'pod-identity-webhook.amazonaws.com', rules: [{ resources: ['*'] }] })],
  ])('is %s', (_, one) => {
    expect(isPodIdentityWebhook(one)).toBe(true);
  });

  it.each([
    ['another one about pods', configuration('istio-sidecar-injector', { objectSelector: { matchExpressions: [{ key: 'istio.io/rev' }] } })],
    ['one of the name that is never asked about pods', configuration('pod-identity-webhook', { rules: [{ resources: ['serviceaccounts'] }] })],
    ['one without webhooks', { metadata: { name: 'pod-identity-webhook' } }],
  ])('is not %s', (_, one) => {
    expect(isPodIdentityWebhook(one)).toBe(false);
  });
});
