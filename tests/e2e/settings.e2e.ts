import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';

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
  const asked = () => visit.page.locator('[data-testid="irsa-settings-again"]:enabled').waitFor();

  it.each(['light', 'dark'] as const)('shows an admin that all is there (%s)', async(theme) => {
    visit = await stage.visit({ theme });
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await visit.page.locator('[data-testid="irsa-need-CreateRole"][data-state="there"]').waitFor();
    await asked();
    for (const id of ['list-accounts', 'annotate', 'charts', 'create-endpoint', 'SimulatePrincipalPolicy']) {
      expect(await state(id), id).toBe('there');
    }
    expect(await visit.page.getByTestId('irsa-settings-kubernetes').innerText()).toContain('kind: RoleTemplate'.replace('RoleTemplate', '"RoleTemplate"'));
    expect(stage.sandbox.world.aws.calls().filter(({ write }) => write)).toEqual([]);
    await picture(visit.page, `settings-${ theme }`);
    await visit.page.getByTestId('irsa-settings-aws').scrollIntoViewIfNeeded();
    await picture(visit.page, `settings-aws-${ theme }`);
    expectQuiet(visit);
  });

  it('names what a member lacks, and where nobody could be asked', async() => {
    visit = await stage.visit({ user: 'milo', provoked: /management\.cattle\.io\.clusters\/local/ });
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await visit.page.locator('[data-testid="irsa-need-annotate"][data-state="missing"]').waitFor();
    await asked();
    expect(await state('CreateRole')).toBe('unknown');
    expect(await visit.page.getByTestId('irsa-settings-not-asked').count()).toBe(1);
    await picture(visit.page, 'settings-member');
    expectQuiet(visit);
  });

  it('puts a boundary into the policy, and says what is no boundary', async() => {
    visit = await stage.visit();
    await visit.goto('/c/_/irsa/settings?of=c-eks01');
    await visit.page.locator('[data-testid="irsa-need-CreateRole"][data-state="there"]').waitFor();
    const field = visit.page.locator('input[data-testid="irsa-settings-boundary"]');

    await field.fill('arn:aws:iam::111122223333:policy/limits');
    await field.blur();
    await visit.page.getByText('"iam:PermissionsBoundary"').first().waitFor();
    expect(await visit.page.getByText('tag-user').first().innerText()).toContain('rancher.io/irsa-boundary,Value=arn:aws:iam::111122223333:policy/limits');
    await asked();
    expectQuiet(visit);
  });
});
