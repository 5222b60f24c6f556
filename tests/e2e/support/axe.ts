import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult { violations: { id: string; impact: string; nodes: { html: string; failureSummary?: string }[] }[] }

/** Serious and critical findings inside what is ours, one a line. */
export async function axeFindings(page: Page, selector: string): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((within) => (window as unknown as { axe: { run(within: string, options: object): Promise<AxeResult> } }).axe.run(within, { resultTypes: ['violations'] }), selector);

  return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${ id }: ${ html.slice(0, 160) } ${ failureSummary ?? '' }`));
}
