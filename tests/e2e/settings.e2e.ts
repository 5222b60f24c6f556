import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backupPolicy, credentialPolicy } from '../../pkg/irsa/domain/rights/policy';
import { readIdentityPolicy } from '../sandbox/aws/policy/document.ts';
import { ACCOUNT } from '../sandbox/scenario/scenario.ts';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';
import { apply, openCluster } from './support/steps';

/** What the product needs, and what of it is there. */
describe('settings', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  const state = (id: string) => visit.page.getByTestId(`irsa-need-${ id }`).getAttribute('data-state');
  /** What is there is folded away. */
  const becomes = (id: string, to: string) => visit.page.locator(`[data-testid="irsa-need-${ id }"][data-state="${ to }"]`).waitFor({ state: 'attached' });
  const counted = (section: string) => visit.page.getByTestId(`irsa-settings-${ section }`).getByTestId('irsa-needs-counted').getAttribute('data-state');

  /** The credential of prod-eks has the policy that ships, without these actions. */
  function credentialMayNot(...actions: string[]): void {
    const { keys } = stage.sandbox.world.aws.state;
    const policy = credentialPolicy({ partition: 'aws', accountId: ACCOUNT });
    const left = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((action) => !actions.includes(action)) })).filter(({ Action }) => Action.length);
    const [id, key] = [...keys].find(([one]) => one.includes('AWSPROD'))!;

    keys.set(id, { ...key, policy: readIdentityPolicy(JSON.stringify({ ...policy, Statement: left })) });
  }
  const asked = () => visit.page.locator('[data-testid="irsa-settings-again"]:enabled').waitFor();

  it.each(['light', 'dark'] as const)('shows an admin that all is there (%s)', async(theme) => {
    visit = await stage.visit({ theme });
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await becomes('CreateRole', 'there');
    await asked();
    for (const id of ['list-accounts', 'annotate', 'charts', 'create-endpoint', 'SimulatePrincipalPolicy']) {
      expect(await state(id), id).toBe('there');
    }
    expect(await visit.page.getByTestId('irsa-settings-kubernetes').innerText()).toContain('kind: RoleTemplate'.replace('RoleTemplate', '"RoleTemplate"'));
    expect([await counted('kubernetes'), await counted('aws')]).toEqual(['there', 'there']);
    expect(stage.sandbox.world.aws.calls().filter(({ write }) => write)).toEqual([]);
    expect(await axeFindings(visit.page, '[data-testid="irsa-settings"]')).toEqual([]);
    await picture(visit.page, `settings-${ theme }`);
    await visit.page.getByTestId('irsa-settings-aws').scrollIntoViewIfNeeded();
    await picture(visit.page, `settings-aws-${ theme }`);
    expectQuiet(visit);
  });

  it.each(['light', 'dark'] as const)('asks about buckets for backups by their names, and writes the policy for them (%s)', async(theme) => {
    const policy = credentialPolicy({ partition: 'aws', accountId: ACCOUNT });
    const { keys } = stage.sandbox.world.aws.state;
    const [id, key] = [...keys].find(([one]) => one.includes('AWSPROD'))!;

    keys.set(id, { ...key, policy: readIdentityPolicy(JSON.stringify({ ...policy, Statement: [...policy.Statement, ...backupPolicy('aws', ['acme-backups']).Statement] })) });
    visit = await stage.visit({ theme });
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await becomes('s3:PutBucketVersioning', 'unknown');
    await asked();
    await visit.page.locator('input[data-testid="irsa-settings-buckets"]').fill('acme-backups');
    await becomes('s3:PutBucketVersioning', 'there');
    expect(await state('s3:GetBucketVersioning')).toBe('there');
    await asked();
    expect(await visit.page.getByTestId('irsa-settings-aws').innerText()).toContain('arn:aws:s3:::acme-backups');
    await visit.page.locator('input[data-testid="irsa-settings-buckets"]').scrollIntoViewIfNeeded();
    await picture(visit.page, `settings-buckets-${ theme }`);
    await visit.page.setViewportSize({ width: 1024, height: 900 });
    await picture(visit.page, `settings-buckets-${ theme }-1024`);
    expectQuiet(visit);
  });

  it('names what a member lacks, and where nobody could be asked', async() => {
    visit = await stage.visit({ user: 'milo', provoked: /management\.cattle\.io\.clusters\/local/ });
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await becomes('annotate', 'missing');
    await asked();
    await visit.page.getByTestId('irsa-task-bind').first().locator('summary').click();
    expect(await state('CreateRole')).toBe('unknown');
    expect(await counted('kubernetes')).toBe('missing');
    expect(await visit.page.getByTestId('irsa-settings-not-asked').count()).toBe(1);
    await picture(visit.page, 'settings-member');
    expect(await visit.page.getByTestId('irsa-because-annotate').innerText()).toBe('The role for clusters below gives it.');
    await visit.page.getByTestId('irsa-settings-aws').scrollIntoViewIfNeeded();
    await picture(visit.page, 'settings-member-aws');
    expectQuiet(visit);
  });

  it('asks about publishing keys, and writes the longer policy, for clusters that run themselves', async() => {
    credentialMayNot();
    visit = await stage.visit();
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await becomes('CreateRole', 'there');
    await asked();
    expect([await visit.page.getByTestId('irsa-need-s3:PutBucketPolicy').count(), await counted('aws')]).toEqual([0, 'unknown']);
    await visit.page.getByTestId('irsa-settings-issuers').locator('input').check();
    await becomes('s3:PutBucketPolicy', 'missing');
    expect(await state('DeleteOpenIDConnectProvider')).toBe('missing');
    await visit.page.getByText('credential-policy.issuers.aws.json').waitFor();
    await visit.page.getByText('arn:aws:s3:::irsa-*').first().waitFor();
    await picture(visit.page, 'settings-issuers');
    await visit.goto('/c/_/irsa/settings?of=c-m-edge0001');
    await becomes('s3:PutBucketPolicy', 'missing');
    expectQuiet(visit);
  });

  it('puts a boundary into the policy, and says what is no boundary', async() => {
    visit = await stage.visit();
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await becomes('CreateRole', 'there');
    const field = visit.page.locator('input[data-testid="irsa-settings-boundary"]');

    await field.fill('arn:aws:iam::111122223333:policy/limits');
    await field.blur();
    await visit.page.getByText('"iam:PermissionsBoundary"').first().waitFor();
    expect(await visit.page.getByText('tag-user').first().innerText()).toContain('rancher.io/irsa-boundary,Value=arn:aws:iam::111122223333:policy/limits');
    await asked();
    expectQuiet(visit);
  });

  it('leads from a plan that is held back to what is missing, and back to the plan that then runs', async() => {
    const writes = () => stage.sandbox.world.aws.calls().filter(({ write }) => write);

    credentialMayNot('iam:CreateOpenIDConnectProvider');
    visit = await stage.visit();
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-enable');
    const told = visit.page.getByTestId('irsa-held-back');

    await told.waitFor();
    expect(await told.innerText()).toContain(`iam:CreateOpenIDConnectProvider on arn:aws:iam::${ ACCOUNT }:oidc-provider/`);
    expect(await told.locator('li').count()).toBe(1);
    expect(await visit.page.getByTestId('irsa-apply').isDisabled()).toBe(true);
    await picture(visit.page, 'plan-held-back');
    await visit.click('irsa-to-settings');
    await visit.page.locator('[data-testid="irsa-need-CreateOpenIDConnectProvider"][data-state="missing"]').waitFor();
    expect(await state('CreateRole')).toBe('there');
    expect(visit.page.url()).toContain('of=c-eks01');
    expect(writes()).toEqual([]);

    credentialMayNot();
    await visit.page.goBack();
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-enable');
    expect(await apply(visit)).toBe('done');
    expect(writes().map(({ action }) => action)).toEqual(['CreateOpenIDConnectProvider']);
    expectQuiet(visit);
  });
});
