import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../server.ts';
import type { Sandbox } from '../server.ts';
import { fieldsOf, listOf, stringOf, valueAt } from '../rancher/values.ts';
import type { Fields } from '../rancher/values.ts';

let sandbox: Sandbox;
const ROLE = 'arn:aws:iam::111122223333:role/x';
const BACKUP = '110.0.0+up11.0.1';
const LOGGING = '110.0.0+up4.10.0-rancher.24';

beforeEach(async() => {
  sandbox = await startSandbox({ pace: 1 });
});
afterEach(() => sandbox.stop());

async function call(method: string, path: string, body?: object, user = 'admin'): Promise<{ status: number; body: Fields }> {
  const login = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username: user, password: `sandbox-${ user }-1`, responseType: 'json' }) });
  const token = stringOf(fieldsOf(await login.json()).token);
  const answer = await fetch(`${ sandbox.url }${ path }`, {
    method, headers: { authorization: `Bearer ${ token }`, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }, body: body && JSON.stringify(body)
  });
  const text = await answer.text();

  return { status: answer.status, body: text.startsWith('{') ? fieldsOf(JSON.parse(text) as unknown) : { text } };
}

async function helm(action: string, cluster: string, chart: Fields, namespace: string, user = 'admin'): Promise<Fields> {
  const { body, status } = await call('POST', `/k8s/clusters/${ cluster }/v1/catalog.cattle.io.clusterrepos/rancher-charts?action=${ action }`, { charts: [chart], namespace, noHooks: false, timeout: '600s', wait: true }, user);

  expect(status).toBe(201);
  await sandbox.world.catalog.idle();

  return (await call('GET', `/k8s/clusters/${ cluster }/v1/catalog.cattle.io.operations/${ stringOf(body.operationNamespace) }/${ stringOf(body.operationName) }`)).body;
}

const SERVICE_ACCOUNT = '/api/v1/namespaces/cattle-resources-system/serviceaccounts/rancher-backup';
const APP = '/v1/catalog.cattle.io.apps/cattle-resources-system/rancher-backup';

describe('rancher-backup', () => {
  it('is installed at the start, without a role', async() => {
    const { body } = await call('GET', APP);

    expect(valueAt(body, 'metadata.state.name')).toBe('deployed');
    expect(valueAt(body, 'spec.values.s3.bucketName')).toBe('acme-backups');
    expect(valueAt((await call('GET', SERVICE_ACCOUNT)).body, 'metadata.annotations')).not.toHaveProperty(['eks.amazonaws.com/role-arn']);
  });

  it('gives its values by the release\'s secret', async() => {
    const { body } = await call('GET', APP);
    const secret = stringOf(fieldsOf(listOf(valueAt(body, 'metadata.ownerReferences'))[0]).name);
    const shown = (await call('GET', `/v1/secrets/cattle-resources-system/${ secret }?includeHelmData=true`)).body;

    expect(valueAt(shown, 'data.release.config.s3.enabled')).toBe(true);
    expect(valueAt(shown, 'data.release.chart.values.serviceAccount.annotations')).toEqual({});
  });

  it('upgrades with exactly the values given, keeps what others wrote, removes what it wrote itself', async() => {
    const given = { s3: { enabled: true, bucketName: 'acme-backups', endpoint: 's3.eu-central-1.amazonaws.com' }, serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } };
    const chart = { chartName: 'rancher-backup', version: BACKUP, releaseName: 'rancher-backup', annotations: { 'catalog.cattle.io/ui-source-repo': 'rancher-charts' } };

    await call('PATCH', SERVICE_ACCOUNT, { metadata: { annotations: { foreign: 'stays' } } });
    const operation = await helm('upgrade', 'local', { ...chart, values: given }, 'cattle-resources-system');

    expect(valueAt(operation, 'metadata.state.name')).toBe('active');
    expect(valueAt((await call('GET', SERVICE_ACCOUNT)).body, 'metadata.annotations')).toMatchObject({ foreign: 'stays', 'eks.amazonaws.com/role-arn': ROLE, 'meta.helm.sh/release-name': 'rancher-backup' });
    const app = (await call('GET', APP)).body;

    expect(valueAt(app, 'spec.values')).toEqual(given);
    expect(valueAt(app, 'spec.version')).toBe(2);
    await helm('upgrade', 'local', { ...chart, values: {} }, 'cattle-resources-system');
    const annotations = valueAt((await call('GET', SERVICE_ACCOUNT)).body, 'metadata.annotations');

    expect(annotations).toHaveProperty('foreign', 'stays');
    expect(annotations).not.toHaveProperty(['eks.amazonaws.com/role-arn']);
  });

  it('restarts its pod when the S3 location changes, not when only the annotation does', async() => {
    const pods = async(): Promise<string[]> => listOf((await call('GET', '/v1/pods/cattle-resources-system')).body.data).map((pod) => stringOf(fieldsOf(pod).id)).sort();
    const chart = { chartName: 'rancher-backup', version: BACKUP, releaseName: 'rancher-backup' };
    const s3 = valueAt((await call('GET', APP)).body, 'spec.values.s3');
    const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

    await settle();
    const before = await pods();

    await helm('upgrade', 'local', { ...chart, values: { s3, serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } } }, 'cattle-resources-system');
    await settle();
    expect(await pods()).toEqual(before);
    await helm('upgrade', 'local', { ...chart, values: { s3: { ...fieldsOf(s3), folder: 'other' } } }, 'cattle-resources-system');
    await settle();
    expect(await pods()).not.toEqual(before);
  });

  it('is taken away whole', async() => {
    const { body, status } = await call('POST', `${ APP }?action=uninstall`, {});

    expect([status, body.type]).toEqual([201, 'chartActionOutput']);
    await sandbox.world.catalog.idle();
    expect((await call('GET', APP)).status).toBe(404);
    expect((await call('GET', SERVICE_ACCOUNT)).status).toBe(404);
  });
});

describe('rancher-logging', () => {
  const chart = { chartName: 'rancher-logging', version: LOGGING, releaseName: 'rancher-logging' };
  const fluentd = '/k8s/clusters/c-eks01/api/v1/namespaces/cattle-logging-system/serviceaccounts/rancher-logging-root-fluentd';

  it('puts the root annotation on fluentd\'s account, where it stays when the value goes', async() => {
    await helm('upgrade', 'c-eks01', { ...chart, values: { loggingServiceAccountAnnotations: { root: { 'eks.amazonaws.com/role-arn': ROLE } } } }, 'cattle-logging-system');
    expect(valueAt((await call('GET', fluentd)).body, 'metadata.annotations')).toHaveProperty(['eks.amazonaws.com/role-arn'], ROLE);
    await helm('upgrade', 'c-eks01', { ...chart, values: {} }, 'cattle-logging-system');
    expect(valueAt((await call('GET', fluentd)).body, 'metadata.annotations')).toHaveProperty(['eks.amazonaws.com/role-arn'], ROLE);
  });

  it('annotates only the operator by its top-level key', async() => {
    await helm('upgrade', 'c-eks01', { ...chart, values: { serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } } }, 'cattle-logging-system');
    expect(valueAt((await call('GET', fluentd)).body, 'metadata.annotations') ?? {}).not.toHaveProperty(['eks.amazonaws.com/role-arn']);
  });

  it('needs its CRDs first', async() => {
    const operation = await helm('install', 'c-m-store001', { ...chart, values: {} }, 'cattle-logging-system');

    expect(valueAt(operation, 'metadata.state.error')).toBe(true);
    expect(stringOf(valueAt(operation, 'metadata.state.message'))).toMatch(/no matches for kind "Logging".* exit code: 1$/s);
  });
});

describe('rights and errors', () => {
  it('runs Helm as the one who asks', async() => {
    const chart = { chartName: 'rancher-logging', version: LOGGING, releaseName: 'rancher-logging', values: {} };
    const operation = await helm('upgrade', 'c-eks01', chart, 'cattle-logging-system', 'milo');

    expect(valueAt(operation, 'metadata.state.error')).toBe(true);
    expect(stringOf(valueAt(operation, 'metadata.state.message'))).toContain('User "u-milo" cannot');
  });

  it('refuses a namespace that the asker may not make', async() => {
    const { body, status } = await call('POST', '/k8s/clusters/c-eks01/v1/catalog.cattle.io.clusterrepos/rancher-charts?action=install', { namespace: 'new', charts: [{ chartName: 'rancher-logging-crd', version: '', values: {} }] }, 'milo');

    expect([status, body.message]).toEqual([403, 'namespaces is forbidden: User "u-milo" cannot create resource "namespaces" in API group "" at the cluster scope']);
  });

  it('refuses to install over a name in use', async() => {
    const operation = await helm('install', 'local', { chartName: 'rancher-backup', version: BACKUP, releaseName: 'rancher-backup', values: {} }, 'cattle-resources-system');

    expect(stringOf(valueAt(operation, 'metadata.state.message'))).toBe('Error: INSTALLATION FAILED: cannot reuse a name that is still in use exit code: 1');
  });

  it('shows what Helm wrote', async() => {
    const operation = await helm('upgrade', 'local', { chartName: 'rancher-backup-crd', version: BACKUP, releaseName: 'rancher-backup-crd', values: {} }, 'cattle-resources-system');
    const logs = await call('GET', stringOf(valueAt(operation, 'links.logs')).replace(sandbox.url, ''));

    expect(stringOf(logs.body.text)).toContain('SUCCESS: helm upgrade');
  });
});
