import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundIn } from '../../pkg/irsa/presets/found-in';
import { policyNameOf } from '../../pkg/irsa/presets/policy-name';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { begin, closes, eachCall, FORMS, recorded, strike, strikingAt, type Form, type STRIKING } from './chart-form';
import { printSummary } from './summary';

interface Row { form: string; call: string; fault: typeof STRIKING[number]; struck: boolean; first: 'ready' | 'held back'; wrong?: string }

const sent = await recorded();

/**
 * The hook of the install forms before the installation, each call that it sends with everything that can go wrong at it. «Install» goes on
 * only with the ARN of a role that is there; held back, it leaves the values as they were; pressed again, it picks up what is there.
 */
describe('faults at each call of the install forms’ hook before the installation', () => {
  const rows: Row[] = [];
  let sandbox: Sandbox;

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 3 });
  });
  afterAll(async() => {
    await sandbox.stop();
    const count = (wanted: (row: Row) => boolean) => rows.filter(wanted).length;

    printSummary('chart-hooks', [
      `Install forms: ${ FORMS.length } forms, ${ new Set(rows.map(({ call }) => call)).size } calls as they were recorded: ${ rows.length } rows`,
      ...[...new Set(rows.map(({ call }) => call.startsWith('GET ') ? 'looks at Rancher and clusters' : call))].map((call) => {
        const its = rows.filter((row) => call === (row.call.startsWith('GET ') ? 'looks at Rancher and clusters' : row.call));

        return `  ${ call.padEnd(46) } ${ String(its.filter(({ first }) => first === 'ready').length).padStart(3) } went on by themselves, ${ String(its.filter(({ first }) => first === 'held back').length).padStart(3) } held the chart back, ${ String(its.filter(({ struck }) => !struck).length).padStart(3) } not sent`;
      }),
      `  ${ count(({ wrong }) => !wrong) } right, ${ count(({ wrong }) => Boolean(wrong)) } wrong`,
    ]);
  });

  const state = () => sandbox.world.aws.state;
  const roleOf = (arn?: string) => [...state().roles.values()].find((role) => role.arn === arn);

  /** What is wrong with values that are about to be sent. */
  function amiss({ preset, parameters, bucket, leaves }: Form, values: Record<string, unknown>): string | undefined {
    const { roleArn } = foundIn(values, preset);

    if (leaves) {
      return roleArn && 'went on with the role';
    }
    if (!roleOf(roleArn)?.inline.get(policyNameOf(preset, parameters))) {
      return `went on with ${ roleArn }, which is not there, or may nothing`;
    }

    return bucket && !(state().buckets.get(bucket.name)?.versioning === 'Enabled' && state().buckets.get(bucket.name)?.blocked.size === 4) ? 'went on without the bucket, or with one that is not finished' : undefined;
  }

  async function attempt(row: Row, form: Form): Promise<string | undefined> {
    await sandbox.reset();
    const { open, wrong } = begin(sandbox, form);
    const page = await open();
    const were = JSON.stringify(page.values);

    if (row.fault === 'browser closed') {
      closes(page.person, sandbox.world);
    }
    strike(sandbox.world, row.call, row.fault);
    const held = await page.before();

    row.struck = sandbox.world.faults.struck() > 0;
    row.first = held === undefined ? 'ready' : 'held back';
    if (held !== undefined && !row.struck) {
      return `held back for nothing: ${ held }`;
    }
    if (held !== undefined && JSON.stringify(page.values) !== were) {
      return `held back with other values: ${ JSON.stringify(page.values) }`;
    }
    const first = held === undefined && row.fault !== 'browser closed' ? amiss(form, page.values) : undefined;

    if (first) {
      return first;
    }
    sandbox.world.faults.clear();
    // Whoever closed the browser opens the page anew; else it is pressed again where it is.
    const again = row.fault === 'browser closed' ? await open() : page;
    const still = await again.before();

    if (still !== undefined) {
      return `pressed again: ${ still }`;
    }
    again.install();

    // What comes after it has a table of its own.
    return amiss(form, again.values) ?? wrong(false);
  }

  describe.each(eachCall(sent, 'before'))('$name', ({ form, calls, sent: all }) => {
    it('sends what it needs', () => {
      expect(all).toEqual(expect.arrayContaining(form.bucket ? ['CreateRole', 'CreateBucket', 'PutPublicAccessBlock', 'PutBucketVersioning'] : form.seed ? ['UpdateAssumeRolePolicy', 'PutRolePolicy'] : ['ListOpenIDConnectProviders', 'ListRoles', 'CreateOpenIDConnectProvider', 'CreateRole', 'PutRolePolicy', 'GetRole', 'POST /v1/management.cattle.io.proxyendpoints']));
    });

    it.each(calls)('%s', async(call) => {
      const wrong: string[] = [];

      for (const fault of strikingAt(call)) {
        const row: Row = { form: form.name, call, fault, struck: false, first: 'ready' };

        rows.push(row);
        const said = await attempt(row, form).catch((error: unknown) => String(error));

        if (said) {
          row.wrong = said;
          wrong.push(`${ fault }: ${ said }`);
        }
      }
      expect(wrong).toEqual([]);
      expect(rows.filter((row) => row.form === form.name && row.call === call && !row.struck).map(({ fault }) => fault)).toEqual([]);
    }, 120_000);
  });
});
