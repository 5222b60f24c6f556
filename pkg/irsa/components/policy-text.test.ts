import { describe, expect, it } from 'vitest';
import { newTrust } from '../domain/trust';
import { inspect, notesOf, offsetOf } from './policy-text';

const TRUST = JSON.stringify(newTrust({ issuer: 'https://oidc.example/id', providerArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.example/id', namespace: 'shop', serviceAccount: 'reader' }), null, 2);
const lineOf = (text: string, piece: string) => text.slice(0, text.indexOf(piece)).split('\n').length;

describe('a policy that is being written', () => {
  it('is judged line by line', () => {
    const open = TRUST.replace('"oidc.example/id:sub": "system:serviceaccount:shop:reader"', '"oidc.example/id:sub": "system:serviceaccount:shop:default"');
    const { findings, error, size } = inspect('trust', open, {});

    expect(error).toBeUndefined();
    expect(size).toBe(open.replace(/\s/g, '').length);
    expect(findings).toMatchObject([{ code: 'SUB_DEFAULT_SA', range: { start: { line: lineOf(open, 'shop:default') } } }]);
    expect(inspect('trust', TRUST, {}).findings).toEqual([]);
  });

  it('finds the statement of a permission policy, alone or in a list', () => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
    const list = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }, everything] }, null, 2);
    const alone = JSON.stringify({ Version: '2012-10-17', Statement: everything }, null, 2);

    expect(inspect('permissions', list, {}).findings).toMatchObject([{ code: 'PERM_EVERYTHING', range: { start: { line: 9, column: 5 } } }]);
    expect(inspect('permissions', alone, {}).findings).toMatchObject([{ code: 'PERM_EVERYTHING', range: { start: { line: 3 } } }]);
  });

  it.each([['trust', '{\n  "Statement": [,]\n}', 2, 17], ['permissions', '{\n  "Statement": []\n}', 2, 16], ['trust', '', 1, 1], ['permissions', '[]', 1, 1]] as const)('says line and column of a mistake: %s %j', (kind, text, line, column) => {
    expect(inspect(kind, text, {})).toMatchObject({ error: { line, column, complaint: expect.any(String) as string }, findings: [] });
  });

  it('gives each note a row of its own, at its line or below', () => {
    const range = (line: number) => ({ start: { line, column: 1 }, end: { line, column: 2 } });
    const findings = [5, 2, 2, 3].map((line) => ({ code: 'X', severity: 'low' as const, title: { key: 'x' }, why: { key: 'x' }, range: range(line) }));

    expect(notesOf({ findings }, () => 'x').map(({ line, row }) => [line, row])).toEqual([[2, 2], [2, 3], [3, 4], [5, 5]]);
    expect(notesOf({ findings: [], error: { line: 4, column: 2, complaint: 'no' } }, () => '')).toMatchObject([{ row: 4, words: 'no', tone: 'bad' }]);
  });

  it('finds places in the text', () => {
    expect(offsetOf('ab\ncd\n', { line: 2, column: 2 })).toBe(4);
    expect(offsetOf('ab', { line: 9, column: 1 })).toBe(2);
  });
});
