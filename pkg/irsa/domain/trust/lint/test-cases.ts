/* eslint-disable no-template-curly-in-string, max-len -- policies have variables of that form; a table is read by its rows. */
/** Each rule with documents it speaks of and documents it does not. Nothing ships of it: only tests import it. */
import type { Severity } from './rule';
import type { LintCode, LintContext } from './index';
import { newTrust, type TrustDocument, type TrustStatement } from '../document';

export const HOST = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE';
export const OTHER = 'oidc.eks.eu-west-1.amazonaws.com/id/OTHER';
export const arn = (host: string, account = '111122223333', partition = 'aws'): string => `arn:${ partition }:iam::${ account }:oidc-provider/${ host }`;
export const binding = { providerArn: arn(HOST), issuer: `https://${ HOST }`, namespace: 'shop', serviceAccount: 'reader' };
export const SUB = `${ HOST }:sub`;
export const AUD = `${ HOST }:aud`;
export const SUBJECT = 'system:serviceaccount:shop:reader';

const ours = [newTrust(binding).Statement].flat()[0]!;
const ROLE = 'arn:aws:iam::111122223333:role/rancher-irsa/reader';

/** Our own statement, otherwise. */
export const st = (change: object = {}): TrustStatement => ({ ...ours, ...change }) as TrustStatement;
export const doc = (...Statement: TrustStatement[]): TrustDocument => ({ Version: '2012-10-17', Statement });
const when = (Condition: object, change: object = {}): TrustDocument => doc(st({ Condition, ...change }));
const like = (sub: string | string[]): TrustDocument => when({ StringLike: { [SUB]: sub }, StringEquals: { [AUD]: 'sts.amazonaws.com' } });
const equal = (sub: string | string[], aud: string | string[] = 'sts.amazonaws.com'): TrustDocument => when({ StringEquals: { [SUB]: sub, [AUD]: aud } });
const good = newTrust(binding);
const service = (name: string): TrustStatement => ({ Effect: 'Allow', Principal: { Service: name }, Action: 'sts:AssumeRole' });
const user = (name: string, more: object = {}): TrustStatement => ({ Effect: 'Allow', Principal: { AWS: name }, Action: 'sts:AssumeRole', ...more });
const cluster = { name: 'prod', issuer: `https://${ HOST }` };
const other = st({ Principal: { Federated: arn(OTHER) }, Condition: { StringEquals: { [`${ OTHER }:sub`]: SUBJECT, [`${ OTHER }:aud`]: 'sts.amazonaws.com' } } });
const issuer = { issuer: `https://${ HOST }` };
const bucket = { name: 'keys', owner: '111122223333', publicWrite: false, publicList: false, publicObjects: false, acls: false, versioning: true };
const inBucket = (change: object): LintContext => ({ issuers: [{ ...issuer, bucket: { ...bucket, ...change } }] });

export interface Case { document: TrustDocument; context?: LintContext; severity?: Severity; pointer?: string }
const bad = (document: TrustDocument, more: Omit<Case, 'document'> = {}): Case => ({ document, ...more });

/** Positive and negative cases of every rule; a rule without is a type error. */
export const CASES: Record<LintCode, { says: Case[]; silent: Case[] }> = {
  NO_SUB: {
    says:   [bad(when({ StringEquals: { [AUD]: 'sts.amazonaws.com' } }), { pointer: '/Statement/0' }), bad(doc(st({ Condition: undefined }))), bad({ Statement: st({ Condition: { Null: { [SUB]: 'false' } } }) }, { pointer: '/Statement' })],
    silent: [bad(good), bad(doc(st({ Effect: 'Deny', Condition: undefined }))), bad(doc(service('ec2.amazonaws.com'))), bad(doc(st({ Principal: { Federated: arn('token.actions.githubusercontent.com') }, Condition: {} }))), bad(like('*'))],
  },
  SUB_ANY: {
    says:   ['*', 'system:*', 'system:serviceaccount:*', 'system:serviceaccount:*:*', 'system:serviceaccount:?*', 'sys*:*:*'].map((sub) => bad(like(sub))).concat(bad(like([SUBJECT, '*']), { pointer: `/Statement/0/Condition/StringLike/${ HOST.replaceAll('/', '~1') }:sub/1` })),
    silent: [bad(good), bad(equal('*')), bad(like('system:serviceaccount:shop:*')), bad(like('system:serviceaccount:*:reader')), bad(like('repo:*')), bad(like('system:serviceaccount:${*}:x'))],
  },
  SUB_NS_WILDCARD: {
    says:   ['*:reader', 'system:serviceaccount:*:velero-server', 'system:serviceaccount:?:x', 'system:*:reader', '*:serviceaccount:sh*', 'system:serviceaccount*:reader'].map((sub) => bad(like(sub))),
    silent: [bad(good), bad(like('*')), bad(like('system:serviceaccount:shop:*')), bad(like('system:serviceaccount:team-*:x')), bad(like('system:*:shop:reader')), bad(like('*:shop:reader')), bad(like('?ystem:serviceaccount:shop:reader')), bad(like('*:shop:app-*'))],
  },
  SUB_NS_PREFIX_OPEN: {
    says:   ['system:serviceaccount:team*', 'system:serviceaccount:team-*:app', 'system:serviceaccount:tea?:app'].map((sub) => bad(like(sub))),
    silent: [bad(good), bad(like('system:serviceaccount:team:*')), bad(like('system:serviceaccount:*'))],
  },
  SUB_SA_WILDCARD: {
    says:   ['system:serviceaccount:shop:*', 'system:serviceaccount:shop:app-*', 'system:serviceaccount:shop:reade?', '*:shop:app-*'].map((sub) => bad(like(sub))),
    silent: [bad(good), bad(like('system:serviceaccount:shop*')), bad(like(SUBJECT))],
  },
  SUB_DEFAULT_SA: {
    says:   [bad(equal('system:serviceaccount:shop:default')), bad(equal([SUBJECT, 'system:serviceaccount:shop:default'])), bad(like('system:serviceaccount:*:default')), bad(like('*:default'))],
    silent: [bad(good), bad(equal('system:serviceaccount:default:reader')), bad(when({ StringNotEquals: { [SUB]: 'system:serviceaccount:shop:default' } }))],
  },
  NO_AUD: {
    says:   [bad(when({ StringEquals: { [SUB]: SUBJECT } })), bad(when({ StringEquals: { [SUB]: SUBJECT } }), { context: { providers: [{ arn: arn(HOST), audiences: ['a', 'b'] }] }, severity: 'high' })],
    silent: [bad(good), bad(when({ StringLike: { [AUD]: 'sts.*', [SUB]: SUBJECT } })), bad(doc(service('ec2.amazonaws.com')))],
  },
  AUD_NOT_REGISTERED: {
    says: [
      bad(equal(SUBJECT, 'sts.amazonaws.com.cn'), { context: { providers: [{ arn: arn(HOST), audiences: ['sts.amazonaws.com'] }] } }),
      bad(equal(SUBJECT, ['sts.amazonaws.com', 'x']), { context: { providers: [{ arn: arn(HOST), audiences: ['sts.amazonaws.com'] }] }, severity: 'low' }),
    ],
    silent: [bad(good, { context: { providers: [{ arn: arn(HOST), audiences: ['sts.amazonaws.com'] }] } }), bad(equal(SUBJECT, 'x')), bad(equal(SUBJECT, 'x'), { context: { providers: [{ arn: arn(HOST) }] } })],
  },
  KEY_ISSUER_MISMATCH: {
    says:   [bad(when({ StringEquals: { [`${ OTHER }:sub`]: SUBJECT, [`${ OTHER }:aud`]: 'sts.amazonaws.com' } }))],
    silent: [bad(good), bad(when({ StringEquals: { [SUB.toUpperCase()]: SUBJECT } })), bad(when({ StringEquals: { 'sts:ExternalId': 'x', [SUB]: SUBJECT } }))],
  },
  MULTI_ISSUER_ONE_STATEMENT: {
    says:   [bad(when({ StringEquals: { [SUB]: SUBJECT, [`${ OTHER }:sub`]: SUBJECT } })), bad(doc(st({ Principal: { Federated: [arn(HOST), arn(OTHER)] } })))],
    silent: [bad(good), bad(doc(ours, other))],
  },
  LITERAL_STAR: {
    says:   [bad(equal('system:serviceaccount:shop:*')), bad(equal(SUBJECT, '*')), bad(when({ StringNotEquals: { [SUB]: 'a?' } })), bad({ Statement: st({ Condition: { StringEquals: { [SUB]: '${*}' } } }) })],
    silent: [bad(good), bad(like('system:serviceaccount:shop:*')), bad(equal('system:serviceaccount:shop:${*}'))],
  },
  FORALLVALUES: {
    says:   [bad(when({ 'ForAllValues:StringEquals': { [SUB]: SUBJECT, [AUD]: 'sts.amazonaws.com' } }))],
    silent: [bad(good), bad(when({ 'ForAnyValue:StringEquals': { [SUB]: SUBJECT } })), bad(when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'x' } }))],
  },
  FORANYVALUE: {
    says:   [bad(when({ 'ForAnyValue:StringLike': { [SUB]: SUBJECT } }))],
    silent: [bad(good), bad(when({ 'ForAllValues:StringEquals': { [SUB]: SUBJECT } }))],
  },
  IFEXISTS: {
    says:   [bad(when({ StringEqualsIfExists: { [SUB]: SUBJECT } })), bad(when({ StringEquals: { [SUB]: SUBJECT }, StringLikeIfExists: { [AUD]: 'x' } }))],
    silent: [bad(good), bad(when({ StringEquals: { [SUB]: SUBJECT }, StringEqualsIfExists: { 'aws:SourceVpc': 'x' } }))],
  },
  NULL: {
    says:   [bad(when({ Null: { [SUB]: 'true' } })), bad(when({ Null: { [AUD]: [true] }, StringEquals: { [SUB]: SUBJECT } }))],
    silent: [bad(good), bad(when({ Null: { [SUB]: 'false' } })), bad(when({ Null: { 'aws:SourceVpc': 'true' } }))],
  },
  NEGATIVE_MATCH: {
    says: [
      bad(when({ StringNotEquals: { [SUB]: 'x' }, StringEquals: { [AUD]: 'sts.amazonaws.com' } })), bad(when({ StringNotLike: { [SUB]: 'x*' } })),
      bad(doc(st({ Principal: '*', Condition: undefined }))), bad(doc(st({ Principal: '*' })), { severity: 'high' }), bad(doc(st({ Principal: { Federated: '*' }, Condition: {} }))), bad(doc(st({ Principal: { AWS: ['*'] }, Condition: {} }))),
      bad(doc(st({ Principal: { Federated: 'arn:aws:iam::*:oidc-provider/*' }, Condition: {} }))), bad(doc(st({ Principal: undefined, NotPrincipal: { AWS: 'x' }, Condition: {} }))),
    ],
    silent: [bad(good), bad(when({ StringNotEquals: { [SUB]: 'x' }, StringLike: { [SUB]: 'system:serviceaccount:shop:*' } })), bad(doc(ours, st({ Effect: 'Deny', Principal: '*' })))],
  },
  WRONG_ACTION: {
    says: [
      bad(doc(st({ Action: 'sts:AssumeRole' })), { pointer: '/Statement/0/Action' }), bad(doc(st({ Action: '*' }))), bad(doc(st({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:*'] }))), bad(doc(st({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole'] }))),
      bad(doc(st({ Action: undefined, NotAction: 'sts:TagSession' })), { pointer: '/Statement/0/NotAction' }),
    ],
    silent: [bad(good), bad(doc(st({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }))), bad(doc(service('ec2.amazonaws.com'))), bad(doc(st({ Principal: { Federated: arn(HOST), AWS: '111122223333' }, Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'] })))],
  },
  ISSUER_FORMAT: {
    says: ['https://x.example', 'x.example:443/y', 'X.example/y', 'x.example//y', 'x.example/y/', 'x.example/a/../b', 'x.example./y'].map((host) => bad(doc(st({ Principal: { Federated: arn(host) }, Condition: { StringEquals: { [`${ host }:sub`]: SUBJECT, [`${ host }:aud`]: 'x' } } }))))
      .concat(bad(when({ StringEquals: { [`https://${ SUB }`]: SUBJECT } }))),
    silent: [bad(good), bad(doc(st({ Principal: { Federated: arn('x.example/y/') }, Condition: { StringEquals: { 'x.example/y/:sub': SUBJECT } } })), { context: { clusters: [{ name: 'c', issuer: 'https://x.example/y/' }] } })],
  },
  PROVIDER_MISSING: {
    says: [
      bad(good, { context: { providers: [] } }), bad(good, { context: { providers: [{ arn: arn(OTHER) }], role: { arn: ROLE } } }),
      bad(good, { context: { providers: [{ arn: arn(HOST) }], issuers: [{ ...issuer, claimable: true }] }, severity: 'critical' }),
    ],
    silent: [bad(good), bad(good, { context: { providers: [{ arn: arn(HOST) }] } }), bad(doc(st({ Principal: { Federated: arn(HOST, '999988887777') } })), { context: { providers: [], role: { arn: ROLE } } })],
  },
  PROVIDER_FOREIGN: {
    says:   [bad(doc(st({ Principal: { Federated: arn(HOST, '999988887777') } })), { context: { role: { arn: ROLE } } }), bad(doc(st({ Principal: { Federated: arn(HOST) } })), { context: { role: { arn: ROLE.replace('aws', 'aws-cn') } } })],
    silent: [bad(good, { context: { role: { arn: ROLE } } }), bad(doc(st({ Principal: { Federated: arn(HOST, '999988887777') } })))],
  },
  STALE_SUBJECT: {
    says: [
      bad(good, { context: { clusters: [{ ...cluster, namespaces: ['web'] }] }, severity: 'high' }), bad(good, { context: { clusters: [{ ...cluster, namespaces: ['shop'], accounts: [{ namespace: 'shop', name: 'x' }] }] }, severity: 'medium' }),
      bad(good, { context: { clusters: [], isComplete: true }, severity: 'medium' }),
    ],
    silent: [bad(good), bad(good, { context: { clusters: [cluster] } }), bad(good, { context: { clusters: [] } }), bad(good, { context: { clusters: [{ ...cluster, namespaces: ['shop'], accounts: [{ namespace: 'shop', name: 'reader' }] }], isComplete: true } })],
  },
  SHARED_ACROSS_CLUSTERS: {
    says:   [bad(doc(ours, other))],
    silent: [bad(good), bad(doc(ours, ours)), bad(doc(ours, { ...other, Effect: 'Deny' }))],
  },
  SHARED_ISSUER: {
    says:   [bad(good, { context: { clusters: [cluster, { ...cluster, name: 'twin' }] } })],
    silent: [bad(good), bad(good, { context: { clusters: [cluster, { name: 'x', issuer: 'https://x.example' }] } })],
  },
  IMDS_FALLBACK: {
    says:   [bad(good, { context: { clusters: [{ ...cluster, metadata: { hopLimit: 2, tokensRequired: true } }] } }), bad(good, { context: { clusters: [{ ...cluster, metadata: { hopLimit: 1, tokensRequired: false } }] }, severity: 'medium' })],
    silent: [bad(good), bad(good, { context: { clusters: [{ ...cluster, metadata: { hopLimit: 1, tokensRequired: true } }] } })],
  },
  CLUSTER_RBAC: {
    says:   [bad(good, { context: { clusters: [{ ...cluster, creators: { shop: ['devs'] } }] } })],
    silent: [bad(good), bad(good, { context: { clusters: [{ ...cluster, creators: { web: ['devs'], shop: [] } }] } })],
  },
  DUPLICATE: {
    says:   [bad(doc(ours, ours), { pointer: '/Statement/1' }), bad(doc(ours, st({ Sid: 'Again', Action: ['sts:AssumeRoleWithWebIdentity'] })))],
    silent: [bad(good), bad(doc(ours, st({ Effect: 'Deny' })))],
  },
  MERGEABLE: {
    says:   [bad(doc(ours, st({ Condition: { StringEquals: { [AUD]: 'sts.amazonaws.com', [SUB]: 'system:serviceaccount:shop:writer' } } })))],
    silent: [bad(good), bad(doc(ours, ours)), bad(doc(ours, other)), bad(doc(ours, st({ Condition: { StringEquals: { [AUD]: 'x', [SUB]: SUBJECT } } })))],
  },
  SIZE: {
    says:   [bad(good, { context: { quota: 450 } }), bad(good, { context: { quota: 200 }, severity: 'high' })],
    silent: [bad(good), bad(good, { context: { quota: 2048 } })],
  },
  NO_VERSION:     { says: [bad({ Statement: ours })], silent: [bad(good)] },
  OLD_VERSION:    { says: [bad({ Version: '2008-10-17', Statement: ours }, { pointer: '/Version' })], silent: [bad(good), bad({ Statement: ours })] },
  DEAD_PRINCIPAL: {
    says:   [bad(doc(ours, user('AROAEXAMPLE1234567890')), { pointer: '/Statement/1/Principal/AWS' }), bad(doc(ours, { ...user('x'), Principal: { AWS: ['111122223333', 'AIDAEXAMPLE'] } } as TrustStatement), { pointer: '/Statement/1/Principal/AWS/1' })],
    silent: [bad(good), bad(doc(ours, user('arn:aws:iam::111122223333:role/AROAD')))],
  },
  NODE_OR_USER_MIX: {
    says: [
      bad(doc(ours, service('ec2.amazonaws.com'))), bad(doc(ours, user('arn:aws:iam::111122223333:root'))), bad(doc(ours, user('111122223333'))), bad(doc(ours, user('arn:aws:iam::999988887777:role/x'))),
      bad(doc(ours, user('999988887777', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }))),
    ],
    silent: [bad(good), bad(doc(service('ec2.amazonaws.com'))), bad(doc(ours, service('pods.eks.amazonaws.com'))), bad(doc(ours, user('arn:aws:iam::111122223333:role/ci'))), bad(doc(ours, user('999988887777', { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })))],
  },
  ADMIN_ROLE: {
    says: [
      bad(good, { context: { role: { arn: ROLE, managedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] } } }), bad(good, { context: { role: { arn: ROLE, hasBoundary: true, managedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] } }, severity: 'medium' }),
      bad(good, { context: { role: { arn: ROLE, policies: [{ name: 'p', json: '{"Statement":{"Effect":"Allow","Action":["s3:Get*","*"],"Resource":"*"}}' }] } } }), bad(good, { context: { role: { arn: ROLE, policies: [{ name: 'p', json: '{"Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::1:role/*"}]}' }] } } }),
      bad(good, { context: { role: { arn: ROLE, managedPolicies: ['arn:aws:iam::111122223333:policy/all'], policies: [{ name: 'arn:aws:iam::111122223333:policy/all', json: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }] } } }),
      ...['"NotAction":"iam:DeleteUser"', '"Action":["iam:Pass*","iam:Put*"]', '"Action":"*:*"'].map((what) => bad(good, { context: { role: { arn: ROLE, policies: [{ name: 'p', json: `{"Statement":{"Effect":"Allow",${ what },"Resource":"*"}}` }] } } })),
    ],
    silent: [bad(good), bad(good, { context: { role: { arn: ROLE, policies: [{ name: 'q', json: '{"Statement":{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}}' }, { name: 'r', json: '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}' }, { name: 'p', json: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}' }, { name: 'x', json: '{' }] } } })],
  },
  LONG_SESSION: {
    says:   [bad(good, { context: { role: { arn: ROLE, maxSessionDuration: 7200 } } })],
    silent: [bad(good), bad(good, { context: { role: { arn: ROLE, maxSessionDuration: 3600 } } }), bad(doc(service('ec2.amazonaws.com')), { context: { role: { arn: ROLE, maxSessionDuration: 7200 } } })],
  },
  ISSUER_BUCKET_PUBLIC_WRITE:  { says: [bad(good, { context: inBucket({ publicWrite: true }) })], silent: [bad(good), bad(good, { context: inBucket({}) })] },
  ISSUER_BUCKET_FOREIGN:       { says: [bad(good, { context: inBucket({ owner: '999988887777' }) })], silent: [bad(good), bad(good, { context: inBucket({}) }), bad(good, { context: inBucket({ owner: undefined }) })] },
  ISSUER_BUCKET_ACL:           { says: [bad(good, { context: inBucket({ acls: true }) }), bad(good, { context: inBucket({ publicList: true }) }), bad(good, { context: inBucket({ publicObjects: true }) })], silent: [bad(good), bad(good, { context: inBucket({}) })] },
  NO_VERSIONING: { says: [bad(good, { context: inBucket({ versioning: false }) })], silent: [bad(good), bad(good, { context: inBucket({}) }), bad(good, { context: inBucket({ versioning: undefined }) })] },
  JWKS_DRIFT:                  {
    says:   [bad(good, { context: { issuers: [{ ...issuer, keys: { live: ['a', 'b'], published: ['a'] } }] } }), bad(good, { context: { issuers: [{ ...issuer, keys: { live: ['a'], published: ['a', 'evil'] } }] }, severity: 'critical' })],
    silent: [bad(good), bad(good, { context: { issuers: [{ ...issuer, keys: { live: ['a', 'b'], published: ['b', 'a'] } }] } }), bad(good, { context: { issuers: [{ issuer: 'https://x.example', keys: { live: [], published: ['evil'] } }] } })],
  },
  DISCOVERY_MISMATCH: {
    says:   [bad(good, { context: { issuers: [{ ...issuer, discovery: { issuer: `https://${ HOST }/`, jwksUri: `https://${ HOST }/keys` } }] } }), bad(good, { context: { issuers: [{ ...issuer, discovery: { issuer: `https://${ HOST }`, jwksUri: 'https://evil.example/keys' } }] } })],
    silent: [bad(good), bad(good, { context: { issuers: [{ ...issuer, discovery: { issuer: `https://${ HOST }`, jwksUri: `https://${ HOST }/keys` } }] } })],
  },
  THUMBPRINT_STALE: {
    says:   [bad(good, { context: { issuers: [{ ...issuer, thumbprint: { meets: false, publicAuthority: true } }] }, severity: 'low' }), bad(good, { context: { issuers: [{ ...issuer, thumbprint: { meets: false, publicAuthority: false } }] }, severity: 'high' })],
    silent: [bad(good), bad(good, { context: { issuers: [{ ...issuer, thumbprint: { meets: true, publicAuthority: false } }] } })],
  },
};
