import { describe, expect, it } from 'vitest';
import { chooseStages, splitArguments } from './stages.mjs';

describe('chooseStages', () => {
  it('all, when none is named', () => {
    expect(chooseStages([]).map(({ name }) => name)).toEqual(['lint', 'types', 'unit', 'component', 'contract', 'e2e']);
  });

  it('the named ones, in our order', () => expect(chooseStages(['e2e', 'unit']).map(({ name }) => name)).toEqual(['unit', 'e2e']));
  it('an unknown one is refused, with the known ones', () => expect(() => chooseStages(['unti'])).toThrow('There is no stage unti. Stages: lint, types'));
});

describe('splitArguments', () => {
  it.each([
    [[], [], []],
    [['unit', 'e2e'], ['unit', 'e2e'], []],
    [['unit', 'pkg/irsa/domain', '-t', 'adds'], ['unit'], ['pkg/irsa/domain', '-t', 'adds']],
    [['-t', 'adds'], [], ['-t', 'adds']],
    [['unit', 'edit.test.ts'], ['unit'], ['edit.test.ts']],
  ])('%j', (args, names, rest) => expect(splitArguments(args)).toEqual({ names, rest }));
});
