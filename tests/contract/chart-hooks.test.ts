import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldBack, useChartRole } from '../../pkg/irsa/composables/use-chart-role';
import type { Engine } from '../../pkg/irsa/composables/use-engine';
import { predictRoleName } from '../../pkg/irsa/domain';
import { whoAmI } from '../../pkg/irsa/gateways/aws/caller';
import { findRole, observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import { observeBackupBucket } from '../../pkg/irsa/gateways/observe/hosting';
import { look } from '../../pkg/irsa/gateways/observe/known';
import { preflight } from '../../pkg/irsa/plans/rights/preflight';
import { rancherBackup } from '../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../pkg/irsa/presets/rancher-logging';
import { policyNameOf } from '../../pkg/irsa/presets/policy-name';
import type { Preset } from '../../pkg/irsa/presets/preset';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { NEW_BUCKET } from './backup-buckets';
import { FAULTS, KINDS, type FaultName } from './faults';
import { targetOf } from './sandbox-target';
import { printSummary } from './summary';
import { logIn, type Person } from './target';

interface Form { name: string; cluster: string; preset: Preset; parameters: Record<string, string>; /** Made with the role. */ bucket?: { name: string; region: string } }

const FORMS: Form[] = [
  { name: 'Rancher Backups', cluster: 'local', preset: rancherBackup, parameters: { bucket: 'acme-backups', folder: 'prod', region: 'eu-central-1' } },
  { name: 'Rancher Backups and its bucket', cluster: 'local', preset: rancherBackup, parameters: { ...NEW_BUCKET, bucket: NEW_BUCKET.name, folder: 'prod' }, bucket: NEW_BUCKET },
  { name: 'Logging', cluster: 'prod-eks', preset: rancherLogging, parameters: { destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-central-1' } },
];
/** Everything that the hook before the installation sends: the looks of the page first, then the plan. */
const CALLS = ['ListOpenIDConnectProviders', 'ListRoles', 'CreateOpenIDConnectProvider', 'CreateRole', 'PutRolePolicy', 'GetRole', 'POST /v1/management.cattle.io.proxyendpoints'];
/** What the bucket adds to them. */
const OF_BUCKET = ['CreateBucket', 'PutPublicAccessBlock', 'PutBucketVersioning'];
const callsOf = ({ bucket }: Form): string[] => bucket ? OF_BUCKET : CALLS;
const STRIKING = FAULTS.filter((fault) => fault !== 'browser closed');

interface Row { form: string; call: string; fault: FaultName; struck: boolean; first: 'ready' | 'held back'; wrong?: string }

/**
 * The hooks of the install forms, each of their calls with everything that can go wrong at it. «Install» is allowed to go on only with
 * the ARN of a role that is there; pressed again, it picks up what is there.
 */
describe('faults at each call of the install forms’ hooks', () => {
  const rows: Row[] = [];
  let sandbox: Sandbox;

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 3 });
  });
  afterAll(async() => {
    await sandbox.stop();
    const count = (wanted: (row: Row) => boolean) => rows.filter(wanted).length;

    printSummary('chart-hooks', [
      `Install forms: ${ FORMS.length } forms, ${ CALLS.length + OF_BUCKET.length } calls, ${ STRIKING.length } faults: ${ rows.length } rows`,
      ...[...CALLS, ...OF_BUCKET].map((call) => `  ${ call.padEnd(46) } ${ String(count((row) => row.call === call && row.struck && row.first === 'ready')).padStart(3) } went on by themselves, ${ String(count((row) => row.call === call && row.first === 'held back')).padStart(3) } held the chart back, ${ String(count((row) => row.call === call && !row.struck)).padStart(3) } not sent`),
      `  ${ count(({ wrong }) => !wrong) } right, ${ count(({ wrong }) => Boolean(wrong)) } wrong`,
    ]);
  });

  /** The hook as the form has it, over the sandbox. */
  function hook(person: Person, { cluster, preset, parameters, bucket }: Form) {
    const gateways = person.gateways();
    const engine = {
      preflight:   (plan: Parameters<Engine['preflight']>[0]) => preflight(plan, gateways, { caller: () => look(() => whoAmI(gateways.iam!)) }),
      run:         (plan: Parameters<Engine['run']>[0]) => person.run(plan),
      observeRole: (name: string, options = {}) => findRole(gateways.iam!, name, options),
    } as unknown as Engine;

    return useChartRole({
      engine:  async() => engine,
      observe: () => person.observe(cluster),
      wish:    async(observed) => {
        const { namespace, serviceAccount: name } = preset.subject();
        const role = predictRoleName(cluster, namespace, name);

        return { target: await observeBinding(gateways, observed, { namespace, name }), permissions: { kind: 'preset', preset, parameters }, role: { kind: 'new', name: role, found: await findRole(gateways.iam!, role) }, region: 'eu-central-1', ...(bucket ? { bucket: await observeBackupBucket(gateways, bucket) } : {}) };
      },
      say:  (text) => text?.key ?? '',
      rest: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 20)),
    });
  }

  /** What «Install» does: the ARN that goes into the values, or why nothing is installed. */
  async function install(form: Form): Promise<string | HeldBack> {
    const person = await logIn(targetOf(sandbox), 'admin');

    return hook(person, form).prepare().catch((error: unknown) => {
      if (error instanceof HeldBack) {
        return error;
      }
      throw error;
    });
  }

  const state = () => sandbox.world.aws.state;
  const isReady = ({ bucket }: Form): boolean => !bucket || (state().buckets.get(bucket.name)?.versioning === 'Enabled' && state().buckets.get(bucket.name)?.blocked.size === 4);
  const roleOf = (arn: string) => [...state().roles.values()].find((role) => role.arn === arn);

  async function attempt(row: Row, form: Form): Promise<string | undefined> {
    await sandbox.reset();
    const before = { roles: state().roles.size, providers: state().providers.size };

    sandbox.world.faults.add({ id: row.call, match: row.call, kind: KINDS[row.fault as keyof typeof KINDS], times: row.fault === 'refused' ? 99 : 1, delay: row.fault === 'not everywhere yet' ? 80 : 1 } as Parameters<typeof sandbox.world.faults.add>[0]);
    const first = await install(form);

    row.struck = sandbox.world.faults.struck() > 0;
    row.first = typeof first === 'string' ? 'ready' : 'held back';
    if (typeof first === 'string' && !roleOf(first)?.inline.get(policyNameOf(form.preset, form.parameters))) {
      return `went on with ${ first }, which is not there, or may nothing`;
    }
    if (typeof first === 'string' && !isReady(form)) {
      return 'went on without the bucket, or with one that is not finished';
    }
    if (typeof first !== 'string' && !first.message) {
      return 'held back without a word';
    }
    if (typeof first !== 'string' && !row.struck) {
      return `held back for nothing: ${ first.message }`;
    }
    sandbox.world.faults.clear();
    const again = await install(form);

    if (typeof again !== 'string' || !roleOf(again)?.inline.get(policyNameOf(form.preset, form.parameters))) {
      return `pressed again: ${ typeof again === 'string' ? again : again.message }`;
    }

    if (!isReady(form)) {
      return 'pressed again: the bucket is not finished';
    }

    return state().roles.size === before.roles + 1 && state().providers.size === before.providers + 1 ? undefined : `left ${ state().roles.size - before.roles } roles and ${ state().providers.size - before.providers } providers`;
  }

  describe.each(FORMS)('$name', (form) => {
    it.each(callsOf(form))('%s', async(call) => {
      const wrong: string[] = [];

      for (const fault of STRIKING) {
        const row: Row = { form: form.name, call, fault, struck: false, first: 'ready' };

        rows.push(row);
        const said = await attempt(row, form).catch((error: unknown) => String(error));

        if (said) {
          row.wrong = said;
          wrong.push(`${ fault }: ${ said }`);
        }
      }
      expect(wrong).toEqual([]);
      // Every one of these is sent by either form; a call that is not would prove nothing.
      expect(rows.filter((row) => row.form === form.name && row.call === call && row.struck).length).toBeGreaterThan(3);
    }, 60_000);
  });
});
