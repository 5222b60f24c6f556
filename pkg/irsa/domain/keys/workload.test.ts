import { describe, expect, it } from 'vitest';
import { keyUseId, keyUseName, parseKeyUseId } from './key-use';
import { keyContainers, nodeRoleSign, secretsOf, workloadKeyUse, type KeyWorkload } from './workload';

const fromSecret = (name: string, secret: string) => ({ name, valueFrom: { secretKeyRef: { name: secret, key: name } } });
const workload = (spec: Record<string, unknown>, more: Partial<KeyWorkload> = {}): KeyWorkload => ({ kind: 'Deployment', namespace: 'shop', name: 'web', serviceAccount: 'writer', containers: keyContainers(spec), ...more });
const ENTRIES: Record<string, string[]> = { aws: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'], mixed: ['AWS_ACCESS_KEY_ID', 'DATABASE_URL'], plain: ['DATABASE_URL'] };
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

it('names every secret that a workload refers to', () => {
  expect(secretsOf(workload({ containers: [{ name: 'a', env: [fromSecret('X', 'one')], envFrom: [{ secretRef: { name: 'two' } }], volumeMounts: [{ name: 'v', mountPath: '/x' }] }], volumes: [{ name: 'v', secret: { secretName: 'three' } }] }))).toEqual(['one', 'two', 'three']);
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
