import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { liesAt, lies } from './support/liar';
import { expectQuiet } from './support/quiet';
import { clusterPage, picture, PROD_EKS, Stage, type Visit } from './support/stage';

const PAYLOAD = '<img src=x onerror="window.__pwned=1">{{7*7}}${7*7}\u202E';

/** Names and policies that somebody means ill with, in the real dashboard: they are text there, and nothing else. */
describe('hostile names', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async() => {
    await visit?.page.unrouteAll({ behavior: 'ignoreErrors' });
    await visit?.leave();
  });

  it('are shown as they were received, run nothing and leave the dashboard usable', async() => {
    const { world } = stage.sandbox;
    const eks = world.kube('prod-eks').store;
    const local = world.kube('local').store;

    eks.patch(eks.findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::111122223333:role/${ PAYLOAD }`, 'eks.amazonaws.com/audience': PAYLOAD } } });
    local.patch(local.findType('management.cattle.io', 'clusters')!, undefined, 'c-m-store001', 'application/merge-patch+json', { spec: { displayName: PAYLOAD } });
    const role = [...world.aws.state.roles.values()].find(({ name }) => name === 's3-reader')!;

    role.trust = JSON.stringify({ ...JSON.parse(role.trust) as object, Id: PAYLOAD });
    role.tags.set('owner', PAYLOAD);
    visit = await stage.visit();
    const { page } = visit;
    const dialogs: string[] = [];

    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    for (const [path, ready] of [
      ['/c/_/irsa/clusters', 'irsa-cluster-prod-eks'], ['/c/_/irsa/clusters/c-eks01?account=shop%2Fwriter', 'irsa-binding-shop/writer'],
      ['/c/_/irsa/clusters/c-eks01?account=shop%2Freader', 'irsa-binding-chain-shop/reader'], ['/c/_/irsa/clusters/c-m-store001', 'irsa-link-provider'], ['/c/_/irsa/settings', 'irsa-settings'], ['/c/_/irsa/fleet', 'irsa-fleet-prod-eks'],
    ] as const) {
      await visit.goto(path);
      await page.getByTestId(ready).first().waitFor();
      expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned), path).toBeUndefined();
      expect(await page.locator('img[src="x"]').count(), path).toBe(0);
    }
    await visit.goto('/c/_/irsa/clusters/c-eks01?account=shop%2Fwriter');
    await page.getByTestId('irsa-binding-shop/writer').waitFor();
    expect(await page.locator('body').innerText()).toContain('{{7*7}}${7*7}');
    await picture(page, 'hostile');
    expect(dialogs).toEqual([]);
    // The dashboard goes on as ever.
    await page.locator('.side-nav a[href*="/irsa/settings"]').first().click();
    await page.getByTestId('irsa-settings').waitFor();
    expectQuiet(visit);
  });

  /** Nothing ran, nothing was drawn, and the dashboard goes on as ever. */
  async function expectCalm({ page }: Visit, path: string): Promise<void> {
    expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned), path).toBeUndefined();
    expect(await page.locator('img[src="x"]').count(), path).toBe(0);
    await page.locator('.side-nav a[href*="/irsa/settings"]').first().click();
    await page.getByTestId('irsa-settings').waitFor();
  }

  // Service accounts, pods, workloads, nodes, webhooks, tokens, reviews of rights, keys and discovery.
  it.each(Object.entries(lies(PAYLOAD)))('of a cluster that answers %s run nothing, and leave the dashboard usable', async(name, lie) => {
    // No account is called as the lying list has it.
    visit = await stage.visit({ provoked: /404.*\/serviceaccounts\/[^/]*pwned[^/]*\/token/ });
    const { page } = visit;
    const told = await liesAt(page, /^\/k8s\/clusters\/c-eks01\/(api|apis|openid|\.well-known)(\/|$)/, lie);

    for (const path of [clusterPage(PROD_EKS), `${ clusterPage(PROD_EKS) }?account=shop%2Freader`, '/c/_/irsa/clusters', '/c/_/irsa/bindings']) {
      await visit.goto(path);
      await page.locator('[data-testid^="irsa-link-"], [data-testid="irsa-clusters"], [data-testid="irsa-inventory"], [data-testid$="-failed"]').first().waitFor();
      if (name === 'evil in every text' && path === clusterPage(PROD_EKS)) {
        await expect.poll(() => page.locator('body').innerText(), { timeout: 20_000 }).toContain('{{7*7}}${7*7}');
      }
      if (path === clusterPage(PROD_EKS)) {
        await picture(page, `hostile-cluster-${ name.replaceAll(' ', '-') }`);
      }
      await expectCalm(visit, `${ name } ${ path }`);
    }
    expect(told()).toBeGreaterThan(0);
    expectQuiet(visit);
  });

  it('of an IAM that has evil in every tag and document run nothing, and leave the dashboard usable', async() => {
    visit = await stage.visit({ provoked: /404.*\/meta\/proxy\/iam/ });
    const { page } = visit;
    const ROLE = `${ clusterPage(PROD_EKS) }?of=s3-reader`;
    const evil = PAYLOAD.replace(/[<>&]/g, (one) => `&#${ one.charCodeAt(0) };`);
    const told = await liesAt(page, /^\/meta\/proxy\/iam\./, (body) => body.replace(/<(Path|Description|Key|Value|UserName|AssumeRolePolicyDocument|PolicyDocument)>([^<]*)</g, `<$1>$2${ evil.replaceAll('$', '$$$$') }<`));

    for (const path of [clusterPage(PROD_EKS), ROLE, '/c/_/irsa/bindings']) {
      await visit.goto(path);
      await page.locator('[data-testid^="irsa-link-"], [data-testid^="irsa-role"], [data-testid="irsa-inventory"], [data-testid$="-failed"]').first().waitFor();
      if (path === ROLE) {
        await expect.poll(() => page.locator('body').innerText(), { timeout: 20_000 }).toContain('{{7*7}}${7*7}');
      }
      await picture(page, `hostile-iam-${ path.replace(/\W+/g, '-') }`);
      await expectCalm(visit, path);
    }
    expect(told()).toBeGreaterThan(0);
    expectQuiet(visit);
  });

  it.each(Object.entries(lies(PAYLOAD)))('of a catalog that answers %s run nothing, and leave the dashboard usable', async(name, lie) => {
    visit = await stage.visit();
    const { page } = visit;
    const told = await liesAt(page, /catalog\.cattle\.io\.clusterrepos\/[^/?]+\?.*link=index/, lie);

    await visit.goto(clusterPage('c-m-store001'));
    await page.getByTestId('irsa-install-webhook').waitFor();
    await page.getByTestId('irsa-install-webhook').click();
    await page.locator('[data-testid="irsa-apply"], [data-testid="irsa-plan-failed"]').first().waitFor();
    await picture(page, `hostile-catalog-${ name.replaceAll(' ', '-') }`);
    expect(told()).toBeGreaterThan(0);
    await expectCalm(visit, name);
    expectQuiet(visit);
  });

  it('in what a chart says of itself (README, questions, description) run nothing in its form', async() => {
    visit = await stage.visit({ provoked: /404.*(catalog\.cattle\.io\.apps|v1\/namespaces)\/pod-identity-webhook/ });
    const { page } = visit;
    const store = stage.sandbox.world.kube('store-k3s').store;
    const { version } = stage.sandbox.world.sources.at('https://charts.example/irsa')!.find(({ name }) => name === 'pod-identity-webhook')!;

    store.create(store.findType('catalog.cattle.io', 'clusterrepos')!, { apiVersion: 'catalog.cattle.io/v1', kind: 'ClusterRepo', metadata: { name: 'irsa' }, spec: { url: 'https://charts.example/irsa' } });
    const told = await liesAt(page, /catalog\.cattle\.io\.clusterrepos\/irsa\?.*link=(index|info)/, lies(PAYLOAD, /readme|description|label|group|home|keywords|title|appversion|^default$/i)['evil in every text']!);

    await visit.goto(`/c/c-m-store001/apps/charts/install?repo-type=cluster&repo=irsa&chart=pod-identity-webhook&version=${ version }`);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.locator('input[data-testid="irsa-webhook-region"]').waitFor();
    expect(told()).toBeGreaterThan(0);
    await picture(page, 'hostile-chart-form');
    expect(await page.evaluate(() => (window as unknown as { __pwned?: number }).__pwned)).toBeUndefined();
    expectQuiet(visit);
  });
});
