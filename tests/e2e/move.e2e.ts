import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedBound, seedKeyedOutput, seedKeyedWorkload } from '../contract/seeds';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';
import { answer, apply, openCluster } from './support/steps';

/** Rancher's own page asks for what is not there yet. */
const provoked = /404.*(schemaDefinitions|catalog\.cattle\.io\.apps)/;
const OUTPUTS = `/c/${ PROD_EKS }/logging/logging.banzaicloud.io.clusteroutput`;

describe('off access keys', () => {
  let stage: Stage;
  let visit: Visit;

  const store = () => stage.sandbox.world.kube('prod-eks').store;
  const get = (group: string, resource: string, namespace: string, name: string) => store().get(store().findType(group, resource)!, namespace, name);
  const output = (name: string) => get('logging.banzaicloud.io', 'clusteroutputs', 'cattle-logging-system', name)?.spec as Record<string, Record<string, unknown>> | undefined;

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

  it.each(['light', 'dark'] as const)('moves an output from its own page, and keeps the rest of it (%s)', async(theme) => {
    seedKeyedOutput(stage.sandbox.world);
    visit = await stage.visit({ theme, provoked });
    visit.secrets.excuse(/^Vuex state/, 'Rancher’s own form for outputs reads the secrets of the namespace, to offer their keys');
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="key"]').waitFor();
    await visit.page.getByTestId('irsa-output-OUTPUT_ENDPOINT').waitFor();
    await picture(visit.page, `output-${ theme }`);
    await visit.click('irsa-output-move');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    await picture(visit.page, `output-plan-${ theme }`);
    await visit.click('irsa-choice');
    await visit.page.getByTestId('irsa-step-delete-secret-1').waitFor();
    expect(await apply(visit)).toBe('verified');
    expect(output('logs')).toEqual({ s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1', path: 'prod/%Y/', store_as: 'gzip' } });
    expect(get('', 'secrets', 'cattle-logging-system', 'logs-aws')).toBeUndefined();
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="role"]').waitFor();
    await picture(visit.page, `output-moved-${ theme }`);
    expectQuiet(visit);
  });

  it('says on the edit page of an output what is saved, and leads from there to the plan', async() => {
    seedKeyedOutput(stage.sandbox.world);
    visit = await stage.visit({ provoked });
    visit.secrets.excuse(/^Vuex state/, 'Rancher’s own form for outputs reads the secrets of the namespace, to offer their keys');
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs?mode=edit`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="key"]').waitFor();
    expect(await visit.page.getByTestId('irsa-output-panel').innerText()).toContain('as it is saved');
    expect(await visit.page.getByTestId('irsa-output-use').count()).toBe(0);
    await picture(visit.page, 'output-edit');
    await visit.click('irsa-output-move');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expectQuiet(visit);
  });

  it('makes an output that uses the role, where Rancher’s own form has no field for what it takes', async() => {
    visit = await stage.visit({ provoked });
    await visit.goto(`${ OUTPUTS }/create`);
    await visit.click('irsa-output-use');
    await visit.page.locator('input[data-testid="irsa-output-name"]').fill('to-cloudwatch');
    await answer(visit, 'logGroup', '/rancher/prod');
    await visit.page.getByText('auto_create_stream').first().waitFor();
    await picture(visit.page, 'output-new');
    await visit.click('irsa-output-create');
    await visit.page.getByTestId('irsa-step-create-output').waitFor();
    expect(output('to-cloudwatch')).toBeUndefined();
    await picture(visit.page, 'output-new-plan');
    await apply(visit);
    await expect.poll(() => output('to-cloudwatch')).toEqual({ cloudwatch: { region: 'eu-central-1', log_group_name: '/rancher/prod', log_stream_name: expect.stringMatching(/tag/) as string, auto_create_stream: true } });
    expectQuiet(visit);
  });

  it.each(['light', 'dark'] as const)('lists what uses a key in a cluster, and moves a workload (%s)', async(theme) => {
    seedBound(stage.sandbox.world);
    seedKeyedWorkload(stage.sandbox.world);
    seedKeyedOutput(stage.sandbox.world);
    visit = await stage.visit({ theme });
    await openCluster(visit, PROD_EKS);
    const row = visit.page.getByTestId('irsa-key-use-deployment/shop/checkout');

    await row.waitFor();
    await row.scrollIntoViewIfNeeded();
    await picture(visit.page, `key-uses-${ theme }`);
    await visit.click('irsa-move-deployment/shop/checkout');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    const { spec } = (get('apps', 'deployments', 'shop', 'checkout')!.spec as { template: { spec: { containers: { env: object[] }[] } } }).template as never as { spec: { containers: { env: { name: string }[] }[] } };

    expect(spec.containers[0]!.env.map(({ name }) => name)).toEqual(['LOG_LEVEL']);
    expect(get('', 'secrets', 'shop', 'checkout-aws')).toBeDefined();
    expectQuiet(visit);
  });

  it('asks what a workload may do, where its account has no role yet', async() => {
    seedKeyedWorkload(stage.sandbox.world);
    visit = await stage.visit();
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-move-deployment/shop/checkout');
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    await visit.click('irsa-review');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    expectQuiet(visit);
  });
});
