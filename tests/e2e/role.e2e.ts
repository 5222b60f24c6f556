import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lintTrust, parseTrust } from '../../pkg/irsa/domain';
import { eksIssuer } from '../sandbox/scenario/scenario.ts';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { clusterPage, PROD_EKS, Stage, picture, type Visit } from './support/stage';
import { apply, openCluster } from './support/steps';

const WEB = 'sts:AssumeRoleWithWebIdentity';

/** A role's page: findings and what mends them, its size over clusters, and its policies' own text. */
describe('a role', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit.leave();
  });

  const roleNamed = (name: string) => [...stage.sandbox.world.aws.state.roles.values()].find((role) => role.name === name)!;
  const hostOf = (cluster: string) => stage.sandbox.world.kube(cluster).issuer().slice('https://'.length);
  const providerOf = (host: string) => stage.sandbox.world.aws.seedProvider({ url: `https://${ host }`, clientIds: ['sts.amazonaws.com'] }).arn;

  function annotate(cluster: string, namespace: string, name: string, role: string): void {
    const { store } = stage.sandbox.world.kube(cluster);

    store.patch(store.findType('', 'serviceaccounts')!, namespace, name, 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::111122223333:role/rancher-irsa/${ role }` } } });
  }

  /** A role of ours that shop/writer of prod-eks uses. */
  function seed(trust: object): void {
    stage.sandbox.world.aws.seedRole({
      name: 'shared', path: '/rancher-irsa/', trust, tags: { 'rancher.io/irsa': 'managed' }, inline: { files: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/*' }] } }
    });
    annotate('prod-eks', 'shop', 'writer', 'shared');
  }

  const statement = (host: string, arn: string, Condition: object) => ({ Effect: 'Allow', Principal: { Federated: arn }, Action: WEB, Condition: Object.fromEntries(Object.entries(Condition).map(([operator, keys]) => [operator, Object.fromEntries(Object.entries(keys as object).map(([claim, value]) => [`${ host }:${ claim }`, value as unknown]))])) });
  const exact = (host: string, arn: string, account: string) => statement(host, arn, { StringEquals: { aud: 'sts.amazonaws.com', sub: `system:serviceaccount:${ account }` } });

  async function openRole(): Promise<void> {
    await visit.goto(`${ clusterPage(PROD_EKS) }?of=shared`);
    await visit.page.getByTestId('irsa-role-users').waitFor();
    await visit.page.locator('[data-testid="irsa-role-around"]').waitFor({ state: 'detached' });
  }

  const sizeShown = async() => Number(await visit.page.getByTestId('irsa-trust-room').getAttribute('data-size'));

  it.each(['light', 'dark'] as const)('is not in order while an account asks in vain; its finding leads to the plan that lets it in (%s)', async(theme) => {
    visit = await stage.visit({ theme });
    const host = hostOf('prod-eks');

    seed({ Version: '2012-10-17', Statement: [exact(host, providerOf(host), 'shop:reader')] });
    await openRole();
    expect(await visit.page.getByTestId('irsa-role-clean').count()).toBe(0);
    await visit.page.getByTestId('irsa-role-refused').waitFor();
    await picture(visit.page, `role-refused-${ theme }`);
    await visit.page.getByTestId('irsa-role-refused').getByTestId('irsa-remedy').click();
    expect(await apply(visit)).toBe('verified');
    await openRole();
    expect(await visit.page.getByTestId('irsa-role-refused').count()).toBe(0);
    expectQuiet(visit);
  });

  it.each(['light', 'dark'] as const)('with six findings shows them, and mending leaves none (%s)', async(theme) => {
    visit = await stage.visit({ theme });
    const { page } = visit;
    const host = hostOf('prod-eks');
    const arn = providerOf(host);

    seed({
      Version:   '2008-10-17',
      Statement: [
        statement(host, arn, { StringLike: { sub: 'system:serviceaccount:shop:*' } }),
        statement(host, arn, { 'ForAllValues:StringEquals': { aud: 'sts.amazonaws.com' }, StringEquals: { sub: 'system:serviceaccount:closed:reader' } }),
        { ...exact(host, arn, 'shop:writer'), Action: 'sts:*' },
      ],
    });
    await openCluster(visit, PROD_EKS);
    await page.getByTestId('irsa-cluster-findings').waitFor();
    await picture(page, `role-cluster-findings-${ theme }`);
    await page.getByTestId('irsa-role-of-shop/writer').click();
    await page.getByTestId('irsa-role-users').waitFor();
    const codes = () => page.getByTestId('irsa-listed-finding').evaluateAll((all) => all.map((one) => one.getAttribute('data-code')));

    expect((await codes()).sort()).toEqual(['FORALLVALUES', 'NO_AUD', 'OLD_VERSION', 'STALE_SUBJECT', 'SUB_SA_WILDCARD', 'WRONG_ACTION']);
    await page.getByRole('button', { name: 'Show statement 1' }).first().click();
    await page.locator('[data-testid="irsa-role-around"]').waitFor({ state: 'detached' });
    await picture(page, `role-findings-${ theme }`);
    expect(await axeFindings(page, '[data-testid="irsa-role-view"]')).toEqual([]);

    // One of them first, then the rest at once.
    await page.locator('[data-code="SUB_SA_WILDCARD"] [data-testid="irsa-listed-remedy"]').click();
    await page.getByTestId('irsa-tab-trust').click();
    await page.locator('[data-testid="irsa-policy-part"][data-change="changed"]').waitFor();
    expect(await page.locator('[data-testid="irsa-policy-part"]').evaluateAll((all) => all.map((one) => one.getAttribute('data-change')))).toEqual(['changed', 'untouched']);
    await picture(page, `role-diff-${ theme }`);
    expect(await axeFindings(page, '[data-testid="irsa-role-view"]')).toEqual([]);
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await page.locator('[data-code="SUB_SA_WILDCARD"]').waitFor({ state: 'detached' });
    await visit.click('irsa-mend-all');
    await page.getByTestId('irsa-tab-trust').click();
    await picture(page, `role-mend-all-${ theme }`);
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await page.getByTestId('irsa-role-clean').waitFor();
    await picture(page, `role-clean-${ theme }`);
    expect(lintTrust(parseTrust(roleNamed('shared').trust))).toEqual([]);
    expect(stage.sandbox.world.aws.calls().filter(({ write, done }) => write && done)).toHaveLength(2);
    expectQuiet(visit);
  });

  it('shared by three clusters grows and shrinks, and the meter with it', async() => {
    visit = await stage.visit();
    const { page } = visit;
    const elsewhere = eksIssuer('0E15E4E0E15E4E0E15E4E0E15E4E0E15').slice('https://'.length);

    seed({ Version: '2012-10-17', Statement: [exact(elsewhere, providerOf(elsewhere), 'shop:api')] });
    const sizes = [roleNamed('shared').trust.length];

    for (const [cluster, id, namespace, name] of [['prod-eks', PROD_EKS, 'shop', 'writer'], ['local', 'local', 'cattle-resources-system', 'rancher-backup']] as const) {
      providerOf(hostOf(cluster));
      await visit.goto(`${ clusterPage(id) }?bind=any&namespace=${ namespace }&name=${ name }&role=shared`);
      await page.getByTestId('irsa-trust-room').waitFor();
      const planned = await sizeShown();

      expect(planned).toBeGreaterThan(sizes.at(-1)!);
      expect(await page.getByTestId('irsa-trust-room').innerText()).toContain('Room is left for');
      await picture(page, `role-room-${ cluster }`);
      await visit.click('irsa-review');
      expect(await apply(visit)).toBe('verified');
      await visit.click('irsa-done');
      expect(roleNamed('shared').trust.replace(/\s/g, '').length).toBe(planned);
      sizes.push(planned);
    }
    await openRole();
    expect(await sizeShown()).toBe(sizes[2]);
    expect(await page.locator('[data-testid="irsa-role-users"] [data-state]').evaluateAll((all) => all.map((one) => one.getAttribute('data-state')).sort())).toEqual(['unseen', 'used', 'used']);
    expect(await page.locator('[data-code="SHARED_ACROSS_CLUSTERS"]').count()).toBe(1);
    await picture(page, 'role-shared');

    // Nobody knows the third cluster: its statement is taken out by hand.
    await visit.click('irsa-edit-trust');
    const field = page.getByTestId('irsa-policy-text');
    const document = JSON.parse(await field.inputValue()) as { Statement: object[] };

    await field.fill(JSON.stringify({ ...document, Statement: document.Statement.slice(1) }, null, 2));
    await visit.click('irsa-policy-preview');
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await page.getByTestId('irsa-trust-room').waitFor();
    await expect.poll(sizeShown).toBeLessThan(sizes[2]!);
    const two = await sizeShown();

    expect(two).toBe(roleNamed('shared').trust.replace(/\s/g, '').length);

    // The account of one more cluster goes by unbinding: its statement is away, the last cluster's stays.
    await openCluster(visit, PROD_EKS);
    await visit.click('irsa-actions-shop/writer');
    await page.getByRole('menuitem', { name: 'Unbind' }).click();
    await page.getByTestId('irsa-plan').waitFor();
    expect(await apply(visit)).toBe('done');
    await visit.goto(`${ clusterPage('local') }?of=shared`);
    await page.getByTestId('irsa-trust-room').waitFor();
    await expect.poll(sizeShown).toBeLessThan(two);
    expect(await sizeShown()).toBe(roleNamed('shared').trust.replace(/\s/g, '').length);
    expect(roleNamed('shared').trust).not.toContain('shop:writer');
    expect(roleNamed('shared').trust).toContain('rancher-backup');
    await picture(page, 'role-shrunk');
    expectQuiet(visit);
  });

  it.each(['light', 'dark'] as const)('is edited as text: a mistake is shown where it is, mended, and written (%s)', async(theme) => {
    visit = await stage.visit({ theme });
    const { page } = visit;
    const host = hostOf('prod-eks');

    seed({ Version: '2012-10-17', Statement: [exact(host, providerOf(host), 'shop:writer')] });
    await openRole();
    await visit.click('irsa-edit-trust');
    const field = page.getByTestId('irsa-policy-text');
    const original = await field.inputValue();
    const broken = original.replace('"sts.amazonaws.com",', '"sts.amazonaws.com"');

    await field.fill(broken);
    const line = broken.split('\n').findIndex((one) => one.includes(':sub"')) + 1;

    expect(await page.getByTestId('irsa-policy-says').innerText()).toContain(`Line ${ line }, column`);
    expect(await page.getByTestId('irsa-policy-preview').isDisabled()).toBe(true);
    await picture(page, `role-edit-mistake-${ theme }`);
    // Nothing is lost: not by looking away, not by undoing.
    await visit.click('irsa-policy-cancel');
    await visit.click('irsa-edit-trust');
    expect(await field.inputValue()).toBe(broken);
    await visit.click('irsa-policy-undo');
    expect(await field.inputValue()).toBe(original);
    await visit.click('irsa-policy-redo');
    expect(await field.inputValue()).toBe(broken);

    const loose = original.replace('system:serviceaccount:shop:writer', 'system:serviceaccount:shop:default');

    await field.fill(loose);
    const note = page.getByTestId('irsa-policy-note').first();

    expect(Number(await note.getAttribute('data-line'))).toBe(loose.split('\n').findIndex((one) => one.includes('shop:default')) + 1);
    await picture(page, `role-edit-finding-${ theme }`);
    expect(await axeFindings(page, '[data-testid="irsa-role-view"]')).toEqual([]);
    await note.click();
    expect(await field.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd))).toBe('"system:serviceaccount:shop:default"');
    await page.keyboard.type('["system:serviceaccount:shop:writer", "system:serviceaccount:shop:reader"]');
    await visit.click('irsa-policy-preview');
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    expect(roleNamed('shared').trust).toContain('shop:reader');

    // The permissions, the same way.
    await visit.click('irsa-edit-policy-files');
    const permissions = await field.inputValue();

    await field.fill(permissions.replace('"s3:GetObject"', '"s3:*"'));
    await page.locator('[data-testid="irsa-listed-finding"][data-code="PERM_SERVICE_STAR"]').waitFor();
    await field.fill(permissions.replace('"s3:GetObject"', '["s3:GetObject", "s3:PutObject"]'));
    await visit.click('irsa-policy-preview');
    expect(await apply(visit)).toBe('done');
    expect(JSON.parse(roleNamed('shared').inline.get('files')!)).toMatchObject({ Statement: [{ Action: ['s3:GetObject', 's3:PutObject'] }] });
    expectQuiet(visit);
  });

  it('is not written over when somebody else changed it while it was edited', async() => {
    visit = await stage.visit();
    const { page } = visit;
    const host = hostOf('prod-eks');

    seed({ Version: '2012-10-17', Statement: [exact(host, providerOf(host), 'shop:writer')] });
    await openRole();
    await visit.click('irsa-edit-trust');
    const field = page.getByTestId('irsa-policy-text');

    await field.fill((await field.inputValue()).replace('shop:writer', 'shop:reader'));
    const role = roleNamed('shared');

    role.trust = role.trust.replace('2012-10-17"', '2012-10-17","Id":"theirs"');
    await visit.click('irsa-policy-preview');
    await page.getByTestId('irsa-plan-failed').waitFor();
    expect(roleNamed('shared').trust).toContain('theirs');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByTestId('irsa-policy-moved').waitFor();
    expect(await field.inputValue()).toContain('shop:reader');
    await picture(page, 'role-edit-moved');
    await visit.click('irsa-policy-rebase');
    await visit.click('irsa-policy-preview');
    await page.getByTestId('irsa-tab-trust').click();
    expect(await page.getByTestId('irsa-policy-around').innerText()).toContain('theirs');
    expect(await apply(visit)).toBe('done');
    expect(roleNamed('shared').trust).not.toContain('theirs');
    expectQuiet(visit);
  });
});
