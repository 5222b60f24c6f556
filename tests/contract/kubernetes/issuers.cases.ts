import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { discoveryDocument, keyId } from '../../../pkg/irsa/domain';
import { issuerDocuments } from '../../../pkg/irsa/domain/issuer/hosting';
import { compareKeys, keySet, parseKeySet, type KeySet } from '../../../pkg/irsa/domain/issuer/jwks';
import type { AccountState } from '../../sandbox/aws/state.ts';
import { checkSignature, readToken } from '../../sandbox/aws/sts/token.ts';
import type { Comparison, Fields } from './target';

/** The documents of an issuer: what is published elsewhere is made from them, and has to say the same. */
export function issuerCases(comparison: () => Comparison): void {
  describe('keys and documents', () => {
    let see: Comparison;
    let token: string;
    const jwks = { path: '/openid/v1/jwks', accept: '*/*' };

    beforeAll(async() => {
      see = comparison();
      const namespace = await see.namespace();

      await see.account(namespace, 'signer');
      ({ status: { token } } = await see.post(`/api/v1/namespaces/${ namespace }/serviceaccounts/signer/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'], expirationSeconds: 600 } }));
    });

    it('the JWKS is the one that we would publish, with the ids that tokens name', async() => {
      const { status, headers, text } = await see.target.ask(jwks);
      const keys = parseKeySet(text);
      const published = await keySet(keys);
      const header = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Fields;

      see.gives('JWKS: answer', [status, headers['content-type'], headers['cache-control']], [200, 'application/jwk-set+json', 'public, max-age=3600']);
      see.gives('JWKS: as we write it', published, JSON.parse(text));
      see.gives('JWKS: id', await keyId(keys[0]!), header.kid);
      see.gives('JWKS: algorithm', published.keys[0]?.alg, header.alg);
      see.gives('JWKS: compared', await compareKeys(keys, published.keys), { missing: [], extra: [], unknown: [], renamed: [] });
    });

    it('the JWKS is refused to who would take plain JSON only', async() => {
      see.gives('JWKS: plain JSON', (await see.target.ask({ ...jwks, accept: 'application/json' })).status, 406);
    });

    it('the discovery document is one that ours agrees with', async() => {
      const { status, headers, text } = await see.target.ask({ path: '/.well-known/openid-configuration' });
      const served = JSON.parse(text) as Fields;
      const keys = await keySet(parseKeySet((await see.target.ask(jwks)).text));

      see.gives('discovery: answer', [status, headers['content-type']], [200, 'application/json']);
      see.gives('discovery: issuer', served.issuer, see.target.issuer);
      see.gives('discovery: where the keys are', /^https:.*\/openid\/v1\/jwks$/.test(served.jwks_uri as string), true);
      // STS asks for two fields more than Kubernetes has.
      see.gives('discovery: as we write it', discoveryDocument(served.issuer as string, served.jwks_uri as string, keys.keys.map(({ alg }) => alg)), expect.objectContaining(served));
    });

    it('tokens can be checked by what we publish, as STS checks them', async() => {
      const { issuer } = see.target;
      const internet = (keys: KeySet) => ({
        async fetchPublic(url: string) {
          const found = issuerDocuments(issuer, keys).find((one) => url === `${ issuer }/${ one.key }`);

          return { status: found ? 200 : 404, headers: {}, body: found?.body ?? '' };
        },
      }) as unknown as AccountState;
      const made = readToken(token);
      const published = await keySet(parseKeySet((await see.target.ask(jwks)).text));
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) as JsonWebKey;
      const forged = { keys: (await keySet([other])).keys.map((one) => ({ ...one, kid: published.keys[0]!.kid })) };

      await expect(checkSignature(internet(published), made)).resolves.toBeUndefined();
      await expect(checkSignature(internet({ keys: [] }), made)).rejects.toThrow('verification key');
      await expect(checkSignature(internet(forged), made)).rejects.toThrow();
    });

    it('the version is the one it was built as', async() => {
      see.gives('version', (await see.done({ path: '/version' })).gitVersion, see.target.version);
    });
  });
}
