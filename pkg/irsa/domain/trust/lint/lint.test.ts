import { describe, expect, it } from 'vitest';
import { LINT_RULES, lintTrust, type LintCode } from './index';
import { AUD, binding, CASES, doc, HOST, st, SUB, SUBJECT } from './test-cases';
import { newTrust } from '../document';
import { parseTrustSource } from '../parse';

const codes = LINT_RULES.map(({ code }) => code);

describe('rules', () => {
  it('each has its own code, words’ arguments aside, and cases for and against it', () => {
    expect(new Set(codes).size).toBe(codes.length);
    expect(Object.keys(CASES).sort()).toEqual([...codes].sort());
    expect(codes.filter((code) => CASES[code].says.length === 0 || CASES[code].silent.length === 0)).toEqual([]);
  });

  /** Ids of peers-and-aws.md §6, rule by rule. */
  it('are the 33 that were asked for', () => {
    const rules: LintCode[][] = [
      ['NO_SUB'], ['SUB_ANY'], ['SUB_NS_WILDCARD'], ['SUB_NS_PREFIX_OPEN'], ['SUB_SA_WILDCARD'], ['SUB_DEFAULT_SA'], ['NO_AUD'], ['AUD_NOT_REGISTERED'], ['KEY_ISSUER_MISMATCH'], ['MULTI_ISSUER_ONE_STATEMENT'], ['LITERAL_STAR'],
      ['FORALLVALUES', 'FORANYVALUE'], ['IFEXISTS', 'NULL'], ['NEGATIVE_MATCH'], ['WRONG_ACTION'], ['ISSUER_FORMAT'], ['PROVIDER_MISSING'], ['PROVIDER_FOREIGN'], ['STALE_SUBJECT'], ['SHARED_ACROSS_CLUSTERS', 'SHARED_ISSUER'],
      ['DUPLICATE', 'MERGEABLE'], ['SIZE'], ['DEAD_PRINCIPAL'], ['NO_VERSION', 'OLD_VERSION'], ['NODE_OR_USER_MIX'], ['ADMIN_ROLE'], ['LONG_SESSION'],
      ['ISSUER_BUCKET_PUBLIC_WRITE', 'ISSUER_BUCKET_ACL', 'NO_VERSIONING', 'ISSUER_BUCKET_FOREIGN'], ['JWKS_DRIFT'], ['DISCOVERY_MISMATCH'], ['THUMBPRINT_STALE'], ['IMDS_FALLBACK'], ['CLUSTER_RBAC'],
    ];

    expect(rules).toHaveLength(33);
    expect(rules.flat().sort()).toEqual([...codes].sort());
  });

  const cases = codes.flatMap((code) => [...CASES[code].says.map((one, index) => ({ code, index, does: 'speaks', ...one })), ...CASES[code].silent.map((one, index) => ({ code, index, does: 'is silent', ...one }))]);

  it.each(cases)('$code $does ($index)', ({ code, does, document, context, severity, pointer }) => {
    const found = lintTrust(document, context).filter((finding) => finding.code === code);

    if (does === 'is silent') {
      expect(found).toEqual([]);

      return;
    }
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatchObject({
      severity: severity ?? LINT_RULES.find((rule) => rule.code === code)!.severity, title: { key: `irsa.lint.${ code }.title` }, why: { key: `irsa.lint.${ code }.why` }, advice: { key: `irsa.lint.${ code }.advice` },
    });
    if (pointer !== undefined) {
      expect(found.map((one) => one.pointer)).toContain(pointer);
    }
  });
});

describe('lintTrust', () => {
  it('has nothing to say of what we write', () => {
    expect(lintTrust(newTrust(binding))).toEqual([]);
  });

  it('names the worst first', () => {
    const severities = lintTrust({ Statement: st({ Condition: { 'ForAnyValue:StringLike': { [SUB]: 'system:serviceaccount:shop:*' } }, Action: '*' }) }).map(({ severity }) => severity);

    expect(severities).toEqual(['high', 'medium', 'medium', 'low', 'low']);
  });

  it('tells an editor where', () => {
    const source = JSON.stringify(doc(st(), st({ Condition: { StringLike: { [SUB]: [SUBJECT, 'system:serviceaccount:shop:*'] }, StringEquals: { [AUD]: 'sts.amazonaws.com' } } })), null, 2);
    const { document, range } = parseTrustSource(source);
    const [finding] = lintTrust(document, { range });
    const line = source.split('\n').findIndex((text) => text.includes('"system:serviceaccount:shop:*"')) + 1;

    expect(finding).toMatchObject({
      code: 'SUB_SA_WILDCARD', statement: 1, path: ['Statement', 1, 'Condition', 'StringLike', SUB, 1], pointer: `/Statement/1/Condition/StringLike/${ HOST.replaceAll('/', '~1') }:sub/1`,
      range: { start: { line, column: 13 }, end: { line, column: 13 + '"system:serviceaccount:shop:*"'.length } },
    });
  });
});
