import { beforeEach, describe, expect, it, vi } from 'vitest';
import { explainAws, IrsaError } from '../domain/errors';
import { TransportError, type TransportAnswer, type TransportRequest } from '../gateways/transport';
import type { Step, StepState } from './plan';
import type { RunOptions, RunResult } from './run';
import type { Clock } from './run-context';
import { runInNoTime } from './test-run';
import { jsonText } from './value';

const ARN = 'arn:aws:iam::111122223333:oidc-provider/oidc.example/id';
const title = { key: 'x' };
const before = { Version: '2012-10-17', Statement: [] };
const after = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' }] };

const createProvider: Step = {
  id: 'create-provider', target: 'iam', change: 'create', title, call: { aws: { service: 'iam', command: 'CreateOpenIDConnectProvider', input: {} } }, adopt: { provider: { issuer: 'https://oidc.example/id', audience: 'sts.amazonaws.com', arn: ARN } }
};
const createRole: Step = {
  id: 'create-role', target: 'iam', change: 'create', title, call: { aws: { service: 'iam', command: 'CreateRole', input: {} } }, adopt: { role: { name: 'reader', trustPolicy: jsonText(after), tags: {} } }
};
const rewrite: Step = {
  id: 'trust', target: 'iam', change: 'change', title, call: { aws: { service: 'iam', command: 'UpdateAssumeRolePolicy', input: { RoleName: 'reader', PolicyDocument: jsonText(after) } } }, expects: { roleTrustPolicy: { roleName: 'reader', is: JSON.stringify(before) } }
};
const patch: Step = { id: 'patch', target: 'kubernetes', change: 'change', title, call: { kubernetes: { clusterId: 'local', verb: 'PATCH', path: '/api/v1/namespaces/shop/serviceaccounts/reader', body: {} } } };
const rollout: Step = { ...patch, id: 'restart', until: { rollout: { clusterId: 'local', kind: 'Deployment', namespace: 'shop', name: 'reader' } } };
const upgrade: Step = {
  id:     'upgrade',
  target: 'helm',
  change: 'change',
  title,
  call:   { rancher: { verb: 'POST', path: '/k8s/clusters/local/v1/catalog.cattle.io.clusterrepos/rancher-charts?action=upgrade', body: {} } },
  until:  { helmOperation: { clusterId: 'local', app: { namespace: 'backups', name: 'rancher-backup' } } },
  helm:   { release: 'rancher-backup', namespace: 'backups', chart: 'rancher-backup', version: '1', repo: 'rancher-charts', values: {} },
};

function refused(code: string, httpStatus = 400): IrsaError {
  const explained = explainAws({ service: 'iam', action: 'GetRole', code, message: '', httpStatus });

  return new IrsaError(explained.code!, explained, { service: 'iam', httpStatus, awsCode: code });
}

const lost = new TransportError('network', 'connection reset');
const busy = (status: number, reason: string): TransportAnswer => ({ status, headers: {}, body: JSON.stringify({ kind: 'Status', reason, message: reason, code: status }) });
const json = (body: unknown): TransportAnswer => ({ status: 200, headers: {}, body: JSON.stringify(body) });

describe('what goes wrong around a write', () => {
  let iam: Record<'send' | 'getProvider' | 'getRole' | 'listProviders', ReturnType<typeof vi.fn>>;
  let reply: (request: TransportRequest) => TransportAnswer | Error;
  let states: StepState[];
  let slept: number[];

  beforeEach(() => {
    iam = {
      send: vi.fn(async() => ({})), getProvider: vi.fn(async() => ({ arn: ARN, audiences: ['sts.amazonaws.com'] })), getRole: vi.fn(async() => ({ arn: 'r', name: 'reader', trustPolicy: JSON.stringify(before) })), listProviders: vi.fn(async() => [ARN])
    };
    reply = () => json({});
    states = [];
    slept = [];
  });

  const run = (steps: Step[], more: Partial<RunOptions> = {}): Promise<RunResult> => runInNoTime(steps, { iam, reply, states, slept }, more);

  it('throttled while it looks at what it adopts: waits and looks again', async() => {
    iam.send.mockRejectedValue(refused('EntityAlreadyExists', 409));
    iam.getProvider.mockRejectedValueOnce(refused('Throttling'));

    expect((await run([createProvider])).status).toBe('done');
    expect(states.find(({ status }) => status === 'retrying')?.note).toEqual({ key: 'irsa.run.throttled', args: { seconds: 1 } });
    expect(iam.send).toHaveBeenCalledTimes(1);
  });

  it('a role that exists and is not seen yet: looks again', async() => {
    iam.send.mockRejectedValue(refused('EntityAlreadyExists', 409));
    iam.getRole.mockRejectedValueOnce(refused('NoSuchEntity', 404)).mockResolvedValue({ arn: 'r', name: 'reader', trustPolicy: JSON.stringify(after) });

    expect((await run([createRole])).status).toBe('done');
  });

  it('throttled while it looks whether it finds what the plan saw: waits and looks again', async() => {
    iam.getRole.mockRejectedValueOnce(refused('Throttling'));

    expect((await run([rewrite])).status).toBe('done');
  });

  describe('the answer to a rewrite got lost', () => {
    const present = (trust: object) => iam.getRole.mockResolvedValue({ trustPolicy: JSON.stringify(trust) });

    it('and it went through: is not sent again', async() => {
      iam.send.mockImplementationOnce(async() => {
        present(after);
        throw lost;
      });

      expect((await run([rewrite])).status).toBe('done');
      expect(iam.send).toHaveBeenCalledTimes(1);
    });

    it('and it did not: is sent again', async() => {
      iam.send.mockRejectedValueOnce(lost);

      expect((await run([rewrite])).status).toBe('done');
      expect(iam.send).toHaveBeenCalledTimes(2);
    });

    it('and somebody else wrote meanwhile: their work stays', async() => {
      iam.send.mockImplementationOnce(async() => {
        present({ ...before, Id: 'theirs' });
        throw lost;
      });

      expect((await run([rewrite])).status).toBe('changed');
      expect(iam.send).toHaveBeenCalledTimes(1);
    });
  });

  it('the answer to an upgrade got lost: follows the operation that began, and begins no second', async() => {
    let posts = 0;

    reply = ({ method, url }) => {
      if (method === 'POST') {
        posts++;

        return lost;
      }
      if (url.endsWith('operations/backups')) {
        return json({ data: posts ? [{ metadata: { name: 'helm-operation-2', namespace: 'backups' }, status: { releaseName: 'rancher-backup' } }] : [] });
      }

      const metadata = { name: 'rancher-backup', namespace: 'backups' };

      return json(url.includes('operations') ? { metadata: { ...metadata, state: { name: 'active' } } } : { data: [{ metadata, spec: { version: posts + 1 }, status: { summary: { state: 'deployed' } } }] });
    };

    expect((await run([upgrade])).status).toBe('done');
    expect(posts).toBe(1);
  });

  it('somebody else upgraded the release meanwhile: their values stay', async() => {
    let posts = 0;

    reply = ({ method, url }) => {
      posts += method === 'POST' ? 1 : 0;

      return json(url.includes('apps') ? { data: [{ metadata: { name: 'rancher-backup', namespace: 'backups' }, spec: { version: 4 } }] } : { data: [] });
    };

    expect((await run([{ ...upgrade, helm: { ...upgrade.helm!, revision: 3 } }])).status).toBe('changed');
    expect(posts).toBe(0);
  });

  it('a server’s trouble passes', async() => {
    let count = 0;

    reply = () => count++ ? json({}) : busy(500, 'InternalError');

    expect((await run([patch])).status).toBe('done');
  });

  it('a server’s trouble that stays is told soon', async() => {
    reply = () => busy(500, 'InternalError');

    expect(await run([patch])).toMatchObject({ status: 'failed', error: { code: 'KUBERNETES_OTHER' } });
    expect(slept).toEqual([1000, 2000]);
  });

  it('says what it found when it is done, and not what it waited for', async() => {
    iam.send.mockRejectedValueOnce(lost);
    await run([createProvider]);
    expect(states.at(-1)).toMatchObject({ status: 'done', attempts: 2 });
    expect(states.at(-1)!.note).toBeUndefined();
  });

  it('keeps no object of a cluster in a step’s state', async() => {
    reply = () => json({ spec: { template: { spec: { containers: [{ env: [{ name: 'PASSWORD', value: 'hunter2' }] }] } } } });
    await run([patch]);
    expect(JSON.stringify(states)).not.toContain('hunter2');
  });

  describe('asked to end', () => {
    it('while it waits for a roll-out: ends there', async() => {
      reply = ({ method }) => json(method === 'PATCH' ? {} : { items: [] });

      expect((await run([rollout, patch], { stopped: () => slept.length >= 2 })).status).toBe('stopped');
      expect(slept).toHaveLength(2);
      expect(states.at(-1)).toMatchObject({ id: 'restart', status: 'stopped' });
    });

    it('while it backs off: sends nothing more', async() => {
      iam.send.mockRejectedValue(refused('Throttling'));

      expect((await run([createRole], { stopped: () => slept.length >= 1 })).status).toBe('stopped');
      expect(iam.send).toHaveBeenCalledTimes(1);
    });

    it('by a signal: does not sit the pause out', async() => {
      const leaving = new AbortController();
      const clock: Clock = { now: () => 0, random: () => 0.5, sleep: () => new Promise(() => undefined) };

      iam.send.mockRejectedValue(refused('Throttling'));
      setTimeout(() => leaving.abort(), 5);

      expect((await run([createRole], { clock, signal: leaving.signal })).status).toBe('stopped');
    });
  });
});
