import { describe, expect, it } from 'vitest';
import { lintFacts, lintTrust, newTrust, parseTrust } from '../domain/trust';
import { binding, cluster, hidden, role, SUBJECT, value } from '../plans/test-facts';
import { planRole, type RolePlan } from './role-plans';

const observed = cluster({ bindings: value([binding()]) });
const old = role({ trustPolicy: JSON.stringify({ ...newTrust(SUBJECT), Version: '2008-10-17' }) });
const ask = (more: Partial<RolePlan>) => planRole({ id: 'tighten-trust', observed, others: [], role: old, context: lintFacts(observed, old), drafts: {}, ...more });

describe('plans of a role’s page', () => {
  it('mend the finding that was chosen, of what is there now', () => {
    const [finding] = lintTrust(parseTrust(old.trustPolicy));

    expect(ask({ finding: `${ finding!.code } ${ finding!.pointer }` }).steps).toHaveLength(1);
    expect(ask({}).steps).toHaveLength(1);
  });

  it('have nothing to do about a finding that is gone', () => {
    expect(ask({ finding: 'OLD_VERSION /Version', role: role() }).steps).toEqual([]);
    expect(ask({ role: role() }).steps).toEqual([]);
    // Neither is an edit without its text, or a plan that is none of a role's, taken for another one.
    expect(ask({ id: 'edit-trust', edited: 'trust' }).steps).toEqual([]);
    expect(ask({ id: 'enable' }).steps).toEqual([]);
  });

  it('enable the cluster that a statement waits for, another one too, and never take that statement away', () => {
    const trust = newTrust(SUBJECT);
    const waiting = role({ trustPolicy: JSON.stringify(trust) });
    const living = cluster({ provider: value(null), providers: [] });
    const here = cluster({ issuer: value('https://oidc.other.example/id'), provider: value(null), providers: [] });
    const context = lintFacts(here, waiting, [living]);
    const [finding] = lintTrust(trust, context);
    const plan = ask({ id: 'enable', observed: here, others: [living], role: waiting, context, finding: `${ finding!.code } ${ finding!.pointer }` });

    expect(finding).toMatchObject({ code: 'PROVIDER_MISSING', remedy: { id: 'enable' } });
    expect(plan).toMatchObject({ id: 'enable', steps: [{ call: { aws: { command: 'CreateOpenIDConnectProvider', input: { Url: SUBJECT.issuer } } } }] });
    expect(ask({ observed: here, others: [living], role: waiting, context }).steps).toEqual([]);
    expect(ask({ observed: here, others: [living], role: waiting, context, finding: `${ finding!.code } ${ finding!.pointer }` }).steps).toEqual([]);
  });

  it('write what was typed, over what was there when it was begun', () => {
    const text = JSON.stringify(newTrust(SUBJECT));

    expect(ask({ id: 'edit-trust', edited: 'trust', drafts: { trust: { from: old.trustPolicy, original: '', text } } }).steps).toMatchObject([{ expects: { roleTrustPolicy: { is: old.trustPolicy } } }]);
    expect(() => ask({ id: 'edit-trust', edited: 'trust', drafts: { trust: { from: '{}', original: '', text } } })).toThrow(/POLICY_MOVED/);
    const policy = '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}';

    expect(ask({ id: 'edit-permissions', edited: 'policy:a:b', role: role({ inlinePolicies: { 'a:b': policy } }), drafts: { 'policy:a:b': { from: policy, original: '', text: policy.replace('GetObject', 'ListBucket') } } }).steps).toMatchObject([{ call: { aws: { input: { PolicyName: 'a:b' } } } }]);
  });

  it('say who is let in, and who is shut out in the other clusters, too', () => {
    const elsewhere = { ...SUBJECT, issuer: 'https://oidc.other.example/id', providerArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.other.example/id' };
    const other = cluster({ issuer: value(elsewhere.issuer), provider: value({ arn: elsewhere.providerArn }), bindings: value([binding({}, { namespace: 'far' })]) });
    const trust = JSON.stringify(newTrust({ ...elsewhere, namespace: 'far' }));
    const drafts = { trust: { from: trust, original: '', text: JSON.stringify(newTrust(SUBJECT)) } };
    const warnings = (others: RolePlan['others']) => ask({ id: 'edit-trust', edited: 'trust', role: role({ trustPolicy: trust }), others, drafts }).warnings;

    const letsIn = { key: 'irsa.warning.trustLetsIn', args: { accounts: 'prod-eks: shop/reader' } };

    expect(warnings([other])).toMatchObject([letsIn, { key: 'irsa.warning.trustShutsOut', args: { accounts: 'far/reader' } }]);
    expect(warnings([{ ...other, provider: hidden('refused') }])).toMatchObject([letsIn]);
  });
});
