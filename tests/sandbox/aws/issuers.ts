import type { HttpAnswer, IssuerHost } from '../contracts.ts';

/** The public documents of an EKS issuer, as oidc.eks.<region>.amazonaws.com serves them; undefined: no such document. */
export function issuerDocument(issuers: IssuerHost[], host: string, path: string): HttpAnswer | undefined {
  for (const one of issuers) {
    const { issuer } = one;
    const base = new URL(issuer);
    const prefix = base.pathname.replace(/\/$/, '');

    if (base.host === host && path === `${ prefix }/.well-known/openid-configuration`) {
      return json({
        issuer, jwks_uri: `${ issuer }/keys`, authorization_endpoint: 'urn:kubernetes:programmatic_authorization', response_types_supported: ['id_token'], subject_types_supported: ['public'],
        claims_supported: ['sub', 'iss'], id_token_signing_alg_values_supported: ['RS256']
      });
    }
    if (base.host === host && path === `${ prefix }/keys`) {
      return json(one.jwks());
    }
  }

  return undefined;
}

function json(body: object): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
