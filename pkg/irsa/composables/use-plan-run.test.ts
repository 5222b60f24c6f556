import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { defineComponent } from 'vue';
import type { Plan, Step } from '../plans/plan';
import type { Preflight } from '../plans/rights/preflight';
import type { RunOptions, RunResult } from '../plans/run';
import type { Engine } from './use-engine';
import { usePlanRun, type RunPlan } from './use-plan-run';

let guard: (() => boolean) | undefined;

vi.mock('vue-router', () => ({
  useRouter: () => ({
    beforeEach: (one: () => boolean) => {
      guard = one;

      return () => (guard = undefined);
    },
  }),
}));

const step = (id: string): Step => ({ id, target: 'iam', change: 'create', title: { key: id }, call: { aws: { service: 'iam', command: 'X', input: {} } } });
const plan = (...ids: string[]): Plan => ({ id: 'bind', title: { key: 'x' }, steps: ids.map(step), documents: [], warnings: [] });

const nothing: Preflight = { rights: [], aws: [], unsure: [], unchecked: [] };

function start(make: () => Promise<Plan>, run: (plan: Plan, options: RunOptions) => Promise<RunResult>, preflight: Engine['preflight'] = async() => nothing) {
  let state!: RunPlan;
  const view = mount(defineComponent({
    setup() {
      state = usePlanRun(make, async() => ({ run, preflight }) as unknown as Engine, () => 'Leave?');

      return () => null;
    },
  }));

  return { state, view };
}
const done = (id: string) => ({ id, status: 'done' as const, attempts: 1 });

beforeEach(() => (guard = undefined));

describe('a plan’s run', () => {
  it('goes on where it failed: what is done stays in the list, only the rest is sent', async() => {
    const make = vi.fn().mockResolvedValueOnce(plan('a', 'b')).mockResolvedValueOnce(plan('b'));
    const run = vi.fn()
      .mockImplementationOnce(async(_: Plan, { onStep }: RunOptions) => {
        onStep(done('a'));

        return { status: 'failed', error: new Error('no') };
      })
      .mockImplementationOnce(async(_: Plan, { onStep }: RunOptions) => {
        onStep(done('b'));

        return { status: 'done' };
      });
    const { state } = start(make, run);

    await state.make();
    await state.apply();
    expect(state.run.value.status).toBe('failed');
    await state.apply();
    expect(run.mock.calls[1]![0].steps.map(({ id }: Step) => id)).toEqual(['b']);
    expect(state.plan.value!.steps.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(state.run.value).toMatchObject({ status: 'done', steps: { a: { status: 'done' }, b: { status: 'done' } } });
  });

  it('shows a new plan instead of running what nobody has seen', async() => {
    const make = vi.fn().mockResolvedValueOnce(plan('a')).mockResolvedValueOnce(plan('a', 'surprise'));
    const run = vi.fn(async(): Promise<RunResult> => ({ status: 'stopped' }));
    const { state } = start(make, run);

    await state.make();
    await state.apply();
    await state.apply();
    expect(run).toHaveBeenCalledTimes(1);
    expect(state.moved.value).toBe(true);
    expect(state.run.value.status).toBe('idle');
  });

  it('plans anew when somebody was faster', async() => {
    const make = vi.fn().mockResolvedValueOnce(plan('a')).mockResolvedValueOnce(plan('b'));
    const { state } = start(make, async() => ({ status: 'changed' }));

    await state.make();
    await state.apply();
    expect(state.plan.value!.steps[0]!.id).toBe('b');
    expect(state.moved.value).toBe(true);
    expect(state.run.value.status).toBe('idle');
  });

  it('warns who would leave while it runs, and begins no further step when they do', async() => {
    let options!: RunOptions;
    let end!: (result: RunResult) => void;
    const { state, view } = start(async() => plan('a'), (_, given) => {
      options = given;

      return new Promise((resolve) => (end = resolve));
    });
    const confirm = vi.spyOn(window, 'confirm').mockReturnValue(false);
    const unload = () => {
      const event = new Event('beforeunload', { cancelable: true });

      window.dispatchEvent(event);

      return event.defaultPrevented;
    };

    await state.make();
    expect(guard!()).toBe(true);
    expect(unload()).toBe(false);
    void state.apply();
    await flushPromises();
    expect(guard!()).toBe(false);
    expect(confirm).toHaveBeenCalledWith('Leave?');
    expect(unload()).toBe(true);
    expect(options.stopped!()).toBe(false);
    state.stop();
    expect(options.stopped!()).toBe(true);
    end({ status: 'stopped' });
    await flushPromises();
    expect(unload()).toBe(false);
    view.unmount();
    expect(guard).toBeUndefined();
  });

  it('asks anew what is missing once it has failed', async() => {
    const lacking: Preflight = { ...nothing, aws: [{ action: 'iam:CreateRole', resource: 'x' }] };
    const preflight = vi.fn().mockResolvedValueOnce(nothing).mockResolvedValue(lacking);
    const { state } = start(async() => plan('a'), vi.fn().mockResolvedValue({ status: 'failed', error: new Error('no') }), preflight);

    await state.make();
    await state.apply();
    await flushPromises();
    expect(preflight).toHaveBeenCalledTimes(2);
    expect(state.preflight.value).toEqual(lacking);
  });

  it('is held back for want of a right before anything is sent, and goes on once it is there', async() => {
    const missing: Preflight = { ...nothing, rights: [{ clusterId: 'local', verb: 'patch', group: '', resource: 'serviceaccounts', namespace: 'shop' }] };
    const preflight = vi.fn().mockResolvedValueOnce(missing).mockResolvedValue(nothing);
    const run = vi.fn(async(): Promise<RunResult> => ({ status: 'done' }));
    const { state } = start(async() => plan('a'), run, preflight);

    await state.make();
    await state.apply();
    expect(run).not.toHaveBeenCalled();
    expect(state.preflight.value).toEqual(missing);
    expect(state.run.value.status).toBe('idle');
    // The same answer serves for the plan as long as it is fresh.
    expect(preflight).toHaveBeenCalledOnce();
    await state.askAgain();
    await state.apply();
    expect(run).toHaveBeenCalledOnce();
    expect(preflight).toHaveBeenCalledTimes(2);
  });

  it('is held back as well when it is to go on', async() => {
    const preflight = vi.fn().mockResolvedValueOnce(nothing).mockResolvedValue({ ...nothing, aws: [{ action: 'iam:CreateRole', resource: 'x' }] });
    const run = vi.fn(async(): Promise<RunResult> => ({ status: 'stopped' }));
    const { state } = start(async() => plan('a'), run, preflight);

    await state.make();
    await state.apply();
    await state.apply();
    expect(run).toHaveBeenCalledOnce();
    expect(state.run.value.status).toBe('stopped');
  });

  it('runs where nothing could be asked: the run itself tells', async() => {
    const run = vi.fn(async(): Promise<RunResult> => ({ status: 'done' }));
    const { state } = start(async() => plan('a'), run, async() => Promise.reject(new Error('no answer')));

    await state.make();
    await state.apply();
    expect(state.run.value.status).toBe('done');
  });

  it('says why no plan could be made', async() => {
    const { state } = start(async() => Promise.reject(new Error('boom')), vi.fn());

    await state.make();
    expect(state.plan.value).toBeUndefined();
    expect(state.failure.value?.why.args).toEqual({ message: 'boom' });
  });
});
