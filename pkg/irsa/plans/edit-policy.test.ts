import { describe, expect, it } from 'vitest';
import { addBinding, newTrust } from '../domain/trust';
import { planEditPermissions, planEditTrust } from './edit-policy';
import { binding, cluster, role, SUBJECT, value } from './test-facts';

const TRUST = JSON.stringify(newTrust(SUBJECT));
const OTHER = JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'writer' }));
const POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}}';
const WIDER = POLICY.replace('"s3:GetObject"', '["s3:GetObject","s3:PutObject"]');

describe('planEditTrust', () => {
  it('writes the text whole, as long as the policy is the one that was edited', () => {
    const plan = planEditTrust(cluster(), role(), { json: OTHER, from: TRUST });

    expect(plan).toMatchObject({
      id: 'edit-trust', documents: [{ id: 'trust', size: OTHER.length, quota: 2048 }], steps: [{ expects: { roleTrustPolicy: { roleName: 'reader-role', is: TRUST } }, call: { aws: { command: 'UpdateAssumeRolePolicy', input: { PolicyDocument: { $json: JSON.parse(OTHER) as object } } } } }]
    });
    expect(plan.consent).toBeUndefined();
  });

  it('stops when somebody else changed it since, and has nothing to do when it says that already', () => {
    expect(() => planEditTrust(cluster(), role({ trustPolicy: '{"Statement":[]}' }), { json: OTHER, from: TRUST })).toThrow(/POLICY_MOVED/);
    expect(planEditTrust(cluster(), role({ trustPolicy: OTHER }), { json: `\n${ OTHER }\n`, from: TRUST }).steps).toEqual([]);
  });

  it('says where a text cannot be read', () => {
    expect(() => planEditTrust(cluster(), role(), { json: '{\n  "Statement": }', from: TRUST })).toThrow(expect.objectContaining({ code: 'POLICY_UNREADABLE', why: expect.objectContaining({ args: { problem: expect.stringContaining('line 2, column 16') as string } }) as object }));
  });

  it('says who is let in anew', () => {
    const both = JSON.stringify(addBinding(newTrust(SUBJECT), { ...SUBJECT, serviceAccount: 'writer' }));

    expect(planEditTrust(cluster({ bindings: value([binding()]) }), role(), { json: both, from: TRUST }).warnings).toEqual([{ key: 'irsa.warning.trustLetsIn', args: { role: 'reader-role', count: 1, accounts: `${ cluster().cluster.name }: shop/writer` } }]);
    // In another cluster, too; and whoever asks for it already is let in by a pattern that names nobody.
    const elsewhere = cluster({ cluster: { ...cluster().cluster, id: 'c-2', name: 'two' }, issuer: value('https://two.example'), provider: value({ arn: 'arn:aws:iam::111122223333:oidc-provider/two.example' }), bindings: value([binding({}, { name: 'far' })]) });
    const open = JSON.stringify({ Version: '2012-10-17', Statement: [newTrust(SUBJECT).Statement, newTrust({ ...SUBJECT, issuer: 'https://two.example', providerArn: 'arn:aws:iam::111122223333:oidc-provider/two.example' }).Statement].flat().map((one) => JSON.parse(JSON.stringify(one).replace('"StringEquals":{"two.example:aud":"sts.amazonaws.com","two.example:sub"', '"StringLike":{"two.example:sub"').replace(/system:serviceaccount:shop:reader"(?=}}}$)/, 'system:serviceaccount:shop:*"')) as object) });

    expect(open).toContain('shop:*');
    expect(planEditTrust(cluster({ bindings: value([]) }), role(), { json: open, from: TRUST }, [elsewhere]).warnings).toContainEqual({ key: 'irsa.warning.trustLetsIn', args: { role: 'reader-role', count: 1, accounts: 'two: shop/far' } });
  });

  it('says what is critical in the new policy, and nothing of it where there is nothing to do', () => {
    const open = TRUST.replace(/,"[^"]*:sub":"[^"]*"|"[^"]*:sub":"[^"]*",/, '');
    const { warnings, steps } = planEditTrust(cluster(), role(), { json: open, from: TRUST });

    expect(open).not.toContain(':sub');
    expect(steps).toHaveLength(1);
    expect(warnings.map(({ key }) => key)).toEqual(['irsa.warning.trustCritical', 'irsa.lint.NO_SUB.why']);
    expect(planEditTrust(cluster(), role({ trustPolicy: open }), { json: open, from: open })).toMatchObject({ steps: [], warnings: [] });
    // Also where the policy that it takes the place of cannot be read, or had the same.
    expect(planEditTrust(cluster(), role({ trustPolicy: '{' }), { json: open, from: '{' }).warnings.map(({ key }) => key)).toEqual(['irsa.warning.trustCritical', 'irsa.lint.NO_SUB.why']);
    expect(planEditTrust(cluster(), role({ trustPolicy: open }), { json: open.replace('"Version"', '"Id":"x","Version"'), from: open }).warnings.map(({ key }) => key)).toContain('irsa.lint.NO_SUB.why');
  });

  it('says who is shut out, and asks before a role of somebody else is changed', () => {
    const plan = planEditTrust(cluster({ bindings: value([binding()]) }), role({ tags: {} }), { json: OTHER, from: TRUST });

    expect(plan.warnings).toEqual([{ key: 'irsa.warning.trustLetsIn', args: { role: 'reader-role', count: 1, accounts: 'prod-eks: shop/writer' } }, { key: 'irsa.warning.trustShutsOut', args: { role: 'reader-role', count: 1, accounts: 'shop/reader' } }]);
    expect(plan.consent?.text.key).toBe('irsa.consent.foreignRole');
  });

  it('mends a policy that could not be read before', () => {
    expect(planEditTrust(cluster(), role({ trustPolicy: '{' }), { json: OTHER, from: '{' }).steps).toHaveLength(1);
  });

  it('holds the size against the account’s own quota', () => {
    const plan = planEditTrust(cluster({ account: value({ id: '111122223333', partition: 'aws', quotas: { trustPolicySize: 100 } }) }), role(), { json: OTHER, from: TRUST });

    expect(plan.warnings).toContainEqual({ key: 'irsa.warning.trustTooLong', args: { role: 'reader-role', size: OTHER.length, quota: 100 } });
  });
});

describe('planEditPermissions', () => {
  const found = role({ inlinePolicies: { files: POLICY, other: POLICY } });

  it('writes one policy, and counts the others with it', () => {
    expect(planEditPermissions(cluster(), found, { name: 'files', json: WIDER, from: POLICY })).toMatchObject({
      id: 'edit-permissions', documents: [{ id: 'permissions', size: WIDER.length + POLICY.length }], steps: [{ id: 'put-policy', change: 'change', expects: { inlinePolicy: { roleName: 'reader-role', policyName: 'files', is: POLICY } }, call: { aws: { command: 'PutRolePolicy', input: { PolicyName: 'files' } } } }]
    });
  });

  it('stops when somebody else changed it or took it away, and has nothing to do when it says that already', () => {
    expect(() => planEditPermissions(cluster(), role({ inlinePolicies: { files: WIDER } }), { name: 'files', json: POLICY.replace('acme', 'b'), from: POLICY })).toThrow(/POLICY_MOVED/);
    expect(() => planEditPermissions(cluster(), role(), { name: 'files', json: WIDER, from: POLICY })).toThrow(/POLICY_MOVED/);
    expect(planEditPermissions(cluster(), role({ inlinePolicies: { files: WIDER } }), { name: 'files', json: WIDER, from: POLICY }).steps).toEqual([]);
  });

  it('refuses what IAM would refuse', () => {
    expect(() => planEditPermissions(cluster(), found, { name: 'files', json: POLICY.replace('"Allow"', '"Maybe"'), from: POLICY })).toThrow(/POLICY_UNREADABLE/);
  });
});
