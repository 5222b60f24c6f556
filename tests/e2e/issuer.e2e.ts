import AxeBuilder from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketPolicy, issuerDocuments } from '../../pkg/irsa/domain/issuer/hosting';
import { keySet } from '../../pkg/irsa/domain/issuer/jwks';
import { allowS3, bucketOf, REGION, seedHosted, seedSwitched } from '../contract/issuer-seeds';
import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import { storeObject } from '../sandbox/aws/s3/versions.ts';
import { managedBy } from '../sandbox/kubernetes/store/metadata.ts';
import { signingKey } from '../sandbox/kubernetes/tokens/keys.ts';
import { put } from '../sandbox/scenario/put.ts';
import { expectQuiet } from './support/quiet';
import { clusterPage, picture, pictures, Stage, type Visit } from './support/stage';
import { apply, openCluster, outcome, waitForLink } from './support/steps';

const EDGE = 'c-m-edge0001';
/** What a browser says when S3 has no such bucket yet. */
const ABSENT = /404 \(Not Found\).*\?location=/;

describe('an issuer for edge-rke2', () => {
  let stage: Stage;
  let visit: Visit;

  const servers = () => stage.sandbox.world.kube('edge-rke2').servers.servers.map(({ config: { issuers } }) => issuers);
  const issuer = () => `https://${ bucketOf(stage.sandbox.world) }.s3.${ REGION }.amazonaws.com`;
  const expectAccessible = async(part: string) => expect((await new AxeBuilder({ page: visit.page }).include(`[data-testid="${ part }"]`).analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
  const card = (what: string) => visit.page.locator(`[data-testid="irsa-issuer-card"][data-stage="${ what }"]`);

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(async() => {
    await stage.sandbox.reset();
    allowS3(stage.sandbox.world);
    put(stage.sandbox.world.clusters.local.kube, 'management.cattle.io', 'proxyendpoints', { metadata: { name: 'sts' }, spec: { routes: [{ domain: 'sts.%.amazonaws.com' }] } });
  });
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  it.each(['light', 'dark'] as const)('goes from nothing to servers that sign, in two phases, and is found again after a reload (%s)', async(theme) => {
    visit = await stage.visit({ theme, provoked: ABSENT });
    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await visit.page.getByTestId('irsa-host-form').waitFor();
    await expect.poll(() => visit.page.getByTestId('irsa-bucket-name').inputValue()).toBe(bucketOf(stage.sandbox.world));
    await picture(visit.page, `issuer-host-${ theme }`);
    await expectAccessible('irsa-issuer-room');
    await visit.click('irsa-host-choose');
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    await picture(visit.page, `issuer-host-plan-${ theme }`);
    expect(await apply(visit)).toBe('done');
    await visit.page.getByTestId('irsa-done').click();
    await visit.page.locator('[data-testid="irsa-issuer-room"][data-step="switch"]').waitFor();
    await visit.page.getByTestId('irsa-servers').waitFor();
    await picture(visit.page, `issuer-switch-plan-${ theme }`);
    await expectAccessible('irsa-issuer-room');

    const rolling = stage.sandbox.world.kube('edge-rke2').servers;

    // The second server takes its time, so that there is something to see.
    rolling.stuckAt = rolling.servers[1]!.name;
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').click();
    await visit.page.locator('[data-testid="irsa-servers"] [data-state="accepted"]').first().waitFor({ timeout: 60_000 });
    expect(await visit.page.locator('[data-testid="irsa-servers"] [data-state="signs"]').count()).toBe(0);
    await picture(visit.page, `issuer-switching-${ theme }`);
    rolling.stuckAt = undefined;
    expect(await outcome(visit)).toBe('done');
    await visit.page.locator('[data-testid="irsa-servers"] tbody tr').nth(2).and(visit.page.locator('[data-state="signs"]')).waitFor();
    expect(servers().map(([first]) => first)).toEqual(Array(3).fill(issuer()));
    expect(servers().every((all) => all.length === 2)).toBe(true);

    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    await waitForLink(visit, 'provider', 'ok');
    await waitForLink(visit, 'apiServer', 'ok');
    await waitForLink(visit, 'keys', 'ok');
    await picture(visit.page, `issuer-card-${ theme }`);
    await expectAccessible('irsa-cluster');
    // A day early: the button is there and says why it cannot be pressed.
    expect(await visit.page.getByTestId('irsa-issuer-next').isEnabled()).toBe(false);
    expect(await visit.page.getByTestId('irsa-issuer-state').innerText()).toMatch(/may go after .*\d/);
    await visit.goto(`${ clusterPage(EDGE) }?issuer=retire`);
    await visit.page.getByTestId('irsa-retire-reminder').waitFor();
    await visit.page.getByTestId('irsa-servers').waitFor();
    expect(await visit.page.getByTestId('irsa-issuer-step-retire').isEnabled()).toBe(false);
    expect(await visit.page.getByTestId('irsa-apply').count()).toBe(0);
    await picture(visit.page, `issuer-retire-${ theme }`);
    expectQuiet(visit);
  }, 180_000);

  it('ends with a pod that STS believes: webhook and role, by clicks', async() => {
    await seedHosted(stage.sandbox.world);
    await publishTruth();
    visit = await stage.visit();
    await openCluster(visit, EDGE);
    await visit.click('irsa-install-webhook');
    expect(await apply(visit)).toBe('done');
    await visit.goto(`${ clusterPage(EDGE) }?bind=any&namespace=plant&name=telemetry`);
    await visit.page.locator('[data-testid="irsa-review"]:enabled').waitFor();
    await visit.click('irsa-review');
    expect(await apply(visit)).toBe('verified');
    expectQuiet(visit);
  }, 180_000);

  it.each([
    ['a bucket with dots', 'irsa.edge', REGION, undefined, /dot/i],
    ['a bucket of somebody else', 'irsa-taken', REGION, 'taken', /Someone else/],
    ['a bucket in another region', 'irsa-elsewhere', REGION, 'elsewhere', /another region/],
    ['a bucket that was made for something else', 'irsa-untagged', REGION, 'untagged', /cluster/],
  ])('refuses %s before anything is changed', async(_what, name, region, seed, said) => {
    const { state } = stage.sandbox.world.aws;

    if (seed) {
      state.buckets.set(name, { ...newBucket(state, name, seed === 'elsewhere' ? 'us-west-2' : REGION), ...(seed === 'taken' ? { owner: '999988887777' } : {}) });
    }
    const before = state.buckets.size;

    visit = await stage.visit({ provoked: /amazonaws/ });
    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await visit.page.getByTestId('irsa-bucket-name').fill(name);
    await visit.page.getByTestId('irsa-bucket-region').fill(region);
    if (name.includes('.')) {
      expect(await visit.page.getByTestId('irsa-host-form').innerText()).toMatch(said);
      expect(await visit.page.getByTestId('irsa-host-choose').isEnabled()).toBe(false);
    } else {
      await visit.click('irsa-host-choose');
      await visit.page.getByTestId('irsa-plan-failed').waitFor();
      expect(await visit.page.getByTestId('irsa-plan-failed').innerText()).toMatch(said);
    }
    expect(state.buckets.size).toBe(before);
  });

  it('shows the plan for a region that Rancher cannot sign for, to be taken away', async() => {
    visit = await stage.visit({ provoked: /amazonaws/ });
    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await visit.page.getByTestId('irsa-bucket-name').fill('irsa-far');
    await visit.page.getByTestId('irsa-bucket-region').fill('mx-central-1');
    await visit.click('irsa-host-choose');
    await visit.page.getByTestId('irsa-plan-forbidden').waitFor();
    expect(await visit.page.getByTestId('irsa-plan-forbidden').innerText()).toMatch(/mx-central-1.*script/s);
    expect(await visit.page.getByTestId('irsa-apply').count()).toBe(0);
    await picture(visit.page, 'issuer-region-unsigned');
    await visit.click('irsa-tab-cli');
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toMatch(/create-bucket.*mx-central-1/s);
  });

  it('says what is wrong with an address of one’s own, gives the two files, and does not go on before they are there', async() => {
    visit = await stage.visit({ provoked: /oidc\.example\.com/ });
    await visit.context.route('https://oidc.example.com/**', (route) => route.abort());
    await openCluster(visit, EDGE);
    await visit.click('irsa-enable');
    await visit.page.getByLabel('On an HTTPS host of mine').check();
    const field = visit.page.getByTestId('irsa-own-address');

    for (const [address, said] of [['https://oidc.example.com/edge/', /slash/], ['https://oidc.example.com:8443', /port/], ['http://oidc.example.com', /https/]] as const) {
      await field.fill(address);
      expect(await visit.page.getByTestId('irsa-host-form').innerText()).toMatch(said);
      expect(await visit.page.getByTestId('irsa-host-choose').isEnabled()).toBe(false);
    }
    await field.fill('https://oidc.example.com/edge');
    await visit.click('irsa-host-choose');
    await visit.page.getByTestId('irsa-own-unseen').waitFor();
    expect(await visit.page.getByTestId('irsa-own-next').isEnabled()).toBe(false);
    await picture(visit.page, 'issuer-own-host');
    const texts = await visit.page.getByTestId('irsa-own-host').locator('pre').allInnerTexts();

    await visit.context.unroute('https://oidc.example.com/**');
    await visit.context.route('https://oidc.example.com/**', (route) => route.fulfill({ headers: { 'access-control-allow-origin': '*' }, body: route.request().url().endsWith('jwks') ? texts[1]! : texts[0]! }));
    await visit.click('irsa-own-check');
    await visit.page.getByTestId('irsa-own-published').waitFor();
    await visit.click('irsa-own-next');
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toContain('https://oidc.example.com/edge');
  });

  it.each(['light', 'dark'] as const)('does not call published what no browser reads and IAM does not know, and says what a host that signs and does not answer means (%s)', async(theme) => {
    const own = 'https://oidc.example.com/edge';

    await seedSwitched(stage.sandbox.world, own, '+');
    visit = await stage.visit({ theme, provoked: /oidc\.example\.com/ });
    await visit.context.route('https://oidc.example.com/**', (route) => route.abort());
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    expect(await visit.page.getByTestId('irsa-issuer-state').innerText()).toMatch(/reads no keys there, and IAM has no provider/);
    expect(await visit.page.getByTestId('irsa-issuer-next').innerText()).toBe('Have the servers forget it');
    await picture(visit.page, `issuer-own-lost-${ theme }`);
    await expectAccessible('irsa-issuer-card');
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-host');
    await visit.page.getByTestId('irsa-own-unseen').waitFor();
    await visit.leave();

    await seedSwitched(stage.sandbox.world, own);
    stage.sandbox.world.aws.seedProvider({ url: own, clientIds: ['sts.amazonaws.com'] });
    visit = await stage.visit({ theme, provoked: /oidc\.example\.com/ });
    await visit.context.route('https://oidc.example.com/**', (route) => route.abort());
    await openCluster(visit, EDGE);
    await visit.page.getByTestId('irsa-issuer-blind').waitFor();
    expect(await visit.page.getByTestId('irsa-issuer-blind').innerText()).toContain(`curl --fail ${ own }/openid/v1/jwks`);
    await picture(visit.page, `issuer-own-blind-${ theme }`);
    await expectAccessible('irsa-issuer-card');
  });

  it('tells of a foreign key and of a bucket that others write, and publishes the right ones again', async() => {
    await seedHosted(stage.sandbox.world);
    await publishTruth(signingKey());
    const { world } = stage.sandbox;
    const { store } = world.kube('edge-rke2');
    const at = issuer().slice('https://'.length);

    world.aws.seedRole({ name: 'telemetry', trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ at }` }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ at }:aud`]: 'sts.amazonaws.com', [`${ at }:sub`]: 'system:serviceaccount:plant:telemetry' } } }] } });
    store.patch(store.findType('', 'serviceaccounts')!, 'plant', 'telemetry', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/telemetry' } } });
    visit = await stage.visit();
    await openCluster(visit, EDGE);
    await visit.page.locator('[data-code="ISSUER_KEY_FOREIGN"]').waitFor();
    await visit.page.locator('[data-code="ISSUER_PUBLIC_WRITE"]').waitFor();
    await waitForLink(visit, 'keys', 'broken');
    await pictures(visit.page, 'issuer-alarm');
    // Told once on this page; on the page of a role that trusts the issuer, as what is wrong with trusting it.
    expect(await visit.page.locator('[data-code="JWKS_DRIFT"]').count()).toBe(0);
    await visit.click('irsa-role-of-plant/telemetry');
    await visit.page.locator('[data-code="JWKS_DRIFT"]').waitFor();
    expect(await visit.page.getByTestId('irsa-listed-finding').first().innerText()).toContain('critical');
    await pictures(visit.page, 'role-foreign-key');
    await visit.click('irsa-role-close');
    await visit.page.locator('[data-code="ISSUER_KEY_FOREIGN"]').getByTestId('irsa-remedy').click();
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    expect(await visit.page.locator('[data-code^="ISSUER_"]').count()).toBe(0);
    expectQuiet(visit);
  }, 120_000);

  it('publishes the next key before a rotation, and blocks the other order', async() => {
    await seedHosted(stage.sandbox.world);
    await publishTruth();
    const next = signingKey();

    visit = await stage.visit();
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-rotate');
    await visit.page.getByTestId('irsa-rotate-blocked').waitFor();
    await visit.page.getByTestId('irsa-issuer-jwks').fill('-----BEGIN RSA PRIVATE KEY-----');
    await expect.poll(() => visit.page.getByTestId('irsa-rotate').innerText()).toContain('private key');
    await visit.page.getByTestId('irsa-issuer-jwks').fill(next.publicKey.export({ type: 'spki', format: 'pem' }) as string);
    await expect.poll(() => visit.page.getByTestId('irsa-rotate-blocked').innerText()).toContain(next.kid);
    await picture(visit.page, 'issuer-rotate-blocked');
    await visit.click('irsa-rotate-publish');
    await visit.click('irsa-tab-bucket');
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toContain('RancherIrsaNext');
    await picture(visit.page, 'issuer-rotate-policy');
    await visit.click('irsa-tab-steps');
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-rotate-ready').waitFor();
    await picture(visit.page, 'issuer-rotate-ready');
    // Until it is rotated, which may be another day: it is no stranger's.
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    expect(await visit.page.locator('[data-code^="ISSUER_"]').count()).toBe(0);
    const jwks = stage.sandbox.world.aws.state.buckets.get(bucketOf(stage.sandbox.world))!;

    stage.sandbox.world.kube('edge-rke2').rotateKey(next);
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    expect(jwks.objects.size).toBe(2);
    expect(await visit.page.locator('[data-code^="ISSUER_"]').count()).toBe(0);
    expectQuiet(visit);
  }, 120_000);

  it('retires the old issuer from the page a day later, and says why two forms of export are empty', async() => {
    await seedHosted(stage.sandbox.world);
    await publishTruth();
    const { store } = stage.sandbox.world.clusters.local.kube;
    const type = store.findType('provisioning.cattle.io', 'clusters')!;
    const read = () => store.get(type, 'fleet-default', 'edge-rke2')! as unknown as { status: { conditions: { type: string; status: string; lastUpdateTime: string }[] } };
    const updatedOf = ({ status }: ReturnType<typeof read>) => status.conditions.find((one) => one.type === 'Updated')!;

    // What the seed began is over when what follows it is.
    await stage.sandbox.world.kube('edge-rke2').servers.roll(stage.sandbox.world.kube('edge-rke2').servers.servers[0]!.args);
    await expect.poll(() => updatedOf(read()).status, { timeout: 20_000 }).toBe('True');
    const cluster = read();

    updatedOf(cluster).lastUpdateTime = new Date(Date.now() - 25 * 3_600_000).toISOString();
    store.update(type, cluster as never, 'status');
    visit = await stage.visit();
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    // The reminder.
    expect(await visit.page.getByTestId('irsa-issuer-state').innerText()).toContain('It may go now');
    await picture(visit.page, 'issuer-retire-due');
    await visit.click('irsa-issuer-next');
    await visit.page.getByTestId('irsa-plan').waitFor();
    for (const [form, why] of [['terraform', /how things shall be.*steps in order.*AWS CLI/s], ['cloudformation', /changes nothing there.*AWS CLI/s]] as const) {
      await visit.click(`irsa-tab-${ form }`);
      expect(await visit.page.getByTestId('irsa-export-none').innerText()).toMatch(why);
    }
    await visit.click('irsa-tab-cli');
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toContain('service-account-issuer=');
    await visit.click('irsa-tab-steps');
    await visit.page.getByTestId('irsa-consent').click();
    await picture(visit.page, 'issuer-retire-plan');
    expect(await apply(visit)).toBe('done');
    expect(servers()).toEqual(Array(3).fill([issuer()]));
    // The table of what is done follows what others change afterwards.
    void stage.sandbox.world.kube('edge-rke2').servers.roll([`service-account-issuer=${ issuer() }`, 'service-account-issuer=https://other.example']);
    await visit.page.locator('[data-testid="irsa-servers"] [data-state="signs"]').nth(2).waitFor();
    await stage.sandbox.world.kube('edge-rke2').servers.roll([`service-account-issuer=${ issuer() }`]);
    await openCluster(visit, EDGE);
    await card('done').waitFor();
    expectQuiet(visit);
  }, 120_000);

  it('is taken away again, provider before bucket, with what depends on it named', async() => {
    await seedHosted(stage.sandbox.world);
    await publishTruth();
    const { aws } = stage.sandbox.world;
    const edge = stage.sandbox.world.kube('edge-rke2').store;

    edge.patch(edge.findType('', 'serviceaccounts')!, 'plant', 'telemetry', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/telemetry' } } });
    visit = await stage.visit();
    await openCluster(visit, EDGE);
    await card('retire').waitFor();
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-teardown');
    await visit.page.getByTestId('irsa-teardown-bound').waitFor();
    expect(await visit.page.getByTestId('irsa-teardown-bound').innerText()).toContain('plant/telemetry');
    await visit.page.getByTestId('irsa-consent').click();
    await picture(visit.page, 'issuer-teardown');
    expect(await apply(visit)).toBe('done');
    expect(aws.state.buckets.has(bucketOf(stage.sandbox.world))).toBe(false);
    expect([...aws.state.providers.values()].some(({ url }) => issuer().endsWith(url.replace('https://', '')))).toBe(false);
    expect(servers().map(([first]) => first)).toEqual(Array(3).fill('https://kubernetes.default.svc.cluster.local'));
    expectQuiet(visit);
  }, 120_000);

  /** What the plan would have published, and another key beside them where one is given. */
  async function publishTruth(foreign?: ReturnType<typeof signingKey>): Promise<void> {
    const { world } = stage.sandbox;
    const bucket = world.aws.state.buckets.get(bucketOf(world))!;
    const keys = await keySet([...world.kube('edge-rke2').jwks().keys as JsonWebKey[], ...(foreign ? [foreign.publicKey.export({ format: 'jwk' }) as JsonWebKey] : [])]);

    Object.assign(bucket, { ownership: foreign ? 'ObjectWriter' : 'BucketOwnerEnforced', blocked: new Set(['BlockPublicAcls', 'IgnorePublicAcls']), policy: JSON.stringify(bucketPolicy({ name: bucket.name, region: REGION })) });
    for (const { key, contentType, body } of issuerDocuments(issuer(), keys)) {
      storeObject(bucket, key, { body: Buffer.from(body), contentType, modified: Date.now() });
    }
  }
});

describe('an issuer for store-k3s, which Rancher only imported', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
    allowS3(stage.sandbox.world);
  });
  afterAll(() => stage?.close());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  it.each(['light', 'dark'] as const)('is switched on the machine, by a list that ticks itself (%s)', async(theme) => {
    await stage.sandbox.reset();
    allowS3(stage.sandbox.world);
    const { servers: rolling } = stage.sandbox.world.kube('store-k3s');
    const [{ name = '' } = {}] = rolling.servers;
    const line = (phase: string) => visit.page.getByTestId(`irsa-hand-${ phase }-${ name }`);
    const written = async() => (await visit.page.getByTestId('irsa-checklist').locator('pre').allInnerTexts()).join('\n');
    /** What the person writes on the machine, from what the page says. */
    const write = async() => rolling.roll([...(await written()).matchAll(/- "(.*)"/g)].map(([, arg]) => arg!));

    /** As if the server ran with its arguments for so many hours. */
    const pass = (hours: number) => {
      const { store } = stage.sandbox.world.kube('store-k3s');

      store.patch(store.findType('', 'nodes')!, undefined, name, 'application/merge-patch+json', { metadata: { managedFields: managedBy('k3s', 'k3s.io/node-args', new Date(Date.now() - hours * 3_600_000)) } as object });
    };

    visit = await stage.visit({ theme, provoked: ABSENT });
    await openCluster(visit, 'c-m-store001');
    // The red banner leads to what mends it.
    await visit.page.locator('[data-code="ISSUER_PRIVATE"]').getByTestId('irsa-remedy').click();
    await visit.page.getByTestId('irsa-host-form').waitFor();
    await openCluster(visit, 'c-m-store001');
    await visit.click('irsa-enable');
    await visit.click('irsa-host-choose');
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-checklist').waitFor();
    expect(await line('accept').getAttribute('data-state')).toBe('current');
    expect(await visit.page.getByTestId('irsa-checklist').innerText()).toContain('/etc/rancher/k3s/config.yaml.d/90-irsa.yaml');
    await picture(visit.page, `issuer-checklist-${ theme }`);
    await write();
    await visit.page.locator(`[data-testid="irsa-hand-accept-${ name }"][data-state="done"]`).waitFor();
    await visit.page.locator(`[data-testid="irsa-hand-sign-${ name }"][data-state="current"]`).waitFor();
    await write();
    await visit.page.locator(`[data-testid="irsa-hand-sign-${ name }"][data-state="done"]`).waitFor();
    await visit.page.locator('[data-testid="irsa-hand-token"][data-state="done"]').waitFor();
    expect(await visit.page.getByTestId('irsa-hand-wait').getAttribute('data-state')).toBe('current');
    expect(await visit.page.getByTestId('irsa-hand-wait').innerText()).toMatch(/not before .*\d/);
    expect(await visit.page.getByTestId('irsa-issuer-step-retire').isEnabled()).toBe(false);
    await picture(visit.page, `issuer-checklist-done-${ theme }`);
    await visit.goto(`${ clusterPage('c-m-store001') }?issuer=retire`);
    await line('retire').waitFor();
    expect(await line('retire').getAttribute('data-state')).toBe('later');
    expect(await visit.page.getByTestId('irsa-checklist').locator('pre').count()).toBe(0);
    await picture(visit.page, `issuer-checklist-wait-${ theme }`);
    await openCluster(visit, 'c-m-store001');
    await visit.page.getByTestId('irsa-issuer-state').waitFor();
    expect(await visit.page.getByTestId('irsa-issuer-next').isEnabled()).toBe(false);
    pass(25);
    await openCluster(visit, 'c-m-store001');
    await visit.page.locator('[data-testid="irsa-issuer-state"][data-due="true"]').waitFor();
    await visit.click('irsa-issuer-next');
    await visit.page.locator(`[data-testid="irsa-hand-retire-${ name }"][data-state="current"]`).waitFor();
    await picture(visit.page, `issuer-checklist-due-${ theme }`);

    // And away again: the old issuer signs, provider and bucket go, and what is left is to forget it.
    await openCluster(visit, 'c-m-store001');
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-teardown');
    await visit.page.locator(`[data-testid="irsa-hand-accept-${ name }"][data-state="current"]`).waitFor();
    await write();
    expect(await apply(visit)).toBe('done');
    await openCluster(visit, 'c-m-store001');
    await expect.poll(() => visit.page.getByTestId('irsa-issuer-state').innerText()).toMatch(/^Taken away.*after/);
    expect(await visit.page.getByTestId('irsa-issuer-next').isEnabled()).toBe(false);
    pass(25);
    await openCluster(visit, 'c-m-store001');
    await expect.poll(() => visit.page.getByTestId('irsa-issuer-state').innerText()).toMatch(/^Taken away.*It may go now/);
    await visit.click('irsa-issuer-next');
    await visit.page.locator(`[data-testid="irsa-hand-retire-${ name }"][data-state="current"]`).waitFor();
    expect(await written()).toContain('rm -f /etc/rancher/k3s/config.yaml.d/90-irsa.yaml');
    await picture(visit.page, `issuer-checklist-forget-${ theme }`);
    await rolling.roll([]);
    await visit.page.locator(`[data-testid="irsa-hand-retire-${ name }"][data-state="done"]`).waitFor();
    expectQuiet(visit);
  }, 120_000);
});

describe('an issuer from a cluster’s first start', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  it('is set on Rancher’s own page where an RKE2 cluster is made', async() => {
    visit = await stage.visit({ provoked: /.*/ });
    await visit.goto('/c/_/manager/provisioning.cattle.io.cluster/create?type=custom&rkeType=rke2');
    const { page } = visit;

    await page.getByText('IAM Roles', { exact: true }).first().click();
    await page.getByTestId('irsa-birth-on').locator('input').check();
    await page.getByTestId('irsa-birth-region').fill('eu-central-1');
    await page.locator('[data-testid="irsa-birth-state"][data-set="true"]').waitFor();
    await picture(page, 'issuer-birth');
  }, 90_000);
});

describe('an issuer for the cluster that Rancher runs in, an RKE2', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open({ local: 'rke2' });
    allowS3(stage.sandbox.world);
  });
  afterAll(() => stage?.close());
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  it('takes its keys by paste, refuses what is none, and goes on by the list', async() => {
    const { world } = stage.sandbox;

    visit = await stage.visit({ provoked: /404 \(Not Found\)/ });
    await openCluster(visit, 'local');
    await visit.click('irsa-enable');
    const field = visit.page.getByTestId('irsa-issuer-jwks');

    await field.waitFor();
    expect(await visit.page.getByTestId('irsa-host-choose').isEnabled()).toBe(false);
    await field.fill('{"keys": [}');
    await expect.poll(() => visit.page.getByTestId('irsa-issuer-room').innerText()).toMatch(/line 1, column/);
    expect(await visit.page.getByTestId('irsa-host-choose').isEnabled()).toBe(false);
    await picture(visit.page, 'issuer-paste');
    await field.fill(JSON.stringify(world.kube('local').jwks()));
    await visit.page.locator('[data-testid="irsa-host-choose"]:enabled').click();
    expect(await apply(visit)).toBe('done');
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-checklist').waitFor();
    expect(await visit.page.getByTestId('irsa-checklist').innerText()).toContain('/etc/rancher/rke2/config.yaml.d/90-irsa.yaml');
    await visit.page.reload();
    await visit.page.getByTestId('irsa-checklist').waitFor();
    expectQuiet(visit);
  }, 120_000);
});
