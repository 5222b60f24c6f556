import { describe, expect, it } from 'vitest';
import { seedBound } from '../contract/seeds';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { picture, pictures, PROD_EKS, type Visit } from './support/stage';
import { apply } from './support/steps';
import { useStage } from './support/theatre';

/** The identity of a service account, and of a pod, on Rancher's own pages. */
describe('panels on Rancher’s pages', () => {
  const theatre = useStage();
  let visit: Visit;

  const store = () => theatre.world.kube('prod-eks').store;
  const pods = (account: string) => store().list(store().findType('', 'pods')!).filter(({ metadata, spec }) => metadata.namespace === 'shop' && !metadata.deletionTimestamp && (spec as { serviceAccountName?: string }).serviceAccountName === account).map(({ metadata }) => metadata.name);
  const carriers = () => pods('writer').filter((name) => JSON.stringify(store().get(store().findType('', 'pods')!, 'shop', name)).includes('prod-eks_shop_writer'));
  const panel = () => visit.page.getByTestId('irsa-panel');
  const account = (name: string) => visit.goto(`/c/${ PROD_EKS }/explorer/serviceaccount/shop/${ name }#data`);

  it('an account’s chain, its first broken link, and the way to what mends it', async() => {
    seedBound(theatre.world);
    visit = await theatre.visit();
    await account('reader');
    await panel().getByTestId('irsa-link-trust').waitFor();
    expect(await panel().getByTestId('irsa-link-trust').getAttribute('data-state')).toBe('broken');
    expect(await panel().getByTestId('irsa-finding').getAttribute('data-code')).toBe('TRUST_SUBJECT_DIFFERS');
    await pictures(visit.page, 'panel-account', async() => expect(await axeFindings(visit.page, '[data-testid="irsa-panel"]')).toEqual([]));
    // No wider than what is in sight of a narrow window.
    await visit.page.setViewportSize({ width: 800, height: 900 });
    await expect.poll(async() => {
      const { x = 0, width = 0 } = await panel().boundingBox() ?? {};

      return x + width;
    }).toBeLessThanOrEqual(800);
    await picture(visit.page, 'panel-account-narrow');
    await visit.page.setViewportSize({ width: 1440, height: 1000 });
    await panel().getByTestId('irsa-remedy').click();
    await visit.page.getByTestId('irsa-plan').waitFor();
    await visit.page.getByTestId('irsa-consent').click();
    expect(await apply(visit)).toBe('verified');
    await account('reader');
    await panel().locator('[data-testid="irsa-link-trust"][data-state="ok"]').waitFor();
    await visit.click('irsa-panel-verify');
    await panel().locator('[data-testid="irsa-link-identity"][data-state="ok"]').waitFor({ timeout: 40_000 });
    await pictures(visit.page, 'panel-verified');
    expectQuiet(visit);
  });

  it('an account that asks for nothing can be bound from there', async() => {
    visit = await theatre.visit();
    await account('writer');
    await panel().getByTestId('irsa-panel-bind').click();
    await visit.page.getByTestId('irsa-bind-wizard').waitFor();
    expect(visit.page.url()).toMatch(/name=writer/);
    expectQuiet(visit);
  });

  it('says of a pod whether it carries the role of its account, and nothing of one that needs none', async() => {
    seedBound(theatre.world);
    // The dashboard asks for monitoring on a pod's page by itself.
    visit = await theatre.visit({ provoked: /404.*monitoring/ });
    // The pods are made anew for the role; the old ones go.
    await expect.poll(() => carriers().length, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => pods('writer').length, { timeout: 20_000 }).toBe(2);
    const [carrying = ''] = carriers();

    await visit.goto(`/c/${ PROD_EKS }/explorer/pod/shop/${ carrying }`);
    await panel().locator('[data-testid="irsa-link-pods"][data-state="ok"]').waitFor();
    expect(await panel().getByTestId('irsa-pod-truth').locator('.count').getAttribute('data-should')).toBe('1');
    await picture(visit.page, 'panel-pod');
    // The account gets another role: this pod still has the one before.
    store().patch(store().findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/s3-reader' } } });
    await visit.page.reload();
    await panel().locator('[data-testid="irsa-link-pods"][data-state="broken"]').waitFor();
    await picture(visit.page, 'panel-pod-stale');
    // One whose account asks for no role.
    const plain = store().list(store().findType('', 'pods')!).find(({ metadata }) => metadata.namespace === 'cattle-system')!.metadata;

    await visit.goto(`/c/${ PROD_EKS }/explorer/pod/${ plain.namespace }/${ plain.name }`);
    await visit.page.getByText(plain.name).first().waitFor();
    await visit.page.waitForLoadState('networkidle');
    expect(await panel().count()).toBe(0);
    expectQuiet(visit);
  });
});
