import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';
import { answer } from './support/steps';

/** Rancher's own page asks for what is not there yet. */
const provoked = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces|monitoring)/;
const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';

/** Apps → Charts → Rancher Backups and Logging, in Rancher's own install page. */
describe('AWS access in the install forms of Rancher’s charts', () => {
  let stage: Stage;
  let visit: Visit;

  const kube = (cluster: string) => stage.sandbox.world.kube(cluster).store;
  const get = (cluster: string, group: string, resource: string, namespace: string, name: string) => kube(cluster).get(kube(cluster).findType(group, resource)!, namespace, name);
  const account = (cluster: string, namespace: string, name: string) => get(cluster, '', 'serviceaccounts', namespace, name)?.metadata.annotations?.[ROLE_ANNOTATION];
  const values = async(id: string, namespace: string, release: string) => (await (await visit.context.request.get(`/k8s/clusters/${ id }/v1/catalog.cattle.io.apps/${ namespace }/${ release }`)).json()).spec.values as Record<string, Record<string, unknown>>;

  async function open(cluster: string, id: string, chart: string, namespace: string): Promise<void> {
    const { version } = stage.sandbox.world.sources.at('https://git.rancher.io/charts')!.find(({ name }) => name === chart)!;
    const upgrade = get(cluster, 'catalog.cattle.io', 'apps', namespace, chart) ? `&namespace=${ namespace }&name=${ chart }` : '';

    visit.secrets.excuse(/^Vuex state: secret key/, 'Rancher’s own form for backups reads all secrets, to offer them as credential secret');
    await visit.goto(`/c/${ id }/apps/charts/install?repo-type=cluster&repo=rancher-charts&chart=${ chart }&version=${ encodeURIComponent(version) }${ upgrade }`);
    await visit.page.getByRole('button', { name: 'Next' }).click();
    await visit.page.getByTestId('irsa-chart-access').waitFor();
  }

  const save = () => visit.page.getByRole('button', { name: 'Save changes', exact: true }).click();
  const chooseRole = () => visit.page.getByTestId('irsa-chart-mode').getByText('IAM role').click();

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

  it.each(['light', 'dark'] as const)('gives Rancher Backups a new role, made by Install, and verifies it (%s)', async(theme) => {
    visit = await stage.visit({ theme, provoked });
    await open('local', 'local', 'rancher-backup', 'cattle-resources-system');
    await visit.page.getByText('Default Storage Location').first().waitFor();
    await chooseRole();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    await answer(visit, 'bucket', 'acme-backups');
    await visit.click('irsa-chart-plan');
    await visit.page.getByTestId('irsa-step-create-role').waitFor();
    await picture(visit.page, `chart-backup-${ theme }`);
    expect(stage.sandbox.world.aws.state.roles.has('local_cattle-resources-system_rancher-backup')).toBe(false);
    const before = await values('local', 'cattle-resources-system', 'rancher-backup');

    await save();
    await expect.poll(() => account('local', 'cattle-resources-system', 'rancher-backup'), { timeout: 30_000 }).toMatch(/:role\/rancher-irsa\//);
    const after = await values('local', 'cattle-resources-system', 'rancher-backup');

    expect(after.s3).toMatchObject({ enabled: true, bucketName: 'acme-backups', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com', folder: 'prod' });
    // Rancher sends what differs from the chart's own values: an empty one is left out.
    expect(after.s3!.credentialSecretName ?? '').toBe('');
    expect(Object.keys(before).filter((key) => !(key in after))).toEqual([]);
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });
    expectQuiet(visit);
  });

  it('installs nothing where the role cannot be made, says why, and goes on from there', async() => {
    visit = await stage.visit({ provoked });
    await open('prod-eks', PROD_EKS, 'rancher-logging', 'cattle-logging-system');
    await chooseRole();
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    const revision = () => get('prod-eks', 'catalog.cattle.io', 'apps', 'cattle-logging-system', 'rancher-logging')?.metadata.resourceVersion;
    const old = revision();

    await save();
    await visit.page.getByText('Not done yet. AWS access').first().waitFor();
    expect(revision()).toBe(old);
    await answer(visit, 'logGroup', '/rancher/prod');
    await save();
    await expect.poll(() => account('prod-eks', 'cattle-logging-system', 'rancher-logging-root-fluentd'), { timeout: 30_000 }).toMatch(/:role\/rancher-irsa\//);
    expectQuiet(visit);
  });
});
