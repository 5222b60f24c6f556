import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, Step } from '../../../pkg/irsa/plans/plan';
import { targetWord } from '../../../pkg/irsa/plans/export/kubectl';
import { refsIn } from '../../../pkg/irsa/plans/export/sh';
import { removes } from '../../../pkg/irsa/plans/removal';
import { interferences, type Interference } from '../../contract/interference';
import { PLAN_CASES, type PlanCase } from '../../contract/plan-cases';
import { printSummary } from '../../contract/summary';
import { hasScriptTools, openScriptWorld, type ScriptWorld } from './script-world';

/** The object's version tells Apply; a script has none, and what it writes leaves these where they are. */
const BESIDE = new Set(['labels it', 'annotates it']);

/** What the lines that guard a step depend on. */
function kindOf(step: Step): string {
  const { call, expects, adopt } = step;
  const looksAt = [...Object.keys(expects ?? {}), ...Object.keys(adopt ?? {})];
  const [verb, what] = 'aws' in call ? ['writes', call.aws.command] : 'kubernetes' in call ? [call.kubernetes.verb, targetWord(call.kubernetes).replace(/^'([^/']+).*/, '$1')] : ['', ''];

  return `${ removes(step) ? 'takes away' : verb } ${ 'aws' in call && looksAt.length ? looksAt.join(' ') : what }`;
}

/** A step with those that it refers to, and those that they refer to: no other guard can strike before its own. */
function withNeeded({ steps }: Plan, step: Step): Step[] {
  const needed = new Set(refsIn([step.call, step.until]).map(({ $ref }) => $ref.step));

  return [...new Set([...steps.filter(({ id }) => needed.has(id)).flatMap((one) => withNeeded({ steps } as Plan, one)), step])];
}

/**
 * «Somebody else is faster» of the fault matrix, for scripts: where Apply notices what they did and stops, the script does too, and what
 * they did is still there. One row of each kind of step.
 */
describe.skipIf(!hasScriptTools())('AWS CLI and kubectl: a script stops where Apply does', () => {
  const seen = new Set<string>();
  const rows: string[] = [];
  let world: ScriptWorld;

  beforeAll(async() => {
    world = await openScriptWorld();
  });
  afterAll(async() => {
    await world.close();
    printSummary('script guards', [`Scripts by the real aws and kubectl, somebody else was faster: ${ rows.length } rows: ${ rows.join('; ') }`]);
  });

  async function begin({ prepare, make }: PlanCase): Promise<Plan> {
    await world.sandbox.reset();
    await prepare?.(world.sandbox.world);

    return make(await world.admin());
  }

  /** What can come in the way of a step that its script sends itself. */
  function waysOf(step: Step, plan: Plan): Interference[] {
    const all = step.helm || step.change === 'allow' || 'rancher' in step.call ? [] : interferences(step, plan, world.sandbox.world);

    return typeof all === 'string' ? [] : all.filter(({ ends, name }) => ends !== 'done' || BESIDE.has(name));
  }

  it.each(PLAN_CASES)('$name', async(one) => {
    const wrong: string[] = [];

    for (const { id } of (await begin(one)).steps) {
      const plan = await begin(one);
      const at = plan.steps.findIndex((step) => step.id === id);
      const step = plan.steps[at]!;

      for (const { name } of waysOf(step, plan)) {
        const row = `${ kindOf(step) }: ${ name }`;

        if (!seen.has(row)) {
          seen.add(row);
          rows.push(row);
          const said = await meet(one, id, name);

          if (said) {
            wrong.push(`${ id }, somebody ${ name }: ${ said }`);
          }
        }
      }
    }
    expect(wrong.join('\n')).toBe('');
  }, 600_000);

  /** Told by what Helm itself says of the release: its own secrets in the cluster. */
  it.each(['install the webhook', 'upgrade the webhook'])('%s, with the real helm', async(name) => {
    const one = PLAN_CASES.find((each) => each.name === name)!;
    const plan = await begin(one);
    const at = plan.steps.findIndex(({ helm }) => helm);
    const step = plan.steps[at]!;
    const script: Plan = { ...plan, steps: [step] };

    // The chart has to be in its repository; nobody serves it to Helm here, so a script that is let through ends there.
    expect(await (await world.admin()).run({ ...plan, steps: plan.steps.slice(0, at) })).toMatchObject({ status: 'done' });
    expect((await world.script(script)).stderr).not.toContain('plan anew');
    const [theirs] = interferences(step, plan, world.sandbox.world) as Interference[];
    const isThere = theirs!.act();
    const { status, stderr } = await world.script(script);

    expect([status, stderr]).toEqual([1, expect.stringMatching(name.startsWith('install') ? /^the release \S+ was installed since this plan was made; plan anew\n$/ : /^the release \S+ was upgraded or removed since this plan was made; plan anew\n$/)]);
    expect(isThere()).toBe(true);
  }, 120_000);

  /** Somebody does something, and the script is run. Says what is wrong, if anything. */
  async function meet(one: PlanCase, id: string, which: string): Promise<string | undefined> {
    const plan = await begin(one);
    // By its name: what a world has to restart by then may differ by a step.
    const at = plan.steps.findIndex((each) => each.id === id);
    const step = plan.steps[at]!;
    const script: Plan = { ...plan, steps: withNeeded(plan, step) };
    const { isThere, ends } = await strike(plan, at, which);

    if (!isThere?.()) {
      return `it did not strike (${ ends ?? 'no such way' } at ${ at } of ${ plan.steps.map((each) => each.id).join(', ') })`;
    }
    const { status, stderr } = await world.script(script);

    if (!isThere()) {
      return `what they did is gone (${ status } ${ stderr })`;
    }
    if (BESIDE.has(which) && !removes(step)) {
      return status === 0 ? undefined : `ended with ${ stderr }`;
    }

    return status !== 0 && (ends === 'failed' ? /BucketAlreadyExists|BucketNotEmpty/ : /; (look at it in Rancher and )?plan anew/).test(stderr) ? undefined : `went on, or did not say why it stopped (${ status } ${ stderr })`;
  }

  /** At once; where there is nothing yet of what the step is about, after the steps before it. */
  async function strike(plan: Plan, at: number, which: string): Promise<{ isThere?: () => boolean; ends?: Interference['ends'] }> {
    const act = () => {
      const way = waysOf(plan.steps[at]!, plan).find(({ name }) => name === which);

      return { isThere: way?.act(), ends: way?.ends };
    };

    try {
      return act();
    } catch {
      expect(await world.script({ ...plan, steps: plan.steps.slice(0, at) })).toMatchObject({ status: 0 });

      return act();
    }
  }
});
