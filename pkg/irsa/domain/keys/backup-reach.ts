import { partitionFacts, partitionOfRegion } from '../aws/partitions';
import type { Finding, Known, Partition } from '../facts';
import type { IssuerBucket, ObservedBucket } from '../issuer/hosting';
import { allows } from '../permissions/allows';
import { parsePermissions } from '../permissions/parse';
import { text } from '../text';
import type { BackupObject, BackupPlace } from './backup';

/** What is known of the identity that a Backup will be made with. */
export interface BackupIdentity {
  /** The role of the operator's account; undefined where it has none. */
  roleArn?: string;
  /** Its inline policies as JSON texts; managed ones are not read. */
  policies: Known<string[]>;
  /** It has managed policies, which may allow what the inline ones do not. */
  hasManaged: boolean;
  partition?: Partition;
}

/** One thing that keeps a Backup from its bucket, or may; `mend` names what is to be done about it. */
export interface BackupFinding extends Pick<Finding, 'code' | 'severity' | 'title'> {
  mend?: 'permissions' | 'bind' | 'move' | 'bucket';
  advice: Finding['title'];
}

/** Whether a Backup will reach its bucket, judged from its place and from what the role may do; nothing is asked of S3. */
export function judgeReach(place: BackupPlace, { roleArn, policies, hasManaged, partition }: BackupIdentity, kind: BackupObject['kind'] = 'backup'): BackupFinding[] {
  const findings = placeFindings(place);

  if (place.secret) {
    return [{ code: 'BACKUP_KEY', severity: 'medium', title: text('irsa.backup.key', { secret: `${ place.secret.namespace }/${ place.secret.name }` }), advice: kind === 'restore' && place.from === 'object' ? text('irsa.backup.restoreAdvice') : text('irsa.backup.keyAdvice'), ...(place.from === 'chart' ? { mend: 'bind' as const } : kind === 'backup' ? { mend: 'move' as const } : {}) }, ...findings];
  }
  if (!roleArn) {
    return [{ code: 'BACKUP_NODE', severity: 'high', title: text('irsa.backup.node'), advice: text('irsa.backup.nodeAdvice'), mend: 'bind' }, ...findings];
  }
  if (place.endpointCa) {
    findings.push({ code: 'BACKUP_CA', severity: 'high', title: text('irsa.backup.ca'), advice: text('irsa.backup.caAdvice') });
  }
  if (place.skipsTls) {
    findings.push({ code: 'BACKUP_TLS', severity: 'medium', title: text('irsa.backup.tls'), advice: text('irsa.backup.tlsAdvice') });
  }
  if (policies.known && place.bucket) {
    findings.push(...permissionFindings(place, policies.value, hasManaged, partition ?? partitionOfRegion(place.region)));
  }

  return findings;
}

/** The bucket of AWS that a Backup goes to; undefined where it is none, or not said in full. */
export function bucketAt({ endpoint, region, bucket }: BackupPlace): IssuerBucket | undefined {
  const host = endpoint.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const at = region || regionIn(host);

  return bucket && at && (!host || /\.amazonaws\.com(\.cn)?$/.test(host)) ? { name: bucket, region: at } : undefined;
}

/** What a look at the bucket itself tells. */
export function judgeBucket({ name, region }: IssuerBucket, { state, region: found = 'unknown' }: Pick<ObservedBucket, 'state' | 'region'>): BackupFinding[] {
  switch (state) {
  case 'absent': return [{ code: 'BACKUP_NO_BUCKET', severity: 'high', title: text('irsa.backup.noBucket', { bucket: name, region }), advice: text('irsa.backup.noBucketAdvice'), mend: 'bucket' }];
  case 'elsewhere': return [{ code: 'BACKUP_ELSEWHERE', severity: 'high', title: text('irsa.backup.elsewhere', { bucket: name, region }), advice: text('irsa.backup.elsewhereAdvice', { found }) }];
  // The operator's role may reach what this credential may not look at.
  case 'taken': return [{ code: 'BACKUP_UNSEEN', severity: 'low', title: text('irsa.backup.unseen', { bucket: name }), advice: text('irsa.backup.unseenAdvice') }];
  case 'here': return [];
  }
}

/** `s3.eu-central-1.amazonaws.com`, `s3.dualstack.…`, `s3-eu-west-1.…` */
function regionIn(endpoint: string): string | undefined {
  return /(?:^|\.)s3[.-](?:dualstack\.|fips\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(endpoint)?.[1];
}

function placeFindings({ endpoint, region, bucket }: BackupPlace): BackupFinding[] {
  const host = endpoint.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  const named = regionIn(host);
  const findings: BackupFinding[] = [];

  if (!bucket) {
    findings.push({ code: 'BACKUP_BUCKET', severity: 'high', title: text('irsa.backup.bucket'), advice: text('irsa.backup.bucketAdvice') });
  }
  if (named && region && named !== region) {
    findings.push({ code: 'BACKUP_REGION', severity: 'high', title: text('irsa.backup.region', { endpoint: host, region }), advice: text('irsa.backup.regionAdvice', { endpoint: `s3.${ region }.${ partitionFacts(partitionOfRegion(region)).dnsSuffix }` }) });
  }
  if (/\.amazonaws\.com$/.test(host) && (named ?? region).startsWith('cn-')) {
    findings.push({ code: 'BACKUP_SUFFIX', severity: 'high', title: text('irsa.backup.suffix', { endpoint: host }), advice: text('irsa.backup.regionAdvice', { endpoint: `${ host }.cn` }) });
  }

  return findings;
}

function permissionFindings({ bucket, folder }: BackupPlace, texts: string[], hasManaged: boolean, partition: Partition): BackupFinding[] {
  const documents = texts.flatMap((json) => {
    try {
      return [parsePermissions(json)];
    } catch {
      // One that IAM took and we cannot read says nothing here.
      return [];
    }
  });
  const arn = `arn:${ partition }:s3:::${ bucket }`;
  const list = allows(documents, 's3:ListBucket', arn);
  const key = `${ folder ? `${ folder.replace(/^\/+|\/+$/g, '') }/` : '' }backup.tar.gz`;
  const missing = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'].filter((action) => allows(documents, action, `${ arn }/${ key }`).may === 'no');
  const findings: BackupFinding[] = [];

  if (list.may === 'depends' && list.keys.some((one) => one.toLowerCase() === 's3:prefix')) {
    findings.push({ code: 'BACKUP_PREFIX', severity: 'high', title: text('irsa.backup.prefix', { bucket }), advice: text('irsa.backup.prefixAdvice'), mend: 'permissions' });
  } else if (list.may === 'no' && (list.denied || !hasManaged)) {
    findings.push({ code: 'BACKUP_LIST', severity: 'high', title: text('irsa.backup.list', { bucket }), advice: text('irsa.backup.listAdvice'), mend: 'permissions' });
  }
  if (missing.length && !hasManaged) {
    findings.push({ code: 'BACKUP_OBJECTS', severity: missing.includes('s3:PutObject') ? 'high' : 'medium', title: text('irsa.backup.objects', { actions: missing.join(', '), place: `s3://${ bucket }/${ key.replace(/backup\.tar\.gz$/, '') }` }), advice: text('irsa.backup.objectsAdvice'), mend: 'permissions' });
  }

  return findings;
}
