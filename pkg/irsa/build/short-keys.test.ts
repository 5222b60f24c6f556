import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packWords } from './pack-words';
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
    expect([...names]).toEqual([['irsa.apply', 'irsa.0']]);
  });

  it('stand in the code and in the words alike', () => {
    expect(shortCode(code, names)).toBe(code.replace('irsa.apply', 'irsa.0'));
    expect(shortWords(words, names)).toEqual({ first: 0, row: ['Apply'], named: { ...words.irsa, apply: undefined } });
  });

  it('come back as they were, whatever number is left out', () => {
    const more = { irsa: { undo: 'Undo', 2: { x: 'y' }, redo: 'Redo' } };
    const both = shortNames([words, more], [code, '"irsa.undo" "irsa.redo"'], { irsa: { menu: 'IRSA' } });
    const { first, row, named } = shortWords(more, both);

    expect([first, row]).toEqual([1, ['Undo', 0, 'Redo']]);
    expect(through(packWords({ first, row, named }))).toEqual({ irsa: { 2: { x: 'y' }, [both.get('irsa.undo')!.slice(5)]: 'Undo', [both.get('irsa.redo')!.slice(5)]: 'Redo' } });
    expect(through(packWords({ first: 0, row: [], named: { x: 'y' } }))).toEqual({ irsa: { x: 'y' } });
  });

  it('are never the name of a group', () => {
    expect([...shortNames([{ irsa: { 0: { x: 'y' }, apply: 'Apply' } }], ['"irsa.apply"']).values()]).toEqual(['irsa.1']);
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
    const { irsa } = through(packed);

    expect(packed[1].length + packed[2].length).toBeLessThan(0.95 * JSON.stringify([words.row, words.named]).length);
    expect(irsa).toEqual({ ...words.named, ...Object.fromEntries(words.row.flatMap((word, index) => word ? [[(words.first + index).toString(36), word]] : [])) });
  });

  it('are refused where they hold a character that stands for a piece', () => {
    expect(() => packWords({ first: 0, row: ['Hurry!'], named: {} })).toThrow('Words may not contain "!"');
  });
});
