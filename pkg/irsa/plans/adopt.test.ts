import { expect, it } from 'vitest';
import { adoptionTags, ownership } from '../domain/aws/ownership';
import { planAdopt } from './adopt';
import { binding, cluster, role, SUBJECT, value } from './test-facts';
import { planUnbind } from './unbind';
import { newTrust } from '../domain/trust';
import { planMendTrust } from './mend-trust';

const theirs = role({ name: 'theirs', tags: { team: 'shop' } });
const adopted = role({ tags: { team: 'shop', ...adoptionTags({ name: 'prod-eks' }) } });

it('adds two tags and touches nothing else, after a yes, as long as the role is what was seen', () => {
  const plan = planAdopt(cluster(), theirs);

  expect(plan.steps).toMatchObject([{
    call:    { aws: { command: 'TagRole', input: { RoleName: 'theirs', Tags: [{ Key: 'rancher.io/irsa', Value: 'adopted' }, { Key: 'rancher.io/irsa-cluster', Value: 'prod-eks' }] } } },
    expects: { role: { roleName: 'theirs', trustPolicy: theirs.trustPolicy, tags: { team: 'shop' } } },
  }]);
  expect(plan.consent).toBeDefined();
});

it.each([['made here', role()], ['adopted before', adopted]])('has nothing to do for a role that was %s', (_what, one) => {
  expect(planAdopt(cluster(), one)).toMatchObject({ steps: [], documents: [] });
  expect(planAdopt(cluster(), one).consent).toBeUndefined();
});

it('makes no role deletable: unbinding takes the account out of an adopted one, and offers no more', () => {
  const whole = { ...adopted, inlinePolicies: {}, managedPolicies: value([]) };

  expect(ownership(adopted.tags, SUBJECT.issuer, { namespace: 'shop', name: 'reader' })).toBe('adopted');
  for (const deleteRole of [true, false]) {
    const plan = planUnbind(cluster(), binding({ role: value(whole) }), deleteRole);

    expect(plan.choice).toBeUndefined();
    expect(plan.steps.flatMap(({ call }) => 'aws' in call ? call.aws.command : [])).toEqual(['UpdateAssumeRolePolicy']);
  }
  // The same role, were it ours.
  expect(planUnbind(cluster(), binding({ role: value({ ...whole, tags: role().tags }) }), true).steps.some(({ id }) => id === 'delete-role')).toBe(true);
});

it('is not asked about again once it is adopted', () => {
  const other = JSON.stringify(newTrust({ ...SUBJECT, serviceAccount: 'other' }));

  expect(planMendTrust(cluster(), binding({ role: value({ ...theirs, trustPolicy: other }) })).consent).toBeDefined();
  expect(planMendTrust(cluster(), binding({ role: value({ ...adopted, trustPolicy: other }) })).consent).toBeUndefined();
});
