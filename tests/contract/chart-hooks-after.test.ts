import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { begin, closes, eachCall, FORMS, recorded, strike, strikingAt, type Form, type STRIKING } from './chart-form';
import { printSummary } from './summary';

interface Row { form: string; call: string; fault: typeof STRIKING[number]; struck: boolean; first: 'done' | 'told' | 'closed'; wrong?: string }

const sent = await recorded();

/**
 * The hook after the installation, each of its calls with everything that can go wrong at it. The chart is there by then: it keeps a role
 * that is there, what went wrong is told, and the next «Save changes» finishes what was left.
 */
describe('faults at each call of the hook after an installation', () => {
  const rows: Row[] = [];
  let sandbox: Sandbox;

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 3 });
  });
  afterAll(async() => {
    await sandbox.stop();
    const count = (wanted: (row: Row) => boolean) => rows.filter(wanted).length;

    printSummary('chart-hooks-after', [
      `After an installation: ${ FORMS.length } forms, ${ new Set(rows.map(({ call }) => call)).size } calls as they were recorded: ${ rows.length } rows`,
      `  ${ count(({ first }) => first === 'done') } done by themselves, ${ count(({ first }) => first === 'told') } told and ${ count(({ first }) => first === 'closed') } closed, done by the next, ${ count(({ struck }) => !struck) } not sent, ${ count(({ wrong }) => Boolean(wrong)) } wrong`,
    ]);
  });

  async function attempt(row: Row, form: Form): Promise<string | undefined> {
    await sandbox.reset();
    const { open, app, wrong } = begin(sandbox, form);
    const page = await open();
    const held = await page.before();

    if (held !== undefined) {
      return `never installed: ${ held }`;
    }
    page.install();
    const installed = structuredClone(app());

    if (row.fault === 'browser closed') {
      closes(page.person, sandbox.world);
    }
    strike(sandbox.world, row.call, row.fault);
    const said = await page.after(() => row.fault === 'browser closed' && sandbox.world.faults.struck() > 0);

    row.struck = sandbox.world.faults.struck() > 0;
    row.first = row.fault === 'browser closed' && row.struck ? 'closed' : said === undefined ? 'done' : 'told';
    sandbox.world.faults.clear();
    if (said !== undefined && !row.struck) {
      return `told of nothing: ${ said }`;
    }
    if (JSON.stringify(app()) !== JSON.stringify(installed)) {
      return 'the chart was left with other values';
    }
    if (row.first !== 'done') {
      // «Save changes», on the page that is opened anew.
      const next = await open(installed);
      const again = await next.before();

      if (again !== undefined) {
        return `the next one was held back: ${ again }`;
      }
      next.install();
      const still = await next.after();

      if (still !== undefined) {
        return `the next one: ${ still }`;
      }
    }

    return wrong();
  }

  describe.each(eachCall(sent, 'after'))('$name', ({ form, calls, sent: all }) => {
    it('sends what it needs', () => {
      expect(all).toEqual(expect.arrayContaining(form.leaves ? ['GetRole', 'UpdateAssumeRolePolicy'] : ['AssumeRoleWithWebIdentity']));
    });

    it.each(calls)('%s', async(call) => {
      const wrong: string[] = [];

      for (const fault of strikingAt(call)) {
        const row: Row = { form: form.name, call, fault, struck: false, first: 'done' };

        rows.push(row);
        const said = await attempt(row, form).catch((error: unknown) => String(error));

        if (said) {
          row.wrong = said;
          wrong.push(`${ fault }: ${ said }`);
        }
      }
      expect(wrong).toEqual([]);
      expect(rows.filter((row) => row.form === form.name && row.call === call && !row.struck).map(({ fault }) => fault)).toEqual([]);
    }, 300_000);
  });
});
