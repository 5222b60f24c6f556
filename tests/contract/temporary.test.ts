import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPastedKeys } from '../../pkg/irsa/domain/aws/pasted-keys';
import { IrsaError } from '../../pkg/irsa/domain/errors';
import { awsRequest, type AwsRequest as Unsigned } from '../../pkg/irsa/gateways/aws/request';
import { createSigner, type TemporaryKeys } from '../../pkg/irsa/gateways/aws/signer';
import { planOpenSts } from '../../pkg/irsa/plans';
import type { AwsRequest } from '../sandbox/contracts.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { targetOf } from './sandbox-target';
import { logIn, type Person } from './target';

/** Temporary credentials: signed here, sent through Rancher's proxy, verified by an AWS that checks signature and session token. */
describe('temporary credentials', () => {
  let sandbox: Sandbox;
  let arrived: AwsRequest[];
  let keys: TemporaryKeys;
  const expired = vi.fn();

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 5 });
  });
  afterAll(() => sandbox.stop());
  beforeEach(async() => {
    await sandbox.reset();
    expired.mockReset();
    arrived = [];
    const { aws } = sandbox.world;
    const send = aws.send.bind(aws);

    aws.send = (request) => {
      arrived.push(request);

      return send(request);
    };
    await paste();
  });

  /** As a person gets them: out of the sandbox, through the text that is pasted. */
  async function paste(seconds = 900): Promise<void> {
    const answer = await fetch(`${ sandbox.url }/sandbox/aws/credentials`, { method: 'POST', body: JSON.stringify({ seconds }) });
    const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = readPastedKeys(await answer.text());

    keys = { accessKeyId, secretAccessKey, sessionToken };
  }
  const begin = (username = 'admin'): Promise<Person> => logIn(targetOf(sandbox), username, { sign: createSigner(() => keys), onExpired: expired });
  const toIam = (): AwsRequest[] => arrived.filter(({ host }) => host.startsWith('iam.'));

  it('enable, bind and verify, as a cloud credential does', async() => {
    const person = await begin();

    expect((await person.run(await person.enable('prod-eks'))).status).toBe('done');
    expect(await person.run(await person.bind('local'))).toMatchObject({ status: 'done', identity: { result: 'verified', assumedRoleArn: expect.stringContaining(':assumed-role/') } });
    expect(sandbox.world.aws.calls().filter(({ status }) => status >= 400)).toEqual([]);
    expect(toIam().length).toBeGreaterThan(5);
  });

  it('serve a person who has no cloud credential at all', async() => {
    const olivia = await begin('olivia');

    expect((await olivia.run(await olivia.enable('prod-eks'))).status).toBe('done');
  });

  it('reach AWS with our signature, and with neither the session cookie nor anything that Rancher signs', async() => {
    const person = await begin();

    await person.run(await person.enable('prod-eks'));
    for (const { headers } of toIam()) {
      expect(headers.authorization).toMatch(new RegExp(`^AWS4-HMAC-SHA256 Credential=${ keys.accessKeyId }/\\d{8}/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$`));
      expect(headers['x-amz-security-token']).toBe(keys.sessionToken);
      expect(headers.cookie).toBeUndefined();
      expect(Object.keys(headers).filter((name) => /^x-api-(auth|cattleauth)/.test(name))).toEqual([]);
    }
    expect(JSON.stringify(arrived)).not.toMatch(/R_SESS/);
    expect(JSON.stringify(arrived)).not.toContain(keys.secretAccessKey);
  });

  it('sign for EKS and S3 too, whatever the path looks like', async() => {
    const person = await begin();
    const ask = (method: Unsigned['method'], host: string, path: string, body = '', query: Record<string, string> = {}) => awsRequest({ transport: person.transport, sign: createSigner(() => keys) }, {
      method, host, path, query, contentType: 'application/octet-stream', body
    });

    await fetch(`${ sandbox.url }/v1/management.cattle.io.proxyendpoints`, {
      method: 'POST', headers: await session(), body: JSON.stringify({ type: 'management.cattle.io.proxyendpoint', metadata: { name: 's3' }, spec: { routes: [{ domain: 's3.%.amazonaws.com' }] } })
    });
    expect((await ask('GET', 'eks.eu-central-1.amazonaws.com', '/clusters')).body).toContain('prod-eks');
    for (const key of ['.well-known/openid-configuration', 'a%20b/c%2Bd', 'caf%C3%A9']) {
      expect((await ask('PUT', 's3.eu-central-1.amazonaws.com', `/acme-logs/${ key }`, '{"a":1}')).status, key).toBe(200);
      expect((await ask('GET', 's3.eu-central-1.amazonaws.com', `/acme-logs/${ key }`)).body, key).toBe('{"a":1}');
    }
    expect((await ask('GET', 's3.eu-central-1.amazonaws.com', '/acme-logs', '', { policy: '' })).body).toContain('NoSuchBucketPolicy');
  });

  /** A session of its own, for what the gateways do not do. */
  async function session(): Promise<Record<string, string>> {
    const answer = await fetch(`${ sandbox.url }/v1-public/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'localProvider', username: 'admin', password: 'sandbox-admin-1', responseType: 'cookie' }) });
    const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]).find((one) => one?.startsWith('R_SESS='));

    return { cookie: `${ cookie }; CSRF=0123456789`, 'x-api-csrf': '0123456789', 'content-type': 'application/json' };
  }

  it('that expire in the middle end the plan with a word of it; with fresh ones it is finished', async() => {
    const person = await begin();
    const plan = await person.bind('local');

    sandbox.world.faults.add({ id: 'slow', match: 'PutRolePolicy', kind: 'throttle', times: 1 });
    const failed = await person.run(plan, { onStep: ({ id, status }) => {
      if (id === 'put-role-policy' || status === 'retrying') {
        void fetch(`${ sandbox.url }/sandbox/aws/credentials`, { method: 'DELETE' });
      }
    } });

    expect(failed).toMatchObject({ status: 'failed', error: { code: 'CREDENTIAL_EXPIRED', kind: 'credential', facts: { awsCode: 'ExpiredToken' } } });
    expect(expired).toHaveBeenCalled();
    await paste();
    const writes = sandbox.world.aws.calls().length;

    expect(await person.run(await person.bind('local'))).toMatchObject({ status: 'done', identity: { result: 'verified' } });
    expect(sandbox.world.aws.calls().slice(writes).filter(({ write }) => write).map(({ action }) => action)).toEqual(['PutRolePolicy']);
  });

  it.each([
    ['another session’s token', { sessionToken: 'IQoJb3JpZ2luX2VjEJf//////////wEaDGV1LWNlbnRyYWwtMSJHMEUCIQ' }, 'CREDENTIAL_UNKNOWN'],
    ['a wrong secret', { secretAccessKey: 'wrong/secret/key/wrong/secret/key/000000' }, 'SIGNATURE_MISMATCH'],
    ['an unknown key', { accessKeyId: 'ASIANOBODY0000000000' }, 'CREDENTIAL_UNKNOWN'],
  ] as const)('with %s are refused, and no error repeats them', async(_what, wrong, code) => {
    keys = { ...keys, ...wrong };
    const person = await begin();
    const failed = await person.gateways().iam!.listProviders().catch((error: unknown) => error) as IrsaError;

    expect(failed).toMatchObject({ code, kind: 'credential' });
    const said = JSON.stringify([failed, failed.what, failed.why, failed.remedy, failed.facts, String(failed.stack)]);

    for (const secret of [keys.secretAccessKey, keys.sessionToken]) {
      expect(said).not.toContain(secret);
    }
    expect(JSON.stringify(await person.observe('prod-eks'))).not.toMatch(/IQoJ|wrong\/secret/);
  });

  it('leave nothing of themselves in plans, steps and results', async() => {
    const person = await begin();
    const plan = await person.bind('local');
    const states: unknown[] = [];
    const result = await person.run(plan, { onStep: (state) => states.push(state) });
    const kept = JSON.stringify([plan, states, result, person.sent, sandbox.world.aws.calls(), planOpenSts(await person.observe('prod-eks'))]);

    for (const secret of Object.values(keys)) {
      expect(kept).not.toContain(secret);
    }
  });
});
