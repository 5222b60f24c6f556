import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { PROD_EKS, Stage, picture, type Visit, type VisitOptions } from './support/stage';
import {
  apply, linkState, openCluster, outcome, reviewBackup, waitForLink
} from './support/steps';

/** Lines that Chromium prints by itself for an answer that is not a success; only where the test provokes that answer. */
const REFUSED = /Failed to load resource.*\/meta\/proxy\//;

describe('from nothing to a verified identity', () => {
  let stage: Stage;
  let visit: Visit;

  const begin = async(options?: VisitOptions) => (visit = await stage.visit(options));
  const calls = () => stage.sandbox.world.aws.calls();
  const writes = () => calls().filter(({ write }) => write).map(({ action }) => action);
  const fault = (one: { match: string; kind: 'throttle' | 'deny' | 'timeout'; times?: number; each?: boolean; delay?: number }) => stage.sandbox.world.faults.add({ id: one.match, ...one });

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail' && visit) {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`).catch(() => undefined);
    }
    await visit.leave();
  });

  it('enables IRSA on an EKS cluster after a real log-in', async() => {
    // The log-in page asks for Rancher's version before anybody is known.
    await begin({ user: '', provoked: /\/version/ });
    const { page } = visit;

    await visit.goto('/auth/login');
    await page.getByLabel('Username').first().fill('admin');
    await page.locator('input[type=password]').first().fill('sandbox-admin-1');
    await page.getByRole('button', { name: /Log in/ }).click();
    await page.waitForURL(/\/home/);
    await page.locator('.side-menu, [data-testid="side-menu"]').first().waitFor();
    await page.locator('a[href*="/irsa/clusters"]').first().click();
    await page.getByTestId('irsa-cluster-prod-eks').click();
    await page.getByTestId('irsa-link-provider').waitFor();
    expect(await linkState(visit, 'provider')).toBe('broken');
    expect(await page.getByTestId('irsa-finding').first().innerText()).toMatch(/IAM|AWS/);
    await visit.click('irsa-enable');
    expect(await apply(visit)).toBe('done');
    expect(writes()).toEqual(['CreateOpenIDConnectProvider']);
    await page.getByTestId('irsa-done').click();
    await waitForLink(visit, 'provider', 'ok');
    expectQuiet(visit);
  });

  it('binds a role to Rancher Backups and sees it verified, in six clicks at most', async() => {
    await begin();
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    expect(visit.clicks).toBeLessThanOrEqual(6);
    expect(await visit.page.getByTestId('irsa-verified-arn').innerText()).toMatch(/^arn:aws:sts::111122223333:assumed-role\//);
    expect(writes()).toEqual(['CreateOpenIDConnectProvider', 'CreateRole', 'PutRolePolicy']);
    await picture(visit.page, 'verified');

    const { store } = stage.sandbox.world.kube('local');
    const account = store.get(store.findType('', 'serviceaccounts')!, 'cattle-resources-system', 'rancher-backup');
    const role = account?.metadata.annotations?.['eks.amazonaws.com/role-arn'];
    const pods = store.list(store.findType('', 'pods')!, { namespace: 'cattle-resources-system' }).filter(({ metadata }) => !metadata.deletionTimestamp && metadata.name.startsWith('rancher-backup'));

    expect(role).toMatch(/^arn:aws:iam::111122223333:role\/rancher-irsa\//);
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) {
      expect(JSON.stringify(pod.spec)).toContain(role);
    }
    await visit.page.getByTestId('irsa-done').click();
    await waitForLink(visit, 'bindings', 'ok');
    expectQuiet(visit);
  });

  it('writes nothing when both are run again', async() => {
    await begin();
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    await visit.page.getByTestId('irsa-done').click();
    const before = writes().length;

    await visit.goto('/c/_/irsa/clusters/local?plan=enable');
    await visit.page.getByTestId('irsa-nothing-to-do').waitFor();
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    expect(writes().length).toBe(before);
    expectQuiet(visit);
  });

  it('shows the same as a tab of the cluster in Cluster Management', async() => {
    await begin();
    await visit.goto(`/c/_/manager/provisioning.cattle.io.cluster/fleet-default/${ PROD_EKS }#irsa`);
    await visit.page.getByTestId('irsa-link-provider').waitFor();
    expect(await linkState(visit, 'provider')).toBe('broken');
    await visit.click('irsa-enable');
    expect(await apply(visit)).toBe('done');
    await picture(visit.page, 'tab');
    expectQuiet(visit);
  });

  it('says that a role trusts another account, and mends it', async() => {
    await begin();
    await openCluster(visit, PROD_EKS, '?account=shop%2Freader');
    await visit.page.getByTestId('irsa-binding-chain-shop/reader').waitFor();
    const chain = visit.page.getByTestId('irsa-binding-chain-shop/reader');

    expect(await chain.getByTestId('irsa-link-trust').getAttribute('data-state')).toBe('broken');
    expect(await chain.innerText()).toContain('system:serviceaccount:shop:writer');
    await chain.getByTestId('irsa-remedy').first().click();
    await visit.page.getByTestId('irsa-plan').waitFor();
    // The role is a stranger's: nothing is done to it without a word.
    await visit.page.getByTestId('irsa-consent').click();
    expect(await apply(visit)).toBe('verified');
    expect(writes()).toEqual(['CreateOpenIDConnectProvider', 'UpdateAssumeRolePolicy']);
    expectQuiet(visit);
  });

  it('gets through when IAM refuses each first call, and shows that it waits', async() => {
    await begin({ provoked: REFUSED });
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    fault({ match: 'Create*', kind: 'throttle', times: 1, each: true });
    await visit.click('irsa-apply');
    await visit.page.getByText(/AWS asks to slow down/).first().waitFor();
    expect(await outcome(visit)).toBe('verified');
    expectQuiet(visit);
  });

  it('names the action and the resource that IAM refuses, and finishes at the second attempt', async() => {
    await begin({ provoked: REFUSED });
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    fault({ match: 'PutRolePolicy', kind: 'deny', times: 99 });
    expect(await apply(visit)).toBe('failed');
    const said = await visit.page.getByTestId('irsa-outcome').innerText();

    expect(said).toContain('iam:PutRolePolicy');
    expect(said).toContain('role local_cattle-resources-system_rancher-backup');
    await picture(visit.page, 'refused');
    stage.sandbox.world.faults.clear();
    expect(await apply(visit)).toBe('verified');
    expect(writes().filter((action) => action === 'CreateRole')).toHaveLength(1);
    expectQuiet(visit);
  });

  it('shows a stranger’s role of the wished name and leaves it alone unless agreed', async() => {
    await begin();
    await visit.goto('/c/_/irsa/clusters/local?bind=rancher-backup&p.bucket=acme-backups&role=ci-deployer');
    await visit.click('irsa-review');
    await visit.page.getByTestId('irsa-consent').waitFor();
    expect(await visit.page.getByTestId('irsa-apply').isDisabled()).toBe(true);
    await visit.page.getByTestId('irsa-tab-trust').click();
    // What was there stays, folded; what comes is marked.
    await visit.page.locator('[data-testid="irsa-policy-part"][data-change="untouched"] summary').click();
    expect(await visit.page.locator('[data-change="untouched"]').innerText()).toContain('codebuild.amazonaws.com');
    expect(await visit.page.locator('[data-change="added"]').innerText()).toContain('system:serviceaccount:cattle-resources-system:rancher-backup');
    expect(writes()).toEqual([]);
    expectQuiet(visit);
  });

  it('shows the true state after the tab was closed in the middle, and finishes', async() => {
    await begin({ provoked: /Failed to load resource/ });
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    fault({ match: 'PutRolePolicy', kind: 'timeout', delay: 30_000, times: 1 });
    await visit.click('irsa-apply');
    await visit.page.locator('[data-testid="irsa-step-create-role"][data-status="done"]').waitFor();
    await visit.page.close({ runBeforeUnload: false });
    await visit.leave();
    stage.sandbox.world.faults.clear();

    // The role's policy is looked for right before it is written: a browser calls «there is none» an error.
    await begin({ provoked: /404.*\/meta\/proxy\/iam/ });
    await openCluster(visit, 'local');
    expect(await linkState(visit, 'provider')).toBe('ok');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    expect(writes().filter((action) => ['CreateRole', 'CreateOpenIDConnectProvider'].includes(action))).toEqual(['CreateOpenIDConnectProvider', 'CreateRole']);
    expectQuiet(visit);
  });

  it('offers a member nothing that would fail, and says what is missing', async() => {
    // The dashboard itself asks for the local cluster, which a standard user may not see: not a page of ours.
    await begin({ user: 'milo', provoked: /management\.cattle\.io\.clusters\/local/ });
    await openCluster(visit, PROD_EKS);
    await visit.page.getByTestId('irsa-right-missing').first().waitFor();
    for (const button of ['irsa-enable', 'irsa-bind', 'irsa-remedy']) {
      expect(await visit.page.getByTestId(button).count(), button).toBe(0);
    }
    await picture(visit.page, 'member');
    // An address leads nobody past that.
    await visit.goto('/c/_/irsa/clusters/c-eks01?bind=any&namespace=shop&name=reader');
    await visit.page.getByTestId('irsa-right-missing').first().waitFor();
    expect(await visit.page.getByTestId('irsa-bind-wizard').count()).toBe(0);
    await visit.goto('/c/_/irsa/clusters/c-eks01?plan=enable');
    await visit.page.getByTestId('irsa-plan-forbidden').or(visit.page.getByTestId('irsa-plan-failed')).first().waitFor();
    expect(await visit.page.getByTestId('irsa-apply').count()).toBe(0);
    expectQuiet(visit);
  });

  it('says what a self-managed cluster lacks, and offers nothing that would fail', async() => {
    await begin();
    await openCluster(visit, 'c-m-edge0001');
    await visit.page.getByTestId('irsa-finding').waitFor();
    expect(await visit.page.getByTestId('irsa-finding').innerText()).toContain('https://kubernetes.default.svc');
    expect(await visit.page.getByTestId('irsa-bind').count()).toBe(0);
    // The banner leads where its button above leads.
    expect(await visit.page.getByTestId('irsa-remedy').allInnerTexts()).toEqual(['Enable IRSA']);
    // An issuer that AWS can read comes first: enabling begins there.
    await visit.click('irsa-enable');
    await visit.page.getByRole('heading', { name: 'Enable IRSA on edge-rke2' }).waitFor();
    expectQuiet(visit);
  });

  it('shows a change made elsewhere without being asked', async() => {
    await begin();
    await openCluster(visit, PROD_EKS);
    await visit.page.getByTestId('irsa-binding-shop/reader').waitFor();
    const { store } = stage.sandbox.world.kube(PROD_EKS);

    store.patch(store.findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/s3-reader' } } });
    await visit.page.getByTestId('irsa-binding-shop/writer').waitFor({ timeout: 40_000 });
    expectQuiet(visit);
  });

  it('leaves nothing secret behind in the browser', async() => {
    await begin();
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    const kept = await visit.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.body.innerText]));

    expect(kept).not.toMatch(/eyJ[\w-]{10,}\.eyJ|AKIA[A-Z0-9]{12,}|ASIA[A-Z0-9]{12,}|R_SESS|sandbox\/secret/);
    expectQuiet(visit);
  });
});
