import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportsOf } from '../../../pkg/irsa/plans/export';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { PLAN_CASES, type PlanCase } from '../../contract/plan-cases';
import { printSummary } from '../../contract/summary';
import { differences, firstDifference, stateOf } from '../../contract/world-state';
import { hasCfnLint, lintTemplates } from './programs';
import { hasScriptTools, openScriptWorld, type ScriptWorld } from './script-world';

/** What a script leaves to Rancher: a chart of its catalog, and whom its proxy forwards to. */
const isRanchers = ({ steps }: Plan) => steps.every(({ call, change }) => change === 'allow' || 'rancher' in call || 'wait' in call || 'verify' in call);
const hasChart = ({ steps }: Plan) => steps.some(({ helm }) => helm);

/** Every plan that there is, made from its case as the fault matrix makes it: a new plan brings its script here. */
describe.skipIf(!hasScriptTools())('AWS CLI and kubectl: the script of every plan', () => {
  const ran: string[] = [];
  const left: string[] = [];
  const templates = new Set<string>();
  let world: ScriptWorld;

  beforeAll(async() => {
    world = await openScriptWorld();
  });
  afterAll(async() => {
    await world.close();
    printSummary('scripts', [`Scripts of plans by the real aws and kubectl: ${ ran.length } end as Apply does, twice; ${ left.length } left to Rancher or to helm: ${ left.join('; ') }`]);
  });

  async function begin({ prepare, make }: PlanCase): Promise<{ plan: Plan; run(): Promise<string> }> {
    await world.sandbox.reset();
    await prepare?.(world.sandbox.world);
    const person = await world.admin();
    const plan = await make(person);

    return { plan, run: async() => (await person.run(plan)).status };
  }

  it.for(PLAN_CASES)('$name', { timeout: 240_000 }, async(one, { skip }) => {
    const applied = await begin(one);
    const template = exportsOf(applied.plan).find(({ id }) => id === 'cloudformation')?.files[0]?.text;

    if (template) {
      templates.add(template);
    }
    if (hasChart(applied.plan) || isRanchers(applied.plan)) {
      left.push(one.name);

      return skip(hasChart(applied.plan) ? 'left to helm' : 'left to Rancher');
    }
    expect(await applied.run()).toBe('done');
    const byApply = stateOf(world.sandbox.world);
    const { plan } = await begin(one);

    for (const time of ['first', 'second']) {
      expect(await world.script(plan), time).toMatchObject({ status: 0, stderr: '' });
      const byScript = stateOf(world.sandbox.world);
      // Only Rancher's own proxy needs these; what takes them away is in the script.
      const isLeftOut = (name: string) => plan.steps.some(({ change }) => change === 'allow') && /^local (proxyendpoints|settings)\./.test(name);
      const differing = differences(byApply, byScript).filter((name) => !isLeftOut(name));

      expect(differing.map((name) => `${ name }: ${ firstDifference(byScript[name], byApply[name]) }`), time).toEqual([]);
    }
    ran.push(one.name);
  });

  it.skipIf(!hasCfnLint())('cfn-lint finds no fault with the templates of any', async() => {
    expect(templates.size).toBeGreaterThan(5);
    expect(await lintTemplates(...templates)).toEqual([]);
  });
});
