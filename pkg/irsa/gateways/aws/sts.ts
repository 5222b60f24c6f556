import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientConfig } from './client-config';
import { awsError } from './errors';
import type { AwsRoute } from './request-handler';

/** Allows nothing: the credentials that the check makes can do nothing, whatever the role may do. */
const DENY_ALL = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });

/** Seconds; the shortest that STS gives. */
const SHORTEST = 900;

/**
 * Exchanges a token for a role's session, to see whether STS does it. The credentials in the answer are not read.
 * @returns ARN of the session
 * @throws IrsaError with STS' reason; TransportError when nobody answered
 */
export async function assumeRole(route: Omit<AwsRoute, 'credentialId'>, host: string, request: { roleArn: string; token: string; sessionName: string }): Promise<string> {
  const region = /^sts\.([a-z0-9-]+)\./.exec(host)?.[1];
  const client = new STSClient(clientConfig(route, host, region && region !== 'amazonaws' ? region : 'us-east-1'));

  try {
    const { AssumedRoleUser } = await client.send(new AssumeRoleWithWebIdentityCommand({
      RoleArn: request.roleArn, RoleSessionName: request.sessionName, WebIdentityToken: request.token, Policy: DENY_ALL, DurationSeconds: SHORTEST
    }));

    return AssumedRoleUser?.Arn ?? '';
  } catch (error) {
    throw awsError(error, 'sts', 'AssumeRoleWithWebIdentity');
  } finally {
    client.destroy();
  }
}
