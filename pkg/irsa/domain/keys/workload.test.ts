import { describe, expect, it } from 'vitest';
import { keyUseId, keyUseName, parseKeyUseId } from './key-use';
import { keyContainers, nodeRoleSign, podSecrets, secretsLeft, secretsOf, workloadKeyUse, type KeyWorkload } from './workload';

const fromSecret = (name: string, secret: string) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } });
const workload = (spec: Record<string, unknown>, more: Partial<KeyWorkload> = {}): KeyWorkload => ({ kind: 'Deployment', namespace: 'shop', name: 'web', serviceAccount: 'writer', containers: keyContainers(spec), podSecrets: podSecrets(spec), ...more });
const ENTRIES: Record<string, string[]> = { aws: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'], mixed: ['AWS_ACCESS_KEY_ID', 'DATABASE_URL'], plain: ['DATABASE_URL'], short: ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'] };
const use = (one: KeyWorkload) => workloadKeyUse(one, ({ name }) => ENTRIES[name]);
const bodyOf = (one: KeyWorkload) => (use(one)!.removal!.body as { spec: { template: { spec: unknown } } }).spec.template.spec;

describe('a workload that uses a key', () => {
  it('is told by the variables that SDKs read, wherever these come from', () => {
    const found = use(workload({ containers: [{ name: 'app', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws'), fromSecret('AWS_SECRET_ACCESS_KEY', 'aws'), { name: 'LOG', value: 'x' }] }, { name: 'side', env: [{ name: 'OTHER', value: 'AWS_ACCESS_KEY_ID' }] }], initContainers: [{ name: 'first', env: [{ name: 'AWS_SECRET_KEY', value: 'wide-open' }] }] }))!;

    expect(found).toMatchObject({ kind: 'deployment', accounts: [{ namespace: 'shop', name: 'writer' }], secrets: [{ namespace: 'shop', name: 'aws' }], fields: ['app: AWS_ACCESS_KEY_ID', 'app: AWS_SECRET_ACCESS_KEY', 'first: AWS_SECRET_KEY'], obstacles: [] });
    expect(JSON.stringify(found)).not.toContain('wide-open');
    expect(found.removal!.body).toEqual({ spec: { template: { spec: {
      containers:     [{ name: 'app', env: [{ name: 'AWS_ACCESS_KEY_ID', $patch: 'delete' }, { name: 'AWS_SECRET_ACCESS_KEY', $patch: 'delete' }] }],
      initContainers: [{ name: 'first', env: [{ name: 'AWS_SECRET_KEY', $patch: 'delete' }] }],
    } } } });
  });

  it('loses a secret that holds nothing but a key, and keeps the others of the list', () => {
    const envFrom = [{ secretRef: { name: 'aws' } }, { configMapRef: { name: 'settings' } }, { secretRef: { name: 'plain' }, prefix: 'DB_' }];

    expect(bodyOf(workload({ containers: [{ name: 'app', envFrom }] }))).toEqual({ containers: [{ name: 'app', envFrom: envFrom.slice(1) }] });
    expect(bodyOf(workload({ containers: [{ name: 'app', envFrom: envFrom.slice(0, 1) }] }))).toEqual({ containers: [{ name: 'app', envFrom: null }] });
  });

  it.each([
    ['a secret that holds something else, too', { containers: [{ name: 'app', envFrom: [{ secretRef: { name: 'mixed' } }] }] }, {}, 'irsa.keyUse.mixed'],
    ['a file that is mounted', { containers: [{ name: 'app', volumeMounts: [{ name: 'keys', mountPath: '/root/.aws' }] }], volumes: [{ name: 'keys', secret: { secretName: 'files' } }] }, {}, 'irsa.keyUse.file'],
    ['what a controller writes again', { containers: [{ name: 'app', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws')] }] }, { owner: { kind: 'controller' as const, name: 'Thing x' } }, 'irsa.keyUse.controller'],
  ])('is held up by %s', (_name, spec, more, obstacle) => {
    expect(use(workload(spec, more))!.obstacles.map(({ key }) => key)).toEqual([obstacle]);
  });

  it('is none without a key, and where nobody can tell what is in a secret', () => {
    expect(use(workload({ containers: [{ name: 'app', env: [{ name: 'AWS_REGION', value: 'x' }], envFrom: [{ secretRef: { name: 'plain' } }, { secretRef: { name: 'unknown' } }] }] }))).toBeUndefined();
    expect(use(workload({ containers: 'x' as never }))).toBeUndefined();
  });

  it('says that a release will write it again', () => {
    expect(use(workload({ containers: [{ name: 'app', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws')] }] }, { owner: { kind: 'helm', name: 'web' } }))!.mends).toEqual([{ key: 'irsa.keyUse.helm', args: { release: 'web' } }]);
  });
});

it('takes a region or a bucket without a key for a sign of the node’s role', () => {
  const sign = (name: string) => nodeRoleSign(workload({ containers: [{ name: 'app', env: [{ name, value: 'x' }] }] }));

  expect(['AWS_REGION', 'AWS_DEFAULT_REGION', 'S3_BUCKET', 'S3_BUCKET_NAME', 'AWS_S3_BUCKET'].map(sign)).toEqual(['AWS_REGION', 'AWS_DEFAULT_REGION', 'S3_BUCKET', 'S3_BUCKET_NAME', 'AWS_S3_BUCKET']);
  expect(['REGION', 'AWSX', 'AWS_ACCESS_KEY_ID', 'MY_S3_BUCKET'].map(sign)).toEqual([undefined, undefined, undefined, undefined]);
});

const EVERYWHERE = {
  containers:       [{ name: 'a', env: [fromSecret('X', 'one')], envFrom: [{ secretRef: { name: 'two' } }], volumeMounts: [{ name: 'v', mountPath: '/x' }] }],
  volumes:          [{ name: 'v', secret: { secretName: 'three' } }, { name: 'unmounted', secret: { secretName: 'four' } }, { name: 'p', projected: { sources: [{ secret: { name: 'five' } }, { configMap: { name: 'none' } }] } }, { name: 'c', csi: { driver: 'x', nodePublishSecretRef: { name: 'six' } } }],
  imagePullSecrets: [{ name: 'seven' }],
};

it('names every secret that a workload refers to, mounted or not', () => {
  expect([...new Set(secretsOf(workload(EVERYWHERE)))]).toEqual(['one', 'two', 'three', 'four', 'five', 'six', 'seven']);
});

it('still refers to a secret that holds more than the key that goes', () => {
  const left = (spec: Record<string, unknown>) => secretsLeft(workload(spec), ({ name }) => ENTRIES[name]);

  expect(left({ containers: [{ name: 'a', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws'), fromSecret('DB_PASSWORD', 'aws')] }] })).toEqual(['aws']);
  expect(left({ containers: [{ name: 'a', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws')], envFrom: [{ secretRef: { name: 'aws' } }] }] })).toEqual([]);
  expect(left({ containers: [{ name: 'a', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws')] }], volumes: [{ name: 'v', secret: { secretName: 'aws' } }] })).toEqual(['aws']);
});

describe('a key in other shapes', () => {
  it('is a file of a projected volume, too', () => {
    expect(use(workload({ containers: [{ name: 'app', volumeMounts: [{ name: 'keys', mountPath: '/root/.aws' }] }], volumes: [{ name: 'keys', projected: { sources: [{ secret: { name: 'files' } }] } }] }))).toMatchObject({ secrets: [{ name: 'files' }], obstacles: [{ key: 'irsa.keyUse.file' }] });
  });

  it('is a ConfigMap as well, and a name that a prefix makes', () => {
    expect(use(workload({ containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'aws' } }] }] }))).toMatchObject({ fields: ['app: ConfigMap aws'], secrets: [], obstacles: [] });
    expect(use(workload({ containers: [{ name: 'app', envFrom: [{ prefix: 'AWS_', secretRef: { name: 'short' } }] }] }))).toMatchObject({ fields: ['app: short'], obstacles: [] });
  });

  it('says what the list was that it writes whole', () => {
    const envFrom = [{ secretRef: { name: 'aws' } }, { secretRef: { name: 'plain' } }];

    expect(use(workload({ containers: [{ name: 'app', envFrom }] }))!.removal!.expects).toEqual({ field: ['spec', 'template', 'spec'], is: { containers: [{ name: 'app', envFrom }] } });
  });

  it('takes the profile along with its file, and nothing else’s', () => {
    const file = { name: 'AWS_SHARED_CREDENTIALS_FILE', value: '/keys' };
    const profile = { name: 'AWS_PROFILE', value: 'x' };
    const found = use(workload({ containers: [{ name: 'app', env: [file, profile] }] }))!;

    expect(found.obstacles).toEqual([]);
    expect((found.removal!.body as { spec: { template: { spec: unknown } } }).spec.template.spec).toEqual({ containers: [{ name: 'app', env: [{ name: file.name, $patch: 'delete' }, { name: 'AWS_PROFILE', $patch: 'delete' }] }] });
    expect(use(workload({ containers: [{ name: 'app', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws'), profile] }] }))!.obstacles.map(({ key }) => key)).toEqual(['irsa.keyUse.profile']);
    expect(use(workload({ containers: [{ name: 'app', env: [file, profile, { name: 'AWS_CONFIG_FILE', value: '/c' }] }] }))!.obstacles.map(({ key }) => key)).toEqual(['irsa.keyUse.profile']);
    expect(use(workload({ containers: [{ name: 'app', env: [profile] }] }))).toBeUndefined();
  });

  it('goes from a CronJob’s template; a Job’s cannot be changed', () => {
    const spec = { containers: [{ name: 'app', env: [fromSecret('AWS_ACCESS_KEY_ID', 'aws')] }] };

    expect(use(workload(spec, { kind: 'CronJob' }))!.removal).toMatchObject({ path: '/apis/batch/v1/namespaces/shop/cronjobs/web', body: { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'app' }] } } } } } } });
    expect(use(workload(spec, { kind: 'Job' }))).toMatchObject({ kind: 'job', obstacles: [{ key: 'irsa.keyUse.job' }] });
    expect(use(workload(spec, { kind: 'Job' }))!.removal).toBeUndefined();
  });
});

it.each([
  [{ kind: 'clusteroutput' as const, namespace: 'cattle-logging-system', name: 'logs' }, 'clusteroutput/cattle-logging-system/logs', 'clusteroutput cattle-logging-system/logs'],
  [{ kind: 'backup' as const, name: 'nightly' }, 'backup//nightly', 'backup nightly'],
])('stands in an address and comes back from there: %j', (what, id, shown) => {
  expect([keyUseId(what), keyUseName(what), parseKeyUseId(id)]).toEqual([id, shown, what]);
});

it.each([undefined, '', 'x', 'secret/a/b', 'output/a', 'output/a/b/c', 'output//'])('is nothing that an address like «%s» names', (id) => {
  expect(parseKeyUseId(id)).toBeUndefined();
});
