/* eslint-disable no-template-curly-in-string -- policies have variables of that form */
import { describe, expect, it } from 'vitest';
import { lintTrust, type LintCode, type LintContext, type LintFinding } from './index';
import { arn, AUD, CASES, doc, HOST, OTHER, st, SUB, SUBJECT } from './test-cases';
import { tightenTrust } from './tighten';
import { tightenAll } from './tighten-all';
import { many, type TrustDocument } from '../document';
import { evaluateTrust } from '../evaluate';
import { samePolicy } from '../../json/same';

const READER = { namespace: 'shop', name: 'reader' };
const first = (document: TrustDocument, code: LintCode, context?: LintContext): LintFinding => lintTrust(document, context).find((finding) => finding.code === code)!;
const tightened = (document: TrustDocument, code: LintCode, accounts = [READER], context?: LintContext) => tightenTrust(document, first(document, code, context), { accounts });
const conditionOf = (document: TrustDocument | undefined, index = 0) => many(document?.Statement)[index]?.Condition;
const exactly = { StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: SUBJECT } };

describe('tightenTrust', () => {
  it.each<[LintCode, object, object]>([
    ['NO_SUB', { StringEquals: { [AUD]: 'sts.amazonaws.com' } }, exactly],
    ['SUB_ANY', { StringEquals: { [AUD]: 'sts.amazonaws.com' }, StringLike: { [SUB]: '*' } }, exactly],
    ['SUB_SA_WILDCARD', { StringLike: { [AUD]: 'sts.amazonaws.com', [SUB]: ['system:serviceaccount:shop:*', 'system:serviceaccount:web:x'] } }, { StringLike: { [AUD]: 'sts.amazonaws.com' }, StringEquals: { [SUB]: ['system:serviceaccount:web:x', SUBJECT] } }],
    ['LITERAL_STAR', { StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: 'system:serviceaccount:shop:*' } }, exactly],
    ['NEGATIVE_MATCH', { StringEquals: { [AUD]: 'sts.amazonaws.com' }, StringNotEquals: { [SUB]: 'x' } }, exactly],
    ['NO_AUD', { StringEquals: { [SUB]: SUBJECT } }, exactly],
    ['FORALLVALUES', { 'ForAllValues:StringEquals': exactly.StringEquals }, { 'ForAllValues:StringEquals': { [SUB]: SUBJECT }, StringEquals: { [AUD]: 'sts.amazonaws.com' } }],
    ['FORANYVALUE', { 'ForAnyValue:StringLike': { [SUB]: SUBJECT } }, { StringLike: { [SUB]: SUBJECT } }],
    ['IFEXISTS', { StringEqualsIfExists: { [SUB]: SUBJECT }, StringEquals: { [AUD]: 'sts.amazonaws.com' } }, exactly],
  ])('%s: %j', (code, before, after) => {
    expect(conditionOf(tightened(doc(st(), st({ Condition: before })), code), 1)).toEqual(after);
  });

  it('lets nobody in by name who was not let in by the pattern', () => {
    const document = doc(st({ Condition: { StringLike: { [SUB]: 'system:serviceaccount:shop:*' }, StringEquals: { [AUD]: 'sts.amazonaws.com' } } }));

    expect(tightened(document, 'SUB_SA_WILDCARD', [READER, { namespace: 'web', name: 'reader' }])).toEqual(doc(st({ Condition: exactly })));
    expect(tightened(document, 'SUB_SA_WILDCARD', [{ namespace: 'web', name: 'reader' }])).toBeUndefined();
    expect(tightened(document, 'SUB_SA_WILDCARD', [])).toBeUndefined();
  });

  it('mends actions, versions and audiences', () => {
    expect(tightened(doc(st({ Action: ['sts:*', 'sts:TagSession'] })), 'WRONG_ACTION')).toEqual(doc(st({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] })));
    expect(samePolicy(tightened(doc(st({ Action: undefined, NotAction: 'x' })), 'WRONG_ACTION'), doc(st()))).toBe(true);
    expect(Object.keys(tightened({ Statement: st() }, 'NO_VERSION')!)).toEqual(['Version', 'Statement']);
    expect(tightened({ Version: '2008-10-17', Statement: st() }, 'OLD_VERSION')).toEqual({ Version: '2012-10-17', Statement: st() });
    const context = { providers: [{ arn: arn(HOST), audiences: ['sts.amazonaws.com'] }] };
    const cn = (aud: string | string[]) => doc(st({ Condition: { StringEquals: { [AUD]: aud, [SUB]: SUBJECT } } }));

    expect(tightened(cn('sts.amazonaws.com.cn'), 'AUD_NOT_REGISTERED', [], context)).toEqual(cn('sts.amazonaws.com'));
    expect(tightened(cn(['sts.amazonaws.com.cn', 'sts.amazonaws.com']), 'AUD_NOT_REGISTERED', [], context)).toEqual(cn('sts.amazonaws.com'));
  });

  it('takes statements, subjects and principals away', () => {
    const writer = st({ Condition: { StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: 'system:serviceaccount:shop:writer' } } });
    const clusters = [{ name: 'c', issuer: `https://${ HOST }`, namespaces: ['shop'], accounts: [{ namespace: 'shop', name: 'writer' }] }];

    expect(tightened(doc(writer, st()), 'STALE_SUBJECT', [], { clusters })).toEqual(doc(writer));
    expect(tightened(doc(st({ Condition: { StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: [SUBJECT, 'system:serviceaccount:shop:writer'] } } })), 'STALE_SUBJECT', [], { clusters })).toEqual(doc(writer));
    // IAM takes no policy without a statement.
    expect(tightened(doc(st()), 'STALE_SUBJECT', [], { clusters })).toBeUndefined();
    expect(tightened(doc(st(), st({ Principal: { Federated: arn(OTHER) } })), 'PROVIDER_MISSING', [], { providers: [{ arn: arn(HOST) }] })).toEqual(doc(st()));
    expect(tightened(doc(st({ Principal: { Federated: [arn(HOST), arn(OTHER)] } })), 'PROVIDER_MISSING', [], { providers: [{ arn: arn(HOST) }] })).toEqual(doc(st()));
    expect(tightened(doc(st({ Principal: { Federated: arn(HOST), AWS: ['AROAX1', '111122223333'] } })), 'DEAD_PRINCIPAL')).toEqual(doc(st({ Principal: { Federated: arn(HOST), AWS: '111122223333' } })));
    expect(tightened(doc(st({ Principal: { Federated: arn(HOST), AWS: 'AROAX1' } })), 'DEAD_PRINCIPAL')).toEqual(doc(st()));
    expect(tightened(doc(st(), st()), 'DUPLICATE')).toEqual(doc(st()));
    expect(tightened(doc(st({ Sid: 'A' }), st({ Effect: 'Deny' }), writer), 'MERGEABLE')).toEqual(doc(st({ Sid: 'A', Condition: { StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: [SUBJECT, 'system:serviceaccount:shop:writer'] } } }), st({ Effect: 'Deny' })));
  });

  const stranger = { providerArn: arn(HOST), issuer: `https://${ HOST }`, audience: 'sts.amazonaws.com', subject: 'system:serviceaccount:any:body' };
  const elsewhere = { ...stranger, providerArn: arn(OTHER), issuer: `https://${ OTHER }` };
  const both = (Condition: object) => doc(st({ Principal: { Federated: [arn(HOST), arn(OTHER)] }, Condition }));

  it.each<[LintCode, TrustDocument]>([
    ['WRONG_ACTION', doc(st({ Action: 'sts:AssumeRole', Condition: undefined }))],
    ['WRONG_ACTION', doc(st({ Action: 'sts:AssumeRole', Condition: { StringLike: { [SUB]: 'system:serviceaccount:*' } } }))],
    ['WRONG_ACTION', doc(st({ Action: undefined, NotAction: 'sts:*', Condition: { StringEqualsIfExists: { [SUB]: SUBJECT } } }))],
    ['WRONG_ACTION', doc(st({ Action: 'sts:AssumeRole', Condition: { 'ForAllValues:StringEquals': { [SUB]: SUBJECT } } }))],
    ['WRONG_ACTION', doc(st({ Action: 'sts:AssumeRole', Condition: { StringEquals: { [SUB]: `\${${ SUB }}` } } }))],
    ['AUD_NOT_REGISTERED', doc(st({ Condition: { StringEquals: { [AUD]: 'sts.amazonaws.com.cn' } } }))],
    ['MULTI_ISSUER_ONE_STATEMENT', both({ StringEquals: { [SUB]: SUBJECT, [AUD]: 'sts.amazonaws.com' }, StringNotEquals: { [`${ OTHER }:sub`]: 'system:serviceaccount:x:y' } })],
    ['MULTI_ISSUER_ONE_STATEMENT', both({ StringEquals: { [SUB]: SUBJECT }, StringLikeIfExists: { [`${ OTHER }:sub`]: '*' } })],
    ['MULTI_ISSUER_ONE_STATEMENT', both({ StringEquals: { [SUB]: SUBJECT }, StringLike: { [`${ OTHER }:sub`]: '*' } })],
  ])('%s opens no cluster that the broken statement kept shut: %#', (code, document) => {
    const context = { providers: [{ arn: arn(HOST), audiences: ['sts.amazonaws.com'] }] };

    expect([stranger, elsewhere].map((one) => evaluateTrust(document, one).allowed)).toEqual([false, false]);
    expect(first(document, code, context)).toBeDefined();
    for (const accounts of [[], [READER]]) {
      for (const after of [tightened(document, code, accounts, context) ?? document, tightenAll(document, context, () => ({ accounts })).document]) {
        expect([stranger, elsewhere].map((one) => evaluateTrust(after, one).allowed)).toEqual([false, false]);
      }
    }
  });

  it('narrows a broken statement to the accounts that use the role, and mends what names its accounts as it is', () => {
    expect(tightened(doc(st({ Action: 'sts:AssumeRole', Condition: { StringLike: { [SUB]: 'system:serviceaccount:*' } } })), 'WRONG_ACTION')).toEqual(doc(st({ Action: ['sts:AssumeRoleWithWebIdentity'], Condition: { StringEquals: { [SUB]: SUBJECT } } })));
    expect(tightened(doc(st({ Action: 'sts:AssumeRole' })), 'WRONG_ACTION', [])).toEqual(doc(st({ Action: ['sts:AssumeRoleWithWebIdentity'] })));
    expect(first(both({ StringEquals: { [SUB]: SUBJECT }, StringNotEquals: { [`${ OTHER }:sub`]: 'x' } }), 'MULTI_ISSUER_ONE_STATEMENT').remedy).toBeUndefined();
  });

  it('reads a literal star as it was meant, and still keeps out whom a negative comparison kept out', () => {
    const writer = { namespace: 'shop', name: 'writer' };
    const stars = doc(st({ Condition: { StringEquals: { [SUB]: 'system:serviceaccount:shop:*' }, StringNotEquals: { [SUB]: 'system:serviceaccount:shop:writer' } } }));
    const not = doc(st({ Condition: { StringNotEquals: { [SUB]: ['system:serviceaccount:web:*'] } } }));

    expect(conditionOf(tightened(stars, 'LITERAL_STAR', [READER, writer]))).toEqual({ StringEquals: { [SUB]: SUBJECT } });
    expect(conditionOf(tightened(not, 'LITERAL_STAR', [READER, { namespace: 'web', name: 'x' }]))).toEqual({ StringEquals: { [SUB]: SUBJECT } });
  });

  it('does not let in what only the call can tell', () => {
    expect(tightened(doc(st({ Condition: { StringLike: { [SUB]: 'system:serviceaccount:shop:${aws:username}*', [AUD]: 'sts.amazonaws.com' } } })), 'SUB_SA_WILDCARD')).toBeUndefined();
  });

  it('gives each issuer a statement of its own', () => {
    const two = doc(st({ Sid: 'Both', Principal: { Federated: [arn(HOST), arn(OTHER)] }, Condition: { StringEquals: { [SUB]: SUBJECT, [`${ OTHER }:sub`]: SUBJECT, 'sts:RoleSessionName': 'x' } } }));
    const apart = tightened(two, 'MULTI_ISSUER_ONE_STATEMENT')!;

    expect(apart.Statement).toEqual([
      st({ Condition: { StringEquals: { [SUB]: SUBJECT, 'sts:RoleSessionName': 'x' } } }),
      st({ Principal: { Federated: arn(OTHER) }, Condition: { StringEquals: { [`${ OTHER }:sub`]: SUBJECT, 'sts:RoleSessionName': 'x' } } }),
    ]);
  });

  const offered = Object.entries(CASES).flatMap(([code, { says }]) => says.map((one, index) => ({ code: code as LintCode, index, ...one }))).filter(({ document, context, code }) => first(document, code, context).remedy?.id === 'tighten-trust');

  it.each(offered)('what it promises for $code ($index), it does: the finding goes, other statements stay, nobody else is let in', ({ code, document, context }) => {
    const finding = first(document, code, context);
    const other = st({ Sid: 'Other', Principal: { AWS: 'arn:aws:iam::111122223333:role/ci' }, Action: 'sts:AssumeRole', Condition: undefined });
    const more = { ...document, Statement: [...many(document.Statement), other] };
    // Somebody uses the role whom a pattern of the cases may mean.
    const accounts = ['shop/reader', 'shop/app-1', 'team-1/app', 'team/app', 'a/reader', 'a/velero-server', 'a/x', 'shop/x', 'a/b'].map((name) => ({ namespace: name.split('/')[0]!, name: name.split('/')[1]! }));
    const after = tightenTrust(more, { ...finding, path: Array.isArray(document.Statement) || finding.statement === undefined ? finding.path : ['Statement', 0, ...finding.path.slice(1)] }, { accounts });

    // What no account is let in by can only be removed by hand.
    if (!after) {
      expect(['NO_SUB', 'LITERAL_STAR', 'SUB_ANY', 'SUB_NS_WILDCARD', 'SUB_NS_PREFIX_OPEN']).toContain(code);

      return;
    }
    const count = (one: TrustDocument) => lintTrust(one, context).filter((found) => found.code === code).length;

    expect(count(after)).toBeLessThan(count(more));
    expect(many(after.Statement).at(-1)).toBe(other);
    const request = { providerArn: arn(HOST), issuer: `https://${ HOST }`, audience: 'sts.amazonaws.com', subject: 'system:serviceaccount:nobody:nobody' };

    expect(evaluateTrust(after, request).allowed && !evaluateTrust(more, request).allowed).toBe(false);
  });
});
