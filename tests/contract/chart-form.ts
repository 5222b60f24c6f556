import { chartFollow } from '../../pkg/irsa/composables/chart-follow';
import { chartHooks } from '../../pkg/irsa/composables/chart-hooks';
import { chartValues, mainIn, roleOut, roleValues } from '../../pkg/irsa/composables/chart-values';
import { HeldBack, useChartRole, type ChartRoleParts } from '../../pkg/irsa/composables/use-chart-role';
import type { Engine } from '../../pkg/irsa/composables/use-engine';
import { accountId, type Account } from '../../pkg/irsa/composables/accounts';
import { predictRoleName } from '../../pkg/irsa/domain';
import type { ObservedCluster } from '../../pkg/irsa/domain/facts';
import { whoAmI } from '../../pkg/irsa/gateways/aws/caller';
import { findRole, observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import { observeBackupBucket } from '../../pkg/irsa/gateways/observe/hosting';
import { look } from '../../pkg/irsa/gateways/observe/known';
import { TransportError } from '../../pkg/irsa/gateways/transport';
import { mergeValues } from '../../pkg/irsa/plans';
import { preflight } from '../../pkg/irsa/plans/rights/preflight';
import { foundIn } from '../../pkg/irsa/presets/found-in';
import type { Preset } from '../../pkg/irsa/presets/preset';
import { rancherBackup } from '../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../pkg/irsa/presets/rancher-logging';
import { install } from '../sandbox/scenario/populate.ts';
import type { World } from '../sandbox/scenario/world.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { NEW_BUCKET } from './backup-buckets';
import { KINDS } from './faults';
import { targetOf } from './sandbox-target';
import { seedBoundLogging } from './seeds';
import { logIn, type Person } from './target';

type Values = Record<string, unknown>;

/** An install form as somebody left it before pressing the button. */
export interface Form {
  name: string;
  cluster: 'local' | 'prod-eks';
  preset: Preset;
  parameters: Record<string, string>;
  /** Of the chart, beside what the form writes. */
  values?: Values;
  /** Made with the role. */
  bucket?: { name: string; region: string };
  /** What is there already: then the role is, too. */
  seed?(world: World): void;
  /** The node's role is chosen in its place. */
  leaves?: true;
}

const LOGS = { cluster: 'prod-eks' as const, preset: rancherLogging, parameters: { destination: 'cloudwatch', logGroup: '/rancher/prod', region: 'eu-central-1' } };
const BOUND = 'arn:aws:iam::111122223333:role/rancher-irsa/prod-eks-rancher-logging';

export const FORMS: Form[] = [
  { name: 'Rancher Backups', cluster: 'local', preset: rancherBackup, parameters: { bucket: 'acme-backups', folder: 'prod', region: 'eu-central-1' } },
  { name: 'Rancher Backups and its bucket', cluster: 'local', preset: rancherBackup, parameters: { ...NEW_BUCKET, bucket: NEW_BUCKET.name, folder: 'prod' }, bucket: NEW_BUCKET },
  { name: 'Logging', ...LOGS },
  { name: 'Logging, EKS turned on since', ...LOGS, seed: seedBoundLogging, values: mergeValues(rancherLogging.values({ roleArn: BOUND, audience: 'sts.amazonaws.com' }), { additionalLoggingSources: { eks: { enabled: true } } }) },
  { name: 'Logging without its role', ...LOGS, seed: seedBoundLogging, values: rancherLogging.values({ roleArn: BOUND, audience: 'sts.amazonaws.com' }), leaves: true },
];

/** All that can go wrong at a call that changes something, and at one that only looks. */
export const STRIKING = [...Object.keys(KINDS), 'browser closed'] as ('browser closed' | keyof typeof KINDS)[];
const AT_A_LOOK: typeof STRIKING = ['refused', 'time-out before'];
/** What only looks, and looks the same whatever the form. */
const isLook = (call: string) => /^(GET |Get|List|Simulate)|selfsubjectaccessreviews$|\/default\/token$/.test(call);

export const strikingAt = (call: string): typeof STRIKING => isLook(call) ? AT_A_LOOK : STRIKING;

export function strike(world: World, match: string, fault: typeof STRIKING[number]): void {
  world.faults.add({ id: match, match, kind: fault === 'browser closed' ? 'lost-answer' : KINDS[fault], times: fault === 'refused' && !isLook(match) ? 99 : 1, delay: fault === 'not everywhere yet' ? 80 : 1 });
}

/** From the first fault that strikes on, nothing of this person's goes out any more. */
export function closes(person: Person, world: World): void {
  const send = person.transport.request.bind(person.transport);

  person.transport.request = (request) => world.faults.struck() ? Promise.reject(new TransportError('network', 'the browser is closed', false)) : send(request);
}

/** The names of faults for all that is sent while something is done: actions of AWS, else verb and path. */
export async function callsDuring(world: World, done: () => Promise<unknown>): Promise<string[]> {
  const { take } = world.faults;
  const calls = new Set<string>();

  world.faults.take = (request) => {
    const { action, method, path } = request;

    if (action || !/^\/(meta\/proxy|v1-public)\//.test(path)) {
      calls.add(action ?? `${ method } ${ path }`);
    }

    return take(request);
  };
  await done();
  world.faults.take = take;

  return [...calls];
}

/** What is sent by the hook before, and by the one after, when all goes well. */
export async function recorded(): Promise<Map<string, { before: string[]; after: string[] }>> {
  const sandbox = await startSandbox({ pace: 3 });
  const all = new Map<string, { before: string[]; after: string[] }>();

  for (const form of FORMS) {
    await sandbox.reset();
    const { open } = begin(sandbox, form);
    const page = await open();
    const before = await callsDuring(sandbox.world, page.before);

    page.install();
    all.set(form.name, { before, after: await callsDuring(sandbox.world, page.after) });
  }
  await sandbox.stop();

  return all;
}

/** The forms with the calls that are struck there: looks only in the first form that has them, as they are the same in each, and so is all but the bucket where one is made. */
export function eachCall(recorded: Map<string, { before: string[]; after: string[] }>, when: 'before' | 'after') {
  const seen = new Set<string>();

  return FORMS.map((form) => {
    const sent = recorded.get(form.name)![when];
    const calls = sent.filter((call) => !seen.has(call) || !(isLook(call) || form.bucket));

    sent.forEach((call) => seen.add(call));

    return { form, name: form.name, sent, calls };
  }).filter(({ sent }) => sent.length);
}

/** A form over a sandbox in its first state. */
export function begin(sandbox: Sandbox, form: Form) {
  const { cluster, preset, parameters, bucket, leaves } = form;
  const { namespace, release } = preset.chart;
  const kube = () => sandbox.world.kube(cluster);

  form.seed?.(sandbox.world);
  const { roles, providers } = sandbox.world.aws.state;
  const were = { roles: roles.size, providers: providers.size };

  const app = (): Values | undefined => {
    const { store } = kube();
    const found = store.get(store.findType('catalog.cattle.io', 'apps')!, namespace, release);

    return found && (found.spec as { values: Values }).values;
  };

  /** The page, opened anew: what it holds is what was sent last, or what the form begins with. */
  async function open(sent?: Values) {
    const values = structuredClone(sent ?? form.values ?? {});
    const person = await logIn(targetOf(sandbox), 'admin');
    const gateways = person.gateways();
    const engine = {
      preflight:      (plan: Parameters<Engine['preflight']>[0]) => preflight(plan, gateways, { caller: () => look(() => whoAmI(gateways.iam!)) }),
      run:            (plan: Parameters<Engine['run']>[0]) => person.run(plan),
      observeRole:    (name: string, options = {}) => findRole(gateways.iam!, name, options),
      observeBinding: (observed: ObservedCluster, account: Account) => observeBinding(gateways, observed, account),
    } as Partial<Engine> as Engine;
    const rest = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds / 100));
    const parts: Pick<ChartRoleParts, 'engine' | 'observe' | 'rest'> = { engine: async() => engine, observe: () => person.observe(cluster), rest };
    const found = foundIn(values, preset);
    const { apply } = chartValues(values, []);
    const told: { how: string; words?: string }[] = [];
    let accounts: Account[] | undefined;
    const follow = chartFollow({ ...parts, deletesRole: () => false }, preset, found, (how, title, message) => told.push({ how, words: message?.key ?? title.key }));
    const hooks = chartHooks({
      preset,
      page:       { isKnown: true, edited: () => undefined },
      value:      values,
      apply,
      mode:       () => leaves ? 'node' : 'role',
      // As the values of the release say it, or its account still.
      roleArn:    () => found.roleArn ?? (leaves && BOUND),
      asked:      async() => ({
        answer:  () => undefined,
        kept:    async(roleArn, isWhole) => isWhole ? roleArn : undefined,
        prepare: async([main, ...beside]) => ({
          answers:  parameters,
          roleArn: await useChartRole({
            ...parts,
            say:  (text) => text?.key ?? '',
            wish: async(observed, ours) => {
              const role = found.roleArn?.split('/').at(-1) ?? predictRoleName(cluster, main.namespace, main.name);
              const [target, ...others] = await Promise.all([main, ...beside].map((one) => ours.observeBinding(observed, one)));

              return { target: target!, beside: others, permissions: { kind: 'preset', preset, parameters }, role: { kind: 'new', name: role, found: await ours.observeRole(role) }, region: 'eu-central-1', ...(bucket ? { bucket: await observeBackupBucket(gateways, bucket) } : {}) };
            },
          }).prepare(),
        }),
      }),
      isClosed:   () => false,
      isAnswered: () => false,
      failure:    () => undefined,
      valuesFor:  (now, role) => mergeValues(roleOut(preset, now, foundIn(now, preset)), roleValues(preset, now, role, undefined)),
    }, {
      bound(roleArn, of) {
        accounts = of;
        follow.bound(roleArn, of);
      },
      released(of) {
        accounts = of;
        follow.released(of);
      },
    }, (text) => text.key);

    return {
      person,
      values,
      told,
      /** Why nothing is installed; undefined: Rancher's page goes on. */
      before: () => hooks.before().then(() => undefined, (error: unknown) => {
        if (error instanceof HeldBack) {
          return error.message || 'no word';
        }
        throw error;
      }),
      install() {
        install(kube(), sandbox.world.sources, { chart: preset.chart.name, release, namespace, values: structuredClone(values) });
      },
      /** Undefined where all is well with every account. */
      async after(isClosed: () => boolean = () => false): Promise<string | undefined> {
        await hooks.after();
        while (told.length < (accounts?.length ?? 0) && !isClosed()) {
          await rest(500);
        }

        return told.map(({ how, words }) => how === 'success' ? '' : words ?? 'no word').join(' ').trim() || undefined;
      },
    };
  }

  /**
   * What is wrong with the end; undefined where each account has what it shall have, and nothing is left over.
   * @param isUp  whether the accounts and pods of the chart have to be so far as well
   */
  function wrong(isUp = true): string | undefined {
    const values = app() ?? {};
    const { store } = kube();
    const accounts = [mainIn(preset, values), ...(preset.beside?.({ values }) ?? []).map(({ namespace: at, serviceAccount: name }) => ({ namespace: at, name }))];
    const now = sandbox.world.aws.state;
    const { roleArn } = foundIn(values, preset);
    const wished = leaves ? undefined : roleArn;
    const role = [...now.roles.values()].find(({ arn }) => arn === (roleArn ?? BOUND));
    const made = form.seed ? 0 : 1;

    if (!leaves && !role) {
      return `the chart was installed with ${ roleArn }, which is not there`;
    }
    if (now.roles.size !== were.roles + made || now.providers.size !== were.providers + made) {
      return `left ${ now.roles.size - were.roles } roles and ${ now.providers.size - were.providers } providers`;
    }
    const pods = store.list(store.findType('', 'pods')!, { namespace }).filter(({ metadata }) => !metadata.deletionTimestamp);

    for (const account of accounts) {
      const { annotations } = store.get(store.findType('', 'serviceaccounts')!, account.namespace, account.name)?.metadata ?? {};
      const carried = pods.filter(({ spec }) => (spec as { serviceAccountName?: string }).serviceAccountName === account.name)
        .map(({ spec }) => (spec as { containers: { env?: { name: string; value?: string }[] }[] }).containers[0]!.env?.find(({ name }) => name === 'AWS_ROLE_ARN')?.value);

      if (isUp && (annotations?.['eks.amazonaws.com/role-arn'] !== wished || carried.some((one) => one !== wished) || !carried.length)) {
        return `${ accountId(account) } ends with ${ annotations?.['eks.amazonaws.com/role-arn'] }, its pods with ${ carried.join(', ') }`;
      }
      if (JSON.stringify(role?.trust ?? '').includes(`:${ account.namespace }:${ account.name }`) === Boolean(leaves)) {
        return `${ accountId(account) } is ${ leaves ? 'still' : 'not' } let in`;
      }
    }

    return undefined;
  }

  return { open, app, wrong };
}
