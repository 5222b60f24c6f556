import AxeBuilder from '@axe-core/playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import { bucketOf, seedHosted } from '../contract/issuer-seeds';
import { seedS3Endpoint, seedS3Setting, seedStsEndpoint } from '../contract/seeds';
import { picture, PROD_EKS } from './support/stage';
import { apply, openCluster } from './support/steps';
import { useStage } from './support/theatre';

describe('what lets Rancher forward to STS', () => {
  const theatre = useStage();

  const endpoints = () => {
    const { store } = theatre.world.kube('local');

    return store.list(store.findType('management.cattle.io', 'proxyendpoints')!).map(({ metadata }) => metadata.name).filter((name) => ['irsa-sts', 'theirs'].includes(name)).sort();
  };

  beforeEach(() => seedStsEndpoint(theatre.world));

  it.each(['light', 'dark'] as const)('is taken back where it was made here, and can be allowed again (%s)', async(theme) => {
    const visit = await theatre.visit({ theme });

    await openCluster(visit, PROD_EKS);
    await visit.page.getByTestId('irsa-sts-row').waitFor();
    await picture(visit.page, `sts-row-${ theme }`);
    expect((await new AxeBuilder({ page: visit.page }).include('[data-testid="irsa-sts-row"]').analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    await visit.click('irsa-close-sts');
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toMatch(/other clusters too: .*edge-rke2/);
    await picture(visit.page, `sts-close-${ theme }`);
    expect(endpoints()).toEqual(['irsa-sts', 'theirs']);
    expect(await apply(visit)).toBe('done');
    expect(endpoints()).toEqual(['theirs']);
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-open-sts').waitFor();
    expect(await visit.page.getByTestId('irsa-sts-row').innerText()).toContain('does not forward to sts.eu-central-1.amazonaws.com');
    await picture(visit.page, `sts-shut-${ theme }`);
    await visit.click('irsa-open-sts');
    expect(await apply(visit)).toBe('done');
    expect(endpoints()).toEqual(['irsa-sts', 'theirs']);
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-close-sts').waitFor();
  });

  it('offers nothing of the kind for an entry of somebody else', async() => {
    const { store } = theatre.world.kube('local');

    store.patch(store.findType('management.cattle.io', 'proxyendpoints')!, undefined, 'irsa-sts', 'application/merge-patch+json', { metadata: { labels: null } });
    const visit = await theatre.visit();

    await openCluster(visit, PROD_EKS);
    await visit.page.getByTestId('irsa-bind').waitFor();
    expect(await visit.page.getByTestId('irsa-sts-row').count()).toBe(0);
  });
});

describe('what lets Rancher forward to S3', () => {
  const EDGE = 'c-m-edge0001';
  const HOST = 's3.eu-central-1.amazonaws.com';
  const theatre = useStage();

  /** A cluster with an issuer in a bucket, which Rancher reaches by an entry of ours alone. */
  async function hosted(open: typeof seedS3Endpoint): Promise<void> {
    const { world } = theatre;
    const { store } = world.kube('local');

    await seedHosted(world);
    store.delete(store.findType('management.cattle.io', 'proxyendpoints')!, undefined, 's3');
    open(world);
  }
  const entries = () => {
    const { store } = theatre.world.kube('local');
    const endpoints = store.findType('management.cattle.io', 'proxyendpoints');
    const { value, metadata } = store.get(store.findType('management.cattle.io', 'settings')!, undefined, 'whitelist-domain') as unknown as { value?: string; metadata: { annotations?: Record<string, string> } };

    return endpoints ? store.list(endpoints).map(({ metadata: { name } }) => name).filter((name) => name === 'theirs' || name.startsWith('irsa')) : [...(value ?? '').split(','), ...Object.values(metadata.annotations ?? {})];
  };

  it.each([
    ['a ProxyEndpoint', seedS3Endpoint, ['theirs'], ['theirs', 'irsa-s3']],
    ['the older setting', seedS3Setting, ['forums.rancher.com', 'api.their.example'], ['forums.rancher.com', 'api.their.example', HOST, HOST]],
  ] as const)('is taken back where it was made here, and can be allowed again: %s', async(_what, seed, without, again) => {
    await hosted(seed);
    const visit = await theatre.visit({ provoked: /\/meta\/proxy\/[^ ]*\.?s3\./ });

    await openCluster(visit, EDGE);
    await visit.page.getByTestId('irsa-s3-row').waitFor();
    await picture(visit.page, `s3-row-${ without.length }`);
    await visit.click('irsa-close-s3');
    await visit.page.locator('[data-testid="irsa-apply"]:enabled').waitFor();
    expect(await visit.page.getByTestId('irsa-plan').innerText()).toMatch(/no longer see buckets at s3\.eu-central-1/);
    await picture(visit.page, `s3-close-${ without.length }`);
    expect(await apply(visit)).toBe('done');
    expect(entries()).toEqual(without);
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-open-s3').waitFor();
    expect(await visit.page.getByTestId('irsa-s3-row').innerText()).toContain(`does not forward to ${ HOST }`);
    await visit.click('irsa-open-s3');
    expect(await apply(visit)).toBe('done');
    expect([...entries()].sort()).toEqual([...again].sort());
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-close-s3').waitFor();
  });

  it('is offered to be taken back after a teardown, too', async() => {
    await hosted(seedS3Endpoint);
    const visit = await theatre.visit({ provoked: /404 \(Not Found\)|\/meta\/proxy\/[^ ]*\.?s3\./ });

    await openCluster(visit, EDGE);
    await visit.click('irsa-issuer-menu');
    await visit.click('irsa-issuer-teardown');
    expect(await apply(visit)).toBe('done');
    expect(theatre.world.aws.state.buckets.has(bucketOf(theatre.world))).toBe(false);
    await visit.click('irsa-done');
    await visit.click('irsa-close-s3');
    expect(await apply(visit)).toBe('done');
    expect(entries()).toEqual(['theirs']);
    await visit.click('irsa-done');
    await visit.page.getByTestId('irsa-link-provider').waitFor();
    await expect.poll(() => visit.page.getByTestId('irsa-close-s3').count()).toBe(0);
  }, 120_000);
});
