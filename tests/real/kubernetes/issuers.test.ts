import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoveryDocument, keyId, switchIssuer } from '../../../pkg/irsa/domain';
import { DEFAULT_ISSUER, issuersOf } from '../../../pkg/irsa/domain/issuer/arguments';
import { issuerDocuments } from '../../../pkg/irsa/domain/issuer/hosting';
import { compareKeys, keySet, parseKeySet, type KeySet } from '../../../pkg/irsa/domain/issuer/jwks';
import { KUBERNETES, OLDER_KUBERNETES } from '../../../scripts/real/go.mjs';
import type { AccountState } from '../../sandbox/aws/state.ts';
import { checkSignature, readToken } from '../../sandbox/aws/sts/token.ts';
import { readServerArgs } from '../../sandbox/kubernetes/tokens/servers.ts';
import { ADMIN, hasServers, startCluster, type ApiServer, type RealCluster } from './servers';

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

describe.each([[KUBERNETES, 'rsa'], [KUBERNETES, 'ec'], [OLDER_KUBERNETES, 'rsa']] as const)('keys and documents of kube-apiserver %s with a key of type %s', (version, key) => {
  describe.skipIf(!hasServers(version))('asked', () => {
    let cluster: RealCluster;

    beforeAll(async() => {
      cluster = await startCluster({ version, key, issuers: [[NEW]] });
      await prepare(cluster);
    });
    afterAll(() => cluster?.stop());

    it('says the version it was built as', async() => {
      expect(JSON.parse((await cluster.servers[0]!.ask({ path: '/version', token: ADMIN })).body)).toMatchObject({ gitVersion: version });
    });

    it('serves the JWKS that we would publish, with the ids that its tokens name', async() => {
      const { headers, body } = await cluster.servers[0]!.ask({ path: '/openid/v1/jwks', token: ADMIN, accept: '*/*' });
      const keys = parseKeySet(body);
      const published = await keySet(keys);

      expect(headers['content-type']).toBe('application/jwk-set+json');
      expect(published).toEqual(JSON.parse(body));
      expect(part(await token(cluster.servers[0]!), 0).kid).toBe(await keyId(keys[0]!));
      expect(await compareKeys(keys, published.keys)).toEqual({ missing: [], extra: [], unknown: [], renamed: [] });
    });

    it('makes tokens that can be checked by what we publish, as STS checks them', async() => {
      const server = cluster.servers[0]!;
      const { body } = await server.ask({ path: '/openid/v1/jwks', token: ADMIN, accept: '*/*' });
      const internet = (keys: KeySet) => ({
        async fetchPublic(url: string) {
          const found = issuerDocuments(NEW, keys).find((one) => url === `${ NEW }/${ one.key }`);

          return { status: found ? 200 : 404, headers: {}, body: found?.body ?? '' };
        },
      }) as unknown as AccountState;
      const made = readToken(await token(server));
      const published = await keySet(parseKeySet(body));
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) as JsonWebKey;
      const forged = { keys: (await keySet([other])).keys.map((one) => ({ ...one, kid: published.keys[0]!.kid })) };

      await expect(checkSignature(internet(published), made)).resolves.toBeUndefined();
      await expect(checkSignature(internet({ keys: [] }), made)).rejects.toThrow('verification key');
      await expect(checkSignature(internet(forged), made)).rejects.toThrow();
    });

    it('refuses the JWKS to who would take plain JSON only', async() => {
      expect((await cluster.servers[0]!.ask({ path: '/openid/v1/jwks', token: ADMIN, accept: 'application/json' })).status).toBe(406);
    });

    it('serves a discovery document that ours agrees with', async() => {
      const { body } = await cluster.servers[0]!.ask({ path: '/.well-known/openid-configuration', token: ADMIN });
      const served = JSON.parse(body) as { issuer: string; jwks_uri: string };

      expect(discoveryDocument(served.issuer, served.jwks_uri)).toMatchObject({ ...served, id_token_signing_alg_values_supported: expect.anything() as unknown });
    });

    it('makes tokens with the claims that trust policies are about', async() => {
      expect(part(await token(cluster.servers[0]!), 1)).toMatchObject({ iss: NEW, aud: ['sts.amazonaws.com'], sub: 'system:serviceaccount:default:reader', 'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'reader' } } });
    });
  });
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
    [[flag(MINE)]],
    [['audit-log-maxage=3', flag(MINE, '+')]],
    [[flag(MINE, '-')]],
    [[`--${ flag(MINE) }`, flag('https://b.example.com', '-')]],
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
