/* eslint-disable no-template-curly-in-string -- policies have variables of that form */
import { describe, expect, it } from 'vitest';
import { inspect, type PolicyKind } from '../../../pkg/irsa/components/policy-text';
import { lintPermissions, lintTrust, parsePermissions, parseTrust } from '../../../pkg/irsa/domain';
import { HOSTS, providerOf, subjectOf } from './documents';
import { best, slowness } from './pace';

const MEGABYTE = 1_000_000;
const host = HOSTS[0]!;
const trusting = (change: object) => ({ Effect: 'Allow', Principal: { Federated: providerOf(host) }, Action: 'sts:AssumeRoleWithWebIdentity', ...change });
const subs = (operator: string, values: string | string[]) => trusting({ Condition: { [operator]: { [`${ host }:sub`]: values, [`${ host }:aud`]: 'sts.amazonaws.com' } } });
const granting = (change: object) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme/*', ...change });
/** As many as come to about so many characters. */
const filled = <T>(make: (index: number) => T, size = MEGABYTE): T[] => Array.from({ length: Math.floor(size / (JSON.stringify(make(10_000)).length + 1)) }, (_, index) => make(index));
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** As long as a budget of milliseconds lets it take, on a machine as fast as this one is just now. */
function quick(work: () => unknown, limit = 100): void {
  const least = best(work);

  // How fast the machine is, is asked only where it plays a part.
  expect(least < limit ? 0 : least / slowness()).toBeLessThan(limit);
}

const TRUSTS: [string, string][] = [
  ['stars', policy(subs('StringLike', '*'.repeat(MEGABYTE)))],
  ['stars with a name behind', policy(subs('StringLike', `${ '*'.repeat(MEGABYTE) }:x`))],
  ['stars and colons', policy(subs('StringLike', '*:'.repeat(MEGABYTE / 2)))],
  ['colons', policy(subs('StringLike', ':'.repeat(MEGABYTE)))],
  ['default accounts', policy(subs('StringLike', `${ '*:'.repeat(MEGABYTE / 2) }:defaulT`))],
  ['variables', policy(subs('StringLike', '${'.repeat(MEGABYTE / 2)))],
  ['patterns', policy(subs('StringLike', filled((index) => subjectOf('shop', `s${ index }*`))))],
  ['names', policy(subs('StringEquals', filled((index) => subjectOf('shop', `s${ index }`))))],
  ['statements', policy(...filled((index) => subs('StringEquals', subjectOf('shop', `s${ index }`))))],
  ['providers', policy(trusting({ Principal: { Federated: filled((index) => providerOf(`x${ index }.example`)) }, Condition: { StringEquals: { 'x1.example:sub': subjectOf('shop', 'reader') } } }))],
  ['issuers', policy(trusting({ Condition: { StringEquals: Object.fromEntries(filled((index) => index, MEGABYTE / 8).map((index) => [`x${ index }.example:sub`, subjectOf('shop', 'reader')])) } }))],
  ['operators', policy(trusting({ Condition: Object.fromEntries(filled((index) => index, MEGABYTE / 8).map((index) => [`StringEquals${ index }`, { [`${ host }:sub`]: 'x' }])) }))],
  ['providers and issuers', policy(trusting({
    Principal: { Federated: filled((index) => providerOf(`x${ index }.example`), MEGABYTE / 2) }, Condition: { StringEquals: Object.fromEntries(filled((index) => providerOf(`x${ index }.example`), MEGABYTE / 2).map((_one, index) => [`x${ index }.example:sub`, subjectOf('shop', 'reader')])) },
  }))],
  ['a path', policy(trusting({ Principal: { Federated: providerOf(`x.example/${ 'a/'.repeat(MEGABYTE / 2) }`) } }))],
];

const PERMISSIONS: [string, string][] = [
  ['resources', policy(granting({ Resource: filled((index) => `arn:aws:s3:::acme/${ index }`) }))],
  ['actions', policy(granting({ Action: filled((index) => `s3:Put${ index }`), Resource: '*' }))],
  ['services', policy(granting({ Action: [...filled((index) => `s${ index }:*`, MEGABYTE / 2), ...filled((index) => `s${ index }:Put`, MEGABYTE / 2)] }))],
  ['buckets', policy(...filled((index) => granting({ Action: 's3:ListBucket', Resource: `arn:aws:s3:::b${ index }` })))],
  ['buckets and folders', policy(...filled((index) => granting({ Action: ['s3:ListBucket', 's3:GetObject'], Resource: [`arn:aws:s3:::b${ index }`, `arn:aws:s3:::b${ index }/x/*`] })))],
  ['one name', policy(granting({ Action: `s3:${ 'x'.repeat(MEGABYTE) }` }))],
  ['stars', policy(granting({ Action: `s3:${ '*'.repeat(MEGABYTE) }`, Resource: '*' }))],
];

describe('a megabyte takes less than 100 ms to judge', () => {
  it.each(TRUSTS)('of a trust policy: %s', (_what, text) => {
    const document = parseTrust(text);

    quick(() => lintTrust(document));
  });

  it.each(PERMISSIONS)('of a permission policy: %s', (_what, text) => {
    const document = parsePermissions(text);

    quick(() => lintPermissions(document));
  });
});

describe('a megabyte in the editor is read and judged in twice that', () => {
  it.each<[PolicyKind, string, string]>([...TRUSTS.map(([what, text]): [PolicyKind, string, string] => ['trust', what, text]), ...PERMISSIONS.map(([what, text]): [PolicyKind, string, string] => ['permissions', what, text])])('%s: %s', (kind, _what, text) => {
    quick(() => inspect(kind, text, {}), 200);
  });
});
