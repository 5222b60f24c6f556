import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planKeysJob, runKeysJob } from '../../pkg/irsa/gateways/kubernetes/keys-job';
import { TransportError, type Transport } from '../../pkg/irsa/gateways/transport';
import { typeIn } from '../sandbox/scenario/put.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { targetOf } from './sandbox-target';
import { logIn, type Person } from './target';

/** The public keys of the cluster that Rancher runs in, by a Job that leaves nothing. */
describe('the Job that prints the keys', () => {
  let sandbox: Sandbox;
  let person: Person;

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 5, local: 'rke2' });
  });
  afterAll(() => sandbox.stop());
  beforeEach(async() => {
    await sandbox.reset();
    person = await logIn(targetOf(sandbox), 'admin');
  });

  const kube = () => sandbox.world.kube('local');
  const jobs = () => kube().store.list(typeIn(kube(), 'batch', 'jobs'));
  const pods = () => kube().store.list(typeIn(kube(), '', 'pods')).filter(({ metadata: { name } }) => name.startsWith('irsa-keys'));
  const fetchKeys = async(transport: Transport = person.transport, more: { signal?: AbortSignal } = {}) => runKeysJob(transport, 'local', await planKeysJob(person.transport), { pace: 5, ...more });
  const left = async() => {
    await kube().idle();

    return [jobs().length, pods().length];
  };
  const setSetting = (name: string, value: string) => kube().store.patch(typeIn(kube(), 'management.cattle.io', 'settings'), undefined, name, 'application/merge-patch+json', { value });
  /** Refuses from the first request on that this matches. */
  const cut = (at: RegExp): Transport => {
    let isCut = false;

    return {
      request(request) {
        isCut ||= at.test(`${ request.method } ${ request.url }`);

        return isCut ? Promise.reject(new TransportError('network', 'gone', true)) : person.transport.request(request);
      },
    };
  };

  it('gives what the API server answers inside, and leaves nothing', async() => {
    expect(JSON.parse(await fetchKeys())).toEqual(kube().jwks());
    expect(await left()).toEqual([0, 0]);
  });

  it('gets its token also in a hardened cluster, whose default accounts hand none out', async() => {
    kube().store.patch(typeIn(kube(), '', 'serviceaccounts'), 'cattle-system', 'default', 'application/merge-patch+json', { automountServiceAccountToken: false });
    expect(JSON.parse(await fetchKeys())).toEqual(kube().jwks());
  });

  it('runs Rancher’s own shell image, from the registry that Rancher takes its images from', async() => {
    setSetting('system-default-registry', 'registry.example');
    expect(JSON.stringify((await planKeysJob(person.transport)).manifest)).toContain('"image":"registry.example/rancher/shell:v0.8.1"');
    kube().store.delete(typeIn(kube(), 'management.cattle.io', 'settings'), undefined, 'shell-image');
    await expect(fetchKeys()).rejects.toThrow('KEYS_JOB_FAILED');
    expect(await left()).toEqual([0, 0]);
  });

  it('says what the program said where it fails, and leaves nothing', async() => {
    kube().store.delete(typeIn(kube(), 'rbac.authorization.k8s.io', 'clusterrolebindings'), undefined, 'system:service-account-issuer-discovery');
    await expect(fetchKeys()).rejects.toMatchObject({ code: 'KEYS_JOB_FAILED', why: { args: { problem: 'failed', detail: expect.stringContaining('Forbidden') as string } } });
    expect(await left()).toEqual([0, 0]);
  });

  it('is deleted when the person leaves the page in the middle', async() => {
    const leaving = new AbortController();
    const leave: Transport = {
      request(request) {
        if (request.signal?.aborted) {
          return Promise.reject(new TransportError('aborted', 'left', false));
        }
        if (/pods\?labelSelector/.test(request.url)) {
          leaving.abort();
        }

        return person.transport.request(request);
      },
    };

    await expect(fetchKeys(leave, { signal: leaving.signal })).rejects.toThrow();
    expect(await left()).toEqual([0, 0]);
  });

  it('is deleted also when the answer to its creation got lost', async() => {
    sandbox.world.faults.add({ id: 'lost', match: 'POST /k8s/clusters/local/apis/batch', kind: 'lost-answer', times: 1 } as never);
    await expect(fetchKeys()).rejects.toThrow();
    expect(await left()).toEqual([0, 0]);
  });

  it.each(['ended', 'never started'])('is deleted by the cluster where nobody is left and it has %s', async(what) => {
    const job = await planKeysJob(person.transport);
    const { spec } = job.manifest as { spec: { ttlSecondsAfterFinished: number; activeDeadlineSeconds: number } };

    expect(spec).toMatchObject({ ttlSecondsAfterFinished: 30, activeDeadlineSeconds: 90 });
    // Not to wait that long.
    Object.assign(spec, { ttlSecondsAfterFinished: 1, activeDeadlineSeconds: 1 });
    if (what === 'never started') {
      const nodes = typeIn(kube(), '', 'nodes');

      kube().store.list(nodes).forEach(({ metadata: { name } }) => kube().store.patch(nodes, undefined, name, 'application/merge-patch+json', { spec: { unschedulable: true } }));
    }
    await expect(runKeysJob(cut(/pods\?labelSelector/), 'local', job)).rejects.toThrow();
    expect(jobs()).toHaveLength(1);
    await expect.poll(left, { timeout: 6000 }).toEqual([0, 0]);
  });

  it('is not begun by who may not', async() => {
    const milo = await logIn(targetOf(sandbox), 'milo');

    await expect(runKeysJob(milo.transport, 'local', await planKeysJob(person.transport), { pace: 5 })).rejects.toMatchObject({ code: 'KEYS_JOB_DENIED', why: { args: { right: 'create jobs.batch' } } });
    expect(milo.sent.filter(({ method, url }) => method !== 'GET' && !/selfsubjectaccessreviews|login/.test(url))).toEqual([]);
  });
});
