import type { Page } from 'playwright-core';

/** How an answer is turned into a lie: from the text that the real one had. */
export type Lie = (body: string) => string;

/** What tells objects apart and how they are read; without these a lie would be no answer at all, which others of the lies are. */
const KEPT = new Set(['apiVersion', 'kind', 'uid', 'resourceVersion', 'continue', 'namespace', 'creationTimestamp', 'time', 'allowed', 'token', 'kty', 'kid', 'alg', 'use', 'version', 'verb']);

/** A payload in every text of some JSON, in keys too where anybody chooses them; `only`: in texts of these names. */
export function inEveryText(payload: string, value: unknown, only?: RegExp, key = ''): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => inEveryText(payload, one, only, key));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, inEveryText(payload, one, only, inner)]));
  }

  return typeof value === 'string' && !KEPT.has(key) && (!only || only.test(key)) ? `${ value }${ payload }` : value;
}

/** Lies of one kind each; the names say what is answered. */
export function lies(payload: string, only?: RegExp): Record<string, Lie> {
  return {
    'evil in every text':   (body) => JSON.stringify(inEveryText(payload, JSON.parse(body), only)),
    'a page with a script': (body) => `<html><script>window.__pwned = 1</script>${ payload }${ body }</html>`,
    'JSON that breaks off':  (body) => body.slice(0, Math.ceil(body.length / 2)),
    'other shapes':          () => '{"kind":[],"apiVersion":7,"items":{"0":{"metadata":null}},"data":"x","entries":[{"a":1}],"keys":{"kid":1},"status":[null],"issuer":{},"metadata":"x"}',
    'lists within lists':    () => `${ '['.repeat(20_000) }${ ']'.repeat(20_000) }`,
    'far too much':          (body) => JSON.stringify(grown(JSON.parse(body))),
  };
}

/** Lists of objects, so often over that they are megabytes long. */
function grown(value: unknown): unknown {
  if (Array.isArray(value) && value.some((one) => typeof one === 'object')) {
    return Array.from({ length: Math.ceil(4_000_000 / JSON.stringify(value).length) }, () => value).flat();
  }

  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, ['items', 'data', 'entries'].includes(key) || Array.isArray(one) || key === 'pod-identity-webhook' ? grown(one) : one])) : value;
}

/**
 * Whoever answers at addresses like these lies from now on. Gives the number of lies so far.
 * @param where  of the address, without its host
 */
export async function liesAt(page: Page, where: RegExp, lie: Lie): Promise<() => number> {
  let told = 0;

  await page.route((url) => where.test(url.pathname + url.search), async(route) => {
    try {
      const answer = await route.fetch();
      const body = await answer.text();

      told++;
      await route.fulfill({ response: answer, body: answer.ok() ? lie(body) : body });
    } catch (error) {
      // A page that is left asks no more; everything else is the test's to know.
      if (!page.isClosed() && !/closed|disposed|already handled|aborted|canceled/i.test(String(error))) {
        throw error;
      }
    }
  });

  return () => told;
}
