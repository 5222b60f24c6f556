import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { reactive } from 'vue';
import { PLACE } from '../composables/use-webhook-place';
import type { WebhookPlace } from '../gateways/observe/webhook-place';
import WebhookForm from './pod-identity-webhook.vue';

const defaults = () => ({
  region:               '',
  audience:             'sts.amazonaws.com',
  stsRegionalEndpoints: true,
  replicaCount:         2,
  failurePolicy:        'Ignore' as const,
  image:                { registry: '' },
  tls:                  { mode: 'auto', existingSecret: '', renewal: { image: { repository: 'rancher/shell', tag: 'v0.6.0' } } }
});
const found: WebhookPlace = { traits: { region: 'eu-central-1', nodes: 1, shellImage: 'rancher/shell:v0.8.1' }, webhook: { known: true, value: { kind: 'absent' } }, certManager: true, missing: [] };

interface Opening { place?: WebhookPlace; values?: ReturnType<typeof defaults>; existing?: { metadata: { name: string; namespace: string } } }

async function open({ place = found, values: given = defaults(), existing }: Opening = {}) {
  // As the host's page has them.
  const values = reactive(given);
  const says = (key: string, args?: object) => `${ key }${ args ? ` ${ JSON.stringify(args) }` : '' }`;
  const store = { getters: { currentCluster: { id: 'c-1' }, 'management/byId': () => ({ id: 'c-1' }), 'i18n/exists': () => true, 'i18n/t': says }, commit: () => undefined };
  const view = mount(WebhookForm, {
    props:  { value: values, versionInfo: { values: defaults() }, existing },
    global: {
      provide: { [PLACE as symbol]: async() => place, store },
      stubs: { LabeledSelect: true },
    },
  });

  await flushPromises();
  const [hook] = view.emitted('register-before-hook')![0] as [() => Promise<void>, string];

  return { view, values, hook };
}

describe('the form of the webhook\'s chart', () => {
  it('fills in what the cluster tells', async() => {
    const { view, values, hook } = await open();

    expect(values).toEqual({ ...defaults(), region: 'eu-central-1', replicaCount: 1, tls: { mode: 'auto', existingSecret: '', renewal: { image: { repository: 'rancher/shell', tag: 'v0.8.1' } } } });
    expect(view.get('[data-testid="irsa-webhook-tls-about"]').text()).toContain('"found":"yes"');
    await expect(hook()).resolves.toBeUndefined();
  });

  it('leaves alone what somebody wrote before, in the YAML or at the last installation', async() => {
    const written = { ...defaults(), audience: 'sts.example' };

    expect((await open({ values: written })).values).toEqual({ ...defaults(), audience: 'sts.example' });
    expect((await open({ existing: { metadata: { name: 'a', namespace: 'b' } } })).values).toEqual(defaults());
  });

  it('tells a person who may not make objects of the whole cluster so, and holds the installation back', async() => {
    const { view, hook } = await open({ place: { ...found, missing: [{ clusterId: 'c-1', verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' }] } });

    expect(view.get('[data-testid="irsa-held-back"]').text()).toContain('create clusterroles.rbac.authorization.k8s.io');
    // Its banner is there to be read; by the button Rancher shows what is thrown.
    await expect(hook()).rejects.toThrow(/^irsa\.webhookForm\.stopped$/);
    // Beside the YAML there is no form.
    view.unmount();
    await expect(hook()).rejects.toThrow('irsa.heldBack.rights');
  });

  it('holds back a second one, and not the upgrade of the one that is there', async() => {
    const release = { name: 'pod-identity-webhook', namespace: 'pod-identity-webhook' };
    const place: WebhookPlace = { ...found, webhook: { known: true, value: { kind: 'installed', name: 'x', release } } };

    const { view, hook } = await open({ place });

    await expect(hook()).rejects.toThrow('irsa.webhookForm.stopped');
    expect(view.text()).toContain('irsa.heldBack.ours');
    await expect((await open({ place, existing: { metadata: release } })).hook()).resolves.toBeUndefined();
  });

  it('holds an installation back that asks for a cert-manager that is not there', async() => {
    const asks = { ...defaults(), tls: { ...defaults().tls, mode: 'cert-manager' as const } };
    const { view, hook } = await open({ place: { ...found, certManager: false }, values: asks });

    expect(view.get('[data-testid="irsa-webhook-tls-about"]').attributes('role')).toBe('alert');
    await expect(hook()).rejects.toThrow('irsa.webhookForm.stopped');
    view.unmount();
    await expect(hook()).rejects.toThrow('irsa.webhookForm.certManagerAbout');
    await expect((await open({ values: asks })).hook()).resolves.toBeUndefined();
  });

  it('says that it could not see whether there is one, and leaves it to the chart to refuse', async() => {
    const { view, hook } = await open({ place: { ...found, webhook: { known: false, why: { kind: 'forbidden', text: { key: 'irsa.obstacle.right' } } } } });

    expect(view.find('[data-testid="irsa-place-unseen"]').exists()).toBe(true);
    await expect(hook()).resolves.toBeUndefined();
  });

  it('says under a field what Helm would refuse, and holds the installation back with the same words', async() => {
    const { view, values, hook } = await open();
    const replicas = view.get('[data-testid="irsa-webhook-replicas"]');

    await replicas.trigger('focusin');
    await replicas.setValue('0');
    expect(view.text()).toContain('irsa.webhookForm.replicasProblem {"most":9}');
    await expect(hook()).rejects.toThrow('irsa.webhookForm.replicasProblem');
    await replicas.setValue('3');
    await expect(hook()).resolves.toBeUndefined();
    expect(values.replicaCount).toBe(3);
  });
});
