import AxeBuilder from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issuerDocuments } from '../../pkg/irsa/domain/issuer/hosting';
import { keySet } from '../../pkg/irsa/domain/issuer/jwks';
import { underLoad } from '../contract/issuer-load';
import { bucketOf, REGION } from '../contract/issuer-seeds';
import { targetOf } from '../contract/sandbox-target';
import { logIn } from '../contract/target';
import { signingKey } from '../sandbox/kubernetes/tokens/keys.ts';
import { put, putNamespace } from '../sandbox/scenario/put.ts';
import { expectQuiet } from './support/quiet';
import { clusterPage, picture, Stage, type Visit } from './support/stage';
import { apply, openCluster, reviewBackup, waitForLink } from './support/steps';

const EDGE = 'c-m-edge0001';
const OLD = 'https://kubernetes.default.svc.cluster.local';
/** What a browser says while Rancher does not forward to S3 yet, and when S3 has no such bucket yet. */
const NOT_YET = /\/meta\/proxy\/[^ ]*\.?s3\.|404 \(Not Found\).*\?location=/;

/** Self-managed clusters, each from its beginning to a pod that AWS believes: nothing is prepared. */
describe('a cluster that runs itself, from nothing to a verified binding', () => {
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
    await visit?.leave();
  });

  const awsWrites = () => stage.sandbox.world.aws.calls().filter(({ write, service }) => write && service !== 'sts').map(({ action }) => action);
  const servers = (cluster: string) => stage.sandbox.world.kube(cluster).servers.servers.map(({ config: { issuers } }) => issuers);

  /** Publishes where the form says, and comes out at what is next. */
  async function publish(): Promise<void> {
    await visit.click('irsa-host-choose');
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await visit.page.locator('[data-testid="irsa-issuer-room"][data-step="host"]').waitFor({ state: 'detached' });
  }

  async function installWebhook(cluster: string): Promise<void> {
    await openCluster(visit, cluster);
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, cluster);
    await waitForLink(visit, 'webhook', 'ok');
  }

  async function bind(cluster: string, namespace: string, name: string): Promise<void> {
    await visit.goto(`${ clusterPage(cluster) }?bind=any&namespace=${ namespace }&name=${ name }`);
    await visit.page.locator('[data-testid="irsa-review"]:enabled').click();
    expect(await apply(visit)).toBe('verified');
  }

  it('edge-rke2: published, switched while its API server is called, webhook, role, verified', async() => {
    const person = await logIn(targetOf(stage.sandbox), 'admin');
    const { world } = stage.sandbox;
    const issuer = `https://${ bucketOf(world) }.s3.${ REGION }.amazonaws.com`;

    visit = await stage.visit({ provoked: NOT_YET });
    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await publish();
    expect(awsWrites()).toEqual(['CreateBucket', 'PutPublicAccessBlock', 'PutBucketPolicy', 'PutObject', 'PutObject', 'CreateOpenIDConnectProvider']);
    await visit.page.locator('[data-testid="irsa-issuer-room"][data-step="switch"]').waitFor();
    const { calls, refused, issuers } = await underLoad(person, world, async() => expect(await apply(visit)).toBe('done'), 10);

    expect([...issuers].sort()).toEqual([OLD, issuer].sort());
    expect(calls).toBeGreaterThan(200);
    expect(refused).toBe(0);
    expect(servers('edge-rke2')).toEqual(Array(3).fill([issuer, OLD]));
    await installWebhook(EDGE);
    await bind(EDGE, 'plant', 'telemetry');
    await openCluster(visit, EDGE);
    for (const link of ['issuer', 'keys', 'provider', 'apiServer', 'webhook', 'bindings']) {
      await waitForLink(visit, link, 'ok');
    }
    await picture(visit.page, 'issuer-from-nothing');
    expectQuiet(visit);
  }, 240_000);

  it.each(['light', 'dark'] as const)('names the block of an account that forbids public buckets, and goes by CloudFront to the switch (%s)', async(theme) => {
    const { world } = stage.sandbox;
    const host = 'https://d111111abcdef8.cloudfront.net';

    world.aws.state.publicPoliciesBlocked = true;
    visit = await stage.visit({ theme, provoked: /\/meta\/proxy\/[^ ]*\.?s3\.|cloudfront\.net/ });
    const { page } = visit;

    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await visit.click('irsa-host-choose');
    expect(await apply(visit)).toBe('failed');
    expect(await page.getByTestId('irsa-plan').innerText()).toMatch(/forbids public buckets.*CloudFront/s);
    expect(await page.getByTestId('irsa-plan').innerText()).toContain('the empty bucket was deleted again');
    expect(world.aws.state.buckets.has(bucketOf(world))).toBe(false);
    await picture(page, `issuer-public-blocked-${ theme }`);
    const calls = awsWrites();

    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await page.getByLabel('In a private S3 bucket behind CloudFront').check();
    await visit.click('irsa-host-choose');
    await page.getByTestId('irsa-cloudfront').waitFor();
    await picture(page, `issuer-cloudfront-${ theme }`);
    for (const form of ['cli', 'terraform', 'cloudformation']) {
      await visit.click(`irsa-tab-${ form }`);
      expect(await page.locator('#irsa-cloudfront-panel').innerText()).toContain(`${ bucketOf(world) }-cf`);
    }
    expect((await new AxeBuilder({ page }).include('[data-testid="irsa-cloudfront"]').analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    expect(await page.getByTestId('irsa-cloudfront-next').isEnabled()).toBe(false);
    await page.getByTestId('irsa-cloudfront-address').fill(`${ host }/`);
    expect(await page.getByTestId('irsa-cloudfront').innerText()).toMatch(/slash/);
    // What the script publishes; the distribution lets pages of others read it.
    const documents = issuerDocuments(host, await keySet(world.kube('edge-rke2').jwks().keys as JsonWebKey[]));

    await visit.context.route(`${ host }/**`, (route) => route.fulfill({ headers: { 'access-control-allow-origin': '*' }, body: documents.find(({ key }) => route.request().url().endsWith(key))?.body ?? '' }));
    await page.getByTestId('irsa-cloudfront-address').fill(host);
    await visit.click('irsa-cloudfront-next');
    await page.getByTestId('irsa-own-published').waitFor();
    await visit.click('irsa-own-next');
    await page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    expect(await page.getByTestId('irsa-plan').innerText()).toContain(host);
    expect(awsWrites()).toEqual(calls);

    // Switched; then its life goes on from the page: the next key, and the way back.
    world.aws.seedProvider({ url: host, clientIds: ['sts.amazonaws.com'], tags: { 'rancher.io/irsa': 'managed', 'rancher.io/irsa-cluster': 'edge-rke2' } });
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, EDGE);
    await page.locator('[data-testid="irsa-issuer-card"][data-stage="retire"]').waitFor();
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-rotate');
    await page.getByTestId('irsa-rotate-blocked').waitFor();
    const next = signingKey();

    await page.getByTestId('irsa-issuer-jwks').fill(next.publicKey.export({ type: 'spki', format: 'pem' }) as string);
    await expect.poll(() => page.getByTestId('irsa-rotate').innerText()).toMatch(/put-object.*openid\/v1\/jwks/s);
    expect(await page.getByTestId('irsa-rotate').innerText()).not.toContain('rotate-ca');
    await picture(page, `issuer-cloudfront-rotate-${ theme }`);
    documents.splice(0, 2, ...issuerDocuments(host, await keySet([next.publicKey.export({ format: 'jwk' }) as JsonWebKey, ...world.kube('edge-rke2').jwks().keys as JsonWebKey[]])));
    await visit.click('irsa-rotate-look');
    await page.getByTestId('irsa-rotate-ready').waitFor();
    await openCluster(visit, EDGE);
    await page.locator('[data-code="ISSUER_KEY_FOREIGN"]').waitFor();
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-teardown');
    await page.getByTestId('irsa-cloudfront-removal').waitFor();
    expect(await page.getByTestId('irsa-cloudfront-removal').innerText()).toContain('delete-distribution');
    await page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    await picture(page, `issuer-cloudfront-teardown-${ theme }`);
    expect((await new AxeBuilder({ page }).include('[data-testid="irsa-issuer-room"]').analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    expect(await apply(visit)).toBe('done');
    expect(awsWrites()).toEqual([...calls, 'DeleteOpenIDConnectProvider']);
    expect(servers('edge-rke2').map(([first]) => first)).toEqual(Array(3).fill(OLD));
    expectQuiet(visit);
  }, 240_000);

  it('a new RKE2 cluster with its issuer from birth: no switch, bucket and provider once its keys exist, verified', async() => {
    const { world } = stage.sandbox;

    visit = await stage.visit({ provoked: /.*/ });
    const { page } = visit;

    await visit.goto('/c/_/manager/provisioning.cattle.io.cluster/create?type=custom&rkeType=rke2');
    await page.getByTestId('name-ns-description-name').locator('input').or(page.getByTestId('NameNsDescriptionNameInput')).first()
      .fill('harbour');
    await page.getByText('IAM Roles', { exact: true }).first().click();
    await page.getByTestId('irsa-birth-on').locator('input').check();
    await page.getByTestId('irsa-birth-region').fill(REGION);
    await page.locator('[data-testid="irsa-birth-state"][data-set="true"]').waitFor();
    const bucket = await page.getByTestId('irsa-birth-name').inputValue();
    const issuer = `https://${ bucket }.s3.${ REGION }.amazonaws.com`;

    await page.getByTestId('rke2-custom-create-save').click();
    await expect.poll(() => world.clusters.find('harbour')?.id, { timeout: 30_000 }).toMatch(/^c-m-/);
    await picture(page, 'issuer-birth-made');
    const { id } = world.clusters.find('harbour')!;

    expect(awsWrites()).toEqual([]);
    await world.startMachines('harbour', 3);
    expect(servers('harbour')).toEqual(Array(3).fill([issuer]));
    const { servers: rolling } = world.kube('harbour');
    let rolls = 0;
    const { roll } = rolling;

    rolling.roll = (args) => {
      rolls++;

      return roll.call(rolling, args);
    };

    await openCluster(visit, id);
    await picture(page, 'issuer-birth-started');
    await page.locator('[data-testid="irsa-issuer-card"][data-stage="publish"]').waitFor();
    await visit.click('irsa-issuer-next');
    await expect.poll(() => page.getByTestId('irsa-bucket-name').inputValue()).toBe(bucket);
    await publish();
    expect(awsWrites()).toEqual(['CreateBucket', 'PutPublicAccessBlock', 'PutBucketPolicy', 'PutObject', 'PutObject', 'CreateOpenIDConnectProvider']);
    await installWebhook(id);
    putNamespace(world.kube('harbour'), 'docks', `${ id }:p-default`);
    put(world.kube('harbour'), '', 'serviceaccounts', { metadata: { name: 'crane', namespace: 'docks' } });
    await bind(id, 'docks', 'crane');
    await openCluster(visit, id);
    for (const link of ['issuer', 'keys', 'provider', 'apiServer', 'webhook', 'bindings']) {
      await waitForLink(visit, link, 'ok');
    }
    await page.locator('[data-testid="irsa-issuer-card"][data-stage="done"]').waitFor();
    expect(servers('harbour')).toEqual(Array(3).fill([issuer]));
    expect(rolls).toBe(0);
    await picture(page, 'issuer-birth-verified');
  }, 240_000);
});

describe('the cluster that Rancher runs in, an RKE2', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open({ local: 'rke2' });
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  const kube = () => stage.sandbox.world.kube('local');
  const leftovers = () => [['batch', 'jobs'], ['', 'pods']].flatMap(([group, resource]) => kube().store.list(kube().store.findType(group!, resource!)!)).filter(({ metadata }) => metadata.name.startsWith('irsa-keys'));

  it.each(['light', 'dark'] as const)('gets its keys by a Job, its issuer by hand, and Rancher Backups a role that STS verifies (%s)', async(theme) => {
    visit = await stage.visit({ theme, provoked: /404 \(Not Found\)|\/meta\/proxy\/[^ ]*\.?s3\./ });
    const { page } = visit;
    const { servers: rolling } = kube();

    await openCluster(visit, 'local');
    await visit.click('irsa-enable');
    await page.getByTestId('irsa-keys-job').locator('summary').click();
    expect(await page.getByTestId('irsa-keys-job').locator('pre').innerText()).toMatch(/image: "?rancher\/shell:v0.8.1/);
    await picture(page, `issuer-keys-job-${ theme }`);
    await visit.click('irsa-keys-job-run');
    await expect.poll(() => page.getByTestId('irsa-issuer-jwks').inputValue(), { timeout: 30_000 }).toContain('"keys"');
    expect(JSON.parse(await page.getByTestId('irsa-issuer-jwks').inputValue())).toEqual(kube().jwks());
    await expect.poll(leftovers).toEqual([]);
    await page.locator('[data-testid="irsa-host-choose"]:enabled').click();
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    for (const phase of ['accept', 'sign']) {
      await page.locator(`[data-testid="irsa-hand-${ phase }-${ rolling.servers[0]!.name }"][data-state="current"]`).waitFor();
      const written = (await page.getByTestId('irsa-checklist').locator('pre').allInnerTexts()).join('\n');

      // The sandbox gives all servers the same; on the machines it is one after the other, as the list has it.
      await rolling.roll([...written.matchAll(/- "(.*)"/g)].map(([, arg]) => arg!));
      await page.locator(`[data-testid="irsa-hand-${ phase }-${ rolling.servers.at(-1)!.name }"][data-state="done"]`).waitFor();
    }
    await page.locator('[data-testid="irsa-hand-token"][data-state="done"]').waitFor();
    await openCluster(visit, 'local');
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    await openCluster(visit, 'local');
    for (const link of ['issuer', 'provider', 'apiServer', 'webhook', 'bindings']) {
      await waitForLink(visit, link, 'ok');
    }
    await picture(page, `issuer-local-verified-${ theme }`);
    expectQuiet(visit);
  }, 240_000);

  it('is left clean where the Job fails, and where the tab is closed in the middle', async() => {
    const { store } = kube();

    store.delete(store.findType('rbac.authorization.k8s.io', 'clusterrolebindings')!, undefined, 'system:service-account-issuer-discovery');
    visit = await stage.visit({ provoked: /404 \(Not Found\)/ });
    await openCluster(visit, 'local');
    await visit.click('irsa-enable');
    await visit.click('irsa-keys-job-run');
    await visit.page.getByTestId('irsa-keys-job-failed').waitFor();
    expect(await visit.page.getByTestId('irsa-keys-job-failed').innerText()).toContain('Forbidden');
    await picture(visit.page, 'issuer-keys-job-failed');
    await expect.poll(leftovers).toEqual([]);

    const created = visit.page.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/jobs'));

    // Else it might be over before the tab is.
    await visit.page.route(/\/pods\/[^/]+\/log/, () => undefined);
    await visit.click('irsa-keys-job-run');
    await created;
    await visit.leave();
    expect(leftovers().length).toBeGreaterThan(0);
    // Nobody is there any more: the cluster deletes it, half a minute after its end.
    await expect.poll(leftovers, { timeout: 60_000, interval: 1000 }).toEqual([]);
  }, 120_000);
});
