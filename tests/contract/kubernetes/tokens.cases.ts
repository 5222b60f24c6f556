import { beforeAll, describe, it } from 'vitest';
import { readToken, requestToken } from '../../../pkg/irsa/gateways/kubernetes/tokens';
import { CLUSTER, minorOf, transportOf, type Comparison, type Fields } from './target';

/** TokenRequest: what tokens are made of, for whom, and for how long. */
export function tokenCases(comparison: () => Comparison): void {
  describe('TokenRequest', () => {
    let see: Comparison;
    let namespace: string;
    const path = (name = 'reader') => `/api/v1/namespaces/${ namespace }/serviceaccounts/${ name }/token`;
    const asked = (spec: object, name?: string) => ({ method: 'POST', path: path(name), body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } });
    const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Fields;

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
      await see.account(namespace, 'reader');
    });

    it('answers with the audiences asked for, and with the API’s own when none is', async() => {
      for (const audiences of [['sts.amazonaws.com'], ['a', 'b']]) {
        const { kind, apiVersion, spec, status } = await see.done(asked({ audiences, expirationSeconds: 600 }));

        see.gives('TokenRequest: answer', { kind, apiVersion, spec }, { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: { audiences, expirationSeconds: 600, boundObjectRef: null } });
        see.gives('TokenRequest: aud', claims(status.token).aud, audiences);
      }
      const { spec, status } = await see.done(asked({}));

      see.gives('TokenRequest of no audience', [spec.audiences, claims(status.token).aud, spec.expirationSeconds], [[see.target.issuer, 'rke2'], [see.target.issuer, 'rke2'], 3600]);
    });

    it('has the claims that AWS and we read, and no more', async() => {
      const { metadata, status } = await see.done(asked({ audiences: ['sts.amazonaws.com'], expirationSeconds: 900 }));
      const { exp, iat, nbf, jti, ...rest } = claims(status.token);
      const { metadata: { uid } } = await see.done({ path: path().replace('/token', '') });

      see.gives('claims', rest, { aud: ['sts.amazonaws.com'], iss: see.target.issuer, sub: `system:serviceaccount:${ namespace }:reader`, 'kubernetes.io': { namespace, serviceaccount: { name: 'reader', uid } } });
      see.gives('times', [exp - iat, nbf === iat, typeof jti, Date.parse(status.expirationTimestamp) / 1000], [900, true, 'string', exp]);
      see.gives('TokenRequest: metadata', [metadata.name, metadata.namespace, metadata.uid], ['reader', namespace, minorOf(see.target) > 33 ? uid : undefined]);
    });

    it('takes from ten minutes to 2^32 seconds, and is refused beyond', async() => {
      see.gives('600 seconds', (await see.done(asked({ expirationSeconds: 600 }))).spec.expirationSeconds, 600);
      await see.refuses('599 seconds', asked({ expirationSeconds: 599 }), {
        code: 422, reason: 'Invalid', message: 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
        details: { group: 'authentication.k8s.io', kind: 'TokenRequest', causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: 599: may not specify a duration less than 10 minutes', field: 'spec.expirationSeconds' }] }
      });
      see.gives('2^32 seconds', (await see.target.ask(asked({ expirationSeconds: 2 ** 32 }))).status, 201);
      await see.refuses('2^32 + 1 seconds', asked({ expirationSeconds: 2 ** 32 + 1 }), { code: 422, reason: 'Invalid', message: 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds' });
    });

    it('is refused for accounts and pods that are not there', async() => {
      await see.refuses('unknown account', asked({}, 'nobody'), { code: 404, reason: 'NotFound', message: 'serviceaccounts "nobody" not found', details: { name: 'nobody', kind: 'serviceaccounts' } });
      await see.refuses('unknown account, too short', asked({ expirationSeconds: 1 }, 'nobody'), { code: 404, reason: 'NotFound' });
      await see.refuses('bound to an unknown pod', asked({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } }), { code: 404, reason: 'NotFound', message: 'pods "none" not found' });
      await see.refuses('bound to a kind that cannot', asked({ boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'none' } }), { code: 400, reason: 'BadRequest', message: 'cannot bind token to object of type /v1, Kind=ConfigMap' });
    });

    it('is refused to who lacks the right, by the name of the subresource', async() => {
      await see.refuses('olivia', { ...asked({}), as: 'olivia' }, { code: 403, reason: 'Forbidden', message: `serviceaccounts "reader" is forbidden: User "olivia" cannot create resource "serviceaccounts/token" in API group "" in the namespace "${ namespace }"`, details: { name: 'reader', kind: 'serviceaccounts' } });
    });

    it('makes tokens that the API takes for its own audience only, until the account goes', async() => {
      await see.account(namespace, 'passing');
      const { status: { token } } = await see.done(asked({}, 'passing'));
      const { status: { token: unused } } = await see.done(asked({}, 'passing'));
      const { status: { token: foreign } } = await see.done(asked({ audiences: ['sts.amazonaws.com'] }, 'passing'));
      const status = async(bearer: string) => (await see.target.ask({ path: '/api', as: { token: bearer } })).status;

      see.gives('bearer of the API’s audience', await status(token), 200);
      see.gives('bearer of another', await status(foreign), 401);
      await see.done({ method: 'DELETE', path: path('passing').replace('/token', '') });
      // The API server remembers whom it has let in for ten seconds; this one it has not seen.
      for (const until = Date.now() + 10_000; await status(unused) !== 401 && Date.now() < until;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      see.gives('bearer whose account is gone', await status(unused), 401);
    });

    it('gives our gateway what it reads', async() => {
      const token = await requestToken(transportOf(see.target), CLUSTER, { namespace, name: 'reader' }, 'sts.amazonaws.com');
      const read = readToken(token);

      see.gives('readToken', { ...read, exp: typeof read?.exp, kid: typeof read?.kid }, { iss: see.target.issuer, sub: `system:serviceaccount:${ namespace }:reader`, aud: ['sts.amazonaws.com'], exp: 'number', kid: 'string' });
    });
  });
}
