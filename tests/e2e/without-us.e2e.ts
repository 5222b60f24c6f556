import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { outputSpec } from '../../pkg/irsa/domain/keys/output';
import { seedBoundLogging } from '../contract/seeds';
import { put } from '../sandbox/scenario/put.ts';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';

/** Rancher's own pages ask for what is not there yet. */
const provoked = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces|monitoring|schemaDefinitions)/;
const NAMESPACE = 'cattle-logging-system';
const ROLE = 'eks.amazonaws.com/role-arn';

/** The same Rancher in which the extension is not, or not any more. */
describe('Logging without the extension', () => {
  let stage: Stage;
  let visit: Visit;

  const store = () => stage.sandbox.world.kube('prod-eks').store;
  const get = (group: string, resource: string, name: string) => store().get(store().findType(group, resource)!, NAMESPACE, name);

  beforeAll(async() => {
    stage = await Stage.open({ bare: true });
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  it('keeps the role through Rancher’s own upgrade form', async() => {
    seedBoundLogging(stage.sandbox.world);
    visit = await stage.visit({ provoked });
    const { version } = stage.sandbox.world.sources.at('https://git.rancher.io/charts')!.find(({ name }) => name === 'rancher-logging')!;

    await visit.goto(`/c/${ PROD_EKS }/apps/charts/install?repo-type=cluster&repo=rancher-charts&chart=rancher-logging&version=${ encodeURIComponent(version) }&namespace=${ NAMESPACE }&name=rancher-logging`);
    await visit.page.getByRole('button', { name: 'Next' }).click();
    const save = visit.page.getByRole('button', { name: 'Save changes', exact: true });

    await save.waitFor();
    expect(await visit.page.getByTestId('irsa-chart-access').count()).toBe(0);
    const before = get('catalog.cattle.io', 'apps', 'rancher-logging')!.metadata.resourceVersion;

    await save.click();
    await expect.poll(() => get('catalog.cattle.io', 'apps', 'rancher-logging')!.metadata.resourceVersion, { timeout: 30_000 }).not.toBe(before);
    expect(get('', 'serviceaccounts', 'rancher-logging-root-fluentd')!.metadata.annotations?.[ROLE]).toMatch(/role\/rancher-irsa\/prod-eks-rancher-logging$/);
    expectQuiet(visit);
  });

  it('opens and saves an output that we made, in Rancher’s own form', async() => {
    const spec = outputSpec({ destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-central-1' });

    seedBoundLogging(stage.sandbox.world);
    put(stage.sandbox.world.kube('prod-eks'), 'logging.banzaicloud.io', 'clusteroutputs', { metadata: { name: 'ours', namespace: NAMESPACE }, spec });
    visit = await stage.visit({ provoked });
    visit.secrets.excuse(/^Vuex state/, 'Rancher’s own form for outputs reads the secrets of the namespace, to offer their keys');
    await visit.goto(`/c/${ PROD_EKS }/logging/logging.banzaicloud.io.clusteroutput/${ NAMESPACE }/ours?mode=edit`);
    const save = visit.page.getByRole('button', { name: 'Save', exact: true });

    await save.waitFor();
    expect(await visit.page.getByTestId('irsa-output-panel').count()).toBe(0);
    await picture(visit.page, 'output-without-us');
    const label = visit.page.getByLabel('Description', { exact: false }).first();

    await label.fill('kept');
    await save.click();
    await expect.poll(() => get('logging.banzaicloud.io', 'clusteroutputs', 'ours')!.metadata.annotations?.['field.cattle.io/description'], { timeout: 30_000 }).toBe('kept');
    expect(get('logging.banzaicloud.io', 'clusteroutputs', 'ours')!.spec).toMatchObject(spec);
    expectQuiet(visit);
  });
});
