import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IrsaError, explainAws } from '../domain/errors';
import { TransportError, type TransportAnswer, type TransportRequest } from '../gateways/transport';
import type { Step, StepState } from './plan';
import type { RunResult } from './run';
import { runInNoTime } from './test-run';
import { jsonText, ref } from './value';

const ISSUER = 'https://oidc.eks.eu-central-1.amazonaws.com/id/EX';
const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EX';
const ROLE = 'arn:aws:iam::111122223333:role/reader';
const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: ref('create-provider', 'OpenIDConnectProviderArn') } }] };
const TAGS = { 'rancher.io/irsa': 'managed' };

const title = { key: 'x' };
const createProvider: Step = {
  id:     'create-provider',
  target: 'iam',
  change: 'create',
  title,
  call:   { aws: { service: 'iam', command: 'CreateOpenIDConnectProvider', input: { Url: ISSUER } } },
  adopt:  { provider: { issuer: ISSUER, audience: 'sts.amazonaws.com', arn: PROVIDER } },
};
const createRole: Step = {
  id:     'create-role',
  target: 'iam',
  change: 'create',
  title,
  call:   { aws: { service: 'iam', command: 'CreateRole', input: { RoleName: 'reader', AssumeRolePolicyDocument: jsonText(TRUST) } } },
  adopt:  { role: { name: 'reader', trustPolicy: jsonText(TRUST), tags: TAGS } },
};
const restart: Step = {
  id:     'restart',
  target: 'kubernetes',
  change: 'restart',
  title,
  call:   { kubernetes: { clusterId: 'local', verb: 'PATCH', path: '/apis/apps/v1/namespaces/shop/deployments/reader', contentType: 'application/strategic-merge-patch+json', body: {} } },
  until:  { rollout: { clusterId: 'local', kind: 'Deployment', namespace: 'shop', name: 'reader' } },
};

function awsError(code: string, message = '', httpStatus = 400): IrsaError {
  const explained = explainAws({ service: 'iam', action: 'CreateRole', code, message, httpStatus });

  return new IrsaError(explained.code!, explained, { service: 'iam', httpStatus, awsCode: code });
}

describe('a plan runs', () => {
  const sent: { command: string; input: object }[] = [];
  /** What IAM answers next, by command; the last one stays. */
  let answers: Record<string, (object | Error)[]>;
  let requests: TransportRequest[];
  let reply: (request: TransportRequest) => TransportAnswer | Error;
  let states: StepState[];
  let slept: number[];

  const iam = {
    send: vi.fn(async(command: string, input: object) => {
      sent.push({ command, input });
      const queue = answers[command] ?? [{}];
      const answer = queue.length > 1 ? queue.shift()! : queue[0]!;

      if (answer instanceof Error) {
        throw answer;
      }

      return answer;
    }),
    listProviders:  async() => [PROVIDER],
    getProvider:    async() => ({ arn: PROVIDER, audiences: ['sts.amazonaws.com'] }),
    getRole:        async() => ({ arn: ROLE, name: 'reader', path: '/', trustPolicy: '{}', tags: TAGS }),
  };

  const answered = (request: TransportRequest): TransportAnswer | Error => {
    requests.push(request);

    return reply(request);
  };
  const run = (steps: Step[], more: { stopped?: () => boolean; signal?: AbortSignal } = {}): Promise<RunResult> => runInNoTime(steps, { iam, reply: answered, states, slept }, more);

  beforeEach(() => {
    sent.length = 0;
    answers = { CreateOpenIDConnectProvider: [{ OpenIDConnectProviderArn: PROVIDER }], CreateRole: [{ Role: { Arn: ROLE } }] };
    requests = [];
    reply = () => ({ status: 200, headers: {}, body: '{}' });
    states = [];
    slept = [];
  });

  it('hands an earlier answer to a later step, inside JSON text too', async() => {
    expect((await run([createProvider, createRole])).status).toBe('done');
    expect(JSON.parse((sent[1]!.input as { AssumeRolePolicyDocument: string }).AssumeRolePolicyDocument).Statement[0].Principal.Federated).toBe(PROVIDER);
  });

  it('waits and tries again when AWS asks to slow down, and says so', async() => {
    answers.CreateRole = [awsError('Throttling', 'Rate exceeded'), awsError('Throttling', 'Rate exceeded'), { Role: { Arn: ROLE } }];

    expect((await run([createProvider, createRole])).status).toBe('done');
    expect(slept).toEqual([1000, 2000]);
    expect(states.filter(({ status }) => status === 'retrying').map(({ note }) => note)).toEqual([
      { key: 'irsa.run.throttled', args: { seconds: 1 } }, { key: 'irsa.run.throttled', args: { seconds: 2 } },
    ]);
    expect(states.at(-1)).toMatchObject({ id: 'create-role', status: 'done', attempts: 3 });
  });

  it('gives up after a while', async() => {
    answers.CreateRole = [awsError('Throttling', 'Rate exceeded')];

    expect(await run([createRole].map((step) => ({ ...step, call: { aws: { service: 'iam', command: 'CreateRole', input: {} } } })))).toMatchObject({ status: 'failed', error: { code: 'THROTTLED' } });
    expect(sent).toHaveLength(7);
  });

  it('adopts a provider that is there: one read and no write when its ARN is known', async() => {
    answers.CreateOpenIDConnectProvider = [awsError('EntityAlreadyExists')];

    expect((await run([createProvider])).status).toBe('done');
    expect(sent.map(({ command }) => command)).toEqual(['CreateOpenIDConnectProvider']);
    expect(states.at(-1)).toMatchObject({ status: 'done', note: { key: 'irsa.run.alreadyThere' } });
  });

  it('adds the audience that an adopted provider lacks', async() => {
    answers.CreateOpenIDConnectProvider = [awsError('EntityAlreadyExists')];
    vi.spyOn(iam, 'getProvider').mockResolvedValueOnce({ arn: PROVIDER, audiences: ['other'] });

    await run([createProvider]);
    expect(sent.at(-1)).toEqual({ command: 'AddClientIDToOpenIDConnectProvider', input: { OpenIDConnectProviderArn: PROVIDER, ClientID: 'sts.amazonaws.com' } });
  });

  it('goes on with a role that this plan made itself when the answer got lost', async() => {
    answers.CreateRole = [new TransportError('timeout', 'no answer'), awsError('EntityAlreadyExists')];
    vi.spyOn(iam, 'getRole').mockResolvedValueOnce({
      arn: ROLE, name: 'reader', path: '/', tags: TAGS, trustPolicy: JSON.stringify({ ...TRUST, Statement: [{ Effect: 'Allow', Principal: { Federated: PROVIDER } }] })
    });

    expect((await run([createProvider, createRole])).status).toBe('done');
    expect(sent.filter(({ command }) => command === 'CreateRole')).toHaveLength(2);
  });

  it('does not touch a role of that name that is another', async() => {
    answers.CreateRole = [awsError('EntityAlreadyExists')];

    expect((await run([createProvider, createRole])).status).toBe('changed');
    expect(sent.map(({ command }) => command)).toEqual(['CreateOpenIDConnectProvider', 'CreateRole']);
  });

  it('stops at a refusal, with action and resource, and sends nothing more', async() => {
    answers.CreateRole = [awsError('AccessDenied', 'User: arn:aws:iam::111122223333:user/rancher is not authorized to perform: iam:CreateRole on resource: ' +
      'arn:aws:iam::111122223333:role/reader because no identity-based policy allows the iam:CreateRole action', 403)];
    const result = await run([createProvider, createRole, restart]);

    expect(result).toMatchObject({ status: 'failed', error: { kind: 'denied', facts: { action: 'iam:CreateRole', resource: ROLE } } });
    expect(requests).toEqual([]);
    expect(states.at(-1)).toMatchObject({ id: 'create-role', status: 'failed' });
  });

  it('looks before it rewrites a trust policy, and stops when somebody was faster', async() => {
    const rewrite: Step = {
      id:      'trust',
      target:  'iam',
      change:  'change',
      title,
      call:    { aws: { service: 'iam', command: 'UpdateAssumeRolePolicy', input: {} } },
      expects: { roleTrustPolicy: { roleName: 'reader', is: '{"Version":"2012-10-17"}' } },
    };

    expect((await run([rewrite])).status).toBe('changed');
    expect(sent).toEqual([]);
  });

  it('treats a Kubernetes conflict as a change by somebody else', async() => {
    reply = () => ({ status: 409, headers: {}, body: '{"kind":"Status","reason":"Conflict","message":"the object has been modified","code":409}' });

    expect((await run([restart])).status).toBe('changed');
  });

  it('does not mistake the conflict with its own lost write for one', async() => {
    let count = 0;

    reply = ({ method }) => {
      if (method === 'PATCH') {
        return ++count === 1 ? new TransportError('network', 'connection reset') : { status: 409, headers: {}, body: '{"kind":"Status","reason":"Conflict","message":"modified","code":409}' };
      }

      return { status: 200, headers: {}, body: JSON.stringify({ items: [{ metadata: { name: 'reader', generation: 2 }, spec: { replicas: 1 }, status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1 } }] }) };
    };

    expect((await run([restart])).status).toBe('done');
  });

  it('waits for a roll-out, also while the API server does not answer', async() => {
    let look = 0;

    reply = ({ method }) => {
      if (method === 'PATCH') {
        return { status: 200, headers: {}, body: '{}' };
      }
      look++;
      const ready = look >= 3 ? 2 : 1;

      return look === 2 ? { status: 503, headers: {}, body: '' } : {
        status: 200, headers: {}, body: JSON.stringify({ items: [{ metadata: { name: 'reader', generation: 2 }, spec: { replicas: 2 }, status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: ready } }] })
      };
    };

    expect((await run([restart])).status).toBe('done');
    expect(states.filter(({ status }) => status === 'waiting').map(({ note }) => note)).toEqual([{ key: 'irsa.run.rollout', args: { ready: 1, wanted: 2 } }, { key: 'irsa.run.noAnswer' }]);
  });

  describe('the check at STS', () => {
    const verify: Step = {
      id: 'verify', target: 'sts', change: 'check', title, call: { verify: { clusterId: 'local', namespace: 'shop', serviceAccount: 'reader', audience: 'sts.amazonaws.com', roleArn: ROLE, stsHost: 'sts.eu-central-1.amazonaws.com' } }
    };
    const open: Step = { id: 'open-sts', target: 'rancher', change: 'allow', title, call: { rancher: { verb: 'POST', path: '/v1/management.cattle.io.proxyendpoints', body: {} } } };
    const assumed = 'arn:aws:sts::111122223333:assumed-role/reader/irsa-check';
    const good = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>${ assumed }</Arn></AssumedRoleUser></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
    const bad = (code: string, message: string) => ({ status: 403, headers: {}, body: `<ErrorResponse><Error><Code>${ code }</Code><Message>${ message }</Message></Error></ErrorResponse>` });
    /** Answers of STS, through the proxy, in order; the last stays. */
    let sts: TransportAnswer[];

    beforeEach(() => {
      reply = ({ url }) => {
        if (url.endsWith('/token')) {
          return { status: 201, headers: {}, body: '{"status":{"token":"TOKEN"}}' };
        }
        if (url.startsWith('https://')) {
          return new TransportError('network', 'blocked');
        }

        return url.startsWith('/meta/proxy/sts.') ? sts.length > 1 ? sts.shift()! : sts[0]! : { status: 201, headers: {}, body: '{}' };
      };
    });

    it('waits while a change of IAM spreads, and ends verified', async() => {
      sts = [bad('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'), { status: 200, headers: {}, body: good }];

      expect(await run([createProvider, verify])).toMatchObject({ status: 'done', identity: { result: 'verified', assumedRoleArn: assumed } });
      expect(states.some(({ note }) => note?.key === 'irsa.run.propagation')).toBe(true);
    });

    it('fails with STS’ reason when it stays refused, and no word of the token is kept', async() => {
      sts = [bad('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')];
      const result = await run([verify]);

      expect(result).toMatchObject({ status: 'failed', error: { code: 'NOT_VERIFIED' }, identity: { result: 'refused' } });
      expect(JSON.stringify([result, states])).not.toContain('TOKEN');
    });

    it('gives Rancher’s proxy a moment after it was opened', async() => {
      sts = [{ status: 502, headers: {}, body: '' }, { status: 200, headers: {}, body: good }];

      expect(await run([open, verify])).toMatchObject({ status: 'done', identity: { result: 'verified' } });
    });

    it('says that it could not check where STS is out of reach, and does not call that a failure', async() => {
      sts = [{ status: 502, headers: {}, body: '' }];

      expect(await run([verify])).toMatchObject({ status: 'done', identity: { result: 'not-checked' } });
    });

    it('stops before a key would be taken away on the strength of a check that was not made', async() => {
      sts = [{ status: 502, headers: {}, body: '' }];

      expect(await run([{ ...verify, id: 'verify-first' }, restart])).toMatchObject({ status: 'failed' });
      expect(requests.some(({ method }) => method === 'PATCH')).toBe(false);
    });
  });

  it('ends between two steps when asked to', async() => {
    let count = 0;

    expect((await run([createProvider, createRole], { stopped: () => count++ > 0 })).status).toBe('stopped');
    expect(sent.map(({ command }) => command)).toEqual(['CreateOpenIDConnectProvider']);
  });

  it('refuses commands that no plan may send', async() => {
    await expect(run([{ ...createRole, adopt: undefined, call: { aws: { service: 'iam', command: 'DeleteUser', input: {} } } }])).rejects.toThrow('no plan may send');
  });
});
