import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectQuiet } from './support/quiet';
import { picture, Stage, type Visit } from './support/stage';
import { openCluster, reviewBackup } from './support/steps';

/** A plan taken away instead of being run. */
describe('exports of a plan', () => {
  let stage: Stage;
  let visit: Visit;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.sandbox.reset());
  afterEach(() => visit?.leave());

  it.each(['light', 'dark'] as const)('are shown, copied and downloaded as the same text (%s)', async(theme) => {
    visit = await stage.visit({ theme });
    const { page, context } = visit;

    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    for (const [form, ...files] of [['cli', 'plan.sh'], ['terraform', 'main.tf', 'then.sh'], ['cloudformation', 'template.yaml', 'then.sh']]) {
      await page.getByTestId(`irsa-tab-${ form }`).click();
      await page.getByTestId(`irsa-download-${ files[0] }`).waitFor();
      for (const [index, file] of files.entries()) {
        const shown = await page.locator('.copy-block pre').nth(index).textContent();
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(`irsa-download-${ file }`).click()]);

        expect(download.suggestedFilename()).toBe(file);
        expect(readFileSync(await download.path(), 'utf8')).toBe(shown);
        await page.getByTestId('irsa-copy').nth(index).click();
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
      }
      await picture(page, `export-${ form }-${ theme }`);
    }
    // As on an address without https: the text is selected, and the keys copy it.
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
    await page.getByTestId('irsa-copy').first().click();
    await page.getByText('The text is selected').waitFor();
    await picture(page, `export-by-hand-${ theme }`);
    await page.keyboard.press('ControlOrMeta+c');
    await expect.poll(() => page.getByTestId('irsa-copy').first().innerText()).toContain('Copied');
    await page.evaluate(() => delete (navigator as unknown as Record<string, unknown>).clipboard);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await page.locator('.copy-block pre').first().textContent());
    expect(stage.sandbox.world.aws.calls().filter(({ write }) => write)).toEqual([]);
    expectQuiet(visit);
  });
});
