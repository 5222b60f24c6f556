import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedBound, seedBoundBackup } from '../contract/seeds';
import { put } from '../sandbox/scenario/put.ts';
import { expectQuiet } from './support/quiet';
import { clusterPage, PROD_EKS, Stage, picture, type Visit } from './support/stage';
import { answer, apply, openCluster } from './support/steps';

describe('bindings of every kind', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(async() => {
    await stage.sandbox.reset();
    visit = await stage.visit();
  });
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit.leave();
  });

  const get = (cluster: string, type: string, namespace: string, name: string) => {
    const { store } = stage.sandbox.world.kube(cluster);

    return store.get(store.findType('', type)!, namespace, name);
  };

  /** Opens a select of Rancher's and takes an entry. */
  async function choose(testId: string, entry: string): Promise<void> {
    await visit.page.getByTestId(testId).click();
    await visit.page.getByRole('option', { name: entry, exact: true }).click();
  }

  it('binds any service account', async() => {
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-bind');
    await visit.click('irsa-preset-any');
    await choose('irsa-namespace', 'shop');
    await choose('irsa-account', 'default');
    await visit.page.getByTestId('irsa-default-account').waitFor();
    await picture(visit.page, 'bind-default-account');
    await choose('irsa-account', 'writer');
    await visit.page.getByTestId('irsa-default-account').waitFor({ state: 'detached' });
    await visit.click('irsa-review');
    expect(await apply(visit)).toBe('verified');
    expect(get(PROD_EKS, 'serviceaccounts', 'shop', 'writer')?.metadata.annotations?.['eks.amazonaws.com/role-arn']).toMatch(/:role\/rancher-irsa\/prod-eks_shop_writer$/);
    const role = stage.sandbox.world.aws.state.roles.get('prod-eks_shop_writer')!;
    const [statement] = JSON.parse(role.trust).Statement;

    expect(Object.values(statement.Condition.StringEquals)).toEqual(expect.arrayContaining(['sts.amazonaws.com', 'system:serviceaccount:shop:writer']));
    expect(Object.keys(statement.Condition)).toEqual(['StringEquals']);
    expectQuiet(visit);
  });

  it('binds Rancher Logging through the chart’s values, which the operator hands to fluentd', async() => {
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-bind');
    await visit.click('irsa-preset-rancher-logging');
    await answer(visit, 'logGroup', '/rancher/prod');
    await visit.click('irsa-review');
    expect(await apply(visit)).toBe('verified');
    expect(get(PROD_EKS, 'serviceaccounts', 'cattle-logging-system', 'rancher-logging-root-fluentd')?.metadata.annotations?.['eks.amazonaws.com/role-arn']).toContain(':role/rancher-irsa/');
    expectQuiet(visit);
  });

  it('keeps what the admin had in the values of Rancher Backups', async() => {
    const values = async() => JSON.stringify(await (await visit.context.request.get('/k8s/clusters/local/v1/catalog.cattle.io.apps/cattle-resources-system/rancher-backup')).json());
    const before = await values();

    expect(before).toContain('s3');
    await openCluster(visit, 'local', '');
    await visit.click('irsa-bind');
    await visit.click('irsa-preset-rancher-backup');
    await answer(visit, 'bucket', 'acme-backups');
    await visit.click('irsa-review');
    expect(await apply(visit)).toBe('verified');
    const app = JSON.parse(await values());

    expect(app.spec.values).toMatchObject({ serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': expect.stringContaining(':role/') } }, s3: { enabled: true, bucketName: 'acme-backups' } });
    for (const [key, value] of Object.entries(JSON.parse(before).spec.values).filter(([key]) => !['s3', 'serviceAccount'].includes(key))) {
      expect(app.spec.values[key]).toEqual(value);
    }
    expectQuiet(visit);
  });

  it('unbinds, and deletes the role that was made for it', async() => {
    seedBound(stage.sandbox.world);
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-actions-shop/writer');
    await visit.page.getByRole('menuitem', { name: 'Unbind' }).click();
    await visit.page.getByTestId('irsa-plan').waitFor();
    expect(await visit.page.getByTestId('irsa-plan').getByText('DeleteRole', { exact: false }).count()).toBe(0);
    await visit.page.getByTestId('irsa-choice').click();
    await visit.page.getByTestId('irsa-plan').getByText('DeleteRole prod-eks_shop_writer').waitFor();
    await picture(visit.page, 'unbind');
    expect(await apply(visit)).toBe('done');
    await picture(visit.page, 'unbind-done');
    expect(stage.sandbox.world.aws.state.roles.has('prod-eks_shop_writer')).toBe(false);
    expect(get(PROD_EKS, 'serviceaccounts', 'shop', 'writer')?.metadata.annotations?.['eks.amazonaws.com/role-arn']).toBeUndefined();
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-bindings').waitFor();
    await visit.page.getByTestId('irsa-binding-shop/writer').waitFor({ state: 'detached' });
    expectQuiet(visit);
  });

  it('says, before it unbinds the operator, which Backups stop', async() => {
    seedBoundBackup(stage.sandbox.world);
    put(stage.sandbox.world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'nightly' }, spec: { resourceSetName: 'rancher-resource-set', storageLocation: { s3: { bucketName: 'acme-backups', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' } } } });
    await visit.goto(`${ clusterPage('local') }?plan=unbind&account=cattle-resources-system%2Francher-backup`);
    await visit.page.getByTestId('irsa-plan').waitFor();
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toContain('backup nightly names no key and signs with this role alone.');
    await picture(visit.page, 'unbind-stops');
    expectQuiet(visit);
  });

  it('moves an account to another role, from the list of all bindings, and deletes the one it had', async() => {
    seedBound(stage.sandbox.world);
    await visit.goto('/c/_/irsa/bindings');
    await visit.click('irsa-inventory-actions-prod-eks-shop/writer');
    await visit.page.getByRole('menuitem', { name: 'Change the role' }).click();
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    await visit.page.getByTestId('irsa-role').click();
    // The names of the account's roles are there.
    await visit.page.getByRole('option', { name: 'ci-deployer' }).waitFor();
    await visit.page.keyboard.type('orders');
    await visit.page.keyboard.press('Enter');
    await visit.click('irsa-review');
    const plan = visit.page.getByTestId('irsa-plan');

    await plan.getByText('UpdateAssumeRolePolicy prod-eks_shop_writer').waitFor();
    await visit.click('irsa-choice');
    await plan.getByText('DeleteRole prod-eks_shop_writer').waitFor();
    await picture(visit.page, 'move');
    await apply(visit);
    await picture(visit.page, 'move-done');
    expect(stage.sandbox.world.aws.state.roles.has('prod-eks_shop_writer')).toBe(false);
    expect(stage.sandbox.world.aws.state.roles.get('orders')?.trust).toContain('system:serviceaccount:shop:writer');
    expect(get(PROD_EKS, 'serviceaccounts', 'shop', 'writer')?.metadata.annotations?.['eks.amazonaws.com/role-arn']).toMatch(/:role\/rancher-irsa\/orders$/);
    expectQuiet(visit);
  });

  it('adopts a role that somebody made by hand: two tags, nothing else, and it stays when the account is unbound', async() => {
    const role = stage.sandbox.world.aws.state.roles.get('s3-reader')!;
    const before = { trust: role.trust, inline: [...role.inline], attached: [...role.attached] };

    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-actions-shop/reader');
    await visit.page.getByRole('menuitem', { name: 'Adopt the role' }).click();
    await visit.page.getByTestId('irsa-plan').getByText('TagRole s3-reader').waitFor();
    await picture(visit.page, 'adopt');
    await visit.page.getByTestId('irsa-consent').click();
    expect(await apply(visit)).toBe('done');
    expect(Object.fromEntries(role.tags)).toEqual({ 'rancher.io/irsa': 'adopted', 'rancher.io/irsa-cluster': 'prod-eks' });
    expect({ trust: role.trust, inline: [...role.inline], attached: [...role.attached] }).toEqual(before);
    await visit.goto('/c/_/irsa/clusters/c-eks01?of=s3-reader');
    await visit.page.getByText('adopted here').waitFor();
    expect(await visit.page.getByTestId('irsa-adopt').count()).toBe(0);
    await visit.goto(`${ clusterPage(PROD_EKS) }?plan=unbind&account=shop%2Freader`);
    await visit.page.getByTestId('irsa-apply').waitFor();
    expect(await visit.page.getByTestId('irsa-choice').count()).toBe(0);
    expect(await apply(visit)).toBe('done');
    expect(stage.sandbox.world.aws.state.roles.has('s3-reader')).toBe(true);
    expectQuiet(visit);
  });

  it('asks before Escape throws away what was typed into the wizard', async() => {
    await openCluster(visit, 'local');
    await visit.click('irsa-bind');
    await visit.click('irsa-preset-rancher-backup');
    await answer(visit, 'bucket', 'acme-other');
    await visit.page.keyboard.press('Escape');
    await visit.page.getByTestId('irsa-bind-discarding').waitFor();
    await visit.page.keyboard.press('Enter');
    await visit.page.getByTestId('irsa-bind-discarding').waitFor({ state: 'detached' });
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    await visit.page.keyboard.press('Escape');
    await visit.click('irsa-bind-discard');
    await visit.page.getByTestId('irsa-bind-wizard').waitFor({ state: 'detached' });
    expectQuiet(visit);
  });

  it('makes a cloud credential with Rancher’s own form and takes it at once', async() => {
    visit.secrets.excuse(/^text ever shown: secret key/, 'Rancher’s own form shows what is typed as an attribute of the field too, as long as it stands there');
    await openCluster(visit, 'local');
    await visit.click('irsa-credential');
    await visit.click('irsa-credential-create');
    // The host's slide-in puts its own test id on what it shows.
    const form = visit.page.getByTestId('slide-in-panel-component');

    await form.waitFor();
    await form.getByLabel('Name').first().fill('backup-keys');
    await form.getByLabel('Access Key').first().fill('AKIASANDBOXAWSPROD01');
    await form.getByLabel('Secret Key').first().fill('sandbox/secret/key/of/aws/prod/0000000001');
    await picture(visit.page, 'credential');
    await visit.click('irsa-credential-save');
    await visit.page.getByTestId('irsa-credential').getByText('backup-keys').or(visit.page.getByText('backup-keys')).first()
      .waitFor();
    expect(visit.page.url()).toMatch(/credential=cattle-global-data/);
    expect(visit.page.url()).not.toMatch(/AKIA|secret/);
    expectQuiet(visit);
  });
});
