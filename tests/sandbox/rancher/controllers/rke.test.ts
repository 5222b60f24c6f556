import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../server.ts';
import type { Sandbox } from '../../server.ts';
import { fieldsOf, listOf, stringOf, valueAt } from '../values.ts';
import type { Fields } from '../values.ts';

const CLUSTER = '/v1/provisioning.cattle.io.clusters/fleet-default/edge-rke2';
const OLD = 'https://kubernetes.default.svc.cluster.local';
const NEW = 'https://issuer.example';

let sandbox: Sandbox;
let token: string;

beforeEach(async() => {
  sandbox = await startSandbox({ pace: 20 });
  const login = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', body: JSON.stringify({ username: 'olivia', password: 'sandbox-olivia-1', responseType: 'json' }) });

  token = stringOf(fieldsOf(await login.json()).token);
});
afterEach(() => sandbox.stop());

async function call(method: string, path: string, body?: object): Promise<Fields> {
  const answer = await fetch(`${ sandbox.url }${ path }`, {
    method, headers: { authorization: `Bearer ${ token }`, 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }, body: body && JSON.stringify(body)
  });

  return fieldsOf(await answer.json());
}

function setArgs(args: string[]): Promise<Fields> {
  return call('PATCH', CLUSTER, { spec: { rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': args } } } });
}

async function updated(): Promise<string> {
  const conditions = listOf(valueAt(await call('GET', CLUSTER), 'status.conditions')).map(fieldsOf);

  return stringOf(conditions.find((condition) => condition.type === 'Updated')?.status);
}

async function until(wanted: string): Promise<void> {
  for (let look = 0; look < 200 && await updated() !== wanted; look++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function issuer(): Promise<string> {
  const request = await call('POST', '/k8s/clusters/c-m-edge0001/api/v1/namespaces/plant/serviceaccounts/telemetry/token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'] } });
  const claims = Buffer.from(stringOf(valueAt(request, 'status.token')).split('.')[1] ?? '', 'base64url').toString();

  return stringOf(fieldsOf(JSON.parse(claims) as unknown).iss);
}

describe('API server arguments of a cluster that Rancher made', () => {
  it('roll over the servers, one after the other, while the cluster says so', async() => {
    expect(await issuer()).toBe(OLD);
    await setArgs([`service-account-issuer=${ NEW }`, `service-account-issuer=${ OLD }`]);
    await until('Unknown');
    expect(await updated()).toBe('Unknown');
    const servers = sandbox.world.kube('edge-rke2').servers.servers;

    expect(servers).toHaveLength(3);
    await until('True');
    expect(await updated()).toBe('True');
    expect(await issuer()).toBe(NEW);
    const plane = await (async() => sandbox.world.clusters.local.kube.store)();
    const type = plane.findType('rke.cattle.io', 'rkecontrolplanes');
    const object = type && plane.get(type, 'fleet-default', 'edge-rke2');

    expect(valueAt(object, 'status.observedGeneration')).toBe(object?.metadata.generation);
    expect(valueAt(object, 'status.appliedSpec.machineGlobalConfig.kube-apiserver-arg')).toContain(`service-account-issuer=${ NEW }`);
  });

  it('tell when a server does not start with them', async() => {
    await setArgs([`service-account-issuer=${ NEW }`, `service-account-issuer=${ NEW }`]);
    await until('False');
    const cluster = await call('GET', CLUSTER);

    expect(valueAt(cluster, 'metadata.state.error')).toBe(true);
    expect(stringOf(valueAt(cluster, 'metadata.state.message'))).toContain('is already specified');
  });

  it('are replaced whole by a machineSelectorConfig without a selector', async() => {
    await call('PATCH', CLUSTER, { spec: { rkeConfig: { machineSelectorConfig: [{ config: { 'kube-apiserver-arg': ['audit-log-maxage=1'] } }] } } });
    await until('True');
    await setArgs([`service-account-issuer=${ NEW }`]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await issuer()).toBe(OLD);
  });

  it('are replaced whole for the machines that a machineSelectorConfig names, and for no other', async() => {
    const { world } = sandbox;
    const { store } = world.clusters.local.kube;
    const { servers } = world.kube('edge-rke2').servers;
    const machines = store.findType('cluster.x-k8s.io', 'machines')!;
    const second = store.list(machines).find((machine) => valueAt(machine, 'status.nodeRef.name') === servers[1]!.name)!;

    store.patch(machines, 'fleet-default', second.metadata.name, 'application/merge-patch+json', { metadata: { labels: { pool: 'other' } } });
    await call('PATCH', CLUSTER, { spec: { rkeConfig: { machineSelectorConfig: [{ machineLabelSelector: { matchLabels: { pool: 'other' } }, config: { 'kube-apiserver-arg': [`service-account-issuer=${ NEW }`] } }, { machineLabelSelector: { matchLabels: { pool: 'none' } }, config: { 'kube-apiserver-arg': ['audit-log-maxage=1'] } }] } } });
    await until('Unknown');
    await until('True');
    expect(servers.map(({ config }) => config.issuers)).toEqual([[OLD], [NEW], [OLD]]);
    expect(servers[0]!.args).toEqual(['audit-log-maxage=30']);
  });
});

describe('a cluster that somebody makes', () => {
  it('waits for its machines, starts with what is asked of it by then, and is rolled only by what comes after', async() => {
    const list = '/v1/provisioning.cattle.io.clusters';
    const { world } = sandbox;

    await call('POST', list, { type: 'provisioning.cattle.io.cluster', metadata: { namespace: 'fleet-default', name: 'harbour' }, spec: { kubernetesVersion: 'v1.34.2+rke2r1', rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': [`service-account-issuer=${ NEW }`] } } } });
    for (let look = 0; look < 200 && !world.clusters.find('harbour'); look++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(world.clusters.find('harbour')?.provisioned).toBe(false);
    await expect(world.startMachines('edge-rke2', 1)).rejects.toThrow('waits for its machines');
    await world.startMachines('harbour', 2);
    const { servers } = world.kube('harbour');

    expect(servers.servers.map(({ config }) => config.issuers)).toEqual([[NEW], [NEW]]);
    const [first] = servers.servers;
    const { args } = first!;

    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(first!.args).toBe(args);
    const { store } = world.clusters.local.kube;
    const more = { 'kube-apiserver-arg': [`service-account-issuer=${ NEW }`, `service-account-issuer=${ OLD }`] };

    store.patch(store.findType('provisioning.cattle.io', 'clusters')!, 'fleet-default', 'harbour', 'application/merge-patch+json', { spec: { rkeConfig: { machineGlobalConfig: more } } });
    for (let look = 0; look < 200 && servers.servers[1]!.config.issuers.length < 2; look++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(servers.servers.map(({ config }) => config.issuers)).toEqual([[NEW, OLD], [NEW, OLD]]);
  });
});
