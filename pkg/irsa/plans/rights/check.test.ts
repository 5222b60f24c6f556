import { describe, expect, it, vi } from 'vitest';
import type { Gateways } from '../../gateways';
import { knownCaller, type Caller } from '../../gateways/aws/caller';
import { cluster, value } from '../test-facts';
import { checkNeeds } from './check';

const USER: Caller = { arn: 'arn:aws:iam::111122223333:user/rancher', account: { id: '111122223333', partition: 'aws' }, name: 'rancher' };
const SESSION = 'arn:aws:sts::111122223333:assumed-role/admin/me';

/** An IAM whose policies allow everything, but of buckets only those for backups that are named. */
function world() {
  const send = vi.fn(async(command: string, input: { ActionNames?: string[]; ResourceArns?: string[] }) => command === 'GetUser' ? { User: { Arn: USER.arn, UserName: USER.name } } : {
    EvaluationResults: input.ActionNames?.map((action) => ({ EvalActionName: action, EvalDecision: !action.startsWith('s3:') || input.ResourceArns![0] === 'arn:aws:s3:::acme-backups' ? 'allowed' : 'implicitDeny' }))
  });
  const iam = { send, listProviders: async() => [], firstAccount: async() => undefined };

  return { send, gateways: { transport: { request: async() => ({ status: 201, headers: {}, body: '{"status":{"allowed":true}}' }) }, iam } as unknown as Gateways };
}

describe('the check of what is needed at AWS', () => {
  it.each([
    ['none is named', undefined, 'unknown'],
    ['one is named that a policy names', 'acme-backups', 'allowed'],
    ['one is named that no policy names', 'other', 'denied'],
  ])('asks about buckets for backups by their name: %s', async(_name, bucket, state) => {
    const { aws } = await checkNeeds(world().gateways, { cluster: cluster().cluster, bucket, caller: async() => value(USER) });

    expect(aws.filter(({ need }) => need.on === 'backups').map(({ need, state: one }) => [need.action, one])).toEqual([['s3:GetBucketVersioning', state], ['s3:PutBucketVersioning', state]]);
    expect(aws.find(({ need }) => need.action === 'CreateRole')?.state).toBe('allowed');
  });

  it.each([
    ['the named one alone', 'acme-backups', false, 'allowed'],
    ['an issuer’s as well', 'acme-backups', true, 'denied'],
    ['an issuer’s alone', undefined, true, 'denied'],
  ])('asks about what buckets of both kinds take: %s', async(_name, bucket, issuers, state) => {
    const { aws } = await checkNeeds(world().gateways, { cluster: cluster().cluster, bucket, issuers, caller: async() => value(USER) });
    const stateOf = (action: string) => aws.find(({ need }) => need.action === action)?.state;

    expect([stateOf('s3:CreateBucket'), stateOf('s3:PutBucketPublicAccessBlock'), stateOf('s3:PutObject')]).toEqual([state, state, 'denied']);
  });

  it('asks IAM neither who a role’s session is nor what it may', async() => {
    const { gateways, send } = world();
    const { aws, awsWhy, caller } = await checkNeeds(gateways, { cluster: cluster().cluster, caller: () => knownCaller({ ...gateways, session: async() => SESSION }) });

    expect(caller).toEqual(value({ arn: SESSION, account: USER.account, name: '' }));
    expect(awsWhy?.text.key).toBe('irsa.obstacle.notAUser');
    expect(aws.find(({ need }) => need.action === 'GetUser')?.state).toBe('unknown');
    expect(send).not.toHaveBeenCalled();
  });
});

describe('who signs', () => {
  const who = (session?: Gateways['session']) => {
    const { gateways, send } = world();

    return knownCaller({ ...gateways, ...(session ? { session } : {}) }).then((caller) => [caller.known ? caller.value.arn : caller.why.text.key, send.mock.calls.length]);
  };

  it('is told by IAM of a user, and of temporary credentials by STS', async() => {
    expect(await who()).toEqual([USER.arn, 1]);
    expect(await who(async() => USER.arn)).toEqual([USER.arn, 1]);
    expect(await who(async() => SESSION)).toEqual([SESSION, 0]);
    expect(await who(async() => undefined)).toEqual(['irsa.obstacle.sessionUnseen', 0]);
    expect(await knownCaller({})).toMatchObject({ known: false, why: { kind: 'no-credential' } });
  });
});
