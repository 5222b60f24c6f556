import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pack, packWords } from './pack';
import { STYLES, unpack } from './pieces';
import { NAMES, shortCode, shortNames, shortWords } from './short-keys';
import unpackWords from './unpack-words';

const L10N = new URL('../l10n/', import.meta.url);
/** What a page gets of words that went through the build. */
const through = (packed: ReturnType<typeof packWords>) => unpackWords(...packed);

describe('short names of words', () => {
  const words = { irsa: { apply: 'Apply', finding: { A: 'a', B: 'b' }, bind: { name: { required: 'Needed' } }, menu: 'IRSA', unused: 'x' } };
  const code = 't(\'irsa.apply\'); t(`irsa.finding.${ code }`); t("irsa.finding.A"); key.endsWith(\'.required\'); t(\'irsa.bind.name.required\'); t(\'irsa.menu\')';
  const names = shortNames([words], [code], { irsa: { menu: 'IRSA' } });

  it('are given to keys that code names whole, and to no others', () => {
    expect([...names]).toEqual([['irsa.apply', 'i.0']]);
  });

  it('stand in the code and in the words alike', () => {
    expect(shortCode(code, names)).toBe(code.replace('irsa.apply', 'i.0'));
    expect(shortWords(words, names)).toEqual({ first: 0, row: ['Apply'], named: { ...words.irsa, apply: undefined } });
  });

  it('come back as they were, wherever a row begins', () => {
    const more = { irsa: { undo: 'Undo', 2: { x: 'y' }, redo: 'Redo' } };
    const both = shortNames([words, more], [code, '"irsa.undo" "irsa.redo"'], { irsa: { menu: 'IRSA' } });
    const { first, row, named } = shortWords(more, both);

    expect([first, row]).toEqual([1, ['Undo', 'Redo']]);
    expect(through(packWords({ first, row, named }))).toEqual({ irsa: { 2: { x: 'y' } }, i: { [both.get('irsa.undo')!.slice(2)]: 'Undo', [both.get('irsa.redo')!.slice(2)]: 'Redo' } });
    expect(through(packWords({ first: 0, row: ['z'], named: { x: 'y' } }))).toEqual({ irsa: { x: 'y' }, i: { 0: 'z' } });
  });

  it('keep what begins as a group that code looks for', () => {
    expect(shortNames([words], [`${ code } 'irsa.apply'`, '"irsa.fin" + code'], {}).has('irsa.finding.A')).toBe(false);
  });

  it('are all different', () => {
    expect(NAMES.size).toBeGreaterThan(500);
    expect(new Set(NAMES.values()).size).toBe(NAMES.size);
  });

  it.each(readdirSync(L10N).filter((file) => /^(?!menu).*\.yaml$/.test(file)))('of %s come back letter by letter', (file) => {
    const words = shortWords(parse(readFileSync(new URL(file, L10N), 'utf8')) as Parameters<typeof shortWords>[0], NAMES);
    const packed = packWords(words);

    expect(packed[1].length + packed[2].length).toBeLessThan(0.95 * JSON.stringify([words.row, words.named]).length);
    expect(through(packed)).toEqual({ irsa: words.named, i: Object.fromEntries(words.row.map((word, index) => [(words.first + index).toString(36), word])) });
  });

  it('are refused where they hold a character that stands for a piece', () => {
    expect(() => packWords({ first: 0, row: ['Hurry!'], named: {} })).toThrow('may not contain "!"');
  });

  it('leave styles as they were, important ones too', () => {
    const css = '.a[v-1]{align-items:center;border:1px solid var(--border);color:var(--deemphasized,var(--muted))!important}.b>[c|=d]~e{padding:0 2px}';

    expect(pack(css, STYLES).length).toBeLessThan(0.7 * css.length);
    expect(unpack(pack(css, STYLES), STYLES)).toBe(css);
  });
});
