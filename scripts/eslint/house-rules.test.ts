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

describe('text stays text', () => {
  const page = (template: string) => `<script setup lang="ts">\ndefineProps<{ name: string }>();\n</script>\n\n<template>\n  ${ template }\n</template>`;

  it.each([
    ['v-html', '<p v-html="name" />'],
    ['Rancher\'s purified HTML', '<p v-clean-html="name" />'],
    ['a tooltip', '<p v-clean-tooltip="name" />'],
    ['words as HTML', '<p v-t="name" />'],
    ['raw words', '<t\n    k="irsa.copy"\n    raw\n  />'],
    ['raw words by a flag', '<t\n    k="irsa.copy"\n    :raw="true"\n  />'],
    ['innerHTML', '<p :innerHTML="name" />'],
    ['a banner with a name', '<Banner :label="name" />'],
    ['a banner with words about a name', '<Banner :label="t(\'irsa.copy\', { name })" />'],
    ['a field\'s tooltip', '<LabeledInput :tooltip="name" />'],
    ['a choice', '<RadioGroup :labels="[name]" />'],
  ])('not %s', async(_name, template) => {
    expect(await complaints('pkg/irsa/components/A.vue', page(template))).toContain('house/plain-text');
  });

  it.each([
    ['innerHTML', 'export const f = (e: Element, x: string): void => { e.innerHTML = x; };'],
    ['insertAdjacentHTML', 'export const f = (e: Element, x: string): void => e.insertAdjacentHTML(\'beforeend\', x);'],
    ['document.write', 'export const f = (x: string): void => document.write(x);'],
  ])('not by %s', async(_name, text) => {
    expect(await complaints('pkg/irsa/composables/a.ts', text)).toContain('house/plain-text');
  });

  it.each([
    ['text', '<p :title="name">\n    {{ name }}\n  </p>'],
    ['a banner\'s slot', '<Banner>\n    {{ name }}\n  </Banner>'],
    ['a banner with our own words', '<Banner :label="t(\'irsa.copy\')" />'],
    ['choices in our own words', '<RadioGroup :labels="[t(\'irsa.copy\'), t(name ? \'irsa.a\' : \'irsa.b\')]" />'],
  ])('but %s', async(_name, template) => {
    expect(await complaints('pkg/irsa/components/A.vue', page(template))).not.toContain('house/plain-text');
  });
});

it('they are quiet on clean code', async() => {
  const text = "import type { Text } from './facts';\n\n/** Says it. */\nexport const say = (text: Text): string => text.key;";

  expect(await complaints('pkg/irsa/domain/a.ts', text)).toEqual([]);
});
