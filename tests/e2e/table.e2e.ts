import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings } from './support/axe';
import { expectQuiet } from './support/quiet';
import { PROD_EKS, Stage, clusterPage, picture } from './support/stage';

describe.each(['light', 'dark'] as const)('tables, %s', (theme) => {
  let stage: Stage;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());

  it('are sorted by their headers and searched', async() => {
    const visit = await stage.visit({ theme });
    const { page } = visit;
    const names = () => page.locator('[data-testid^="irsa-cluster-"]').allInnerTexts();

    await visit.goto('/c/_/irsa/clusters');
    await page.getByTestId('irsa-cluster-prod-eks').waitFor();
    const all = await names();

    expect(all).toEqual([...all].sort());
    await page.getByTestId('irsa-issuer-prod-eks').waitFor();
    await page.waitForTimeout(1000);
    await picture(page, `table-clusters-${ theme }`);
    expect(await axeFindings(page, '[data-testid="irsa-clusters"]')).toEqual([]);
    const header = page.getByRole('columnheader').first();

    await header.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect(await names()).toEqual([...all].reverse());
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await page.getByTestId('irsa-table-search').fill('rke2');
    await page.waitForFunction(() => document.querySelectorAll('[data-testid^="irsa-cluster-"]').length === 1);
    expect(await names()).toEqual(['edge-rke2']);
    await page.getByTestId('irsa-table-search').fill('no such cluster');
    await page.getByTestId('irsa-table-empty').waitFor();
    expectQuiet(visit);
    await visit.leave();
  });

  it('have a menu for each row, which the keyboard opens, walks and closes', async() => {
    const visit = await stage.visit({ theme });
    const { page } = visit;
    const menu = page.getByRole('menu');
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());

    await visit.goto(clusterPage(PROD_EKS));
    const button = page.getByTestId('irsa-bindings').getByRole('button', { name: /^Actions/ }).first();

    await button.waitFor();
    await picture(page, `table-bindings-${ theme }`);
    await button.press('Enter');
    await menu.waitFor();
    const items = await menu.getByRole('menuitem').allInnerTexts();

    expect(items.length).toBeGreaterThan(1);
    await expect.poll(focused).toBe(items[0]!.trim());
    await picture(page, `table-menu-${ theme }`);
    expect(await axeFindings(page, '[data-testid="irsa-bindings"]')).toEqual([]);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe(items[1]!.trim());
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe(items.at(-1)!.trim());
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await button.press('ArrowDown');
    await expect.poll(focused).toBe(items[0]!.trim());
    await page.keyboard.press('Enter');
    await page.getByTestId(/^irsa-binding-chain-/).waitFor();
    await menu.waitFor({ state: 'hidden' });
    await button.click();
    await menu.waitFor();
    await page.mouse.wheel(0, 300);
    await page.mouse.click(700, 60);
    await menu.waitFor({ state: 'hidden' });
    await page.waitForTimeout(500);
    await picture(page, `table-open-${ theme }`);
    expectQuiet(visit);
    await visit.leave();
  });
});
