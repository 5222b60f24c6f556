import { describe, expect, it } from 'vitest';
import { seedBound, seedHandMade, seedKeyedOutput, seedKeyedWorkload } from '../contract/seeds';
import { differences, stateOf, type WorldState } from '../contract/world-state';
import { excuseSecrets, PROVOKED } from './support/charts';
import { expectQuiet } from './support/quiet';
import { picture, pictures, PROD_EKS } from './support/stage';
import { apply, openCluster, unbind } from './support/steps';
import { useStage } from './support/theatre';

const OUTPUTS = `/c/${ PROD_EKS }/logging/logging.banzaicloud.io.clusteroutput`;
const WRITER = 'prod-eks serviceaccounts. shop/writer';

describe('off access keys', () => {
  const theatre = useStage();

  /** Once the workloads that were changed have rolled out. */
  async function settled(): Promise<WorldState> {
    await theatre.world.kube('prod-eks').idle();

    return stateOf(theatre.world);
  }
  const get = (group: string, resource: string, namespace: string, name: string) => theatre.find('prod-eks', group, resource, namespace, name);
  const variables = () => (get('apps', 'deployments', 'shop', 'checkout')!.spec as { template: { spec: { containers: { env: { name: string }[] }[] } } }).template.spec.containers[0]!.env.map(({ name }) => name);

  it('moves an output from its own page, and keeps the rest of it', async() => {
    seedKeyedOutput(theatre.world);
    const visit = await theatre.visit({ provoked: PROVOKED });

    excuseSecrets(visit);
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs?mode=edit`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="key"]').waitFor();
    expect(await visit.page.getByTestId('irsa-output-panel').innerText()).toContain('as it is saved');
    expect(await visit.page.getByTestId('irsa-output-use').count()).toBe(0);
    await picture(visit.page, 'output-edit');
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="key"]').waitFor();
    await visit.page.getByTestId('irsa-output-OUTPUT_ENDPOINT').waitFor();
    await pictures(visit.page, 'output');
    await visit.click('irsa-output-move');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    await pictures(visit.page, 'output-plan');
    await visit.click('irsa-choice');
    await visit.page.getByTestId('irsa-step-delete-secret-1').waitFor();
    expect(await apply(visit)).toBe('verified');
    expect(get('logging.banzaicloud.io', 'clusteroutputs', 'cattle-logging-system', 'logs')!.spec).toEqual({ s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1', path: 'prod/%Y/', store_as: 'gzip' } });
    expect(get('', 'secrets', 'cattle-logging-system', 'logs-aws')).toBeUndefined();
    await visit.goto(`${ OUTPUTS }/cattle-logging-system/logs`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="role"]').waitFor();
    await pictures(visit.page, 'output-moved');
    expectQuiet(visit);
  });

  it('lists what uses a key in a cluster, moves a workload, and unbinds it again', async() => {
    seedBound(theatre.world);
    seedKeyedWorkload(theatre.world);
    seedKeyedOutput(theatre.world);
    const visit = await theatre.visit();

    await openCluster(visit, PROD_EKS);
    const row = visit.page.getByTestId('irsa-key-use-deployment/shop/checkout');

    await row.waitFor();
    await row.scrollIntoViewIfNeeded();
    await pictures(visit.page, 'key-uses');
    await visit.click('irsa-move-deployment/shop/checkout');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    expect(variables()).toEqual(['LOG_LEVEL']);
    expect(get('', 'secrets', 'shop', 'checkout-aws')).toBeDefined();
    const before = await settled();

    await unbind(visit, PROD_EKS, 'shop/writer');
    expect(differences(before, await settled())).toEqual(['prod-eks pods', WRITER, 'role prod-eks_shop_writer']);
    expect(get('', 'serviceaccounts', 'shop', 'writer')!.metadata.annotations ?? {}).toEqual({});
    expect(theatre.world.aws.state.roles.has('prod-eks_shop_writer')).toBe(false);
    expect(variables()).toEqual(['LOG_LEVEL']);
    expectQuiet(visit);
  });

  it('asks what a workload may do, where its account has no role yet', async() => {
    seedKeyedWorkload(theatre.world);
    const visit = await theatre.visit();

    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-move-deployment/shop/checkout');
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    await visit.click('irsa-review');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await apply(visit)).toBe('verified');
    expectQuiet(visit);
  });

  it('adopts what somebody bound by hand, and takes no more of it away than was its binding', async() => {
    seedHandMade(theatre.world);
    const role = theatre.world.aws.state.roles.get('by-hand')!;
    const [strangers] = JSON.parse(role.trust).Statement as object[];
    const visit = await theatre.visit();
    const first = await settled();

    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-actions-shop/writer');
    await visit.page.getByRole('menuitem', { name: 'Adopt the role' }).click();
    await visit.page.getByTestId('irsa-consent').click();
    expect(await apply(visit)).toBe('done');
    const adopted = await settled();
    const tags = [['owner', 'platform-team'], ['rancher.io/irsa', 'adopted'], ['rancher.io/irsa-cluster', 'prod-eks']];

    expect(differences(first, adopted)).toEqual(['role by-hand']);
    expect(adopted['role by-hand']).toEqual({ ...first['role by-hand'] as object, tags });
    await unbind(visit, PROD_EKS, 'shop/writer', false);
    const unbound = await settled();

    expect(differences(adopted, unbound)).toEqual(['prod-eks pods', WRITER, 'role by-hand']);
    expect(unbound['role by-hand']).toEqual({ ...adopted['role by-hand'] as object, trust: { Version: '2012-10-17', Statement: [strangers] } });
    expect(get('', 'serviceaccounts', 'shop', 'writer')!.metadata.annotations).toEqual({ 'acme.example/team': 'orders' });
    expectQuiet(visit);
  });
});
