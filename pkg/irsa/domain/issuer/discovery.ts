/**
 * What STS reads first: where the keys are. Field for field what AWS' self-hosted guide publishes; kube-apiserver's own document has no
 * `authorization_endpoint` and no `claims_supported`, and does as well.
 */
export interface DiscoveryDocument {
  issuer: string;
  jwks_uri: string;
  authorization_endpoint: string;
  response_types_supported: string[];
  subject_types_supported: string[];
  id_token_signing_alg_values_supported: string[];
  claims_supported: string[];
}

/**
 * The document to publish at `<issuer>/.well-known/openid-configuration` (charts-and-clusters.md §5.6).
 * @param issuer   exactly the `iss` of the tokens; never normalised
 * @param jwksUri  where the keys are published
 * @param algorithms  those of the keys: an EC key signs with one of its own
 */
export function discoveryDocument(issuer: string, jwksUri: string, algorithms: string[] = ['RS256']): DiscoveryDocument {
  return {
    issuer,
    jwks_uri:                              jwksUri,
    authorization_endpoint:                'urn:kubernetes:programmatic_authorization',
    response_types_supported:              ['id_token'],
    subject_types_supported:               ['public'],
    id_token_signing_alg_values_supported: [...new Set(algorithms)].sort(),
    claims_supported:                      ['sub', 'iss'],
  };
}
