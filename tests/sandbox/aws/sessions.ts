import { randomBytes } from 'node:crypto';
import { isoTime } from './state.ts';
import type { AccountState } from './state.ts';

/** What `aws sts assume-role` prints. */
export interface IssuedSession {
  Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: string };
  AssumedRoleUser: { AssumedRoleId: string; Arn: string };
}

const ROLE = 'administrator';
const NAME = 'you';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Makes temporary credentials of an administrator, in the shape of real ones: an `ASIA…` id, forty characters of secret, a long token.
 * Unlike AWS, which gives 900 seconds at least, they may last a single one.
 */
export function issueSession(state: AccountState, seconds: number): IssuedSession {
  const id = `ASIA${ [...randomBytes(16)].map((byte) => LETTERS[byte % LETTERS.length]).join('') }`;
  const secret = randomBytes(30).toString('base64');
  const token = `IQoJb3JpZ2luX2Vj${ randomBytes(240).toString('base64') }`;
  const expires = state.now() + seconds * 1000;
  const principalArn = `arn:${ state.partition }:sts::${ state.id }:assumed-role/${ ROLE }/${ NAME }`;

  state.keys.set(id, { id, secret, principalArn, session: { token, expires } });

  return {
    Credentials: { AccessKeyId: id, SecretAccessKey: secret, SessionToken: token, Expiration: isoTime(expires) }, AssumedRoleUser: { AssumedRoleId: `AROASANDBOX:${ NAME }`, Arn: principalArn }
  };
}

/** Ends all temporary credentials now; AWS itself knows no such call, it only happens to people. */
export function endSessions(state: AccountState): number {
  const sessions = [...state.keys.values()].flatMap(({ session }) => session ?? []);

  sessions.forEach((session) => (session.expires = state.now()));

  return sessions.length;
}
