import { beforeAll, describe, expect, it } from 'vitest';
import { findWebhook } from '../../../pkg/irsa/gateways/kubernetes/webhook';
import { definition } from '../../sandbox/catalog/chart.ts';
import { CLUSTER, transportOf, type Comparison, type Fields, type KubeAsked } from './target';

const GROUP = '/apis/logging.banzaicloud.io/v1beta1';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** Custom resources as the charts bring them, and the webhook's configuration. */
export function definitionCases(comparison: () => Comparison): void {
  describe('custom resources and webhooks', () => {
    let see: Comparison;
    const patch = (path: string, contentType: string, body: unknown): KubeAsked => ({ method: 'PATCH', path, contentType, body });
    const until = async(holds: () => Promise<boolean>) => {
      for (const end = Date.now() + 15_000; !(await holds());) {
        if (Date.now() > end) {
          throw new Error('it did not come to be');
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };

    beforeAll(() => {
      see = comparison();
    });

    it('come with their definition, are kept whole, and go with it', async() => {
      const { status: _own, ...asked } = definition('logging.banzaicloud.io', 'v1beta1', 'Logging', 'loggings', 'Cluster');
      const made = await see.post(DEFINITIONS, asked);

      see.gives('definition', [made.spec.names, made.spec.conversion], [{ kind: 'Logging', plural: 'loggings', singular: 'logging', listKind: 'LoggingList' }, { strategy: 'None' }]);
      await until(async() => (await see.done({ path: `${ DEFINITIONS }/loggings.logging.banzaicloud.io` })).status?.conditions?.some(({ type, status }: Fields) => type === 'Established' && status === 'True') === true);
      await until(async() => (await see.target.ask({ path: `${ GROUP }/loggings` })).status === 200);
      const conditions = (await see.done({ path: `${ DEFINITIONS }/loggings.logging.banzaicloud.io` })).status.conditions.map(({ type, status, reason }: Fields) => [type, status, reason]);

      see.gives('definition: conditions', conditions, [['NamesAccepted', 'True', 'NoConflicts'], ['Established', 'True', 'InitialNamesAccepted']]);
      const object = await see.post(`${ GROUP }/loggings`, { apiVersion: 'logging.banzaicloud.io/v1beta1', kind: 'Logging', metadata: { name: 'root' }, spec: { fluentd: { serviceAccount: { metadata: { annotations: { x: 'y' } } } } } });

      see.gives('object', [object.kind, object.spec, object.metadata.generation], ['Logging', { fluentd: { serviceAccount: { metadata: { annotations: { x: 'y' } } } } }, 1]);
      const list = await see.done({ path: `${ GROUP }/loggings` });

      see.gives('list', [list.kind, list.apiVersion, list.items.map(({ kind, apiVersion, metadata }: Fields) => [kind, apiVersion, metadata.name])], ['LoggingList', 'logging.banzaicloud.io/v1beta1', [['Logging', 'logging.banzaicloud.io/v1beta1', 'root']]]);
      const merged = await see.done(patch(`${ GROUP }/loggings/root`, 'application/merge-patch+json', { spec: { other: [1] } }));

      see.gives('merge patch', [merged.spec, merged.metadata.generation], [{ fluentd: { serviceAccount: { metadata: { annotations: { x: 'y' } } } }, other: [1] }, 2]);
      see.gives('merge patch of metadata: generation', (await see.done(patch(`${ GROUP }/loggings/root`, 'application/merge-patch+json', { metadata: { annotations: { a: 'b' } } }))).metadata.generation, 2);
      see.gives('status', (await see.done(patch(`${ GROUP }/loggings/root/status`, 'application/merge-patch+json', { spec: { other: [2] }, status: { ready: true } }))).spec.other, [1]);
      await see.refuses('strategic merge', patch(`${ GROUP }/loggings/root`, 'application/strategic-merge-patch+json', {}), { code: 415, reason: 'UnsupportedMediaType' });
      await see.refuses('an update without a version', { method: 'PUT', path: `${ GROUP }/loggings/root`, body: { apiVersion: 'logging.banzaicloud.io/v1beta1', kind: 'Logging', metadata: { name: 'root' } } }, { code: 422, reason: 'Invalid', message: expect.stringMatching(/^loggings\.logging\.banzaicloud\.io "root" is invalid: metadata\.resourceVersion: Invalid value: 0(x0)?: must be specified for an update$/) });
      await see.refuses('not there', { path: `${ GROUP }/loggings/none` }, { code: 404, reason: 'NotFound', message: 'loggings.logging.banzaicloud.io "none" not found', details: { name: 'none', group: 'logging.banzaicloud.io', kind: 'loggings' } });
      const gone = await see.done({ method: 'DELETE', path: `${ GROUP }/loggings/root` });

      see.gives('deleted', [gone.kind, gone.status, gone.details?.name, gone.details?.kind, gone.details?.group], ['Status', 'Success', 'root', 'loggings', 'logging.banzaicloud.io']);
      await see.done({ method: 'DELETE', path: `${ DEFINITIONS }/loggings.logging.banzaicloud.io` });
      await until(async() => (await see.target.ask({ path: `${ GROUP }/loggings` })).status === 404);
      const after = await see.target.ask({ path: `${ GROUP }/loggings` });

      see.gives('after the definition', [after.status, after.text], [404, '404 page not found\n']);
    });

    it('a webhook is found by our gateway, and filled in by the API server', async() => {
      const transport = transportOf(see.target);

      see.gives('no webhook', await findWebhook(transport, CLUSTER), { kind: 'absent' });
      const made = await see.post(WEBHOOKS, {
        apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'pod-identity-webhook' },
        webhooks:   [{ name: 'pod-identity-webhook.amazonaws.com', failurePolicy: 'Ignore', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: { service: { name: 'pod-identity-webhook', namespace: 'default', path: '/mutate' } }, rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }] }]
      });
      const [{ matchPolicy, reinvocationPolicy, timeoutSeconds, namespaceSelector, objectSelector, clientConfig, rules }] = made.webhooks;

      see.gives('defaults', { matchPolicy, reinvocationPolicy, timeoutSeconds, namespaceSelector, objectSelector, port: clientConfig.service.port, scope: rules[0].scope }, { matchPolicy: 'Equivalent', reinvocationPolicy: 'Never', timeoutSeconds: 10, namespaceSelector: {}, objectSelector: {}, port: 443, scope: '*' });
      const found = await findWebhook(transport, CLUSTER);

      see.gives('webhook', { ...found, since: 'since' in found && typeof found.since }, { kind: 'installed', name: 'pod-identity-webhook', service: { namespace: 'default', name: 'pod-identity-webhook' }, since: 'string' });
      const list = await see.done({ path: WEBHOOKS });

      see.gives('list', [list.kind, list.items.length], ['MutatingWebhookConfigurationList', 1]);
      await see.done({ method: 'DELETE', path: `${ WEBHOOKS }/pod-identity-webhook` });
      see.gives('no webhook again', await findWebhook(transport, CLUSTER), { kind: 'absent' });
      await see.refuses('a webhook without side effects named', { method: 'POST', path: WEBHOOKS, body: { metadata: { name: 'x' }, webhooks: [{ name: 'x.example.com', admissionReviewVersions: ['v1'], clientConfig: { url: 'https://example.com' } }] } }, { code: 422, reason: 'Invalid', message: 'MutatingWebhookConfiguration.admissionregistration.k8s.io "x" is invalid: webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun' });
    });
  });
}
