import { describe, expect, it } from 'vitest';
import { close, crashed, lackingParts, mergedReport, ownErrors, readReport, worthAnotherRun } from './report.mjs';

function file(name: string, ...tests: [string, string, string[]?][]) {
  const failed = tests.some(([, status]) => status === 'failed');

  return {
    name:             `/here/${ name }`,
    status:           failed ? 'failed' : 'passed',
    assertionResults: tests.map(([fullName, status, failureMessages]) => ({ fullName, status, failureMessages })),
  };
}

describe('readReport', () => {
  it('counts, and names what failed and what was not run', () => {
    const report = { testResults: [
      file('a.test.ts', ['adds', 'passed'], ['removes', 'failed', ['expected 1\nto be 2']]),
      file('b.test.ts', ['real API server', 'skipped'], ['later', 'todo'], ['waits', 'pending']),
    ] };

    expect(readReport(report, '/here')).toEqual({
      passed:  1,
      failed:  1,
      skipped: ['b.test.ts: real API server', 'b.test.ts: later', 'b.test.ts: waits'],
      output:  '✗ a.test.ts: removes\n  expected 1\n  to be 2',
    });
  });

  it('a file that could not be read counts as failed', () => {
    const report = { testResults: [{ name: '/here/a.test.ts', status: 'failed', message: 'Cannot find module', assertionResults: [] }] };

    expect(readReport(report, '/here')).toEqual({ passed: 0, failed: 1, skipped: [], output: '✗ a.test.ts\n  Cannot find module' });
  });

  it('long messages are cut', () => {
    const report = { testResults: [file('a.test.ts', ['x', 'failed', [Array.from({ length: 40 }, (_, line) => `line ${ line }`).join('\n')]])] };
    const lines = readReport(report, '/here').output.split('\n');

    expect(lines).toHaveLength(27);
    expect(lines.at(-1)).toBe('  … 15 more lines');
  });
});

describe('another run', () => {
  const first = { testResults: [file('a.test.ts', ['adds', 'passed'], ['removes', 'failed']), file('b.test.ts', ['waits', 'passed'])] };

  it('is for a few files only: not when most or all failed', () => {
    expect(worthAnotherRun(first)).toEqual(['/here/a.test.ts']);
    expect(worthAnotherRun({ testResults: [first.testResults[1]!] })).toEqual([]);
    expect(worthAnotherRun({ testResults: [first.testResults[0]!] })).toEqual([]);
    expect(worthAnotherRun({ testResults: [...'cdef'].map((name) => file(name, ['x', 'failed'])).concat(first.testResults[1]!) })).toEqual([]);
  });

  it('what passes then is named, what fails twice has failed', () => {
    const passed = mergedReport(first, { testResults: [file('a.test.ts', ['adds', 'passed'], ['removes', 'passed'])] }, '/here');

    expect(passed.shaky).toEqual(['a.test.ts: removes']);
    expect(readReport(passed.report, '/here')).toMatchObject({ passed: 3, failed: 0 });
    const failed = mergedReport(first, { testResults: [file('a.test.ts', ['adds', 'failed'], ['removes', 'failed'])] }, '/here');

    expect(failed.shaky).toEqual([]);
    expect(readReport(failed.report, '/here')).toMatchObject({ passed: 1, failed: 2 });
  });
});

it('a crash counts although no test failed', () => {
  expect(crashed({ passed: 3, failed: 0, skipped: [], output: '' }, 'out of memory')).toMatchObject({ passed: 3, failed: 1, output: 'out of memory' });
});

describe('lackingParts', () => {
  const lacking = [{ name: 'etcd', needed: 'Go 1.24 or newer' }, { name: 'moto', needed: 'Python 3.10' }];

  it.each([undefined, '', ' '])('names them and goes on where nobody said what may be lacking: %o', (mayLack) => {
    expect(lackingParts(lacking, mayLack)).toEqual({ passed: 0, failed: 0, skipped: ['etcd: needs Go 1.24 or newer', 'moto: needs Python 3.10'], output: '' });
  });

  it('fails for each that may not be lacking', () => {
    const result = lackingParts(lacking, 'kubectl, moto');

    expect(result).toEqual({ passed: 0, failed: 1, skipped: ['moto: needs Python 3.10'], output: '✗ etcd: needs Go 1.24 or newer, and MAY_LACK does not name it' });
    expect(lackingParts(lacking, 'none').failed).toBe(2);
    expect(lackingParts([], 'none').failed).toBe(0);
    expect(close([result])).toBe(1);
  });
});

describe('ownErrors', () => {
  it('leaves out those of the shell, with their continuation lines', () => {
    const output = [
      'node_modules/@rancher/shell/core/plugin.ts(1,1): error TS1: Not ours.',
      '  Nor this.',
      'pkg/irsa/index.ts(8,3): error TS2: Ours.',
      '  Because of this.',
      '',
      'scripts/x.mjs(1,1): error TS3: Ours too.',
      '',
    ].join('\n');

    expect(ownErrors(output)).toEqual(['pkg/irsa/index.ts(8,3): error TS2: Ours.\n  Because of this.', 'scripts/x.mjs(1,1): error TS3: Ours too.']);
  });

  it('none is none', () => expect(ownErrors('')).toEqual([]));
});
