import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareStatements } from './statement-diff';

const statement = (account: string | string[], more: object = {}) => ({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { 'issuer:sub': account } }, ...more });
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const changes = (before: string, after: string) => compareStatements(before, after)?.statements.map(({ change, number }) => `${ number } ${ change }`);

describe('two policies, statement by statement', () => {
  it('takes statements for the same that say the same, whatever their spelling', () => {
    expect(changes(policy(statement('a')), policy({ Condition: { StringEquals: { 'issuer:sub': ['a'] } }, Action: ['sts:AssumeRoleWithWebIdentity'], Effect: 'Allow' }))).toEqual(['1 untouched']);
    expect(changes(policy(statement('a')), JSON.stringify({ Statement: statement('a'), Version: '2012-10-17' }))).toEqual(['1 untouched']);
  });

  it('tells what comes, goes and changes, in the order of the new policy', () => {
    expect(changes(policy(statement('a'), statement('b')), policy(statement('a'), statement(['b', 'c']), statement('d')))).toEqual(['1 untouched', '2 changed', '3 added']);
    expect(changes(policy(statement('a'), statement('b'), statement('c')), policy(statement('a'), statement('c')))).toEqual(['1 untouched', '2 removed', '2 untouched']);
    expect(changes(policy(statement('b')), policy(statement('a'), statement('b')))).toEqual(['1 added', '2 untouched']);
  });

  it('keeps statements of one Sid together, and those of different Sids apart', () => {
    expect(changes(policy(statement('a', { Sid: 'One' }), statement('b', { Sid: 'Two' })), policy(statement('x', { Sid: 'Two' })))).toEqual(['1 removed', '1 changed']);
    expect(changes(policy(statement('a', { Sid: 'One' })), policy(statement('a', { Sid: 'Other' })))).toEqual(['1 removed', '1 added']);
  });

  it('shows what changes around the statements', () => {
    expect(compareStatements('{"Version":"2008-10-17","Statement":[]}', policy())?.around.filter(({ kind }) => kind !== 'same').map(({ text }) => text.trim())).toEqual(['"Version": "2008-10-17"', '"Version": "2012-10-17"']);
    expect(compareStatements('{"Version":"2012-10-17","Statement":[]}', policy())?.around).toEqual([]);
  });

  it('leaves texts that are no policies to the lines', () => {
    expect(compareStatements('no policy', policy())).toBeUndefined();
    expect(compareStatements(policy(), '{"Statements":[]}')).toBeUndefined();
  });

  it('names every statement of both once, whatever they are', () => {
    const statements = fc.array(fc.record({ Sid: fc.constantFrom('One', 'Two', undefined), Effect: fc.constantFrom('Allow', 'Deny'), Action: fc.constantFrom('a', 'b', ['a', 'b']) }), { maxLength: 6 });

    fc.assert(fc.property(statements, statements, (before, after) => {
      const found = compareStatements(policy(...before), policy(...after))!.statements;

      expect(found.filter(({ change }) => change !== 'added').length).toBe(before.length);
      expect(found.filter(({ change }) => change !== 'removed').map(({ number }) => number)).toEqual(after.map((_, index) => index + 1));
    }));
  });
});
