import { describe, expect, it } from 'vitest';
import { seedKeyedOutput } from '../contract/seeds';
import { differences, stateOf } from '../contract/world-state';
import { podCredentials, sendAs } from '../sandbox/catalog/pod-credentials.ts';
import { annotationsOf, chooseRole, editYaml, excuseSecrets, LOGGING, neverInstalled, openForm, PROVOKED, ROLE_ANNOTATION, save, valuesOf, withoutExtension } from './support/charts';
import { expectQuiet } from './support/quiet';
import { pictures, PROD_EKS, type Visit } from './support/stage';
import { answer, apply, makeOutput, unbind } from './support/steps';
import { useStage } from './support/theatre';

const OUTPUTS = `/c/${ PROD_EKS }/logging/logging.banzaicloud.io.clusteroutput`;
const ROLE_NAME = 'prod-eks_cattle-logging-system_rancher-logging-root-fluentd';
const ROLE = `arn:aws:iam::111122223333:role/rancher-irsa/${ ROLE_NAME }`;
/** Another Logging of the chart's has a role that somebody made by hand. */
const EKS_ROLE = { [ROLE_ANNOTATION]: 'arn:aws:iam::111122223333:role/ci-deployer' };

/** What only Edit YAML can say, of each kind that YAML has. */
const OWN = {
  debug:          true,
  fluentd:        { env: [{ name: 'LOG_LEVEL', value: 'warn' }], resources: { limits: { memory: '1Gi' } }, tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
  nodeSelector:   { 'acme.example/pool': 'logs' },
  replicaCount:   2,
  loggingOverlay: { spec: { flowConfigCheckDisabled: true } },
  acme:           { list: [1, 'two', false, { three: [] }], text: 'a\nb: c\n' },
};

/** What an upgrade of the release and a restart change by themselves; its values are looked at one by one. */
const ITS_OWN = /^prod-eks (pods$|apps\.catalog.*\/rancher-logging|(loggings\.logging|statefulsets|serviceaccounts).*\/rancher-logging-root)/;

/** Logging on Rancher's own pages, from the first installation to the last. */
describe('Logging', () => {
  const theatre = useStage();
  let visit: Visit;

  const output = (name: string) => theatre.find('prod-eks', 'logging.banzaicloud.io', 'clusteroutputs', 'cattle-logging-system', name);
  const app = () => valuesOf(theatre.world, LOGGING);

  /** What S3 says when fluentd writes there. */
  async function write(bucket: string, key: string): Promise<number> {
    const { aws } = theatre.world;
    const credentials = await podCredentials(theatre.world.kube('prod-eks'), aws, { namespace: LOGGING.namespace, name: LOGGING.account });

    return (await sendAs(aws, { method: 'PUT', host: 's3.eu-central-1.amazonaws.com', url: `/${ bucket }/${ key }`, headers: {}, body: Buffer.from('a log') }, credentials)).status;
  }

  /**
   * Each time it opens, Rancher's form wishes for a second Logging on EKS, which would send every output too, as an account of its own: the
   * admin does without it.
   */
  async function openLogging(): Promise<void> {
    await openForm(visit, theatre.world, LOGGING);
    await visit.page.getByText('Enable enhanced cloud provider logging').click();
  }

  it('is installed with a role, upgraded, given outputs, moved off a key, used without the extension and unbound, with the admin’s values as they were', async() => {
    neverInstalled(theatre.world, LOGGING);
    expect(annotationsOf(theatre.world, LOGGING)).toEqual({});
    visit = await theatre.visit({ provoked: PROVOKED });
    excuseSecrets(visit);
    await openLogging();
    await visit.page.getByLabel('Docker Root Directory').fill('/data/docker');
    await chooseRole(visit);
    // Nothing is installed with a role that cannot be made.
    await visit.page.getByRole('button', { name: 'Install', exact: true }).click();
    await visit.page.getByText(/Not (installed|done) yet. AWS access/).first().waitFor();
    expect([app(), theatre.world.aws.state.roles.has(ROLE_NAME)]).toEqual([undefined, false]);
    await answer(visit, 'logGroup', '/rancher/prod');
    await pictures(visit.page, 'chart-logging');
    const first = await save(visit, theatre.world, LOGGING);

    expect(first).toEqual({
      global:                           { ...first.global as object, dockerRootDirectory: '/data/docker' },
      loggingServiceAccountAnnotations: { root: { [ROLE_ANNOTATION]: ROLE } },
    });
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });

    await openLogging();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    await editYaml(visit, (values) => Object.assign(values, { ...OWN, fluentd: { ...values.fluentd as object, ...OWN.fluentd } }, { loggingServiceAccountAnnotations: { root: { [ROLE_ANNOTATION]: ROLE, 'acme.example/team': 'platform' }, eks: EKS_ROLE } }));
    const own = await save(visit, theatre.world, LOGGING);

    expect(own).toEqual({ ...first, ...OWN, loggingServiceAccountAnnotations: { root: { [ROLE_ANNOTATION]: ROLE, 'acme.example/team': 'platform' }, eks: EKS_ROLE } });
    await openLogging();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    expect(await save(visit, theatre.world, LOGGING)).toEqual(own);
    expect(annotationsOf(theatre.world, LOGGING)).toEqual({ [ROLE_ANNOTATION]: ROLE, 'acme.example/team': 'platform' });

    // Two outputs without a key, and what the role may do for each.
    await makeOutput(visit, 'to-cloudwatch', { logGroup: '/rancher/prod' }, 'output-new');
    expect(output('to-cloudwatch')!.spec).toEqual({ cloudwatch: { region: 'eu-central-1', log_group_name: '/rancher/prod', log_stream_name: expect.stringMatching(/tag/) as string, auto_create_stream: true } });
    await makeOutput(visit, 'to-s3', { destination: 'S3', bucket: 'acme-logs', folder: 'new' });
    expect(output('to-s3')!.spec).toEqual({ s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1', path: expect.stringMatching(/^new\/.*%d\/$/) as string, buffer: { timekey: '10m', timekey_wait: '1m', timekey_use_utc: true } } });
    const { inline } = theatre.world.aws.state.roles.get(ROLE_NAME)!;

    expect([...inline.values()].join()).toContain('arn:aws:logs:eu-central-1:111122223333:log-group:/rancher/prod');
    expect(await write('acme-logs', 'new/a')).toBe(200);
    expect(await write('acme-logs', 'elsewhere/a')).toBe(403);

    seedKeyedOutput(theatre.world);
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="key"]').waitFor();
    await visit.click('irsa-output-move');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    expect(output('logs')!.spec).toEqual({ s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1', path: 'prod/%Y/', store_as: 'gzip' } });
    expect(await write('acme-logs', 'prod/a')).toBe(200);
    expect(app()).toEqual(own);

    const comeBack = withoutExtension(theatre.world);

    await openLogging();
    await visit.page.getByLabel('Docker Root Directory').waitFor();
    expect(await visit.page.getByTestId('irsa-chart-access').count()).toBe(0);
    expect(await save(visit, theatre.world, LOGGING)).toEqual(own);
    for (const name of ['to-cloudwatch', 'to-s3', 'logs']) {
      const before = structuredClone(output(name)!.spec);

      await visit.goto(`${ OUTPUTS }/cattle-logging-system/${ name }?mode=edit`);
      await visit.page.getByLabel('Description', { exact: false }).first().fill('kept');
      expect(await visit.page.getByTestId('irsa-output-panel').count()).toBe(0);
      await visit.page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect.poll(() => output(name)!.metadata.annotations?.['field.cattle.io/description'], { timeout: 30_000 }).toBe('kept');
      // Rancher's form writes empty fields of its own beside ours.
      expect(output(name)!.spec).toMatchObject(before as object);
    }
    comeBack();

    const before = stateOf(theatre.world);

    await unbind(visit, PROD_EKS, `${ LOGGING.namespace }/${ LOGGING.account }`);
    expect(app()).toEqual({ ...own, loggingServiceAccountAnnotations: { root: { 'acme.example/team': 'platform' }, eks: EKS_ROLE } });
    expect(annotationsOf(theatre.world, LOGGING)).toEqual({ 'acme.example/team': 'platform' });
    expect(differences(before, stateOf(theatre.world)).filter((name) => !ITS_OWN.test(name))).toEqual([`role ${ ROLE_NAME }`]);
    expect(theatre.world.aws.state.roles.has(ROLE_NAME)).toBe(false);
    expectQuiet(visit);
  }, 400_000);
});
