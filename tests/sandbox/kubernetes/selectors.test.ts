import { describe, expect, it } from 'vitest';
import { fieldTest, labelTest, matchesSelector } from './selectors.ts';
import { refusal } from './testing.ts';

const labels = { app: 'web', tier: 'front', 'example.com/size': '3' };

describe('label selectors', () => {
  it.each([
    ['', true], ['app', true], ['!app', false], ['!nope', true], ['nope', false],
    ['app=web', true], ['app==web', true], ['app=db', false], ['app!=db', true], ['app!=web', false], ['nope!=x', true],
    ['app in (web,db)', true], ['app in (db)', false], ['app notin (db, web)', false], ['nope notin (a)', true],
    ['app=web,tier=front', true], ['app in (web, db),tier=back', false], ['example.com/size>2', true], ['example.com/size<3', false], ['app=', false],
  ])('%j chooses: %s', (selector, expected) => {
    expect(labelTest(selector)(labels)).toBe(expected);
  });

  it('that cannot be read are refused', () => {
    expect(refusal(() => labelTest('app = = web'))).toMatchObject({ code: 400, message: expect.stringContaining('unable to parse requirement') as string });
  });

  it('as objects', () => {
    expect(matchesSelector({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['front'] }, { key: 'nope', operator: 'DoesNotExist' }] }, labels)).toBe(true);
    expect(matchesSelector({ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, labels)).toBe(false);
    expect(matchesSelector({ matchExpressions: [{ key: 'nope', operator: 'Exists' }] }, labels)).toBe(false);
    expect(matchesSelector({}, labels)).toBe(true);
  });
});

describe('field selectors', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { nodeName: 'n1', serviceAccountName: 'reader' }, status: { phase: 'Running' } };

  it.each([
    ['metadata.name=p', true], ['metadata.name!=p', false], ['metadata.namespace==shop,spec.nodeName=n1', true],
    ['status.phase=Pending', false], ['spec.serviceAccountName=reader', true], ['status.phase!=Failed,status.phase!=Succeeded', true],
  ])('%j chooses: %s', (selector, expected) => {
    expect(fieldTest(selector, 'Pod')(pod)).toBe(expected);
  });

  it('know a few fields only', () => {
    expect(refusal(() => fieldTest('spec.foo=1', 'Pod'))).toMatchObject({ code: 400, message: 'field label not supported: spec.foo' });
    expect(refusal(() => fieldTest('status.phase=Active', 'ServiceAccount'))).toMatchObject({ code: 400 });
  });
});
