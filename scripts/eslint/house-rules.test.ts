/** That the project's own ESLint configuration fires on what the house forbids, and stays quiet on what it allows. */
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { root } from '../paths.mjs';

const eslint = new ESLint({ cwd: root });

async function complaints(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${ text }\n`, { filePath: `${ root }/${ file }` });

  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

describe('the house rules fire', () => {
  it.each([
    ['an import', 'pkg/irsa/domain/a.ts', "import { x } from '../gateways/transport';\n\nexport const y = x;"],
    ['a type import', 'pkg/irsa/domain/a.ts', "import type { X } from '../plans/plan';\n\nexport type Y = X;"],
    ['an inline type import', 'pkg/irsa/domain/a.ts', "export type Y = import('../plans/plan').Plan;"],
    ['a re-export', 'pkg/irsa/domain/a.ts', "export * from '../presets/preset';"],
    ['a named re-export', 'pkg/irsa/presets/a.ts', "export { x } from '../gateways/transport';"],
    ['a lazy import', 'pkg/irsa/gateways/a.ts', "export const vue = () => import('vue');"],
    ['a require', 'pkg/irsa/plans/a.ts', "export const vuex = require('vuex');"],
    ['a script block', 'pkg/irsa/components/A.vue', "<script setup lang=\"ts\">\nimport P from '../pages/P.vue';\n</script>\n\n<template>\n  <P />\n</template>"],
    ['the sandbox', 'tests/sandbox/a.ts', "import { x } from '../../pkg/irsa/domain/facts';\n\nexport const y = x;"],
  ])('on %s across rooms', async(_name, file, text) => {
    expect(await complaints(file, text)).toEqual(['house/rooms']);
  });

  it.each([
    ['any', 'export const x = (y: any): string => y;', '@typescript-eslint/no-explicit-any'],
    ['an unexplained @ts-ignore', '// @ts-ignore\nexport const x: number = 1;', '@typescript-eslint/ban-ts-comment'],
    ['something unused', 'const x = 1;', '@typescript-eslint/no-unused-vars'],
    ['a file too long', Array.from({ length: 301 }, (_, i) => `export const x${ i } = ${ i };`).join('\n'), 'max-lines'],
  ])('on %s', async(_name, text, rule) => {
    expect(await complaints('pkg/irsa/domain/a.ts', text)).toEqual([rule]);
  });
});

it('they are quiet on clean code', async() => {
  const text = "import type { Text } from './facts';\n\n/** Says it. */\nexport const say = (text: Text): string => text.key;";

  expect(await complaints('pkg/irsa/domain/a.ts', text)).toEqual([]);
});
