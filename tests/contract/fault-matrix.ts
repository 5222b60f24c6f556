import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as plans from '../../pkg/irsa/plans';
import { IrsaError } from '../../pkg/irsa/domain/errors';
import type { Plan, Step } from '../../pkg/irsa/plans/plan';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { canStrike, FAULTS, runWith, type FaultName } from './faults';
import { interferences, type Interference } from './interference';
import { PLAN_CASES, type PlanCase } from './plan-cases';
import { printShared } from './summary';
import { logIn, type Person, type Target } from './target';
import { differences, firstDifference, generationsOf, identitiesOf, stateOf, type WorldState } from './world-state';

/** Faults that the runner gets over by itself; the others end the run, and the next one finishes. */
const PASSING: FaultName[] = ['throttled', '5xx', 'time-out before', 'answer lost after', 'not everywhere yet'];

/** Faults after which nobody knows whether a write went through. */
const NEVER_ANSWERED: FaultName[] = ['answer lost after', 'browser closed'];

interface Row { plan: string; step: string; fault: FaultName; runs: number; struck?: boolean; wrong?: string }

/** What came of some plans. */
interface Results {
  plans: number;
  /** Those at which the fault struck. */
  rows: Row[];
  /** Steps that send nothing a fault could strike: a wait for what Rancher does, a check that is not made there. */
  quiet: number;
  meanwhile: { plan: string; step: string; what: string; wrong?: string }[];
  /** The words of all steps, by their keys. */
  words: string[];
  /** How many steps nobody can come in the way of, by the reason. */
  alone: Record<string, number>;
}

/** In how many files the plans are tested, each with a worker of its own. */
const PARTS = 4;

/** Steps whose words no case has, and why. */
const WORDLESS: Record<string, string> = { 'fleet-deployed': 'a wait alone, where Fleet is at work on what it was told already; the cases with Fleet end in the same wait' };

/** Once all plans were made: a step that no case has is one that no fault was tried at. */
function expectEveryStep(parts: Results[]): void {
  const { step: words } = (parse(readFileSync('pkg/irsa/l10n/engine.en-us.yaml', 'utf8')) as { irsa: { step: Record<string, object> } }).irsa;
  const said = new Set(parts.flatMap((part) => part.words).map((key) => key.split('.')[2]));

  expect(Object.keys(words).filter((id) => !said.has(id)).sort()).toEqual(Object.keys(WORDLESS));
}

function table(parts: Results[]): string[] {
  const [rows, meanwhile] = [parts.flatMap((part) => part.rows), parts.flatMap((part) => part.meanwhile)];
  const alone = Map.groupBy(parts.flatMap((part) => Object.entries(part.alone)), ([why]) => why);
  const count = (wanted: (row: Row) => boolean) => rows.filter(wanted).length;
  const steps = new Set(rows.map(({ plan, step }) => `${ plan } ${ step }`)).size;

  return [
    `Fault matrix: ${ parts.reduce((sum, part) => sum + part.plans, 0) } plans, ${ steps } steps, ${ FAULTS.length } faults: ${ rows.length } rows`,
    ...FAULTS.map((fault) => {
      const of = (wanted: (row: Row) => boolean) => count((row) => row.fault === fault && wanted(row));
      const [struck, first, later, wrong] = [of((row) => row.struck === true), of(({ runs }) => runs === 1), of(({ runs }) => runs > 1), of((row) => row.wrong !== undefined)];

      return `  ${ fault.padEnd(18) } ${ String(struck).padStart(3) } struck: ${ String(first).padStart(3) } right in the first run, ${ String(later).padStart(3) } after one re-run, ${ wrong } wrong`;
    }),
    `  somebody else was faster: ${ meanwhile.length } rows at ${ new Set(meanwhile.map(({ plan, step }) => `${ plan } ${ step }`)).size } steps, ${ meanwhile.filter(({ wrong }) => wrong !== undefined).length } wrong; no row for ${ [...alone].map(([why, all]) => `${ all.reduce((sum, [, some]) => sum + some, 0) } where ${ why }`).join(', ') }`,
    `  no row for ${ parts.reduce((sum, part) => sum + part.quiet, 0) } steps that send nothing to strike at`,
    `  ${ count(({ wrong }) => wrong === undefined) } right, ${ count(({ wrong }) => wrong !== undefined) } wrong`,
  ];
}

/**
 * Every step of every plan, with everything that can go wrong at it. The rows are made from the plans: a new plan, or a new step of one,
 * brings its own.
 * @param part  which share of the plans, from 0
 */
export const testFaults = (part: 0 | 1 | 2 | 3): unknown => describe('faults at every step of every plan', () => {
  const cases = PLAN_CASES.filter((_, index) => index % PARTS === part);
  const rows: Row[] = [];
  const meanwhile: Results['meanwhile'] = [];
  const alone: Results['alone'] = {};
  const words = new Set<string>();
  let quiet = 0;
  let sandbox: Sandbox;
  let target: Target;

  beforeAll(async() => {
    // What a stand-in does at its own time would make two worlds differ.
    sandbox = await startSandbox({ pace: 3, backups: false });
    target = {
      name: 'sandbox', url: sandbox.url, users: Object.fromEntries(SANDBOX_USERS.map(({ username, password }) => [username, password])),
    } as Target;
  });
  afterAll(async() => {
    await sandbox.stop();
    printShared<Results>('fault-matrix', part, PARTS, { plans: cases.length, rows, quiet, words: [...words], meanwhile, alone }, (parts) => {
      if (parts.length === PARTS && parts.every(({ words: all }) => all.length)) {
        expectEveryStep(parts);
      }

      return table(parts);
    });
  });

  it('covers every plan that there is', () => {
    const planners = Object.keys(plans).filter((name) => name.startsWith('plan'));

    expect([...new Set(PLAN_CASES.flatMap(({ covers }) => covers))].sort()).toEqual(planners.sort());
  });

  /** A world that is ready for the plan, and what it makes of it. */
  async function begin({ prepare, make }: PlanCase): Promise<{ person: Person; plan: Plan }> {
    await sandbox.reset();
    await prepare?.(sandbox.world);
    const person = await logIn(target, 'admin');

    return { person, plan: await make(person) };
  }

  /** Writes that took effect, as the receiving side saw them. */
  const writes = () => sandbox.world.aws.calls().filter(({ write, done }) => write && done).map(({ action, input }) => `${ action } ${ input.RoleName ?? input.Url ?? input.OpenIDConnectProviderArn ?? input.bucket ?? '' } ${ input.PolicyName ?? input.PolicyArn ?? input.key ?? '' }`.trim()).sort();
  /** Without what was said again: that does no harm where an answer was lost. What makes something must happen once all the same. */
  const once = (all: string[]) => all.filter((name, index) => name.startsWith('Create') || all.indexOf(name) === index);

  /** Whether the step sent anything: a wait only looks, and STS is not asked where Rancher does not forward to it. */
  const wasAsked = ({ call }: Step) => !('wait' in call) && (!('verify' in call) || sandbox.world.aws.calls().some(({ service }) => service === 'sts'));

  describe.each(cases)('$name', (one) => {
    /** Steps at which a fault had nothing to strike at: the next one has no more. */
    const silent = new Set<string>();
    let clean: { generations: Record<string, number>; state: WorldState; untouched: WorldState; foreign: string[]; writes: string[]; plan: Plan };

    beforeAll(async() => {
      const { person, plan } = await begin(one);
      const before = stateOf(sandbox.world);
      const identities = identitiesOf(sandbox.world);
      const result = await person.run(plan);

      expect(result, JSON.stringify(result)).toMatchObject({ status: 'done' });
      const state = stateOf(sandbox.world);

      const untouched = Object.entries(before).filter(([key, value]) => JSON.stringify(value) === JSON.stringify(state[key]));

      plan.steps.forEach(({ title, detail }) => [title, detail].forEach((text) => text && words.add(text.key)));
      const after = identitiesOf(sandbox.world);
      const foreign = Object.keys(identities).filter((key) => identities[key] === after[key]);

      clean = { state, foreign, generations: generationsOf(sandbox.world), writes: writes(), plan, untouched: Object.fromEntries(untouched) };
    });

    it('changes something, and finds nothing to do when made again', async() => {
      expect(clean.plan.steps.length).toBeGreaterThan(0);
      const { person, plan } = await begin(one);

      await person.run(plan);
      const before = stateOf(sandbox.world);
      const calls = writes();
      const again = await one.make(person);

      expect(again.steps.filter(({ change }) => change !== 'check').map(({ id }) => id)).toEqual([]);
      await person.run(again);
      expect(differences(before, stateOf(sandbox.world))).toEqual([]);
      expect(writes()).toEqual(calls);
    });

    it.each(FAULTS)('%s', async(fault) => {
      const wrong: string[] = [];

      for (const { id } of clean.plan.steps.filter((step) => canStrike(fault, step) && (fault === 'server stuck mid-roll' || !silent.has(step.id)))) {
        const row: Row = { plan: one.name, step: id, fault, runs: 1 };
        const said = await attempt(row).catch((error: unknown) => String(error));

        if (!row.struck && !said) {
          silent.add(id);
          quiet += 1;
          continue;
        }
        rows.push(row);
        if (said) {
          row.wrong = said;
          wrong.push(`${ id }: ${ said }`);
        }
      }
      expect(wrong.join('\n')).toBe('');
    });

    it('somebody else is faster', async() => {
      const wrong: string[] = [];

      for (const { id } of clean.plan.steps) {
        for (const which of namesOf(id)) {
          const said = await meet(id, which).catch((error: unknown) => String(error));

          meanwhile.push({ plan: one.name, step: id, what: which, wrong: said });
          if (said) {
            wrong.push(`${ id }, somebody ${ which }: ${ said }`);
          }
        }
      }
      expect(wrong.join('\n')).toBe('');
    });

    /** What can come in the way of a step; of those where nothing can, the reason is noted. */
    function namesOf(id: string): string[] {
      const all = interferences(clean.plan.steps.find((step) => step.id === id)!, clean.plan, sandbox.world);

      if (typeof all === 'string') {
        alone[all] = (alone[all] ?? 0) + 1;
      }

      return typeof all === 'string' ? [] : all.map(({ name }) => name);
    }

    /** Somebody does something just before a step begins; says what is wrong, if anything. */
    async function meet(id: string, which: string): Promise<string | undefined> {
      const { person, plan } = await begin(one);
      const step = plan.steps.find((other) => other.id === id)!;
      let isThere: (() => boolean) | undefined;
      let theirs: Interference | undefined;
      let struck = false;
      const result = await person.run(plan, {
        onStep(state) {
          if (state.id === id && !theirs) {
            theirs = (interferences(step, plan, sandbox.world) as Interference[]).find(({ name }) => name === which);
            isThere = theirs?.act();
            struck = isThere?.() === true;
          }
        },
      });

      if (!theirs || !isThere || !struck) {
        return 'it did not strike';
      }
      if (!isThere()) {
        return `what they did is gone after ${ result.status }`;
      }
      if (result.status !== theirs.ends || (result.status === 'failed' && !result.error.why)) {
        return `ended as ${ result.status }${ result.status === 'failed' ? ` (${ result.error.message })` : '' }, not as ${ theirs.ends }`;
      }
      if (theirs.asksAnew) {
        return undefined;
      }
      // What somebody else made stands in the way of some plans for good: then they say so.
      const again = await one.make(person).catch((error: unknown) => {
        expect(error, id).toBeInstanceOf(IrsaError);

        return undefined;
      });

      // A role of theirs is changed only by who agrees to it.
      if (again && !again.consent) {
        const second = await person.run(again);

        if (second.status !== 'done') {
          return `ended as ${ second.status } when run again${ second.status === 'failed' ? ` (${ second.error.message })` : '' }`;
        }
      }

      return isThere() ? undefined : 'what they did is gone in the end';
    }

    /** The plan once more; where it says that servers are being changed, one waits, as it says. */
    async function madeInTime(person: Person): Promise<Plan> {
      for (const until = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
        try {
          return await one.make(person);
        } catch (error) {
          if (!(error instanceof IrsaError && error.code === 'SWITCH_BUSY') || Date.now() > until) {
            throw error;
          }
        }
      }
    }

    /** One row; says what is wrong, if anything. */
    async function attempt(row: Row): Promise<string | undefined> {
      const { person, plan } = await begin(one);
      const identities = identitiesOf(sandbox.world);
      const step = plan.steps.find(({ id }) => id === row.step)!;
      const first = await runWith(row.fault, step, plan, person, sandbox.world);
      let { result } = first;

      row.struck = first.struck;
      if (!first.struck) {
        return wasAsked(step) ? 'the fault did not strike' : undefined;
      }

      if (result.status === 'failed' && row.fault === 'refused' && 'kubernetes' in step.call && !result.error.facts.action?.includes(step.call.kubernetes.path)) {
        return `the refusal names «${ result.error.facts.action }»`;
      }
      if (result.status === 'failed' && row.fault === 'refused' && 'aws' in step.call) {
        const { action = '', resource = '' } = result.error.facts;

        if (!action.includes(step.call.aws.command) || !resource) {
          return `the refusal names «${ action }» on «${ resource }»`;
        }
      }
      if (row.fault === 'refused' && result.status === 'done') {
        return 'a refusal went by unnoticed';
      }
      if (PASSING.includes(row.fault) && result.status !== 'done') {
        return `ended as ${ result.status }${ result.status === 'failed' ? ` (${ result.error.message })` : '' }`;
      }
      if (result.status !== 'done') {
        row.runs++;
        // What was under way comes to its end by itself.
        await new Promise((resolve) => setTimeout(resolve, row.fault === 'server stuck mid-roll' ? 60 : 0));
        const later = await logIn(target, 'admin');

        result = await later.run(await madeInTime(later));
      }
      if (result.status !== 'done') {
        return `ended as ${ result.status } when run again${ result.status === 'failed' ? ` (${ result.error.message })` : '' }`;
      }
      const state = stateOf(sandbox.world);
      const after = identitiesOf(sandbox.world);
      const others = clean.foreign.filter((key) => identities[key] !== after[key]);
      const foreign = [...Object.keys(clean.untouched).filter((key) => JSON.stringify(clean.untouched[key]) !== JSON.stringify(state[key])), ...others];

      if (foreign.length) {
        return `touched ${ foreign.join(', ') }`;
      }
      const differing = differences(clean.state, state);

      if (differing.length) {
        return `left otherwise: ${ differing.map((key) => `${ key }: ${ firstDifference(state[key], clean.state[key]) }`).join('; ') }`;
      }

      // Fewer are fine: what was restarted for one reason need not be for the next.
      const oftener = Object.entries(generationsOf(sandbox.world)).filter(([name, count]) => count > (clean.generations[name] ?? 0)).map(([name]) => name);

      if (oftener.length) {
        return `restarted once more than needed: ${ oftener.join(', ') }`;
      }

      // After a refusal a bucket is hardened from the beginning, as nobody looked how far it had come.
      const [wrote, wanted] = NEVER_ANSWERED.includes(row.fault) || row.fault === 'refused' ? [once(writes()), once(clean.writes)] : [writes(), clean.writes];

      // A refusal that took back what was made for it: it is made anew.
      return JSON.stringify(wrote) === JSON.stringify(wanted) || (row.fault === 'refused' && step.undo) ? undefined : `wrote ${ wrote.join(', ') } instead of ${ wanted.join(', ') }`;
    }
  }, 120_000);
});
