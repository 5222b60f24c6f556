import { describe, expect, it, vi } from 'vitest';
import { ref } from 'vue';
import type { ObservedBinding, ObservedCluster, ObservedRole } from '../domain/facts';
import { presets } from '../presets/index';
import { presetState, useBindForm } from './use-bind-form';
import type { Engine } from './use-engine';
import type { Place } from './use-place';

const observed = (origin: 'local' | 'rancher' = 'local'): ObservedCluster => ({
  cluster: {
    id: 'local', name: 'local', distribution: 'eks', origin, region: 'eu-central-1', editable: true, connected: true
  },
  at:       0,
  issuer:   { known: true, value: 'https://oidc.example' },
  keys:     { known: true, value: { ids: [], publishedBy: 'eks' } },
  account:  { known: true, value: { id: '111122223333', partition: 'aws-cn' } },
  provider: { known: true, value: null },
  webhook:  { known: true, value: { kind: 'built-in' } },
  sts:      { known: true, value: { host: 'x', state: 'allowed' } },
  bindings: { known: true, value: [] },
  rights:   [],
});
const form = (start: Place = {}, origin?: 'local' | 'rancher') => useBindForm(ref(observed(origin)), start);
const role = (name: string): ObservedRole => ({ arn: `arn:aws:iam::1:role/${ name }`, name, path: '/', trustPolicy: '{}' });
const target = { account: { exists: true }, owner: { kind: 'nobody' }, role: { known: true, value: null } } as unknown as ObservedBinding;
const engine = (found: ObservedRole | null) => ({ observeBinding: vi.fn(async() => target), observeRole: vi.fn(async() => found), caller: vi.fn(async() => ({ known: false })) }) as unknown as Engine;

describe('the answers of the bind wizard', () => {
  it('offers charts of Rancher’s own cluster only there', () => {
    expect(form().offered.value.map(({ id }) => id)).toContain('rancher-backup');
    expect(form({}, 'rancher').offered.value.map(({ id }) => id)).not.toContain('rancher-backup');
  });

  it('begins with the cluster’s region and a role of its own, and is ready when the rest is answered', () => {
    const state = form({ bind: 'rancher-backup' });

    expect(state.form.parameters.region).toBe('eu-central-1');
    expect(state.role.value).toMatch(/rancher-backup/);
    expect(state.ready.value).toBe(false);
    expect(state.problems.value['p.bucket']).toBeDefined();
    expect(state.policy.value).toBeUndefined();

    state.form.parameters.bucket = 'acme-backups';
    expect(state.ready.value).toBe(true);
    expect(JSON.parse(state.policy.value!)).toMatchObject({ Statement: expect.arrayContaining([expect.objectContaining({ Resource: 'arn:aws-cn:s3:::acme-backups' })]) });
  });

  it('does not go on with a bucket that S3 would not have', () => {
    const state = form({ bind: 'rancher-backup', 'p.bucket': 'Not_A_Bucket' });

    expect(state.ready.value).toBe(false);
    state.form.parameters.bucket = 'acme';
    expect(state.ready.value).toBe(true);
  });

  it('asks only what plays a part', () => {
    const state = form({ bind: 'rancher-logging' });
    const asked = () => state.asked.value.map(({ id }) => id);

    expect(asked()).toContain('logGroup');
    state.form.parameters.destination = 's3';
    expect(asked()).not.toContain('logGroup');
    expect(asked()).toContain('bucket');
  });

  it('binds the account that a person picked, where a chart has other names', () => {
    const state = form({ bind: 'velero', 'p.bucket': 'acme-data' });

    expect(state.account.value).toEqual({ namespace: 'velero', name: 'velero-server' });
    expect(state.toPlace().namespace).toBeUndefined();
    state.form.namespace = 'ops';
    expect(state.ready.value).toBe(false);
    state.form.account = 'backup-velero-server';
    expect(state.account.value).toEqual({ namespace: 'ops', name: 'backup-velero-server' });
    expect(state.usual.value).toEqual({ namespace: 'velero', name: 'velero-server' });
    expect(state.role.value).toContain('backup-velero-server');
    expect(state.ready.value).toBe(true);
    expect(form(state.toPlace()).account.value).toEqual(state.account.value);
  });

  it('follows the answer that says which of a chart’s accounts is meant', () => {
    const state = form({ bind: 'rancher-monitoring' });

    expect(state.account.value?.name).toBe('rancher-monitoring-prometheus');
    state.form.parameters.purpose = 'sns';
    expect(state.account.value?.name).toBe('rancher-monitoring-alertmanager');
    expect(state.asked.value.map(({ id }) => id)).toEqual(['purpose', 'topic', 'region']);
  });

  it('wants Kubernetes names and JSON for any service account', () => {
    const state = form({ bind: 'any', namespace: 'shop', name: 'Reader!' });

    expect(state.ready.value).toBe(false);
    state.form.account = 'reader';
    expect(state.ready.value).toBe(true);
    state.form.permissions = 'policy';
    expect(state.problems.value.policy?.key).toBe('irsa.bind.emptyPolicy');
    state.form.policyJson = '{"Statement":[{"Effect":"Allow"}]}';
    expect(state.problems.value.policy).toMatchObject({ key: 'irsa.bind.badJson', args: { why: expect.stringContaining('line 1, column 15') } });
    state.form.policyJson = '{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}]}';
    expect(state.ready.value).toBe(true);
    state.form.policyJson = '{';
    expect(state.ready.value).toBe(false);
    expect(state.problems.value.policy?.key).toBe('irsa.bind.badJson');
  });

  it('refuses a role name that IAM would refuse', () => {
    const state = form({ bind: 'any', namespace: 'shop', name: 'reader', role: 'a/b' });

    expect(state.ready.value).toBe(false);
    state.form.role = 'reader';
    expect(state.ready.value).toBe(true);
  });

  it('stands in the address, and begins from there again', () => {
    const state = form({ bind: 'rancher-backup' });

    state.form.parameters.bucket = 'acme';
    state.form.parameters.folder = 'prod';
    const again = form(state.toPlace());

    expect(again.form).toEqual(state.form);
    expect(JSON.stringify(state.toPlace())).not.toContain('Statement');
  });
});

describe('what of the role is read', () => {
  const owner = { kind: 'app', release: 'rancher-backup', namespace: 'cattle-resources-system', chart: 'rancher-backup', version: '1', values: { s3: { bucketName: 'acme', folder: 'prod', region: 'eu-central-1' } } };
  const bound = { account: { namespace: 'cattle-resources-system', name: 'rancher-backup', roleArn: 'arn:aws:iam::111122223333:role/r' }, owner } as unknown as ObservedBinding;
  const now = { ...observed(), bindings: { known: true as const, value: [bound] } };
  const asked = async(bucket: string, policies: Record<string, string>) => {
    const state = form({ bind: 'rancher-backup', role: 'r', 'p.bucket': bucket, 'p.folder': 'prod' });
    const ours = engine({ ...role('r'), inlinePolicies: Object.fromEntries(Object.entries(policies).map(([name, json]) => [name, json === 'its' ? state.policy.value! : json])) });

    await state.wish(now, ours);

    return vi.mocked(ours.observeRole).mock.calls.map(([, options]) => options?.policies);
  };

  it('is one policy where it is bound for the place that the chart’s values say', async() => {
    expect(await asked('acme', { 'backup-to-s3-acme+prod': 'its' })).toEqual([['backup-to-s3-acme+prod']]);
  });

  it('is all of them where another is written, as their sizes count together, or the one is not there', async() => {
    expect(await asked('second', {})).toEqual([undefined]);
    expect(await asked('acme', {})).toEqual([['backup-to-s3-acme+prod'], undefined]);
    expect(await asked('acme', { 'backup-to-s3-acme+prod': '{}' })).toEqual([['backup-to-s3-acme+prod'], undefined]);
  });
});

describe('what the chart says already', () => {
  const values = { s3: { enabled: true, bucketName: 'acme-backups', folder: 'prod', region: 'eu-west-1' } };
  const owner = { kind: 'app', release: 'rancher-backup', namespace: 'cattle-resources-system', chart: 'rancher-backup', version: '110.0.0', values } as const;
  const backups = { ...target, account: { ...target.account, namespace: 'cattle-resources-system', name: 'rancher-backup' }, owner } as ObservedBinding;

  it('is not filled in where the address says that there is none', () => {
    const state = form({ bind: 'rancher-backup', 'p.bucket': 'other', 'p.folder': '' });

    state.adopt(backups);
    expect(state.form.parameters).toMatchObject({ bucket: 'other', folder: '' });
    const cleared = form({ bind: 'rancher-backup' });

    cleared.adopt(backups);
    cleared.form.parameters.folder = '';
    expect(cleared.toPlace()).toMatchObject({ 'p.bucket': 'acme-backups', 'p.folder': '' });
    expect(form({ bind: 'rancher-backup' }).toPlace()['p.folder']).toBeUndefined();
    const typed = form({ bind: 'rancher-backup', 'p.folder': 'x' });

    typed.form.parameters.folder = '';
    expect(typed.toPlace()['p.folder']).toBe('');
    const again = form(state.toPlace());

    again.adopt(backups);
    expect(again.form.parameters).toMatchObject({ bucket: 'other', folder: '' });
  });

  it('is filled in, and what a person answered stays', () => {
    const state = form({ bind: 'rancher-backup' });

    state.form.parameters.bucket = 'other';
    state.adopt(backups);
    expect(state.form.parameters).toMatchObject({ bucket: 'other', folder: 'prod', region: 'eu-west-1' });
    state.form.parameters.folder = '';
    state.adopt(backups);
    expect(state.form.parameters.folder).toBe('');
  });

  it('is not lost by who reviews before it was looked at', async() => {
    const state = form({ bind: 'rancher-backup', 'p.bucket': 'other' });
    const { permissions } = await state.wish(observed(), { ...engine(null), observeBinding: async() => backups } as unknown as Engine);

    expect(permissions).toMatchObject({ parameters: { bucket: 'other', folder: 'prod', region: 'eu-west-1' } });
  });

  it('stays away from another account, and from a chart that is not the preset’s', () => {
    const state = form({ bind: 'rancher-backup' });

    state.adopt({ ...backups, owner: { ...owner, chart: 'velero' } });
    state.adopt({ ...backups, account: { ...backups.account, namespace: 'elsewhere' } });
    expect(state.form.parameters.folder).toBe('');
  });
});

describe('the wish', () => {
  it('is for a new role under the predicted name, with what IAM has there already', async() => {
    const state = form({ bind: 'any', namespace: 'shop', name: 'reader' });

    expect((await state.wish(observed(), engine(null))).role).toEqual({ kind: 'new', name: state.predictedRole.value, found: null });
    const taken = role(state.predictedRole.value);

    expect((await state.wish(observed(), engine(taken))).role).toEqual({ kind: 'new', name: taken.name, found: taken });
  });

  it('gives a new role the boundary that the credential’s user names', async() => {
    const boundary = 'arn:aws:iam::111122223333:policy/edge';
    const bounded = { ...engine(null), caller: async() => ({ known: true, value: { arn: 'arn:aws:iam::111122223333:user/r', name: 'r', account: { id: '111122223333', partition: 'aws' }, boundary } }) } as Engine;

    expect((await form({ bind: 'any', namespace: 'shop', name: 'reader' }).wish(observed(), bounded)).role).toMatchObject({ kind: 'new', permissionsBoundary: boundary });
  });

  it('is for the existing role that was chosen', async() => {
    const state = form({ bind: 'any', namespace: 'shop', name: 'reader', role: 's3-reader' });

    expect((await state.wish(observed(), engine(role('s3-reader')))).role).toEqual({ kind: 'existing', role: role('s3-reader') });
  });
});

describe('how a preset’s chart stands', () => {
  const backup = presets.find(({ id }) => id === 'rancher-backup')!;
  const app = (values: Record<string, unknown>): ObservedBinding['owner'] => ({ kind: 'app', release: 'r', namespace: 'n', chart: 'c', version: '1', values });
  const stand = (over: Partial<ObservedBinding>) => presetState(backup, { ...target, ...over } as ObservedBinding).key.split('.').pop();

  it('is told in one word', () => {
    expect(presetState(backup, undefined).key).toMatch(/looking$/);
    expect(stand({ account: { ...target.account, exists: false } })).toBe('notInstalled');
    expect(stand({ owner: app({}) })).toBe('unbound');
    expect(stand({ owner: app({ s3: { enabled: true, credentialSecretName: 'creds' } }) })).toBe('usesKey');
    expect(stand({ account: { ...target.account, roleArn: 'arn:aws:iam::1:role/x' } })).toBe('bound');
  });
});
