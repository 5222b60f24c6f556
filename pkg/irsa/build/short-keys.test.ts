import { describe, expect, it } from 'vitest';
import { NAMES, shortCode, shortNames, shortWords } from './short-keys';

describe('short names of words', () => {
  const words = { irsa: { apply: 'Apply', finding: { A: 'a', B: 'b' }, bind: { name: { required: 'Needed' } }, menu: 'IRSA', unused: 'x' } };
  const code = 't(\'irsa.apply\'); t(`irsa.finding.${ code }`); t("irsa.finding.A"); key.endsWith(\'.required\'); t(\'irsa.bind.name.required\'); t(\'irsa.menu\')';
  const names = shortNames([words], [code], { irsa: { menu: 'IRSA' } });

  it('are given to keys that code names whole, and to no others', () => {
    expect([...names]).toEqual([['irsa.apply', 'irsa.0']]);
  });

  it('stand in the code and in the words alike', () => {
    expect(shortCode(code, names)).toBe(code.replace('irsa.apply', 'irsa.0'));
    expect(shortWords(words, names)).toEqual({ irsa: { ...words.irsa, apply: undefined, 0: 'Apply' } });
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
});
