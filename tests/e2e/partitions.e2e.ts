import { describe, expect, it } from 'vitest';
import { foreignWords, PLACES } from '../contract/partition-places';
import { annotationsOf, BACKUP, chooseRole, excuseSecrets, LOGGING, neverInstalled, openForm, PROVOKED, ROLE_ANNOTATION, save, type Release } from './support/charts';
import { expectQuiet } from './support/quiet';
import { picture } from './support/stage';
import { answer, makeBackup, makeOutput } from './support/steps';
import { useStage } from './support/theatre';

/** Both charts through Rancher's own forms, with an account of another partition: nothing may be written in the words of the first one. */
describe.each(PLACES)('an account of $partition', ({ partition, region, suffix, iam }) => {
  const theatre = useStage({ region });

  it('has Rancher Backups and Logging installed with their roles', async() => {
    const { world } = theatre;
    const visit = await theatre.visit({ provoked: PROVOKED });
    const hosts = new Set<string>();
    const roleOf = (name: string) => world.aws.state.roles.get(name)!;
    const written = (release: Release, name: string) => {
      const { arn, trust, inline } = roleOf(name);

      expect(arn).toBe(`arn:${ partition }:iam::111122223333:role/rancher-irsa/${ name }`);
      expect(annotationsOf(world, release)).toEqual({ [ROLE_ANNOTATION]: arn });
      expect(trust).toContain(`arn:${ partition }:iam::111122223333:oidc-provider/oidc.eks.${ region }.${ suffix }/id/`);
      expect(foreignWords([trust, ...inline.values()].join(), partition)).toEqual([]);

      return [...inline.values()].join();
    };

    excuseSecrets(visit);
    visit.page.on('request', (request) => {
      hosts.add(/\/meta\/proxy\/([^/?]+)/.exec(request.url())?.[1] ?? '');
    });
    neverInstalled(world, BACKUP);
    neverInstalled(world, LOGGING);

    await openForm(visit, world, BACKUP);
    await chooseRole(visit);
    expect(await visit.page.locator('input[data-testid="irsa-parameter-region"]').inputValue()).toBe(region);
    await answer(visit, 'bucket', 'acme-backups');
    await answer(visit, 'folder', 'local');
    await picture(visit.page, `chart-backup-${ partition }`);
    const backup = await save(visit, world, BACKUP);

    expect(backup.s3).toEqual({ enabled: true, bucketName: 'acme-backups', folder: 'local', region, endpoint: `s3.${ region }.${ suffix }` });
    expect(foreignWords(JSON.stringify(backup), partition)).toEqual([]);
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });
    expect(written(BACKUP, 'local_cattle-resources-system_rancher-backup')).toContain(`arn:${ partition }:s3:::acme-backups/local/*`);
    await makeBackup(visit, 'now');
    await expect.poll(() => [...world.aws.state.buckets.get('acme-backups')!.objects.keys()]).toEqual([expect.stringMatching(/^local\/now-/)]);

    await openForm(visit, world, LOGGING);
    await chooseRole(visit);
    await answer(visit, 'logGroup', '/rancher/prod');
    const logging = await save(visit, world, LOGGING);

    expect(foreignWords(JSON.stringify(logging), partition)).toEqual([]);
    await visit.page.getByText('runs as').last().waitFor({ timeout: 60_000 });
    await makeOutput(visit, 'to-cloudwatch', { logGroup: '/rancher/prod' });
    await makeOutput(visit, 'to-s3', { destination: 'S3', bucket: 'acme-logs', folder: 'prod' });
    const outputs = ['to-cloudwatch', 'to-s3'].map((name) => theatre.find('prod-eks', 'logging.banzaicloud.io', 'clusteroutputs', LOGGING.namespace, name)!.spec);

    expect(outputs).toMatchObject([{ cloudwatch: { region, log_group_name: '/rancher/prod' } }, { s3: { s3_region: region, s3_bucket: 'acme-logs' } }]);
    expect(JSON.stringify(outputs)).not.toMatch(/s3_endpoint|amazonaws/);
    const allowed = written(LOGGING, 'prod-eks_cattle-logging-system_rancher-logging-root-fluentd');

    expect(allowed).toContain(`arn:${ partition }:logs:${ region }:111122223333:log-group:/rancher/prod`);
    expect(allowed).toContain(`arn:${ partition }:s3:::acme-logs/prod/*`);
    hosts.delete('');
    expect([...hosts].sort()).toEqual([iam, `sts.${ region }.${ suffix }`].sort());
    expectQuiet(visit);
  }, 300_000);
});
