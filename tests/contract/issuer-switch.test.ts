import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { observeServers } from '../../pkg/irsa/gateways/observe/servers';
import { planSwitchIssuer } from '../../pkg/irsa/plans';
import { issuersOf } from '../../pkg/irsa/domain/issuer/arguments';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { underLoad } from './issuer-load';
import { NEW_ISSUER, seedSelected } from './issuer-seeds';
import { switchTo } from './plan-cases';
import { targetOf } from './sandbox-target';
import { printSummary } from './summary';
import { logIn, type Person, type Target } from './target';

const OLD = 'https://kubernetes.default.svc.cluster.local';
const CLUSTER = '/k8s/clusters/local/apis/provisioning.cattle.io/v1/namespaces/fleet-default/clusters/edge-rke2';

/** A cluster of three API servers whose issuer changes while others go on calling it, with tokens from before, from between and from after. */
describe('the issuer of a live cluster', () => {
  let sandbox: Sandbox;
  let target: Target;
  let person: Person;
  const told: string[] = [];

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 12 });
    target = targetOf(sandbox);
  });
  afterAll(async() => {
    await sandbox.stop();
    printSummary('issuer-switch', told);
  });
  beforeEach(async() => {
    await sandbox.reset();
    person = await logIn(target, 'admin');
  });

  const load = (work: () => Promise<unknown>) => underLoad(person, sandbox.world, work);
  const setArguments = (args: string[]) => person.transport.request({ method: 'PATCH', url: CLUSTER, headers: { 'content-type': 'application/merge-patch+json' }, body: JSON.stringify({ spec: { rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': args } } } }) });
  const issuers = () => sandbox.world.kube('edge-rke2').servers.servers.map(({ config }) => config.issuers);

  async function settled(): Promise<void> {
    for (let look = 0; look < 300; look++) {
      const { rollout, servers } = await observeServers(person.transport, { id: 'c-m-edge0001', provisioningId: 'fleet-default/edge-rke2' });

      if (rollout.state === 'done' && servers.every(({ args = [] }) => issuersOf(args)[0] === NEW_ISSUER)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('the roll-out did not end');
  }

  it('changes in two phases without one refused call', async() => {
    const { calls, refused, issuers: seen } = await load(async() => expect(await person.run(await switchTo(person))).toMatchObject({ status: 'done' }));

    told.push(`Switch of the issuer in two phases: ${ refused } of ${ calls } calls refused`);
    expect([...seen].sort()).toEqual([OLD, NEW_ISSUER].sort());
    expect(calls).toBeGreaterThan(200);
    expect(refused).toBe(0);
    expect(issuers()).toEqual(Array(3).fill([NEW_ISSUER, OLD]));
    expect((await switchTo(person)).steps).toEqual([]);
  }, 60_000);

  it('changes likewise where one server has a list of its own', async() => {
    await seedSelected(sandbox.world);
    const { servers } = sandbox.world.kube('edge-rke2').servers;

    expect(servers.map(({ args }) => args)).toEqual([['audit-log-maxage=30'], ['audit-log-maxage=5'], ['audit-log-maxage=30']]);
    const { refused } = await load(async() => expect(await person.run(await switchTo(person))).toMatchObject({ status: 'done' }));

    expect(refused).toBe(0);
    expect(issuers()).toEqual(Array(3).fill([NEW_ISSUER, OLD]));
    expect(servers.map(({ args: [first] }) => first)).toEqual(['audit-log-maxage=30', 'audit-log-maxage=5', 'audit-log-maxage=30']);
  }, 60_000);

  it('in one step refuses some, so the count can fail', async() => {
    const { calls, refused } = await load(async() => {
      await setArguments([`service-account-issuer=${ NEW_ISSUER }`]);
      await settled();
    });

    told.push(`The same in one step: ${ refused } of ${ calls } calls refused`);
    expect(refused).toBeGreaterThan(0);
  }, 60_000);

  it('holds the second phase back while a server does not come back, and goes on from there', async() => {
    const { servers } = sandbox.world.kube('edge-rke2');
    let stop = false;

    servers.stuckAt = servers.servers[1]!.name;
    const { refused } = await load(async() => {
      const running = person.run(await switchTo(person), { stopped: () => stop });

      await new Promise((resolve) => setTimeout(resolve, 700));
      stop = true;
      expect((await running).status).toBe('stopped');
    });

    expect(refused).toBe(0);
    expect(issuers().map(([first]) => first)).toEqual([OLD, OLD, OLD]);
    // Still stuck: what is left is to wait, and nothing is written again.
    const again = await switchTo(person);

    expect(again.steps.map(({ id, change }) => [id, change])).toEqual([['accept-issuer', 'wait'], ['sign-issuer', 'change'], ['token-issuer', 'check']]);
    servers.stuckAt = undefined;
    expect((await person.run(again)).status).toBe('done');
    expect(issuers()).toEqual(Array(3).fill([NEW_ISSUER, OLD]));
  }, 60_000);

  it('is not begun where servers do not take their arguments, nor where another change is under way', async() => {
    const { servers: api } = sandbox.world.kube('edge-rke2');

    api.stuckAt = api.servers[0]!.name;
    await setArguments(['service-account-issuer=https://a.example', 'service-account-issuer=https://a.example']);
    await expect(switchTo(person)).rejects.toThrow('SWITCH_BUSY');
    api.stuckAt = undefined;
    for (let look = 0; look < 200; look++) {
      const { rollout } = await observeServers(person.transport, { id: 'c-m-edge0001', provisioningId: 'fleet-default/edge-rke2' });

      if (rollout.state === 'failed') {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await expect(switchTo(person)).rejects.toThrow('SWITCH_STUCK');
  });

  it('is refused where it cannot be done safely', async() => {
    const observed = await person.observe('edge-rke2');
    const servers = await observeServers(person.transport, observed.cluster);
    const plan = (change: object, facts: object = {}, issuer = NEW_ISSUER, published = true) => () => {
      planSwitchIssuer({ ...observed, cluster: { ...observed.cluster, ...change } }, { ...servers, ...facts }, issuer, published);
    };

    expect(plan({ origin: 'imported' })).toThrow('SWITCH_BY_HAND');
    expect(plan({ distribution: 'eks' })).toThrow('SWITCH_BY_HAND');
    expect(plan({ version: 'v1.22.17+rke2r1' })).toThrow('SWITCH_TOO_OLD');
    expect(plan({}, { servers: [{ name: 'a' }] })).toThrow('SERVERS_UNSEEN');
    expect(plan({}, { servers: [] })).toThrow('SERVERS_UNSEEN');
    expect(plan({}, {}, NEW_ISSUER, false)).toThrow('ISSUER_NOT_PUBLISHED');
    expect(plan({}, {}, `${ NEW_ISSUER }/`)).toThrow('ISSUER_UNUSABLE');
    expect(plan({}, {}, 'https://issuer.example.com:8443')).toThrow('ISSUER_UNUSABLE');
  });
});
