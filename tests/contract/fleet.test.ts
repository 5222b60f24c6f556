import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HELM_OP } from '../../pkg/irsa/domain/fleet/fleet';
import { observeFleet } from '../../pkg/irsa/gateways/rancher/fleet';
import { planRemoveFleetWebhook, planRemoveWebhook } from '../../pkg/irsa/plans';
import { renewCertificate } from '../sandbox/catalog/charts/pod-identity-webhook.ts';
import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { byFleet } from './fleet-seeds';
import { logIn, type Person, type Target } from './target';

const STORE = 'store-k3s';
const WEBHOOK = 'pod-identity-webhook';

/** What Fleet makes of the HelmOp, as time goes by in a cluster. */
describe('the webhook by Fleet', () => {
  let sandbox: Sandbox;
  let admin: Person;

  const local = () => sandbox.world.clusters.local.kube.store;
  const store = () => sandbox.world.kube(STORE).store;
  const typed = (group: string, resource: string) => store().findType(group, resource)!;
  const secret = () => store().get(typed('', 'secrets'), WEBHOOK, `${ WEBHOOK }-cert`)!;
  const state = async() => (await observeFleet(admin.transport)).releases[0]?.states[STORE];
  const helmOp = () => local().get(local().findType('fleet.cattle.io', 'helmops')!, 'fleet-default', HELM_OP)!;

  async function told(names = [STORE]): Promise<void> {
    const result = await admin.run(await byFleet(admin, names));

    expect(result, JSON.stringify(result)).toMatchObject({ status: 'done' });
  }

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 3 });
  });
  afterAll(() => sandbox.stop());
  beforeEach(async() => {
    await sandbox.reset();
    admin = await logIn({ name: 'sandbox', url: sandbox.url, users: Object.fromEntries(SANDBOX_USERS.map(({ username, password }) => [username, password])) } as Target, 'admin');
  });

  it('stays ready when the certificate is renewed in the cluster', async() => {
    await told();
    const before = secret().data;

    renewCertificate(store(), secret());
    expect(secret().data).not.toEqual(before);
    expect(await state()).toEqual({ state: 'ready' });
  });

  it('is told as changed when somebody changes it in the cluster, and nothing waits for that', async() => {
    await told();
    store().patch(typed('apps', 'deployments'), WEBHOOK, WEBHOOK, 'application/merge-patch+json', { spec: { replicas: 7 } });
    await expect.poll(state).toEqual({ state: 'modified', message: `deployment.apps/v1 ${ WEBHOOK }/${ WEBHOOK } modified` });
    expect((await byFleet(admin, [STORE])).steps).toEqual([]);
    store().patch(typed('apps', 'deployments'), WEBHOOK, WEBHOOK, 'application/merge-patch+json', { spec: { replicas: 2 } });
    await expect.poll(state).toEqual({ state: 'ready' });
  });

  it('overlooks what cert-manager writes into the registration', async() => {
    await told();
    const type = typed('admissionregistration.k8s.io', 'mutatingwebhookconfigurations');
    const live = store().get(type, undefined, WEBHOOK) as unknown as { webhooks: { clientConfig: object }[] };

    store().update(type, { ...live, webhooks: live.webhooks.map((one) => ({ ...one, clientConfig: { ...one.clientConfig, caBundle: Buffer.from('another').toString('base64') } })) } as never);
    expect(await state()).toEqual({ state: 'ready' });
  });

  it('keeps what an admin wrote into a target when a further cluster is told', async() => {
    await told();
    const type = local().findType('fleet.cattle.io', 'helmops')!;
    const { targets: [target], ...spec } = helmOp().spec as { targets: { helm: object }[] };
    const own = { valuesFrom: [{ configMapKeyRef: { name: 'values', namespace: 'default', key: 'values.yaml' } }] };

    local().update(type, { ...helmOp(), spec: { ...spec, targets: [{ ...target, helm: { ...target!.helm, ...own } }] } });
    await told([STORE, 'edge-rke2']);
    expect((helmOp().spec as { targets: unknown[] }).targets).toEqual([expect.objectContaining({ clusterName: 'edge-rke2' }), expect.objectContaining({ clusterName: STORE, helm: expect.objectContaining(own) })]);
  });

  it('leaves out a cluster for which an admin says doNotDeploy, and does not wait for it', async() => {
    await told();
    const type = local().findType('fleet.cattle.io', 'helmops')!;
    const { targets: [target], ...spec } = helmOp().spec as { targets: object[] };

    local().update(type, { ...helmOp(), spec: { ...spec, targets: [{ ...target, doNotDeploy: true }] } });
    await expect.poll(state).toBeUndefined();
    await told([STORE, 'edge-rke2']);
    expect((helmOp().spec as { targets: object[] }).targets[1]).toMatchObject({ clusterName: STORE, doNotDeploy: true });
    expect(await state()).toBeUndefined();
  });

  it('is known in the cluster as Fleet’s, which nothing there takes away', async() => {
    await told();
    const observed = await admin.observe(STORE);

    expect(observed.webhook).toMatchObject({ known: true, value: { release: { name: WEBHOOK }, fleet: expect.stringContaining(HELM_OP) } });
    expect(() => planRemoveWebhook(observed)).toThrow(expect.objectContaining({ code: 'WEBHOOK_BY_FLEET' }));
    expect(await admin.run(planRemoveFleetWebhook(await observeFleet(admin.transport)))).toMatchObject({ status: 'done' });
    expect((await admin.observe(STORE)).webhook).toEqual({ known: true, value: { kind: 'absent' } });
  });
});
