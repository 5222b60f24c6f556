import { parseRoleArn, roleNameOfSession } from '../../domain/aws/arn';
import { received } from '../../domain/errors';
import { unreadable } from '../answer';
import { awsError } from './errors';
import { query } from './query';
import type { AwsRoute } from './request';

/** Allows nothing: the credentials that the check makes can do nothing, whatever the role may do. */
const DENY_ALL = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });

/** Seconds; the shortest that STS gives. */
const SHORTEST = '900';

const VERSION = '2011-06-15';
const ACTION = 'AssumeRoleWithWebIdentity';

/**
 * Whose keys sign: no right is needed for it, and a role's session is told too.
 * @returns ARN of a user, or of a session
 * @throws IrsaError, TransportError when nobody answered
 */
export async function callerIdentity(route: AwsRoute, host: string): Promise<string> {
  try {
    return String((await query(route, { service: 'sts', host, version: VERSION }, 'GetCallerIdentity', {})).Arn ?? '');
  } catch (error) {
    throw awsError(error, 'sts', 'GetCallerIdentity');
  }
}

/**
 * Exchanges a token for a role's session, to see whether STS does it. The credentials in the answer are not read.
 * @returns ARN of the session
 * @throws IrsaError with STS' reason, or ANSWER_UNREADABLE where it is no session of this role; TransportError when nobody answered
 */
export async function assumeRole(route: Pick<AwsRoute, 'transport' | 'direct' | 'signal'>, host: string, request: { roleArn: string; token: string; sessionName: string }): Promise<string> {
  try {
    const { AssumedRoleUser: user } = await query(route, { service: 'sts', host, version: VERSION }, ACTION, {
      RoleArn: request.roleArn, RoleSessionName: request.sessionName, WebIdentityToken: request.token, Policy: DENY_ALL, DurationSeconds: SHORTEST
    });

    const session = (user as { Arn?: string } | undefined)?.Arn ?? '';

    // Only a session of this very role is the proof.
    if (roleNameOfSession(session) !== (parseRoleArn(request.roleArn)?.name ?? '')) {
      throw unreadable({ service: 'sts', action: `sts:${ ACTION }` }, `the session is «${ received(session) }»`);
    }

    return session;
  } catch (error) {
    throw awsError(error, 'sts', ACTION);
  }
}
