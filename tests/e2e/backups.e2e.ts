import { describe, expect, it } from 'vitest';
import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import { seedBoundBackup, seedKeyedBackup, seedTwoBuckets } from '../contract/seeds';
import { differences, stateOf } from '../contract/world-state';
import { put } from '../sandbox/scenario/put.ts';
import { annotationsOf, BACKUP, chooseRole, editYaml, excuseSecrets, neverInstalled, openForm, PROVOKED, ROLE_ANNOTATION, save, valuesOf, withoutExtension } from './support/charts';
import { expectQuiet } from './support/quiet';
import { clusterPage, picture, pictures, type Visit } from './support/stage';
import { answer, apply, makeBackup, unbind } from './support/steps';
import { useStage } from './support/theatre';

const BACKUPS = '/c/local/backup/resources.cattle.io.backup';
const ROLE = 'arn:aws:iam::111122223333:role/rancher-irsa/local_cattle-resources-system_rancher-backup';
const LOCATION = { enabled: true, bucketName: 'acme-backups', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com', folder: 'first' };

/** What only Edit YAML can say, of each kind that YAML has. */
const OWN = {
  debug:           true,
  nodeSelector:    { 'kubernetes.io/os': 'linux', disk: 'ssd' },
  tolerations:     [{ key: 'dedicated', operator: 'Exists', tolerationSeconds: 60 }],
  resources:       { limits: { memory: '512Mi', cpu: 1.5 } },
  extraAnnotations: { 'acme.example/owner': 'platform, on call' },
  securityContext: { runAsNonRoot: false },
  acme:            { 'dotted.key/with': 'x', list: [1, 'two', false, { three: [] }], text: 'a\nb: c\n' },
};

/** What an upgrade of the release and a restart change by themselves; its values are looked at one by one. */
const ITS_OWN = /^local (pods$|(apps\.catalog|deployments|serviceaccounts).*\/rancher-backup)/;

/** Rancher Backups on Rancher's own pages, from the first installation to the last; the operator's stand-in is as strict as S3. */
describe('Backups', () => {
  const theatre = useStage();
  let visit: Visit;

  const backup = (name: string) => theatre.find('local', 'resources.cattle.io', 'backups', undefined, name);
  const objects = () => [...theatre.world.aws.state.buckets.get('acme-backups')!.objects.keys()].map((key) => key.replace(/-[\da-f]{8}-.*/, '')).sort();
  const panel = () => visit.page.getByTestId('irsa-backup-panel');
  const made = { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True', message: 'Completed' })]) as object };

  async function begin(): Promise<void> {
    visit = await theatre.visit({ provoked: PROVOKED });
    excuseSecrets(visit);
  }

  it('are installed with a role, upgraded, moved off a key, used without the extension and unbound, with the admin’s values as they were', async() => {
    neverInstalled(theatre.world, BACKUP);
    await begin();
    await openForm(visit, theatre.world, BACKUP);
    await chooseRole(visit);
    await answer(visit, 'bucket', 'acme-backups');
    await answer(visit, 'folder', 'first');
    await visit.click('irsa-chart-plan');
    await visit.page.getByTestId('irsa-step-create-role').waitFor();
    await pictures(visit.page, 'chart-backup');
    expect(theatre.world.aws.state.roles.has('local_cattle-resources-system_rancher-backup')).toBe(false);
    const first = await save(visit, theatre.world, BACKUP);

    // Rancher sends what differs from the chart's own values, and what it knows of the cluster.
    expect(first).toEqual({ global: first.global, s3: LOCATION, serviceAccount: { annotations: { [ROLE_ANNOTATION]: ROLE } } });
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });

    await openForm(visit, theatre.world, BACKUP);
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    expect(await visit.page.locator('input[data-testid="irsa-parameter-folder"]').inputValue()).toBe('first');
    await editYaml(visit, (values) => Object.assign(values, OWN, { serviceAccount: { annotations: { [ROLE_ANNOTATION]: ROLE, 'acme.example/team': 'platform' } } }));
    const own = await save(visit, theatre.world, BACKUP);

    expect(own).toEqual({ ...first, ...OWN, serviceAccount: { annotations: { [ROLE_ANNOTATION]: ROLE, 'acme.example/team': 'platform' } } });
    await openForm(visit, theatre.world, BACKUP);
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    expect(await save(visit, theatre.world, BACKUP)).toEqual(own);
    expect(annotationsOf(theatre.world, BACKUP)).toEqual({ [ROLE_ANNOTATION]: ROLE, 'acme.example/team': 'platform' });
    // What is typed into Rancher's own form is what the role may do.
    for (const bucketName of ['acme-logs', 'acme-backups']) {
      await openForm(visit, theatre.world, BACKUP);
      await visit.page.getByTestId('irsa-chart-role').waitFor();
      await visit.page.getByTestId('S3-bucketName').fill(bucketName);
      expect(await save(visit, theatre.world, BACKUP)).toEqual({ ...own, s3: { ...LOCATION, bucketName } });
      expect([...theatre.world.aws.state.roles.get('local_cattle-resources-system_rancher-backup')!.inline.values()].join()).toContain(`arn:aws:s3:::${ bucketName }/first/*`);
    }

    await makeBackup(visit, 'one');
    await expect.poll(() => backup('one')!.status).toMatchObject(made);
    await visit.goto(`${ BACKUPS }/one`);
    await visit.page.getByTestId('irsa-backup-done').waitFor();
    expect(await panel().getAttribute('data-findings')).toBe('');

    seedKeyedBackup(theatre.world);
    await visit.goto(`${ BACKUPS }/nightly`);
    await visit.page.getByTestId('irsa-backup-BACKUP_KEY').waitFor();
    await pictures(visit.page, 'backup');
    await visit.click('irsa-backup-mend');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    const moved = { resourceSetName: 'rancher-resource-set-full', schedule: '0 2 * * *', retentionCount: 10, storageLocation: { s3: { ...LOCATION, enabled: undefined, folder: 'nightly' } } };

    expect(backup('nightly')!.spec).toEqual(moved);
    // What the chart was installed with is not the Backup's to change.
    expect(valuesOf(theatre.world, BACKUP)).toEqual(own);
    await expect.poll(objects, { timeout: 10_000 }).toEqual(['first/one', 'nightly/nightly']);
    await visit.goto(`${ BACKUPS }/nightly`);
    await visit.page.getByTestId('irsa-backup-done').waitFor();
    await pictures(visit.page, 'backup-moved');

    const comeBack = withoutExtension(theatre.world);

    await openForm(visit, theatre.world, BACKUP);
    await visit.page.getByText('Default Storage Location').first().waitFor();
    expect(await visit.page.getByTestId('irsa-chart-access').count()).toBe(0);
    expect(await visit.page.getByTestId('S3-bucketName').inputValue()).toBe('acme-backups');
    expect(await save(visit, theatre.world, BACKUP)).toEqual(own);
    await makeBackup(visit, 'two');
    await expect.poll(() => backup('two')!.status).toMatchObject(made);
    expect(await panel().count()).toBe(0);
    await visit.goto(`${ BACKUPS }/nightly?mode=edit`);
    await visit.page.getByTestId('S3-bucketName').waitFor();
    await visit.page.getByLabel('Description', { exact: false }).first().fill('kept');
    await visit.page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => backup('nightly')!.metadata.annotations?.['field.cattle.io/description'], { timeout: 30_000 }).toBe('kept');
    expect(backup('nightly')!.spec).toEqual(moved);
    comeBack();

    const before = stateOf(theatre.world);

    await unbind(visit, 'local', 'cattle-resources-system/rancher-backup');
    expect(valuesOf(theatre.world, BACKUP)).toEqual({ ...own, serviceAccount: { annotations: { 'acme.example/team': 'platform' } } });
    expect(annotationsOf(theatre.world, BACKUP)).toEqual({ 'acme.example/team': 'platform' });
    expect(differences(before, stateOf(theatre.world)).filter((name) => !ITS_OWN.test(name))).toEqual(['role local_cattle-resources-system_rancher-backup']);
    expect(theatre.world.aws.state.roles.has('local_cattle-resources-system_rancher-backup')).toBe(false);
    expectQuiet(visit);
  }, 400_000);

  it('are judged as they are typed on the edit page, and a Restore by the key it names', async() => {
    seedBoundBackup(theatre.world);
    seedKeyedBackup(theatre.world);
    await begin();
    await visit.goto(`${ BACKUPS }/nightly?mode=edit`);
    await visit.page.getByTestId('irsa-backup-BACKUP_KEY').waitFor();
    expect(await panel().getAttribute('data-findings')).toBe('BACKUP_KEY');
    await visit.page.getByTestId('S3-endpoint').fill('s3.us-east-1.amazonaws.com');
    await visit.page.getByTestId('irsa-backup-BACKUP_REGION').waitFor();
    await picture(visit.page, 'backup-edit');
    // What is typed is not written by being judged.
    expect(JSON.stringify(backup('nightly')!.spec)).toContain('s3.eu-central-1.amazonaws.com');
    put(theatre.world.kube('local'), 'resources.cattle.io', 'restores', { metadata: { name: 'back' }, spec: { backupFilename: 'x.tar.gz', storageLocation: { s3: { bucketName: 'acme-backups', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com', credentialSecretName: 'backup-aws', credentialSecretNamespace: 'default' } } } });
    await visit.goto('/c/local/backup/resources.cattle.io.restore/back');
    await visit.page.getByTestId('irsa-backup-BACKUP_KEY').waitFor();
    expect(await visit.page.getByTestId('irsa-backup-BACKUP_KEY').innerText()).toContain('A Restore runs once');
    expect(await visit.page.getByTestId('irsa-backup-mend').count()).toBe(0);
    await picture(visit.page, 'restore-key');
    expectQuiet(visit);
  });

  it('are called in order only where that is known, and are told of another maker’s store', async() => {
    seedBoundBackup(theatre.world);
    const { inline } = [...theatre.world.aws.state.roles.values()].find(({ name }) => name === 'local-rancher-backup')!;

    inline.set('backup-to-s3', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] }));
    await begin();
    await visit.goto(`${ BACKUPS }/create`);
    await visit.page.getByTestId('irsa-backup-BACKUP_DEPENDS').waitFor();
    expect(await panel().innerText()).toContain('aws:SourceIp');
    expect(await visit.page.getByTestId('irsa-backup-identity').innerText()).not.toContain('it reaches its bucket');
    await pictures(visit.page, 'backup-depends');
    await visit.page.setViewportSize({ width: 1024, height: 900 });
    await pictures(visit.page, 'backup-depends-1024');
    await visit.click('irsa-backup-role');
    await visit.page.getByTestId('irsa-role-view').waitFor();
    put(theatre.world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'minio' }, spec: { resourceSetName: 'rancher-resource-set', storageLocation: { s3: { bucketName: 'b', endpoint: 'minio.acme.example:9000', credentialSecretName: 'minio', credentialSecretNamespace: 'default' } } } });
    await visit.page.setViewportSize({ width: 1440, height: 1000 });
    await visit.goto(`${ BACKUPS }/minio`);
    await visit.page.getByTestId('irsa-backup-BACKUP_FOREIGN').waitFor();
    expect(await visit.page.getByTestId('irsa-backup-mend').count()).toBe(0);
    await pictures(visit.page, 'backup-foreign');
    expectQuiet(visit);
  });

  it('go to a second bucket by a policy of its own; the one that this makes superfluous is removed only when asked to', async() => {
    const { state } = theatre.world.aws;

    seedTwoBuckets(theatre.world);
    state.buckets.set('acme-second', newBucket(state, 'acme-second', 'eu-central-1'));
    put(theatre.world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'second' }, spec: { resourceSetName: 'rancher-resource-set-full', storageLocation: { s3: { bucketName: 'acme-second', folder: 'own', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' } } } });
    const { inline } = [...state.roles.values()].find(({ name }) => name === 'local-rancher-backup')!;

    await begin();
    await visit.goto(`${ BACKUPS }/second`);
    await visit.page.getByTestId('irsa-backup-BACKUP_LIST').waitFor();
    await visit.click('irsa-backup-mend');
    await visit.page.getByTestId('irsa-choice').waitFor();
    expect(await visit.page.getByTestId('irsa-step-put-policy').innerText()).toContain('s3://acme-second/own/');
    expect(await visit.page.getByTestId('irsa-step-delete-policy-1').count()).toBe(0);
    await pictures(visit.page, 'backup-second-bucket');
    await visit.click('irsa-choice');
    await visit.page.getByTestId('irsa-step-delete-policy-1').waitFor();
    await pictures(visit.page, 'backup-superfluous');
    expect(await apply(visit)).toBe('verified');
    expect([...inline.keys()].sort()).toEqual(['backup-to-s3-acme-first', 'backup-to-s3-acme-second+own']);
    await visit.click('irsa-done');
    await visit.page.waitForURL((url) => url.pathname.endsWith(`${ BACKUPS }/second`));
    await visit.page.getByTestId('irsa-backup-identity').getByText('it reaches its bucket').waitFor();

    // What the wizard says of a policy is so: there, there and new to it, and new as the role is.
    await visit.goto(`${ clusterPage('local') }?bind=rancher-backup&role=local-rancher-backup&p.bucket=acme-second&p.folder=own&p.region=eu-central-1`);
    await visit.click('irsa-see-policy');
    await visit.page.getByText('This policy stays as it is.').waitFor();
    await answer(visit, 'bucket', 'acme-third');
    await visit.page.getByText('The role local-rancher-backup is there; this policy is new to it.').waitFor();
    await pictures(visit.page, 'bind-see-policy');
    await visit.goto(`${ clusterPage('local') }?bind=rancher-backup&p.bucket=acme-third&p.region=eu-central-1`);
    await visit.click('irsa-see-policy');
    await visit.page.getByText('This policy is new.').waitFor();
    expectQuiet(visit);
  });

  it('fail by the classic trap of the policy, which is named and mended', async() => {
    seedBoundBackup(theatre.world);
    [...theatre.world.aws.state.roles.values()].find(({ name }) => name === 'local-rancher-backup')!.inline.set('backup-to-s3', JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { StringLike: { 's3:prefix': 'prod/*' } } }] }));
    await begin();
    await makeBackup(visit, 'trapped');
    await expect.poll(() => JSON.stringify(backup('trapped')!.status)).toContain('failed to check if s3 bucket');
    await visit.goto(`${ BACKUPS }/trapped`);
    await visit.page.getByTestId('irsa-backup-BACKUP_PREFIX').waitFor();
    await picture(visit.page, 'backup-trap');
    await visit.click('irsa-backup-mend');
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    await visit.click('irsa-review');
    await visit.page.getByTestId('irsa-step-put-policy').waitFor();
    expect(await apply(visit)).toBe('verified');
    await makeBackup(visit, 'free');
    await expect.poll(objects).toEqual(['prod/free']);
    expectQuiet(visit);
  });
});
