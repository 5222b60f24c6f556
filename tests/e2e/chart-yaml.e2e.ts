import { describe, expect, it } from 'vitest';
import { BACKUP, annotationsOf, chooseRole, editYaml, excuseSecrets, neverInstalled, openForm, PROVOKED, ROLE_ANNOTATION, save, valuesOf } from './support/charts';
import { expectQuiet } from './support/quiet';
import { pictures, type Visit } from './support/stage';
import { answer } from './support/steps';
import { useStage } from './support/theatre';

const ROLE_NAME = 'local_cattle-resources-system_rancher-backup';
const ROLE = `arn:aws:iam::111122223333:role/rancher-irsa/${ ROLE_NAME }`;

/** Back to Rancher's form; it asks where something was typed that goes with it. */
async function backToForm({ page }: Visit): Promise<void> {
  await page.getByTestId('btn-group-options-view').getByText('Edit Options').click();
  await page.getByTestId('irsa-chart-role').waitFor();
}

/** A chart's form and Rancher's YAML editor: what is said in either holds. */
describe('a chart’s form with Edit YAML', () => {
  const theatre = useStage();
  let visit: Visit;

  const field = (parameter: string) => visit.page.locator(`input[data-testid="irsa-parameter-${ parameter }"]`);
  const values = () => visit.page.getByTestId('irsa-chart-values');

  it('names what is missing, comes back as it was left, and installs with the role and what was typed in the YAML', async() => {
    neverInstalled(theatre.world, BACKUP);
    visit = await theatre.visit({ provoked: PROVOKED });
    excuseSecrets(visit);
    await openForm(visit, theatre.world, BACKUP);
    await chooseRole(visit);
    await visit.page.getByRole('button', { name: 'Install', exact: true }).click();
    await visit.page.getByText('Not done yet. AWS access, Bucket: Needed.').first().waitFor();
    await expect.poll(() => field('bucket').evaluate((input) => input === document.activeElement)).toBe(true);
    await pictures(visit.page, 'chart-missing');

    await answer(visit, 'bucket', 'acme-backups');
    await answer(visit, 'folder', 'first');
    await visit.click('irsa-chart-plan');
    await values().waitFor();
    expect(await values().innerText()).toContain(`serviceAccount.annotations.eks.amazonaws.com/role-arn: ${ ROLE }`);
    await values().scrollIntoViewIfNeeded();
    await pictures(visit.page, 'chart-values');

    await editYaml(visit, () => undefined);
    await backToForm(visit).catch(async() => visit.page.getByRole('button', { name: 'OK' }).click());
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    expect([await field('bucket').inputValue(), await field('folder').inputValue()]).toEqual(['acme-backups', 'first']);

    await editYaml(visit, (all) => Object.assign(all, { debug: true, s3: { ...all.s3 as object, folder: 'typed' } }));
    const first = await save(visit, theatre.world, BACKUP);

    expect(first).toMatchObject({ debug: true, s3: { bucketName: 'acme-backups', folder: 'typed' }, serviceAccount: { annotations: { [ROLE_ANNOTATION]: ROLE } } });
    expect([...theatre.world.aws.state.roles.get(ROLE_NAME)!.inline.values()].join()).toContain('acme-backups/typed/*');
    await visit.page.getByText('runs as').waitFor({ timeout: 60_000 });

    // Away from the role, and sent from the editor.
    await openForm(visit, theatre.world, BACKUP);
    await visit.page.getByTestId('irsa-chart-role').waitFor();
    await visit.page.getByTestId('irsa-chart-mode').getByText('The node’s role, or none').click();
    await values().waitFor();
    await values().scrollIntoViewIfNeeded();
    await pictures(visit.page, 'chart-leaves');
    await editYaml(visit, (all) => Object.assign(all, { debug: false }));
    await save(visit, theatre.world, BACKUP);
    expect(JSON.stringify(valuesOf(theatre.world, BACKUP))).not.toContain('role-arn');
    await expect.poll(() => annotationsOf(theatre.world, BACKUP), { timeout: 30_000 }).toEqual({});
    expectQuiet(visit);
  }, 240_000);
});
