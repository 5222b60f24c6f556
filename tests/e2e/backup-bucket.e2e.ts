import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { put } from '../sandbox/scenario/put.ts';
import { seedBoundBackup } from '../contract/seeds';
import { excuseSecrets } from './support/charts';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';
import { answer, apply } from './support/steps';

/** Rancher's own pages ask for what is not there yet, and our panel S3. */
const provoked = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces|monitoring|schemaDefinitions|meta\/proxy\/s3\.)/;
const BACKUPS = '/c/local/backup/resources.cattle.io.backup';

/** The bucket that backups go to, made on the way. */
describe('A bucket for backups', () => {
  let stage: Stage;
  let visit: Visit;

  const bucket = (name: string) => stage.sandbox.world.aws.state.buckets.get(name);
  const panel = () => visit.page.getByTestId('irsa-backup-panel');

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
    excuseSecrets(visit);
  }

  it.each(['light', 'dark'] as const)('is made from the page of a Backup that has none, and seen there from then on (%s)', async(theme) => {
    seedBoundBackup(stage.sandbox.world);
    put(stage.sandbox.world.kube('local'), 'resources.cattle.io', 'backups', {
      metadata: { name: 'weekly' },
      spec:     { resourceSetName: 'rancher-resource-set-full', schedule: '0 2 * * 0', retentionCount: 10, storageLocation: { s3: { bucketName: 'acme-weekly', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' } } },
    });
    await begin(theme);
    await visit.goto(`${ BACKUPS }/weekly`);
    await visit.page.getByTestId('irsa-backup-open').waitFor();
    // Rancher does not forward to S3 as it comes: nobody could look, and nothing is offered unseen.
    expect(await panel().getAttribute('data-bucket')).toBe('unknown');
    expect(await visit.page.getByTestId('irsa-backup-bucket').count()).toBe(0);
    await picture(visit.page, `backup-unseen-bucket-${ theme }`);
    await visit.click('irsa-backup-open');
    await visit.page.getByTestId('irsa-step-open-s3').waitFor();
    await picture(visit.page, `backup-open-s3-${ theme }`);
    await apply(visit);
    expect(bucket('acme-weekly')).toBeUndefined();
    // Done leads back to where it began.
    await visit.click('irsa-done');
    await visit.page.waitForURL((url) => url.pathname.endsWith(`${ BACKUPS }/weekly`));
    await visit.page.locator('[data-testid="irsa-backup-panel"][data-bucket="absent"]').waitFor();
    await picture(visit.page, `backup-no-bucket-${ theme }`);
    await visit.click('irsa-backup-bucket');
    await visit.page.getByTestId('irsa-step-keep-versions').waitFor();
    await picture(visit.page, `backup-bucket-plan-${ theme }`);
    await apply(visit);
    expect(bucket('acme-weekly')).toMatchObject({ region: 'eu-central-1', versioning: 'Enabled', encryption: { algorithm: 'AES256' } });
    expect(bucket('acme-weekly')!.blocked.size).toBe(4);
    await visit.click('irsa-done');
    await visit.page.waitForURL((url) => url.pathname.endsWith(`${ BACKUPS }/weekly`));
    await visit.page.locator('[data-testid="irsa-backup-panel"][data-bucket="here"]').waitFor();
    expect(await visit.page.getByTestId('irsa-backup-bucket').count()).toBe(0);
    // One that is not there is now seen not to be, while it is typed.
    await visit.goto(`${ BACKUPS }/create`);
    await panel().waitFor();
    await visit.page.getByText('Use an S3-compatible object store').click();
    await visit.page.getByTestId('S3-bucketName').fill('acme-other');
    await visit.page.getByLabel('Region', { exact: false }).last().fill('eu-central-1');
    await visit.page.getByTestId('irsa-backup-BACKUP_NO_BUCKET').waitFor();
    await picture(visit.page, `backup-typed-bucket-${ theme }`);
    expectQuiet(visit);
  });

  it('is made by Install along with the role, when that is asked for', async() => {
    await begin();
    const { version } = stage.sandbox.world.sources.at('https://git.rancher.io/charts')!.find(({ name }) => name === 'rancher-backup')!;

    await visit.goto(`/c/local/apps/charts/install?repo-type=cluster&repo=rancher-charts&chart=rancher-backup&version=${ encodeURIComponent(version) }&namespace=cattle-resources-system&name=rancher-backup`);
    await visit.page.getByRole('button', { name: 'Next' }).click();
    await visit.page.getByTestId('irsa-chart-mode').getByText('IAM role').click();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    await answer(visit, 'bucket', 'Acme_New');
    await visit.page.getByText('Acme_New', { exact: false }).first().waitFor();
    await answer(visit, 'bucket', 'acme-new');
    await visit.page.getByTestId('irsa-chart-bucket').getByText('acme-new').click();
    await visit.click('irsa-chart-plan');
    await visit.page.getByTestId('irsa-step-keep-versions').waitFor();
    await picture(visit.page, 'chart-backup-bucket');
    expect(bucket('acme-new')).toBeUndefined();
    await visit.page.getByRole('button', { name: 'Save changes', exact: true }).click();
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });
    expect(bucket('acme-new')).toMatchObject({ region: 'eu-central-1', versioning: 'Enabled' });
    expectQuiet(visit);
  });
});
