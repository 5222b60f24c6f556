import { createPublicKey, verify } from 'node:crypto';
import { fieldsOf, listOf, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { AwsError } from '../errors.ts';
import type { AccountState } from '../state.ts';

export interface WebIdentityToken {
  issuer: string;
  subject: string;
  audiences: string[];
  authorizedParty?: string;
  expires: number;
  header: Fields;
  claims: Fields;
  signed: string;
  signature: Buffer;
}

/** What AWS takes (User Guide, «Create an OIDC identity provider»): RSA and ECDSA, no `none`, no symmetric keys. */
const ALGORITHMS: Record<string, string> = { RS256: 'RSA-SHA256', RS384: 'RSA-SHA384', RS512: 'RSA-SHA512', ES256: 'SHA256', ES384: 'SHA384', ES512: 'SHA512' };

export function invalidToken(message: string): AwsError {
  return new AwsError(400, 'InvalidIdentityToken', message);
}

function part(text: string | undefined): Fields {
  const fields = fieldsOf(JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as unknown);

  if (!Object.keys(fields).length) {
    throw new Error('empty');
  }

  return fields;
}

/** Reads a token; its text is what STS says to anything else. */
export function readToken(text: string): WebIdentityToken {
  const [header, payload, signature] = text.split('.');
  let parts: { header: Fields; claims: Fields };

  try {
    parts = { header: part(header), claims: part(payload) };
  } catch {
    throw invalidToken('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
  const { claims } = parts;
  const missing = ['iss', 'sub', 'aud', 'exp'].find((claim) => claims[claim] === undefined);

  if (missing) {
    throw invalidToken(`Missing a required claim: ${ missing }`);
  }

  return {
    issuer: stringOf(claims.iss), subject: stringOf(claims.sub), audiences: Array.isArray(claims.aud) ? claims.aud.map(String) : [stringOf(claims.aud)],
    authorizedParty: typeof claims.azp === 'string' ? claims.azp : undefined, expires: Number(claims.exp) * 1000, ...parts, signed: `${ header }.${ payload }`, signature: Buffer.from(signature ?? '', 'base64url')
  };
}

/** Fetches the issuer's documents as the internet sees them and checks the signature with the key that the token names. */
export async function checkSignature(state: AccountState, token: WebIdentityToken): Promise<void> {
  const noKey = invalidToken('Couldn\'t retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements');
  const issuer = token.issuer.replace(/\/$/, '');
  const discovery = await document(state, `${ issuer }/.well-known/openid-configuration`);
  const keys = discovery && stringOf(discovery.issuer) === token.issuer && URL.canParse(stringOf(discovery.jwks_uri)) ? await document(state, stringOf(discovery.jwks_uri)) : undefined;
  const key = listOf(keys?.keys).map(fieldsOf).find(({ kid }) => kid === token.header.kid);
  const algorithm = ALGORITHMS[stringOf(token.header.alg)];

  if (!key) {
    throw noKey;
  }
  const right = algorithm !== undefined && verify(algorithm, Buffer.from(token.signed), { key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, token.signature);

  if (!right) {
    // No report of STS' own wording for this case was found; this is the API reference's description of the code.
    throw invalidToken('The web identity token that was passed could not be validated by AWS. Get a new identity token from the identity provider and then retry the request.');
  }
}

async function document(state: AccountState, url: string): Promise<Fields | undefined> {
  const answer = await state.fetchPublic(url);

  // STS API reference, AssumeRoleWithWebIdentity: IDPCommunicationError, «… could not be reached»; a host that answers, be it with a refusal, is reached.
  if (!answer) {
    throw new AwsError(400, 'IDPCommunicationError', 'The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token could not be reached.');
  }
  try {
    return answer.status === 200 ? fieldsOf(JSON.parse(answer.body) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
