import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { servePackaged, type PackagedRepository } from './support/packaged';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';
import { apply, openCluster, waitForLink } from './support/steps';

const STORE = 'c-m-store001';
/** Rancher's own pages ask for what is not there yet. */
const provoked = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces)/;

/** A Rancher that has never heard of us, and the repository that `npm run package` makes. */
describe('from an empty Rancher', () => {
  let stage: Stage;
  let visit: Visit;
  let repository: PackagedRepository;

  beforeAll(async() => {
    [stage, repository] = await Promise.all([Stage.open({ bare: true }), servePackaged()]);
    stage.sandbox.world.sources.serve(repository.url, repository.charts);
  });
  afterAll(async() => {
    repository?.close();
    await stage?.close();
  });
  afterEach(() => visit?.leave());

  it('the repository is added, the extension installed from the Extensions page, and the webhook from the extension', async() => {
    visit = await stage.visit({ provoked });
    const { page } = visit;

    await visit.goto('/c/local/apps/catalog.cattle.io.clusterrepo/create');
    await page.getByTestId('NameNsDescriptionNameInput').fill('ours');
    await page.getByTestId('clusterrepo-helm-url-input').fill(repository.url);
    await page.getByRole('button', { name: 'Add Repository' }).click();
    await page.waitForURL(/catalog\.cattle\.io\.clusterrepo$/);

    // Without the extension, Rancher asks the chart's own questions.
    await visit.goto(`/c/local/apps/charts/install?repo-type=cluster&repo=ours&chart=pod-identity-webhook&version=${ repository.charts.find(({ name }) => name === 'pod-identity-webhook')!.version }`);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('AWS region').first().waitFor();
    expect(await page.getByTestId('irsa-webhook-region').count()).toBe(0);
    await picture(page, 'nothing-questions');

    await visit.goto('/c/local/uiplugins');
    const card = page.getByTestId('item-card-cluster/ours/irsa');

    await card.waitFor();
    await card.locator('img[src*="link=icon"]').first().waitFor();
    await expect.poll(() => card.locator('img').first().evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await picture(page, 'nothing-available');
    await card.getByTestId('item-card-header-action-menu').click();
    await page.getByRole('menuitem', { name: 'Install' }).or(page.locator('[dropdown-menu-item]', { hasText: 'Install' })).first().click();
    await visit.click('install-ext-modal-install-btn');
    await page.getByTestId('extension-reload-banner-reload-btn').waitFor();
    await picture(page, 'nothing-installed');
    await visit.click('extension-reload-banner-reload-btn');
    await page.waitForLoadState('load');

    await openCluster(visit, STORE);
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, STORE);
    await waitForLink(visit, 'webhook', 'ok');
    const { store } = stage.sandbox.world.kube('store-k3s');
    const [added] = store.list(store.findType('catalog.cattle.io', 'clusterrepos')!).filter(({ metadata }) => metadata.name === 'ours');

    expect(added!.spec).toMatchObject({ url: repository.url });
    await picture(page, 'nothing-webhook');
    expectQuiet(visit);
  });
});
