import { describe, expect, it } from 'vitest';
import { seedKeyedOutput } from '../contract/seeds';
import { podCredentials, sendAs } from '../sandbox/catalog/pod-credentials.ts';
import { annotationsOf, chooseRole, excuseSecrets, LOGGING, neverInstalled, openForm, PROVOKED, ROLE_ANNOTATION, save } from './support/charts';
import { expectQuiet } from './support/quiet';
import { picture, pictures, type Visit, PROD_EKS } from './support/stage';
import { answer, apply } from './support/steps';
import { useStage } from './support/theatre';

const ROLE_NAME = 'prod-eks_cattle-logging-system_rancher-logging-root-fluentd';
const ROLE = `arn:aws:iam::111122223333:role/rancher-irsa/${ ROLE_NAME }`;
const EKS = { ...LOGGING, account: 'rancher-logging-eks-fluentd' };

/** Rancher's form turns «enhanced cloud provider logging» on by itself on EKS: a second fluentd sends every output, too. */
describe('Logging with a second fluentd', () => {
  const theatre = useStage();
  let visit: Visit;

  /** What S3 says when a fluentd writes there. */
  async function write(account: string, key: string): Promise<number> {
    const { aws } = theatre.world;
    const credentials = await podCredentials(theatre.world.kube('prod-eks'), aws, { namespace: LOGGING.namespace, name: account });

    return (await sendAs(aws, { method: 'PUT', host: 's3.eu-central-1.amazonaws.com', url: `/acme-logs/${ key }`, headers: {}, body: Buffer.from('a log') }, credentials)).status;
  }

  it('has both on one role, moves an output off its key with both, and takes the role from both', async() => {
    neverInstalled(theatre.world, LOGGING);
    visit = await theatre.visit({ provoked: PROVOKED });
    excuseSecrets(visit);
    await openForm(visit, theatre.world, LOGGING);
    await chooseRole(visit);
    await visit.page.locator('[data-testid="irsa-chart-beside"][data-how="joins"]').waitFor();
    expect(await visit.page.getByTestId('irsa-chart-beside').innerText()).toContain('cattle-logging-system/rancher-logging-eks-fluentd');
    await answer(visit, 'logGroup', '/rancher/prod');
    await visit.click('irsa-chart-plan');
    await visit.page.getByTestId('irsa-chart-values').waitFor();
    expect(await visit.page.getByTestId('irsa-chart-values').innerText()).toContain(`loggingServiceAccountAnnotations.eks.${ ROLE_ANNOTATION }: ${ ROLE }`);
    await visit.page.getByTestId('irsa-chart-beside').scrollIntoViewIfNeeded();
    await pictures(visit.page, 'chart-beside');
    const values = await save(visit, theatre.world, LOGGING);

    expect(values).toMatchObject({ additionalLoggingSources: { eks: { enabled: true } }, loggingServiceAccountAnnotations: { root: { [ROLE_ANNOTATION]: ROLE }, eks: { [ROLE_ANNOTATION]: ROLE } } });
    await expect.poll(() => visit.page.getByText('runs as').count(), { timeout: 60_000 }).toBe(2);
    expect([annotationsOf(theatre.world, LOGGING), annotationsOf(theatre.world, EKS)]).toEqual([{ [ROLE_ANNOTATION]: ROLE }, { [ROLE_ANNOTATION]: ROLE }]);
    expect(theatre.world.aws.state.roles.get(ROLE_NAME)!.trust).toMatch(/rancher-logging-root-fluentd.*rancher-logging-eks-fluentd|rancher-logging-eks-fluentd.*rancher-logging-root-fluentd/);

    seedKeyedOutput(theatre.world);
    await visit.goto(`/c/${ PROD_EKS }/logging/logging.banzaicloud.io.clusteroutput/cattle-logging-system/logs`);
    await visit.page.locator('[data-testid="irsa-output-panel"][data-access="key"]').waitFor();
    await picture(visit.page, 'output-two-senders');
    await visit.click('irsa-output-move');
    await visit.page.getByTestId('irsa-step-remove-key').waitFor();
    expect(await visit.page.getByTestId('irsa-step-verify-first').innerText()).toContain(LOGGING.account);
    expect(await visit.page.getByTestId('irsa-step-verify-first-2').innerText()).toContain(EKS.account);
    await pictures(visit.page, 'move-two-senders');
    expect(await apply(visit)).toBe('verified');
    expect(theatre.find('prod-eks', 'logging.banzaicloud.io', 'clusteroutputs', LOGGING.namespace, 'logs')!.spec).toEqual({ s3: { s3_bucket: 'acme-logs', s3_region: 'eu-central-1', path: 'prod/%Y/', store_as: 'gzip' } });
    expect([await write(LOGGING.account, 'prod/a'), await write(EKS.account, 'prod/b'), await write(EKS.account, 'elsewhere/b')]).toEqual([200, 200, 403]);

    await openForm(visit, theatre.world, LOGGING);
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    await visit.page.getByTestId('irsa-chart-mode').getByText('The node’s role, or none').click();
    await visit.page.getByTestId('irsa-chart-values').waitFor();
    expect(await visit.page.getByTestId('irsa-chart-leaves').innerText()).toContain(`The same is done for ${ EKS.namespace }/${ EKS.account }`);
    await pictures(visit.page, 'chart-leaves-both');
    await save(visit, theatre.world, LOGGING);
    await expect.poll(() => [annotationsOf(theatre.world, LOGGING), annotationsOf(theatre.world, EKS)], { timeout: 60_000 }).toEqual([{}, {}]);
    expectQuiet(visit);
  }, 300_000);
});
