import { describe, expect, it, vi } from 'vitest';
import { explainAws, IrsaError } from '../../domain/errors';
import type { Gateways } from '../../gateways';
import { whoAmI, type Caller } from '../../gateways/aws/caller';
import type { Iam } from '../../gateways/aws/iam';
import { look } from '../../gateways/observe/known';
import { planBind, planEnable, planRestart } from '..';
import { binding, cluster, hidden, unbound, value, wish } from '../test-facts';
import { isHeldBack, preflight } from './preflight';

const USER = 'arn:aws:iam::111122223333:user/machines/rancher';
const CALLER: Caller = { arn: USER, account: { id: '111122223333', partition: 'aws' }, name: 'rancher' };
const denied = (action: string) => {
  const explained = explainAws({ service: 'iam', action, code: 'AccessDenied', message: `User: ${ USER } is not authorized to perform: iam:${ action } on resource: ${ USER }`, httpStatus: 403 });

  return new IrsaError(explained.code!, explained, { service: 'iam', httpStatus: 403 });
};

/** A world in which some rights and actions are missing; everything that is asked is kept. */
function world(options: { rights?: RegExp; actions?: RegExp; keys?: string[]; refuse?: string; offline?: boolean } = {}) {
  const asked: string[] = [];
  const simulated: { ActionNames: string[]; ResourceArns: string[]; ContextEntries: { ContextKeyName: string }[] }[] = [];
  const gateways = {
    transport: {
      request: async({ method, body }: { method: string; body: string }) => {
        const { verb, resource, subresource, namespace } = (JSON.parse(body) as { spec: { resourceAttributes: Record<string, string> } }).spec.resourceAttributes;
        const text = `${ verb } ${ resource }${ subresource ? `/${ subresource }` : '' } ${ namespace ?? '' }`;

        asked.push(`${ method } ${ text }`);

        return options.offline ? { status: 503, headers: {}, body: '' } : { status: 201, headers: {}, body: JSON.stringify({ status: { allowed: !options.rights?.test(text) } }) };
      },
    },
    iam: {
      send: vi.fn(async(command: string, input: { ActionNames: string[]; ResourceArns: string[]; ContextEntries: { ContextKeyName: string }[] }) => {
        if (command === options.refuse) {
          throw denied(command);
        }
        if (command === 'GetUser') {
          return { User: { Arn: USER, UserName: 'rancher', Tags: [{ Key: 'rancher.io/irsa-boundary', Value: 'arn:aws:iam::111122223333:policy/edge' }] } };
        }
        simulated.push(input);

        return { EvaluationResults: input.ActionNames.map((action) => ({ EvalActionName: action, EvalDecision: options.actions?.test(action) ? 'implicitDeny' : 'allowed', MissingContextValues: options.keys ?? [] })) };
      }) as unknown as Iam['send'],
    },
  } as unknown as Gateways;

  return { asked, simulated, gateways, ask: (plan: Parameters<typeof preflight>[0]) => preflight(plan, gateways, { caller: () => look(() => whoAmI(gateways.iam!)) }) };
}

const bind = planBind(cluster({ provider: value(null) }), wish({ permissions: { kind: 'policy', name: 'p', json: '{"Statement":[]}' } }));

describe('before a plan is applied', () => {
  it('asks each right and each action once, and holds nothing back where all is there', async() => {
    const { ask, asked, simulated } = world();
    const found = await ask(bind);

    expect(found).toEqual({ rights: [], aws: [], unsure: [], unchecked: [] });
    expect(isHeldBack(found)).toBe(false);
    expect(asked).toEqual([...new Set(asked)]);
    expect(asked.every((one) => one.startsWith('POST '))).toBe(true);
    expect(simulated.map(({ ResourceArns }) => ResourceArns)).toEqual([[expect.stringContaining(':oidc-provider/')], ...Array<string[]>(2).fill(['arn:aws:iam::111122223333:role/rancher-irsa/reader-role'])]);
  });

  it('tells IAM of each action what its own call brings along, and nothing of another’s', async() => {
    const { ask, simulated } = world();

    await ask(bind);
    const keys = Object.fromEntries(simulated.flatMap(({ ActionNames, ContextEntries }) => ActionNames.map((action) => [action, ContextEntries.map(({ ContextKeyName }) => ContextKeyName)])));

    expect(keys['iam:CreateRole']).toContain('aws:RequestTag/rancher.io/irsa');
    expect(keys['iam:PutRolePolicy']).toEqual(['aws:username', 'aws:ResourceTag/rancher.io/irsa']);
  });

  it.each(['patch serviceaccounts', 'create serviceaccounts/token', 'patch deployments', 'list pods'])('names what the person lacks: %s', async(right) => {
    const found = await world({ rights: new RegExp(`^${ right } `) }).ask(bind);

    expect(found.rights).toMatchObject([{ clusterId: 'c-m-prod', namespace: 'shop' }]);
    expect(isHeldBack(found)).toBe(true);
  });

  it.each(['CreateOpenIDConnectProvider', 'TagOpenIDConnectProvider', 'CreateRole', 'TagRole', 'PutRolePolicy'])('names what the credential lacks: %s', async(action) => {
    expect((await world({ actions: new RegExp(`:${ action }$`) }).ask(bind)).aws).toEqual([{ action: `iam:${ action }`, resource: expect.stringContaining('arn:aws:iam::111122223333:') }]);
  });

  it('does not take for missing what depends on the call itself, yet what our call lacks', async() => {
    const { aws, unsure } = await world({ actions: /CreateRole$/, keys: ['aws:SourceIp'] }).ask(bind);

    expect([aws, unsure]).toEqual([[], [{ action: 'iam:CreateRole', resource: expect.any(String) }]]);
    expect((await world({ actions: /CreateRole$/, keys: ['iam:PermissionsBoundary'] }).ask(bind)).aws).toHaveLength(1);
  });

  it.each(['GetUser', 'SimulatePrincipalPolicy'])('says why AWS could not be asked: %s', async(refuse) => {
    const found = await world({ refuse }).ask(bind);

    expect(found).toMatchObject({ aws: [], unchecked: [{ kind: 'refused', aws: { action: `iam:${ refuse }` } }] });
    expect(isHeldBack(found)).toBe(false);
  });

  it('says so where a cluster does not answer, once', async() => {
    expect(await world({ offline: true }).ask(planRestart(cluster(), binding({ pods: unbound().pods })))).toMatchObject({ rights: [], unchecked: [{ kind: 'unreachable' }] });
  });

  it('asks AWS nothing for a plan that does nothing there, and nobody without a credential', async() => {
    const { ask, gateways } = world();

    await ask(planRestart(cluster(), binding({ pods: unbound().pods })));
    expect(gateways.iam!.send).not.toHaveBeenCalled();
    expect(await preflight(bind, { ...gateways, iam: undefined }, { caller: () => Promise.reject(new Error('not asked')) })).toMatchObject({ unchecked: [{ kind: 'no-credential' }] });
  });

  it('knows that the root user’s keys cannot be asked about', async() => {
    const { gateways } = world();

    expect(await preflight(planEnable(cluster({ provider: value(null) })), gateways, { caller: async() => ({ known: true, value: { ...CALLER, arn: 'arn:aws:iam::111122223333:root' } }) })).toMatchObject({ unchecked: [{ text: { key: 'irsa.obstacle.notAUser' } }] });
  });

  it('puts the caller’s account where the plan does not know it', async() => {
    const { ask, simulated } = world();

    await ask(planEnable(cluster({ provider: hidden('no-credential'), account: hidden('no-credential') })));
    expect(simulated[0]!.ResourceArns[0]).toMatch(/^arn:aws:iam::111122223333:oidc-provider\//);
    expect(simulated[0]!.ContextEntries.map(({ ContextKeyName }) => ContextKeyName)).toEqual(expect.arrayContaining(['aws:username', 'aws:RequestTag/rancher.io/irsa']));
  });

  it('reads the boundary that the user names by a tag', async() => {
    expect(await whoAmI(world().gateways.iam!)).toMatchObject({ arn: USER, name: 'rancher', boundary: 'arn:aws:iam::111122223333:policy/edge' });
  });
});
