import AxeBuilder from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedStsEndpoint } from '../contract/seeds';
import { picture, PROD_EKS, Stage, type Visit } from './support/stage';
import { apply, openCluster } from './support/steps';

describe('what lets Rancher forward to STS', () => {
  let stage: Stage;
  let visit: Visit;

  const endpoints = () => {
    const { store } = stage.sandbox.world.kube('local');

    return store.list(store.findType('management.cattle.io', 'proxyendpoints')!).map(({ metadata }) => metadata.name).filter((name) => ['irsa-sts', 'theirs'].includes(name)).sort();
  };

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(async() => {
    await stage.sandbox.reset();
    seedStsEndpoint(stage.sandbox.world);
  });
  afterEach(async({ task }) => {
    if (task.result?.state === 'fail') {
      await picture(visit.page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
    }
    await visit?.leave();
  });

  it.each(['light', 'dark'] as const)('is taken back where it was made here, and can be allowed again (%s)', async(theme) => {
    visit = await stage.visit({ theme });
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
    const { store } = stage.sandbox.world.kube('local');

    store.patch(store.findType('management.cattle.io', 'proxyendpoints')!, undefined, 'irsa-sts', 'application/merge-patch+json', { metadata: { labels: null } });
    visit = await stage.visit();
    await openCluster(visit, PROD_EKS);
    await visit.page.getByTestId('irsa-bind').waitFor();
    expect(await visit.page.getByTestId('irsa-sts-row').count()).toBe(0);
  });
});
