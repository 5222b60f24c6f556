import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { switchIssuer } from '../../../pkg/irsa/domain';
import { DEFAULT_ISSUER, issuersOf } from '../../../pkg/irsa/domain/issuer/arguments';
import { issuerCases } from '../../contract/kubernetes/issuers.cases';
import { Comparison } from '../../contract/kubernetes/target';
import { readServerArgs } from '../../sandbox/kubernetes/tokens/servers.ts';
import { ADMIN, hasServers, startCluster, type ApiServer, type RealCluster } from './servers';
import { realKubernetes } from './target';

const OLD = 'https://kubernetes.default.svc.cluster.local';
const MINE = 'https://old.example.com';
const NEW = 'https://acme-irsa.s3.eu-central-1.amazonaws.com/edge';

async function token(server: ApiServer, audience = 'sts.amazonaws.com'): Promise<string> {
  const { status, body } = await server.ask({
    method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts/reader/token', token: ADMIN, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [audience], expirationSeconds: 600 } }
  });

  expect([status, body.slice(0, 200)]).toEqual([201, expect.anything()]);

  return (JSON.parse(body) as { status: { token: string } }).status.token;
}

/** An API server names who asks; 401 when it does not take the token. */
const asks = async(server: ApiServer, bearer: string) => (await server.ask({ path: '/api', token: bearer })).status;
const part = (jwt: string, index: number) => JSON.parse(Buffer.from(jwt.split('.')[index]!, 'base64url').toString()) as Record<string, unknown>;

async function prepare(cluster: RealCluster): Promise<void> {
  await cluster.servers[0]!.ask({ method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts', token: ADMIN, body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader' } } });
}

// With an RSA key, these are among the cases of the sandbox (contract.test.ts).
describe.skipIf(!hasServers())('kube-apiserver with an EC key', () => {
  let see: Comparison;

  beforeAll(async() => {
    see = new Comparison(await realKubernetes({ key: 'ec' }));
  });
  afterAll(() => see?.target.stop());
  issuerCases(() => see);
});

/** Two servers of one cluster while their arguments change, one after the other, with callers who hold old and new tokens. */
describe.skipIf(!hasServers())('changing the issuer of a live cluster', () => {
  let cluster: RealCluster;

  beforeAll(async() => {
    cluster = await startCluster({ issuers: [[OLD], [OLD]] });
    await prepare(cluster);
  });
  afterAll(() => cluster?.stop());

  const flag = (issuer: string, operator = '') => `service-account-issuer${ operator }=${ issuer }`;
  /** What a list comes to by our own reading of it, with the distribution's own issuer named. */
  const ours = (args: string[]) => issuersOf(args).map((one) => one === DEFAULT_ISSUER ? OLD : one);
  /** The flags that a server is given of a list: K3s and RKE2 work them out, here the sandbox's reader does, which shares no code with ours. */
  const resolved = (args: string[]) => readServerArgs(args, { issuers: [OLD], audiences: [] }).issuers;

  /** Restarts one server after the other, asking the other one all the while with every token that was ever made. */
  async function roll(args: string[], tokens: Set<string>): Promise<number> {
    let refused = 0;

    for (const server of cluster.servers) {
      const others = cluster.servers.filter((one) => one !== server);
      const state = { restarting: true };
      const restarted = server.restart(resolved(args)).finally(() => {
        state.restarting = false;
      });

      while (state.restarting) {
        for (const other of others) {
          tokens.add(await token(other, OLD));
          for (const bearer of tokens) {
            refused += await asks(other, bearer) === 401 ? 1 : 0;
          }
        }
      }
      await restarted;
      for (const one of cluster.servers) {
        tokens.add(await token(one, OLD));
        for (const bearer of tokens) {
          refused += await asks(one, bearer) === 401 ? 1 : 0;
        }
      }
    }

    return refused;
  }

  /** Both phases, from a list that somebody had; gives every token that was made on the way, and the list that it ends with. */
  async function switchFrom(list: string[]): Promise<{ tokens: Set<string>; sign: string[] }> {
    const before = [...new Set(ours(list))];

    await Promise.all(cluster.servers.map((server) => server.restart(before)));
    const tokens = new Set([await token(cluster.servers[0]!, OLD)]);
    const accept = switchIssuer(list, 'rke2', NEW, 'accept');
    const sign = switchIssuer(accept, 'rke2', NEW, 'sign');

    expect([ours(accept), ours(sign)]).toEqual([resolved(accept), resolved(sign)]);
    expect(ours(accept).at(-1)).toBe(NEW);
    expect(await roll(accept, tokens)).toBe(0);
    expect(part(await token(cluster.servers[0]!), 1).iss).toBe(before[0]);
    expect(await roll(sign, tokens)).toBe(0);
    expect(part(await token(cluster.servers[0]!), 1).iss).toBe(NEW);
    expect(part(await token(cluster.servers[1]!), 1).iss).toBe(NEW);
    expect(tokens.size).toBeGreaterThan(4);
    expect(new Set([...tokens].map((bearer) => part(bearer, 1).iss))).toEqual(new Set([before[0], NEW]));

    return { tokens, sign };
  }

  it('in two phases refuses nobody, and ends with the new issuer signing', async() => {
    const { tokens, sign } = await switchFrom([]);
    // Who still holds an old token is locked out only now.
    const old = [...tokens].filter((bearer) => part(bearer, 1).iss === OLD);

    await roll(switchIssuer(sign, 'rke2', NEW, 'retire'), new Set());
    expect(await Promise.all(old.map((bearer) => asks(cluster.servers[0]!, bearer)))).toEqual(old.map(() => 401));
  }, 240_000);

  it.each([
    // Each takes half a minute: what lists come to is compared without servers, too (arguments.test.ts).
    [['audit-log-maxage=3', flag(MINE, '+')]],
    // No server starts with this one: it runs with what it had before somebody wrote it.
    [[flag(MINE), flag(MINE)]],
    [[flag(MINE, '-'), flag(NEW, '+')]],
  ])('does so likewise from %j', async(list) => {
    await switchFrom(list);
  }, 240_000);

  it('in one step does refuse, so the count can fail', async() => {
    await Promise.all(cluster.servers.map((server) => server.restart([OLD])));
    expect(await roll([`service-account-issuer=${ NEW }`], new Set([await token(cluster.servers[0]!, OLD)]))).toBeGreaterThan(0);
  }, 240_000);

  it('does not start with an issuer given twice, as the sandbox has it', async() => {
    await expect(cluster.servers[0]!.restart([NEW, NEW])).rejects.toThrow(/already specified|duplicate/i);
    expect(() => readServerArgs([`service-account-issuer=${ NEW }`, `service-account-issuer=${ NEW }`], { issuers: [OLD], audiences: [] })).toThrow('already specified');
  });
});
