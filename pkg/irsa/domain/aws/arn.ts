import type { AwsAccount, Known, Partition } from '../facts';
import { isPartition } from './partitions';

/** The six parts of an ARN; `resource` is all behind the fifth colon. */
export interface Arn {
  partition: Partition;
  service: string;
  region: string;
  accountId: string;
  resource: string;
}

/** Takes an ARN apart; undefined when it is none or of an unknown partition. */
export function parseArn(value: string): Arn | undefined {
  const [arn, partition = '', service = '', region = '', accountId = ''] = value.split(':', 5);
  // The resource may hold colons itself.
  const resource = value.slice([arn, partition, service, region, accountId, ''].join(':').length);

  return arn === 'arn' && isPartition(partition) && service && resource ? { partition, service, region, accountId, resource } : undefined;
}

export interface RoleArn extends AwsAccount {
  name: string;
  /** Begins and ends with `/`. */
  path: string;
}

/**
 * Takes a role's ARN apart; undefined when it is not one that AWS could have made. A session's ARN (`assumed-role/…`) is none.
 * @param value  `arn:aws:iam::111122223333:role/rancher-irsa/backup`
 */
export function parseRoleArn(value: string): RoleArn | undefined {
  const arn = parseArn(value);
  const match = /^role(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,64})$/.exec(arn?.resource ?? '');

  if (!arn || arn.service !== 'iam' || arn.region || !/^\d{12}$/.test(arn.accountId) || !match) {
    return undefined;
  }

  return { id: arn.accountId, partition: arn.partition, path: match[1]!, name: match[2]! };
}

/** The ARN of a role; its path is part of it. */
export function roleArn(account: AwsAccount, path: string, name: string): string {
  return `arn:${ account.partition }:iam::${ account.id }:role${ path }${ name }`;
}

/** The account an ARN belongs to; undefined when it names none (S3 buckets). */
export function accountOfArn(value: string): AwsAccount | undefined {
  const arn = parseArn(value);

  return arn && /^\d{12}$/.test(arn.accountId) ? { id: arn.accountId, partition: arn.partition } : undefined;
}

/** The role is in an account that the credential is not of. */
export function isElsewhere(roleArn: string, account: Known<AwsAccount>): boolean {
  return account.known && accountOfArn(roleArn)?.id !== account.value.id;
}

/**
 * The role behind a session: `arn:aws:sts::1:assumed-role/<name>/<session>` → its name (a session's ARN leaves the path out).
 */
export function roleNameOfSession(value: string): string | undefined {
  return /^assumed-role\/([^/]+)\/[^/]+$/.exec(parseArn(value)?.resource ?? '')?.[1];
}
