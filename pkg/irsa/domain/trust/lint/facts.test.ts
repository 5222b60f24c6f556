import { describe, expect, it } from 'vitest';
import { cluster, hidden, ISSUER, PROVIDER, role, SUBJECT, value } from '../../chain/test-facts';
import { newTrust } from '../document';
import { lintFacts } from './facts';
import { lintTrust } from './index';
import { tightenAll } from './tighten-all';

const codes = (document: Parameters<typeof lintTrust>[0], ...facts: Parameters<typeof lintFacts>) => lintTrust(document, lintFacts(...facts)).map(({ code }) => code);
const accounts = [{ namespace: 'default', name: 'default' }, { namespace: 'shop', name: 'reader' }];

describe('observed facts as the rules take them', () => {
  it('has nothing to say about a healthy role', () => {
    expect(codes(newTrust(SUBJECT), cluster({ accounts, providers: [PROVIDER] }), role({ managedPolicies: value([]) }), [], true)).toEqual([]);
  });

  it('knows what is gone: a provider, a namespace, an account, a cluster', () => {
    expect(codes(newTrust(SUBJECT), cluster({ accounts, providers: [] }), role())).toEqual(['PROVIDER_MISSING']);
    expect(codes(newTrust({ ...SUBJECT, namespace: 'gone' }), cluster({ accounts }), role())).toEqual(['STALE_SUBJECT']);
    expect(codes(newTrust({ ...SUBJECT, serviceAccount: 'gone' }), cluster({ accounts }), role())).toEqual(['STALE_SUBJECT']);
    const elsewhere = cluster({ issuer: value('https://other.example') });

    expect(codes(newTrust(SUBJECT), elsewhere, role(), [], true)).toEqual(['STALE_SUBJECT']);
    expect(codes(newTrust(SUBJECT), elsewhere, role())).toEqual([]);
    // A cluster that does not tell its issuer may be the one.
    expect(codes(newTrust(SUBJECT), elsewhere, role(), [cluster({ issuer: hidden('forbidden') })], true)).toEqual([]);
  });

  it('never has the statement of a cluster that lives taken away for want of its provider', () => {
    const facts = lintFacts(cluster({ accounts, providers: [] }), role());
    const document = newTrust(SUBJECT);

    expect(lintTrust(document, facts)).toMatchObject([{ code: 'PROVIDER_MISSING', advice: { args: { state: 'living', cluster: 'prod-eks' } } }]);
    expect(lintTrust(document, facts)[0]!.remedy).toEqual({ id: 'enable', label: { key: 'irsa.remedy.enable' } });
    expect(tightenAll({ ...document, Statement: [[document.Statement].flat(), [document.Statement].flat()].flat() }, facts, () => ({ accounts })).mended.map(({ code }) => code)).not.toContain('PROVIDER_MISSING');
  });

  it('knows the role’s policies, its sessions and the account’s quota', () => {
    const admin = ['arn:aws:iam::aws:policy/AdministratorAccess'];

    expect(codes(newTrust(SUBJECT), cluster(), role({ managedPolicies: value(admin), maxSessionDuration: 7200 }))).toEqual(['ADMIN_ROLE', 'LONG_SESSION']);
    expect(codes(newTrust(SUBJECT), cluster(), role({ inlinePolicies: { all: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' } }))).toEqual(['ADMIN_ROLE']);
    expect(codes(newTrust(SUBJECT), cluster({ account: value({ id: '111122223333', partition: 'aws', quotas: { trustPolicySize: 450 } }) }), role())).toEqual(['SIZE']);
  });

  it('is silent about what could not be read', () => {
    const dark = cluster({ issuer: hidden('forbidden'), provider: hidden('refused'), account: hidden('refused') });

    expect(codes(newTrust({ ...SUBJECT, serviceAccount: 'gone' }), dark, role({ managedPolicies: hidden('refused') }), [], true)).toEqual([]);
  });
});

describe('all findings at once', () => {
  const host = ISSUER.slice(8);
  const statement = (Condition: object) => ({ Effect: 'Allow' as const, Principal: { Federated: PROVIDER }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: Condition as Record<string, Record<string, string>> });
  const wish = { accounts: [{ namespace: 'shop', name: 'reader' }] };

  it('are mended one after the other, until none is left that can be', () => {
    const document = {
      Version: '2008-10-17', Statement: [
        statement({ StringLike: { [`${ host }:sub`]: 'system:serviceaccount:shop:*' } }),
        statement({ StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com', [`${ host }:sub`]: 'system:serviceaccount:shop:reader' } }),
        statement({ 'ForAllValues:StringEquals': { [`${ host }:sub`]: 'system:serviceaccount:shop:reader' }, StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com' } }),
      ]
    };
    const { document: after, mended } = tightenAll(document, {}, () => wish);

    expect(lintTrust(after)).toEqual([]);
    expect([after.Statement].flat()).toHaveLength(1);
    expect(mended.length).toBeGreaterThan(4);
  });

  it('leave what takes more knowledge, and a document without any as it is', () => {
    const open = { Version: '2012-10-17', Statement: [statement({ StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ host }:sub`]: '*' } })] };

    expect(tightenAll(open, {}, () => ({})).document).toBe(open);
    const fine = newTrust(SUBJECT);

    expect(tightenAll(fine, {}, () => wish)).toEqual({ document: fine, mended: [] });
  });
});
