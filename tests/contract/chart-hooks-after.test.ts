import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { followRelease, followUp, useChartRole } from '../../pkg/irsa/composables/use-chart-role';
import type { Engine } from '../../pkg/irsa/composables/use-engine';
import { predictRoleName } from '../../pkg/irsa/domain';
import { whoAmI } from '../../pkg/irsa/gateways/aws/caller';
import { findRole, observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import { look } from '../../pkg/irsa/gateways/observe/known';
import { preflight } from '../../pkg/irsa/plans/rights/preflight';
import { rancherBackup } from '../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../pkg/irsa/presets/rancher-logging';
import type { Preset } from '../../pkg/irsa/presets/preset';
import { install } from '../sandbox/scenario/populate.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { KINDS, type FaultName } from './faults';
import { seedLeftLogging } from './seeds';
import { targetOf } from './sandbox-target';
import { printSummary } from './summary';
import { logIn, type Person } from './target';

interface Form { name: string; cluster: 'local' | 'prod-eks'; id: string; preset: Preset; parameters: Record<string, string>; workload: string; /** The role is taken away, and not given. */ leaves?: true }

const LOGS = { cluster: 'prod-eks' as const, id: 'c-eks01', preset: rancherLogging, parameters: { destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-central-1' }, workload: 'statefulsets/rancher-logging-root-fluentd' };
const FORMS: Form[] = [
  { name: 'Rancher Backups', cluster: 'local', id: 'local', preset: rancherBackup, parameters: { bucket: 'acme-backups', folder: 'prod', region: 'eu-central-1' }, workload: 'deployments/rancher-backup' },
  { name: 'Logging', ...LOGS },
  { name: 'Logging without its role', ...LOGS, leaves: true },
];
const STRIKING: FaultName[] = ['refused', 'throttled', 'answer lost after', 'conflict'];

/** What the hook after the installation sends, in the sandbox' words. */
function callsOf({ id, preset, workload, leaves }: Form): string[] {
  const { namespace, serviceAccount } = preset.subject();
  const api = `/k8s/clusters/${ id }/api/v1/namespaces/${ namespace }`;
  const restart = `PATCH /k8s/clusters/${ id }/apis/apps/v1/namespaces/${ namespace }/${ workload }`;

  const looks = [`GET ${ api }/serviceaccounts`, `GET ${ api }/pods`];

  return leaves ? [...looks, `PATCH ${ api }/serviceaccounts/${ serviceAccount }`, restart] : [...looks, restart, `POST ${ api }/serviceaccounts/${ serviceAccount }/token`, 'AssumeRoleWithWebIdentity'];
}

interface Row { form: string; call: string; fault: FaultName; struck: boolean; first: 'done' | 'told'; wrong?: string }

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
      `After an installation: ${ FORMS.length } forms, ${ STRIKING.length } faults: ${ rows.length } rows`,
      `  ${ count(({ first }) => first === 'done') } done by themselves, ${ count(({ first }) => first === 'told') } told and done by the next, ${ count(({ wrong }) => Boolean(wrong)) } wrong`,
    ]);
  });

  const rest = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds / 100));

  function parts(person: Person, cluster: string) {
    const gateways = person.gateways();
    const engine = {
      preflight:      (plan: Parameters<Engine['preflight']>[0]) => preflight(plan, gateways, { caller: () => look(() => whoAmI(gateways.iam!)) }),
      run:            (plan: Parameters<Engine['run']>[0]) => person.run(plan),
      observeRole:    (name: string, options = {}) => findRole(gateways.iam!, name, options),
      observeBinding: (observed, account) => observeBinding(gateways, observed, account),
    } as Partial<Engine> as Engine;

    return { engine: async() => engine, observe: () => person.observe(cluster), gateways };
  }

  /** The chart with its role, as Rancher's page leaves it; or without, after it had one. */
  async function begin(form: Form): Promise<string> {
    const { cluster, preset, parameters, leaves } = form;

    if (leaves) {
      const { store } = sandbox.world.kube(cluster);

      seedLeftLogging(sandbox.world);
      store.patch(store.findType('apps', 'statefulsets')!, preset.chart.namespace, 'rancher-logging-root-fluentd', 'application/merge-patch+json', { spec: { template: { metadata: { annotations: { seeded: 'bound' } } } } });
      await vi.waitFor(() => expect(state(form).carried).toEqual([expect.stringContaining(':role/')]), 20_000);

      return '';
    }
    const person = await logIn(targetOf(sandbox), 'admin');
    const { gateways, ...rests } = parts(person, cluster);
    const { namespace, serviceAccount: name } = preset.subject();
    const role = predictRoleName(cluster, namespace, name);
    const arn = await useChartRole({
      ...rests, rest, say: (text) => text?.key ?? '',
      wish: async(observed) => ({ target: await observeBinding(gateways, observed, { namespace, name }), permissions: { kind: 'preset', preset, parameters }, role: { kind: 'new', name: role, found: await findRole(gateways.iam!, role) }, region: 'eu-central-1' }),
    }).prepare();

    install(sandbox.world.kube(cluster), sandbox.world.sources, { chart: preset.chart.name, release: preset.chart.release, namespace, values: preset.values({ ...parameters, roleArn: arn, audience: 'sts.amazonaws.com' }) });

    return arn;
  }

  /** What the hook comes to: undefined where all is well. */
  async function after({ cluster, preset, leaves }: Form, arn: string): Promise<string | undefined> {
    const person = await logIn(targetOf(sandbox), 'admin');
    const { namespace, serviceAccount: name } = preset.subject();
    const released = async() => await followRelease(parts(person, cluster), { namespace, name }, (values) => !JSON.stringify(values).includes('role-arn'), rest) ? undefined : 'not in time';
    const given = async() => followUp(parts(person, cluster), { namespace, name }, arn, rest).then((check) => check?.result === 'verified' ? undefined : check?.text?.key ?? 'not in time');

    return (leaves ? released() : given()).catch((error: Error) => error.message || 'no word');
  }

  function state({ cluster, preset }: Form): { annotation?: string; carried: unknown[] } {
    const { store } = sandbox.world.kube(cluster);
    const { namespace, serviceAccount } = preset.subject();
    const pods = store.list(store.findType('', 'pods')!, { namespace }).filter(({ spec, metadata }) => (spec as { serviceAccountName?: string }).serviceAccountName === serviceAccount && !metadata.deletionTimestamp);

    return {
      annotation: store.get(store.findType('', 'serviceaccounts')!, namespace, serviceAccount)?.metadata.annotations?.['eks.amazonaws.com/role-arn'],
      carried:    pods.map(({ spec }) => (spec as { containers: { env?: { name: string; value?: string }[] }[] }).containers[0]!.env?.find(({ name }) => name === 'AWS_ROLE_ARN')?.value),
    };
  }

  async function attempt(row: Row, form: Form): Promise<string | undefined> {
    await sandbox.reset();
    const arn = await begin(form);
    const isRead = row.call.startsWith('GET ');

    sandbox.world.faults.add({ id: row.call, match: row.call, kind: KINDS[row.fault as keyof typeof KINDS], times: row.fault === 'refused' && !isRead ? 99 : 1, delay: 1 } as Parameters<typeof sandbox.world.faults.add>[0]);
    const said = await after(form, arn);

    row.struck = sandbox.world.faults.struck() > 0;
    row.first = said === undefined ? 'done' : 'told';
    sandbox.world.faults.clear();
    if (said !== undefined && !row.struck) {
      return `told of nothing: ${ said }`;
    }
    if (!form.leaves && state(form).annotation !== arn) {
      return `the chart was left with ${ state(form).annotation }`;
    }
    const again = said === undefined ? undefined : await after(form, arn);

    if (again !== undefined) {
      return `the next one: ${ again }`;
    }
    const { annotation, carried } = state(form);
    const wished = form.leaves ? undefined : arn;

    return annotation === wished && carried.length > 0 && carried.every((one) => one === wished) ? undefined : `ends with ${ annotation } and ${ carried.join(', ') }`;
  }

  describe.each(FORMS)('$name', (form) => {
    it.each(callsOf(form))('%s', async(call) => {
      const wrong: string[] = [];

      for (const fault of STRIKING) {
        const row: Row = { form: form.name, call, fault, struck: false, first: 'done' };

        rows.push(row);
        const said = await attempt(row, form).catch((error: unknown) => String(error));

        if (said) {
          row.wrong = said;
          wrong.push(`${ fault }: ${ said }`);
        }
      }
      expect(wrong).toEqual([]);
      expect(rows.filter((row) => row.form === form.name && row.call === call && row.struck).length).toBe(STRIKING.length);
    }, 300_000);
  });
});
