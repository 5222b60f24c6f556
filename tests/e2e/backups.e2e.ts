import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removeApp } from '../sandbox/catalog/apps.ts';
import { uninstall } from '../sandbox/catalog/helm.ts';
import { put } from '../sandbox/scenario/put.ts';
import { seedBoundBackup, seedKeyedBackup } from '../contract/seeds';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';
import { answer, apply } from './support/steps';

/** Rancher's own pages ask for what is not there yet. */
const provoked = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces|monitoring|schemaDefinitions)/;
const NAMESPACE = 'cattle-resources-system';
const BACKUPS = '/c/local/backup/resources.cattle.io.backup';

/** Rancher Backups on Rancher's own pages, from the first installation to a Backup that was made; the operator's stand-in is as strict as S3. */
describe('Backups', () => {
  let stage: Stage;
  let visit: Visit;

  const store = () => stage.sandbox.world.kube('local').store;
  const get = (group: string, resource: string, namespace: string | undefined, name: string) => store().get(store().findType(group, resource)!, namespace, name);
  const backup = (name: string) => get('resources.cattle.io', 'backups', undefined, name);
  const objects = () => [...stage.sandbox.world.aws.state.buckets.get('acme-backups')!.objects.keys()];
  const panel = () => visit.page.getByTestId('irsa-backup-panel');

  /** Through Rancher's own form. */
  async function makeBackup(name: string): Promise<void> {
    await visit.goto(`${ BACKUPS }/create`);
    await panel().waitFor();
    await visit.page.getByLabel('Name', { exact: false }).first().fill(name);
    await visit.page.getByText('Store the contents of the backup unencrypted').click();
    await visit.page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect.poll(() => (backup(name)?.status as { conditions?: object[] } | undefined)?.conditions, { timeout: 30_000 }).toBeDefined();
  }

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  async function begin(theme: 'light' | 'dark' = 'light'): Promise<void> {
    visit = await stage.visit({ theme, provoked });
    visit.secrets.excuse(/^Vuex state/, 'Rancher’s own form for backups reads all secrets, to offer them as credential secret');
  }

  it('is installed for the first time with a role, makes a Backup on it, and says so when the form is opened again', async() => {
    await begin();
    for (const release of ['rancher-backup', 'rancher-backup-crd']) {
      uninstall(stage.sandbox.world.kube('local'), { name: 'system:admin', groups: ['system:masters'] }, NAMESPACE, release, false);
      removeApp(stage.sandbox.world.kube('local'), NAMESPACE, release);
    }
    const { version } = stage.sandbox.world.sources.at('https://git.rancher.io/charts')!.find(({ name }) => name === 'rancher-backup')!;
    const form = `/c/local/apps/charts/install?repo-type=cluster&repo=rancher-charts&chart=rancher-backup&version=${ encodeURIComponent(version) }`;

    await visit.goto(form);
    await visit.page.getByRole('button', { name: 'Next' }).click();
    await visit.page.getByTestId('irsa-chart-mode').getByText('IAM role').click();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    await answer(visit, 'bucket', 'acme-backups');
    await answer(visit, 'folder', 'first');
    await visit.page.getByRole('button', { name: 'Install', exact: true }).click();
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });
    await makeBackup('first');
    expect(backup('first')!.status).toMatchObject({ conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True', message: 'Completed' })]) as object });
    expect(objects()).toEqual([expect.stringMatching(/^first\/first-/)]);
    await visit.goto(`${ BACKUPS }/first`);
    await visit.page.getByTestId('irsa-backup-done').waitFor();
    expect(await panel().getAttribute('data-findings')).toBe('');
    await visit.goto(`${ form }&namespace=${ NAMESPACE }&name=rancher-backup`);
    await visit.page.getByRole('button', { name: 'Next' }).click();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    expect(await visit.page.locator('input[data-testid="irsa-parameter-folder"]').inputValue()).toBe('first');
    expectQuiet(visit);
  });

  it.each(['light', 'dark'] as const)('moves a Backup off its secret, and then it runs on the role (%s)', async(theme) => {
    seedKeyedBackup(stage.sandbox.world);
    await begin(theme);
    await visit.goto(`${ BACKUPS }/nightly`);
    await visit.page.getByTestId('irsa-backup-BACKUP_KEY').waitFor();
    await picture(visit.page, `backup-${ theme }`);
    await visit.click('irsa-backup-mend');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    expect(backup('nightly')!.spec).toMatchObject({ storageLocation: { s3: { bucketName: 'acme-backups', folder: 'nightly' } }, retentionCount: 10, schedule: '0 2 * * *' });
    expect(JSON.stringify(backup('nightly')!.spec)).not.toContain('credentialSecretName');
    // What the chart was installed with is not the Backup's to change.
    expect(get('', 'secrets', NAMESPACE, 'rancher-backup-s3')?.data).toMatchObject({ folder: Buffer.from('prod').toString('base64') });
    await expect.poll(objects, { timeout: 10_000 }).toEqual([expect.stringMatching(/^nightly\/nightly-/)]);
    await visit.goto(`${ BACKUPS }/nightly`);
    await visit.page.getByTestId('irsa-backup-done').waitFor();
    await picture(visit.page, `backup-moved-${ theme }`);
    expectQuiet(visit);
  });

  it('judges what is typed on the edit page, and what a Restore names', async() => {
    seedBoundBackup(stage.sandbox.world);
    seedKeyedBackup(stage.sandbox.world);
    await begin();
    await visit.goto(`${ BACKUPS }/nightly?mode=edit`);
    await visit.page.getByTestId('irsa-backup-BACKUP_KEY').waitFor();
    expect(await panel().getAttribute('data-findings')).toBe('BACKUP_KEY');
    await visit.page.getByTestId('S3-endpoint').fill('s3.us-east-1.amazonaws.com');
    await visit.page.getByTestId('irsa-backup-BACKUP_REGION').waitFor();
    await picture(visit.page, 'backup-edit');
    // What is typed is not written by being judged.
    expect(JSON.stringify(backup('nightly')!.spec)).toContain('s3.eu-central-1.amazonaws.com');
    put(stage.sandbox.world.kube('local'), 'resources.cattle.io', 'restores', { metadata: { name: 'back' }, spec: { backupFilename: 'x.tar.gz', storageLocation: { s3: { bucketName: 'acme-backups', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com', credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } } });
    await visit.goto('/c/local/backup/resources.cattle.io.restore/back');
    await visit.page.getByTestId('irsa-backup-BACKUP_KEY').waitFor();
    expect(await visit.page.getByTestId('irsa-backup-BACKUP_KEY').innerText()).toContain('A Restore runs once');
    expect(await visit.page.getByTestId('irsa-backup-mend').count()).toBe(0);
    await picture(visit.page, 'restore-key');
    expectQuiet(visit);
  });

  it.each(['light', 'dark'] as const)('calls nothing in order that depends on the call, and knows what a role is no good for (%s)', async(theme) => {
    seedBoundBackup(stage.sandbox.world);
    const { inline } = [...stage.sandbox.world.aws.state.roles.values()].find(({ name }) => name === 'local-rancher-backup')!;
    const identity = () => visit.page.getByTestId('irsa-backup-identity').innerText();

    inline.set('backup-to-s3', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] }));
    await begin(theme);
    await visit.goto(`${ BACKUPS }/create`);
    await visit.page.getByTestId('irsa-backup-BACKUP_DEPENDS').waitFor();
    expect(await panel().innerText()).toContain('aws:SourceIp');
    expect(await identity()).not.toContain('it reaches its bucket');
    await picture(visit.page, `backup-depends-${ theme }`);
    await visit.page.setViewportSize({ width: 1024, height: 900 });
    await picture(visit.page, `backup-depends-${ theme }-1024`);
    await visit.click('irsa-backup-role');
    await visit.page.getByTestId('irsa-role-view').waitFor();
    put(stage.sandbox.world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'minio' }, spec: { resourceSetName: 'rancher-resource-set', storageLocation: { s3: { bucketName: 'b', endpoint: 'minio.acme.example:9000', credentialSecretName: 'minio', credentialSecretNamespace: 'default' } } } });
    await visit.page.setViewportSize({ width: 1440, height: 1000 });
    await visit.goto(`${ BACKUPS }/minio`);
    await visit.page.getByTestId('irsa-backup-BACKUP_FOREIGN').waitFor();
    expect(await visit.page.getByTestId('irsa-backup-mend').count()).toBe(0);
    await picture(visit.page, `backup-foreign-${ theme }`);
    expectQuiet(visit);
  });

  it('names the classic trap of the policy, and mends it', async() => {
    seedBoundBackup(stage.sandbox.world);
    [...stage.sandbox.world.aws.state.roles.values()].find(({ name }) => name === 'local-rancher-backup')!.inline.set('backup-to-s3', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringLike: { 's3:prefix': 'prod/*' } } }] }));
    await begin();
    await makeBackup('trapped');
    await visit.goto(`${ BACKUPS }/trapped`);
    await visit.page.getByTestId('irsa-backup-BACKUP_PREFIX').waitFor();
    await picture(visit.page, 'backup-trap');
    expect(JSON.stringify(backup('trapped')!.status)).toContain('failed to check if s3 bucket');
    await visit.click('irsa-backup-mend');
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    await visit.click('irsa-review');
    await visit.page.getByTestId('irsa-step-put-policy').waitFor();
    expect(await apply(visit)).toBe('verified');
    await makeBackup('free');
    expect(objects()).toEqual([expect.stringMatching(/^prod\/free-/)]);
    expectQuiet(visit);
  });
});

/** The same Rancher in which the extension is not, or not any more. */
describe('Backups without the extension', () => {
  let stage: Stage;
  let visit: Visit;

  const get = (group: string, resource: string, name: string) => {
    const { store } = stage.sandbox.world.kube('local');

    return store.get(store.findType(group, resource)!, NAMESPACE, name);
  };

  beforeAll(async() => {
    stage = await Stage.open({ bare: true });
  });
  afterAll(() => stage?.close());

  it('leaves Rancher’s own form working on what we set', async() => {
    seedBoundBackup(stage.sandbox.world);
    visit = await stage.visit({ provoked });
    visit.secrets.excuse(/^Vuex state/, 'Rancher’s own form for backups reads all secrets, to offer them as credential secret');
    const { version } = stage.sandbox.world.sources.at('https://git.rancher.io/charts')!.find(({ name }) => name === 'rancher-backup')!;

    await visit.goto(`/c/local/apps/charts/install?repo-type=cluster&repo=rancher-charts&chart=rancher-backup&version=${ encodeURIComponent(version) }&namespace=${ NAMESPACE }&name=rancher-backup`);
    await visit.page.getByRole('button', { name: 'Next' }).click();
    await visit.page.getByText('Default Storage Location').first().waitFor();
    expect(await visit.page.getByTestId('irsa-chart-access').count()).toBe(0);
    expect(await visit.page.getByTestId('S3-bucketName').inputValue()).toBe('acme-backups');
    const before = get('catalog.cattle.io', 'apps', 'rancher-backup')!.metadata.resourceVersion;

    await visit.page.getByRole('button', { name: 'Save changes', exact: true }).click();
    await expect.poll(() => get('catalog.cattle.io', 'apps', 'rancher-backup')!.metadata.resourceVersion, { timeout: 30_000 }).not.toBe(before);
    expect(get('', 'serviceaccounts', 'rancher-backup')!.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': expect.stringMatching(/role\/rancher-irsa\/local-rancher-backup$/) as string, 'acme.example/team': 'platform' });
    await visit.goto(`${ BACKUPS }/create`);
    await visit.page.getByText('Store the contents of the backup unencrypted').waitFor();
    expect(await visit.page.getByTestId('irsa-backup-panel').count()).toBe(0);
    expectQuiet(visit);
    await visit.leave();
  });
});
