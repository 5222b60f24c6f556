import { describe, expect, it, vi } from 'vitest';
import { irsaError } from '../domain/errors';
import { binding, cluster, hidden, role, ROLE_ARN, value } from '../domain/chain/test-facts';
import type { RunResult } from '../plans/run';
import type { Preflight } from '../plans/rights/preflight';
import { unbound } from '../plans/test-facts';
import { followRelease, followUp, HeldBack, useChartRole } from './use-chart-role';
import type { Engine } from './use-engine';

const FREE: Preflight = { rights: [], aws: [], unsure: [], unchecked: [] };
const DONE: RunResult = { status: 'done' };

interface World { results?: RunResult[]; there?: boolean; preflight?: Preflight; foreign?: boolean; blind?: boolean }

function chartRole({ results = [DONE], there = true, preflight = FREE, foreign = false, blind = false }: World = {}) {
  const run = vi.fn(async() => results.length > 1 ? results.shift()! : results[0]!);
  const engine = { preflight: async() => preflight, run, observeRole: async() => there ? role() : null } as unknown as Engine;
  const found = foreign ? role({ tags: {}, trustPolicy: '{"Version":"2012-10-17","Statement":[]}' }) : null;
  const one = useChartRole({
    engine:  async() => engine,
    observe: async() => {
      if (blind) {
        throw irsaError('NO_ANSWER', { message: 'gone' });
      }

      return cluster();
    },
    wish: async() => ({ target: unbound(), permissions: { kind: 'none' }, region: 'eu-central-1', role: { kind: 'new', name: 'reader-role', found } }),
    say:  (text) => text?.key ?? '',
    rest: async() => undefined,
  });

  return { ...one, run };
}

describe('the role of a chart that is about to be installed', () => {
  it('is given out once IAM has it', async() => {
    const { prepare, run, plan } = chartRole();

    await expect(prepare()).resolves.toBe(ROLE_ARN);
    expect(run).toHaveBeenCalledTimes(1);
    expect(plan.value!.steps.map(({ id }) => id)).toEqual(['create-role']);
  });

  it('changes nothing to be shown', async() => {
    const { preview, run, plan } = chartRole();

    await preview();
    expect(plan.value).toBeDefined();
    expect(run).not.toHaveBeenCalled();
  });

  it('plans anew where somebody was faster, and gives up when that goes on', async() => {
    const once = chartRole({ results: [{ status: 'changed' }, DONE] });

    await expect(once.prepare()).resolves.toBe(ROLE_ARN);
    expect(once.run).toHaveBeenCalledTimes(2);
    await expect(chartRole({ results: [{ status: 'changed' }] }).prepare()).rejects.toThrow('irsa.chart.moved');
  });

  it.each<[string, World, string]>([
    ['AWS refuses', { results: [{ status: 'failed', error: irsaError('UNSIGNED', { action: 'CreateRole' }) }] }, 'UNSIGNED'],
    ['a right is missing', { preflight: { ...FREE, rights: [{ clusterId: 'c', verb: 'create', group: '', resource: 'x' }] } }, 'irsa.preflight.title'],
    ['the role is somebody else’s and nobody agreed', { foreign: true }, 'irsa.chart.agreeFirst'],
    ['the cluster does not answer', { blind: true }, 'NO_ANSWER'],
    ['the run was ended', { results: [{ status: 'stopped' }] }, 'irsa.chart.moved'],
    ['IAM has no such role afterwards', { there: false }, 'irsa.chart.moved'],
  ])('holds the installation back when %s', async(_what, world, words) => {
    const { prepare } = chartRole(world);

    await expect(prepare()).rejects.toSatisfy((error: Error) => error instanceof HeldBack && error.message.includes(words));
  });

  it('takes somebody else’s role when that was agreed to', async() => {
    const { prepare, agreed } = chartRole({ foreign: true });

    agreed.value = true;
    await expect(prepare()).resolves.toBe(ROLE_ARN);
  });
});

describe('after the installation', () => {
  const account = { namespace: 'shop', name: 'reader' };
  const identity = { at: 1, result: 'verified' as const };
  const once = (bindings: ReturnType<typeof binding>[], result: RunResult = { status: 'done', identity }) => {
    const run = vi.fn(async() => result);
    const engine = { run, observeBinding: async() => bindings.length > 1 ? bindings.shift()! : bindings[0]! } as unknown as Engine;

    return { run, outcome: followUp({ engine: async() => engine, observe: async() => cluster({ bindings: value([]) }) }, account, ROLE_ARN, async() => undefined) };
  };

  it('waits for the annotation and for the pods, then asks STS', async() => {
    const { outcome, run } = once([unbound(), binding({ pods: [] }), binding({ pods: binding().pods.map((pod) => ({ ...pod, ready: false })) }), binding()]);

    await expect(outcome).resolves.toEqual(identity);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('says when the chart never comes up, and hands on what fails', async() => {
    await expect(once([unbound()]).outcome).resolves.toBeUndefined();
    await expect(once([binding()], { status: 'failed', error: irsaError('NOT_VERIFIED', { message: 'no' }) }).outcome).rejects.toMatchObject({ code: 'NOT_VERIFIED' });
  });
});

describe('after an upgrade that took the role out of the values', () => {
  const release = { namespace: 'elsewhere', name: 'logs' };
  const still = { key: 'irsa.warning.stillLetsIn', args: { role: 'reader-role' } };
  const appAt = async() => ({ values: {} });
  const released = (looks: ReturnType<typeof binding>[], isOut: (look: number) => boolean = () => true, result: RunResult = DONE, app: (look: number) => Promise<object> = appAt) => {
    let look = 0;
    const run = vi.fn(async() => result);
    const engine = { run, appAt: async() => app(look), observeBinding: async() => looks[Math.min(look++, looks.length - 1)]! } as unknown as Engine;

    return { run, outcome: followRelease({ engine: async() => engine, observe: async() => cluster(), release, deletesRole: () => false }, { namespace: 'shop', name: 'reader' }, () => isOut(look), async() => undefined) };
  };

  it('leaves all as it is while the release is not seen, though nothing says that its values have the role', async() => {
    const late = released([binding(), binding(), binding(), unbound()], undefined, DONE, async(look) => look > 2 ? { values: {} } : Promise.reject(new Error('refused')));

    await expect(late.outcome).resolves.toBe(true);
    expect(late.run).toHaveBeenCalledTimes(1);
    const never = released([unbound()], undefined, DONE, async() => Promise.reject(new Error('refused')));

    await expect(never.outcome).resolves.toBe(false);
    expect(never.run).not.toHaveBeenCalled();
  });

  it('waits until Helm is done with the values', async() => {
    const { outcome, run } = released([binding()], undefined, DONE, async() => ({ values: {}, undone: true }));

    await expect(outcome).resolves.toBe(false);
    expect(run).not.toHaveBeenCalled();
  });

  it('waits for the values, then takes the annotation off, and looks until nothing is left', async() => {
    const { outcome, run } = released([binding(), binding(), unbound()], (look) => look > 1);

    await expect(outcome).resolves.toBe(true);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('does it again where an operator that was slower writes the annotation once more', async() => {
    const { outcome, run } = released([binding(), unbound(), binding(), unbound()]);

    await expect(outcome).resolves.toBe(true);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it.each<[string, number, string[]]>([
    ['tries again to read a role before it loses sight of it', 2, ['update-trust', 'remove-annotation']],
    ['goes on without a role that cannot be read', 99, ['remove-annotation']],
  ])('%s', async(_what, refusals, steps) => {
    const listed = role({ inlinePolicies: {}, managedPolicies: value([]) });
    const looks = [binding({ pods: [], role: value({ ...listed, tags: undefined }) }), unbound()];
    const run = vi.fn(async(_plan: { steps: { id: string }[] }) => DONE);
    let refused = 0;
    const observeRole = async() => refused++ < refusals ? Promise.reject(new Error('refused')) : listed;
    const engine = { run, observeRole, appAt, observeBinding: async() => looks[run.mock.calls.length]! } as unknown as Engine;

    await expect(followRelease({ engine: async() => engine, observe: async() => cluster(), release, deletesRole: () => false }, { namespace: 'shop', name: 'reader' }, () => true, async() => undefined)).resolves.toEqual(steps[1] ? true : still);
    expect(run.mock.calls[0]![0].steps.map(({ id }) => id)).toEqual(steps);
  });

  it.each<[string, number, Parameters<typeof hidden>[0], string[]]>([
    ['looks again where IAM told nothing of the role', 2, 'refused', ['update-trust', 'remove-annotation']],
    ['goes on where it never does', 99, 'refused', ['remove-annotation']],
    ['does not wait for a credential', 1, 'no-credential', ['remove-annotation']],
  ])('%s', async(_what, blind, why, steps) => {
    let look = 0;
    const run = vi.fn(async(_plan: { steps: { id: string }[] }) => DONE);
    const seen = value(role({ inlinePolicies: {}, managedPolicies: value([]) }));
    const engine = { run, appAt, observeBinding: async() => run.mock.calls.length ? unbound() : binding({ pods: [], role: look++ < blind + 20 ? hidden(why) : seen }) } as unknown as Engine;

    await expect(followRelease({ engine: async() => engine, observe: async() => cluster(), release, deletesRole: () => false }, { namespace: 'shop', name: 'reader' }, () => look > 20, async() => undefined)).resolves.toEqual(steps[1] ? true : still);
    expect(run.mock.calls[0]![0].steps.map(({ id }) => id)).toEqual(steps);
  });

  it('does with the role what was said when it was sent, and not what was seen since', async() => {
    const run = vi.fn(async(_plan: { steps: { id: string }[] }) => DONE);
    const engine = { run, appAt, observeBinding: async() => run.mock.calls.length ? unbound() : binding({ pods: [], role: value(role()) }) } as unknown as Engine;
    const said: { now?: boolean } = {};
    const going = followRelease({ engine: async() => engine, observe: async() => cluster(), release, deletesRole: () => said.now }, { namespace: 'shop', name: 'reader' }, () => true, async() => undefined);

    said.now = false;
    await going;
    expect(run.mock.calls[0]![0].steps.map(({ id }) => id)).toEqual(['remove-annotation']);
  });

  it('goes on in the cluster where AWS refuses to change the role, and says that it stays', async() => {
    const looks = [binding({ pods: [], role: value(role()) }), binding({ pods: [], role: value(role()) }), unbound()];
    const steps: string[][] = [];
    const run = vi.fn(async(plan: { steps: { id: string }[] }, { onStep }: { onStep(state: object): void }): Promise<RunResult> => {
      steps.push(plan.steps.map(({ id }) => id));
      onStep({ id: plan.steps[0]!.id });

      return steps.length > 1 ? DONE : { status: 'failed', error: irsaError('NOT_VERIFIED', { message: 'refused' }) };
    });
    const engine = { run, appAt, observeBinding: async() => looks[steps.length]! } as unknown as Engine;
    const outcome = followRelease({ engine: async() => engine, observe: async() => cluster(), release, deletesRole: () => false }, { namespace: 'shop', name: 'reader' }, () => true, async() => undefined);

    await expect(outcome).resolves.toEqual(still);
    expect(steps).toEqual([['update-trust', 'remove-annotation'], ['remove-annotation']]);
  });

  it('says when it never comes to an end, and hands on what fails', async() => {
    await expect(released([binding()], () => false).outcome).resolves.toBe(false);
    await expect(released([binding()], undefined, { status: 'failed', error: irsaError('NOT_VERIFIED', { message: 'no' }) }).outcome).rejects.toMatchObject({ code: 'NOT_VERIFIED' });
  });
});
