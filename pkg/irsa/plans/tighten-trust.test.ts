import { describe, expect, it } from 'vitest';
import { lintTrust, newTrust, parseTrust, type LintCode } from '../domain/trust';
import { binding, cluster, ISSUER, PROVIDER, role, SUBJECT, value } from './test-facts';
import { countTightened, planTightenAll, planTightenTrust } from './tighten-trust';

const HOST = ISSUER.slice(8);
const trusting = (Condition: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Mine', Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }, { ...[newTrust(SUBJECT).Statement].flat()[0], Condition }] });
const finding = (trustPolicy: string, code: LintCode) => lintTrust(parseTrust(trustPolicy)).find((one) => one.code === code)!;
const open = trusting({ StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:*' } });

describe('mending all', () => {
  it('counts what a page shows, and not what comes to light on the way', () => {
    const observed = cluster({ bindings: value([binding()]), providers: [PROVIDER], accounts: [{ namespace: 'shop', name: 'reader' }] });
    // Its action hides that nobody is compared with anything.
    const documents = [open, trusting({ StringLike: { [`${ HOST }:sub`]: 'system:serviceaccount:*:*' } }), JSON.stringify({ Version: '2008-10-17', Statement: [{ ...[newTrust(SUBJECT).Statement].flat()[0], Condition: { StringEquals: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:*' } } }] })];

    for (const trustPolicy of documents) {
      const shown = lintTrust(parseTrust(trustPolicy)).filter(({ remedy }) => remedy?.id === 'tighten-trust').length;
      const count = countTightened(observed, role({ trustPolicy }), {});

      expect(count).toBeLessThanOrEqual(shown);
      expect(count).toBeGreaterThan(0);
      expect(planTightenAll(observed, role({ trustPolicy }), {}).steps[0]!.detail?.args?.count).toBe(count);
    }
  });
});

describe('planTightenTrust', () => {
  it('rewrites the flagged statement alone, and expects to find what was observed', () => {
    const observed = cluster({ bindings: value([binding()]) });
    const plan = planTightenTrust(observed, role({ trustPolicy: open }), finding(open, 'SUB_SA_WILDCARD'));

    expect(plan.steps).toHaveLength(1);
    expect(plan.steps[0]).toMatchObject({
      id: 'update-trust', change: 'change', expects: { roleTrustPolicy: { roleName: 'reader-role', is: open } }, detail: { key: 'irsa.step.update-trust.tightens', args: { statement: 2 } }, needs: { aws: { action: 'iam:UpdateAssumeRolePolicy' } },
      call: { aws: { service: 'iam', command: 'UpdateAssumeRolePolicy', input: { RoleName: 'reader-role', PolicyDocument: { $json: { Statement: [JSON.parse(open).Statement[0], { Condition: { StringEquals: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:reader' } } }] } } } } },
    });
    expect(plan.documents[0]).toMatchObject({ id: 'trust', quota: 2048 });
    expect(plan.warnings).toEqual([]);
    expect(plan.consent).toBeUndefined();
    expect(lintTrust(parseTrust(plan.documents[0]!.after)).map(({ code }) => code)).not.toContain('SUB_SA_WILDCARD');
  });

  it('asks before it changes a role of somebody else', () => {
    const plan = planTightenTrust(cluster({ bindings: value([binding()]) }), role({ trustPolicy: open, tags: undefined }), finding(open, 'SUB_SA_WILDCARD'));

    expect(plan.consent?.text.key).toBe('irsa.consent.foreignRole');
  });

  it('says who would be shut out', () => {
    const document = trusting({ StringEquals: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:reader' } });
    const plan = planTightenTrust(cluster({ bindings: value([binding({}, { audience: 'own' })]) }), role({ trustPolicy: document }), finding(document, 'NO_AUD'));

    expect(plan.warnings).toEqual([{ key: 'irsa.warning.trustShutsOut', args: { role: 'reader-role', count: 1, accounts: 'shop/reader' } }]);
  });

  it('says who would be let in, where a broken statement begins to mean what it says', () => {
    const statement = { ...[newTrust(SUBJECT).Statement].flat()[0], Action: 'sts:AssumeRole' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const plan = planTightenAll(cluster({ bindings: value([]) }), role({ trustPolicy: document }), {});

    expect(plan.warnings).toEqual([{ key: 'irsa.warning.trustLetsIn', args: { role: 'reader-role', count: 1, accounts: `${ cluster().cluster.name }: shop/reader` } }]);
    expect(planTightenAll(cluster({ bindings: value([]) }), role({ trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Condition: undefined }] }) }), {})).toMatchObject({ steps: [], warnings: [] });
  });

  it('does not guess: nobody known, another cluster, another role', () => {
    const plan = (observed = cluster({ bindings: value([]) })) => () => planTightenTrust(observed, role({ trustPolicy: open }), finding(open, 'SUB_SA_WILDCARD'));

    expect(plan()).toThrow(/TRUST_NOT_MENDABLE/);
    expect(plan(cluster({ bindings: value([binding({}, { roleArn: 'arn:aws:iam::111122223333:role/x' })]) }))).toThrow(/TRUST_NOT_MENDABLE/);
    expect(plan(cluster({ issuer: value('https://other.example'), bindings: value([binding()]) }))).toThrow(/TRUST_NOT_MENDABLE/);
  });
});
