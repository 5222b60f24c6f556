import { randomUUID } from 'node:crypto';
import { readIdentityPolicy, readTrustPolicy } from '../policy/document.ts';
import { evaluate } from '../policy/evaluate.ts';
import { AwsError } from '../errors.ts';
import { DOCUMENT } from '../parameters.ts';
import type { Parameters } from '../parameters.ts';
import { asStsSees, isoTime, uniqueId } from '../state.ts';
import type { AccessKey, AccountState, Provider, Role } from '../state.ts';
import type { XmlValue } from '../xml.ts';
import { checkSignature, invalidToken, readToken } from './token.ts';
import type { WebIdentityToken } from './token.ts';

export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
export const STS_VERSION = '2011-06-15';

/** What STS says to whoever may not assume a role, be it there or not. */
export function notAuthorized(): AwsError {
  return new AwsError(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
}

/** AWS grants clocks that go wrong five minutes (reference/peers-and-aws.md §3.4). */
const LEEWAY = 300_000;

/**
 * AssumeRoleWithWebIdentity. Codes and texts: STS API reference and the reports gathered in reference/peers-and-aws.md §3.6
 * («No OpenIDConnect provider found in your account for …», «Incorrect token audience», «Not authorized to perform …»).
 */
export async function assumeRoleWithWebIdentity(state: AccountState, parameters: Parameters): Promise<XmlValue> {
  const roleArn = parameters.need('RoleArn', { max: 2048 });
  const session = parameters.need('RoleSessionName', { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ });
  const text = parameters.need('WebIdentityToken', { max: 20_000 });
  const duration = parameters.number('DurationSeconds', { min: 900, max: 43_200, otherwise: 3600 });
  const policy = parameters.get('Policy') === undefined ? undefined : parameters.need('Policy', { max: 2048, pattern: DOCUMENT });
  const [, partition, account, name = ''] = /^arn:([\w-]+):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(roleArn) ?? [];

  if (!account || partition !== state.partition) {
    throw new AwsError(400, 'ValidationError', 'Request ARN is invalid');
  }
  const token = readToken(text);
  const provider = providerOf(state, account, token);

  await checkSignature(state, token);
  const now = state.now();

  if (token.expires + LEEWAY <= now) {
    throw new AwsError(400, 'ExpiredTokenException', `Token expired: current date/time ${ Math.floor(now / 1000) } must be before the expiration date/time ${ Math.floor(token.expires / 1000) }`);
  }
  const audience = [...token.authorizedParty ? [token.authorizedParty] : [], ...token.audiences].find((one) => asStsSees(provider.clientIds, provider.earlierClientIds, now).includes(one));

  if (audience === undefined) {
    throw invalidToken('Incorrect token audience');
  }
  const role = state.roles.get(name.toLowerCase());

  if (!role || role.arn !== roleArn || role.usableAt > now || !trusts(role, provider, token, session, now)) {
    throw notAuthorized();
  }
  if (policy !== undefined) {
    readIdentityPolicy(policy);
  }
  if (duration > role.maxSession) {
    throw new AwsError(400, 'ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }

  return {
    SubjectFromWebIdentityToken: token.subject,
    Audience:                    audience,
    AssumedRoleUser:             { AssumedRoleId: `${ role.id }:${ session }`, Arn: `arn:${ state.partition }:sts::${ state.id }:assumed-role/${ role.name }/${ session }` },
    Credentials:                 { ...policy === undefined ? sessionOf(state, role, session, now + duration * 1000) : NOTHING, Expiration: isoTime(now + duration * 1000) },
    Provider:                    provider.arn,
  };
}

/** Of a check that lets do nothing: no service here knows them. */
const NOTHING = { AccessKeyId: uniqueId('ASIA', 'nothing'), SecretAccessKey: 'sandbox/not/a/secret', SessionToken: 'sandbox-session' };

/** Keys of a session, good for what the role's inline policies allow. */
function sessionOf(state: AccountState, role: Role, session: string, expires: number): typeof NOTHING {
  const made = { AccessKeyId: uniqueId('ASIA', `${ role.name }/${ session }`), SecretAccessKey: randomUUID(), SessionToken: randomUUID() };

  state.keys.set(made.AccessKeyId, {
    id:           made.AccessKeyId,
    secret:       made.SecretAccessKey,
    principalArn: `arn:${ state.partition }:sts::${ state.id }:assumed-role/${ role.name }/${ session }`,
    policy:       [...role.inline.values()].flatMap(readIdentityPolicy),
    session:      { token: made.SessionToken, expires },
  });

  return made;
}

function providerOf(state: AccountState, account: string, token: WebIdentityToken): Provider {
  const arn = `arn:${ state.partition }:iam::${ account }:oidc-provider/${ token.issuer.replace(/^https:\/\//, '') }`;
  const provider = state.providers.get(arn);

  if (!provider || provider.usableAt > state.now()) {
    throw invalidToken(`No OpenIDConnect provider found in your account for ${ token.issuer }`);
  }

  return provider;
}

/** «AWS OIDC federation context keys»: `aud` is `azp` where a token has one. */
function trusts(role: Role, provider: Provider, token: WebIdentityToken, session: string, now: number): boolean {
  const verdict = evaluate(readTrustPolicy(asStsSees(role.trust, role.earlierTrust, now)), {
    action:    'sts:AssumeRoleWithWebIdentity',
    principal: { kind: 'Federated', names: [provider.arn] },
    context:   {
      [`${ provider.url }:sub`]: [token.subject], [`${ provider.url }:aud`]: token.authorizedParty ? [token.authorizedParty] : token.audiences, 'sts:RoleSessionName': [session], 'aws:FederatedProvider': [provider.arn]
    }
  });

  return verdict === 'allow';
}

export function getCallerIdentity(state: AccountState, key: AccessKey): XmlValue {
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(key.principalArn) ?? [];
  const UserId = role === undefined ? uniqueId('AIDA', key.principalArn.split('/').pop() ?? '') : `${ state.roles.get(role.toLowerCase())?.id ?? uniqueId('AROA', role) }:${ session }`;

  return { Arn: key.principalArn, UserId, Account: state.id };
}
