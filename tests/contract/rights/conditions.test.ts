import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument, PolicyStatement } from '../../../pkg/irsa/domain/rights/policy';
import { sandboxTarget } from '../sandbox-target';
import { logIn } from '../target';
import { attempt, type Attempt } from './attempt';
import { BOUNDED, JOURNEYS } from './journeys';
import { CREDENTIAL, IRMA, seedIrma, shipped } from './people';

type Condition = NonNullable<PolicyStatement['Condition']>;

const OURS = { StringEquals: { 'aws:RequestTag/rancher.io/irsa': 'managed' } };
const BIND = 'bind an account, new role with a policy';

/** What ships, with a condition more for one action. */
function narrowed(policy: PolicyDocument, action: string, condition: Condition): PolicyDocument {
  return {
    ...policy,
    Statement: policy.Statement.flatMap((one) => one.Action.includes(action) ? [
      { ...one, Action: one.Action.filter((each) => each !== action) },
      { ...one, Sid: `${ one.Sid }Narrowed`, Action: [action], Condition: { ...one.Condition, ...condition } },
    ] : [one]).filter(({ Action }) => Action.length),
  };
}

/**
 * Admins narrow what ships. What IAM knows of a request differs from one action to the next, so a condition that one of them meets may
 * be one that another never can: it is named before anything is changed all the same.
 */
describe('a policy with a condition more', () => {
  let target: Awaited<ReturnType<typeof sandboxTarget>>;

  beforeAll(async() => {
    target = await sandboxTarget();
    target.users[IRMA.username] = IRMA.password;
  });
  afterAll(() => target.stop());

  async function go(name: string, action: string, condition: Condition): Promise<Attempt> {
    const journey = JOURNEYS.find((one) => one.name === name)!;
    const rights = shipped(journey);

    await target.reset();
    seedIrma(target.world(), { ...rights, policy: narrowed(rights.policy, action, condition) });
    await journey.before?.(target.world());

    return attempt(target, await logIn(target, IRMA.username, CREDENTIAL), journey);
  }

  it.each([
    ['iam:PutRolePolicy', BIND],
    ['iam:PutRolePolicy', 'bind an account to a role of somebody else'],
    ['iam:UpdateAssumeRolePolicy', 'mend-trust'],
    ['iam:AddClientIDToOpenIDConnectProvider', 'add-audience'],
  ])('that %s cannot meet, for it sends no tags: %s', async(action, journey) => {
    const { end, named, writes } = await go(journey, action, OURS);

    expect(named).toContain(action);
    expect([end, writes]).toEqual(['held back', []]);
  });

  it.each(['iam:CreateRole', 'iam:TagRole', 'iam:CreateOpenIDConnectProvider'])('that %s meets', async(action) => {
    const { end, named } = await go(BIND, action, OURS);

    expect([end, named.filter((name) => name.startsWith('iam:'))]).toEqual(['done', []]);
  });

  it.each(['iam:CreateRole', 'iam:PutRolePolicy'])('that asks %s for a boundary which the role does not get', async(action) => {
    const { end, named, writes } = await go(BIND, action, { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/edge' } });

    expect(named).toContain(action);
    expect([end, writes]).toEqual(['held back', []]);
  });

  it('that asks for a boundary of which no tag of the user tells', async() => {
    const journey = JOURNEYS.find((one) => one.name === BOUNDED)!;

    await target.reset();
    seedIrma(target.world(), shipped(journey));
    await journey.before?.(target.world());
    const { end, named, writes } = await attempt(target, await logIn(target, IRMA.username, CREDENTIAL), journey);

    expect(named).toContain('iam:CreateRole');
    expect([end, writes]).toEqual(['held back', []]);
  });
});
