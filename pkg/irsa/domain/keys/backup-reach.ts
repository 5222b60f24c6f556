import { parseRoleArn } from '../aws/arn';
import { partitionFacts, partitionOfRegion } from '../aws/partitions';
import type { Finding, Known, Partition, Text } from '../facts';
import type { IssuerBucket, ObservedBucket } from '../issuer/hosting';
import { allows, type Allowance } from '../permissions/allows';
import type { PermissionDocument } from '../permissions/document';
import { parsePermissions } from '../permissions/parse';
import { text } from '../text';
import type { Lookup } from '../trust/pattern';
import { hostOf, isOfAws, regionIn, type BackupObject, type BackupPlace } from './backup';

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

/** One thing that keeps a Backup from its bucket, or may; `mend` names what is to be done about it: `role` is for people to look at. */
export interface BackupFinding extends Pick<Finding, 'code' | 'severity' | 'title'> {
  mend?: 'permissions' | 'bind' | 'move' | 'bucket' | 'role';
  advice: Finding['title'];
}

type Mend = BackupFinding['mend'];
const found = (code: string, severity: Finding['severity'], title: Text, advice: Text, mend?: Mend): BackupFinding => ({ code, severity, title, advice, ...(mend ? { mend } : {}) });

/** Whether a Backup will reach its bucket, judged from its place and from what the role may do; nothing is asked of S3. */
export function judgeReach(place: BackupPlace, identity: BackupIdentity, kind: BackupObject['kind'] = 'backup'): BackupFinding[] {
  const { secret, endpoint } = place;
  const noBucket = place.bucket ? [] : [found('BACKUP_BUCKET', 'high', text('irsa.backup.bucket'), text('irsa.backup.bucketAdvice'))];

  // Its own authority and its own key are right there.
  if (!isOfAws(endpoint)) {
    return [...noBucket, found('BACKUP_FOREIGN', secret ? 'info' : 'high', text('irsa.backup.foreign', { endpoint: hostOf(endpoint) }), secret ? text('irsa.backup.foreignKey') : text('irsa.backup.foreignAdvice'))];
  }
  const findings = [...noBucket, ...placeFindings(place)];

  if (secret) {
    const mend = place.from === 'chart' ? 'bind' : kind === 'backup' ? 'move' : undefined;

    return [found('BACKUP_KEY', 'medium', text('irsa.backup.key', { secret: `${ secret.namespace }/${ secret.name }` }), kind === 'restore' && place.from === 'object' ? text('irsa.backup.restoreAdvice') : text('irsa.backup.keyAdvice'), mend), ...findings];
  }
  if (!identity.roleArn) {
    return [found('BACKUP_NODE', 'high', text('irsa.backup.node'), text('irsa.backup.nodeAdvice'), 'bind'), ...findings];
  }
  if (place.endpointCa) {
    findings.push(found('BACKUP_CA', 'high', text('irsa.backup.ca'), text('irsa.backup.caAdvice')));
  }
  if (place.skipsTls) {
    findings.push(found('BACKUP_TLS', 'medium', text('irsa.backup.tls'), text('irsa.backup.tlsAdvice')));
  }

  return place.bucket ? [...findings, ...permissionFindings(place, identity, kind)] : findings;
}

/** The bucket of AWS that a Backup goes to; undefined where it is none, or not said in full. */
export function bucketAt({ endpoint, region, bucket }: BackupPlace): IssuerBucket | undefined {
  const at = region || regionIn(endpoint);

  return bucket && at && isOfAws(endpoint) ? { name: bucket, region: at } : undefined;
}

/**
 * What a look at the bucket itself tells. One that is not there can be made with the credential that looked, where that is of the account
 * of the role that is to reach it.
 * @param account  of the credential, where that is known
 */
export function judgeBucket({ name, region }: IssuerBucket, { state, region: at = 'unknown' }: Pick<ObservedBucket, 'state' | 'region'>, kind: BackupObject['kind'], { roleArn = '' }: Pick<BackupIdentity, 'roleArn'> = {}, account?: string): BackupFinding[] {
  const owner = parseRoleArn(roleArn)?.id;
  const isElsewhere = owner && account && owner !== account;

  switch (state) {
  case 'absent': return [found('BACKUP_NO_BUCKET', 'high', text('irsa.backup.noBucket', { bucket: name, region }),
    kind === 'restore' ? text('irsa.backup.bucketAdvice') : isElsewhere ? text('irsa.backup.noBucketElsewhere', { owner, account }) : text('irsa.backup.noBucketAdvice'), kind === 'backup' && !isElsewhere ? 'bucket' : undefined)];
  case 'elsewhere': return [found('BACKUP_ELSEWHERE', 'high', text('irsa.backup.elsewhere', { bucket: name, region }), text('irsa.backup.elsewhereAdvice', { found: at }))];
  // The operator's role may reach what this credential may not look at.
  case 'taken': return [found('BACKUP_UNSEEN', 'low', text('irsa.backup.unseen', { bucket: name }), text('irsa.backup.unseenAdvice'))];
  case 'here': return [];
  }
}

function placeFindings({ endpoint, region }: BackupPlace): BackupFinding[] {
  const host = hostOf(endpoint);
  const named = regionIn(endpoint);
  const findings: BackupFinding[] = [];

  if (named && region && named !== region) {
    findings.push(found('BACKUP_REGION', 'high', text('irsa.backup.region', { endpoint: host, region }), text('irsa.backup.regionAdvice', { endpoint: `s3.${ region }.${ partitionFacts(partitionOfRegion(region)).dnsSuffix }` })));
  }
  if (/\.amazonaws\.com$/.test(host) && (named ?? region).startsWith('cn-')) {
    findings.push(found('BACKUP_SUFFIX', 'high', text('irsa.backup.suffix', { endpoint: host }), text('irsa.backup.regionAdvice', { endpoint: `${ host }.cn` })));
  }

  return findings;
}

/**
 * What S3 will know of the operator's calls (Service Authorization Reference, condition keys of S3; IAM User Guide, global condition keys).
 * @param prefix  whether the prefix is taken for absent, as it is of HeadBucket
 */
function callOf({ roleArn = '' }: BackupIdentity, region: string, prefix: 'absent' | 'unknown'): Lookup {
  const known = new Map([
    ['aws:securetransport', 'true'], ['aws:principalarn', roleArn], ['aws:principalaccount', parseRoleArn(roleArn)?.id ?? ''],
    ['aws:requestedregion', region],
  ].filter(([, value]) => value) as [string, string][]);

  return (key) => {
    const name = key.toLowerCase();

    if (known.has(name)) {
      return { known: true, values: [known.get(name)!] };
    }

    // Headers that the operator never sends (s3minio.go: no encryption, class, tags or ACL is asked for).
    return (name === 's3:prefix' ? prefix === 'absent' : /^s3:(delimiter|max-keys|versionid|requestobjecttag.*|x-amz-(?!content-).+)$/.test(name)) ? { known: true, values: undefined } : { known: false };
  };
}

function readable(texts: string[]): PermissionDocument[] {
  return texts.flatMap((json) => {
    try {
      return [parsePermissions(json)];
    } catch {
      // One that IAM took and we cannot read says nothing here.
      return [];
    }
  });
}

function permissionFindings({ bucket, folder, region, endpoint }: BackupPlace, identity: BackupIdentity, kind: BackupObject['kind']): BackupFinding[] {
  const { policies, hasManaged } = identity;
  const documents = policies.known ? readable(policies.value) : [];
  const at = region || (regionIn(endpoint) ?? '');
  const partition = identity.partition ?? partitionOfRegion(at);
  const arn = `arn:${ partition }:s3:::${ bucket }`;
  const key = `${ folder ? `${ folder.replace(/^\/+|\/+$/g, '') }/` : '' }backup.tar.gz`;
  const place = `s3://${ bucket }/${ key.replace(/backup\.tar\.gz$/, '') }`;
  const may = (action: string, prefix: 'absent' | 'unknown' = 'absent'): Allowance => allows(documents, `s3:${ action }`, /Object|Upload/.test(action) ? `${ arn }/${ key }` : arn, callOf(identity, at, prefix));
  const findings: BackupFinding[] = [];
  /** Not allowed for certain: what is not in inline policies may be in managed ones, which a Deny overrides all the same. */
  const isOut = (one: Allowance) => one.may === 'no' && (one.denied || !hasManaged);
  const say = (code: string, severity: Finding['severity'], title: Text, advice: Text, verdicts: Allowance[]) => {
    const denied = verdicts.some((one) => one.may === 'no' && one.denied);

    findings.push(found(code, severity, title, denied ? text('irsa.backup.deniedAdvice') : advice, denied ? 'role' : 'permissions'));
  };

  // Without a region the operator asks S3 for it, of the commercial partition.
  if (!at && (partition !== 'aws' || !policies.known || may('GetBucketLocation').may !== 'yes')) {
    findings.push(found('BACKUP_LOCATION', partition !== 'aws' || (policies.known && isOut(may('GetBucketLocation'))) ? 'high' : 'low', text('irsa.backup.location'), text('irsa.backup.locationAdvice')));
  }
  if (!policies.known) {
    return findings;
  }
  const list = may('ListBucket');
  const objects = (kind === 'restore' ? ['GetObject'] : ['PutObject', 'GetObject', 'DeleteObject']).map((action) => ({ action: `s3:${ action }`, verdict: may(action) }));
  const missing = objects.filter(({ verdict }) => isOut(verdict));

  if (isOut(list)) {
    const free = may('ListBucket', 'unknown');

    if (free.may === 'depends' && free.keys.some((one) => one.toLowerCase() === 's3:prefix')) {
      say('BACKUP_PREFIX', 'high', text('irsa.backup.prefix', { bucket }), text('irsa.backup.prefixAdvice'), [list]);
    } else {
      say('BACKUP_LIST', 'high', text('irsa.backup.list', { bucket }), text('irsa.backup.listAdvice'), [list]);
    }
  }
  if (missing.length) {
    say('BACKUP_OBJECTS', missing[0] === objects[0] ? 'high' : 'medium', text('irsa.backup.objects', { actions: missing.map(({ action }) => action).join(', '), place }), text('irsa.backup.objectsAdvice'), missing.map(({ verdict }) => verdict));
  }
  if (kind === 'backup' && !missing.length && isOut(may('AbortMultipartUpload'))) {
    say('BACKUP_ABORT', 'low', text('irsa.backup.abort'), text('irsa.backup.abortAdvice', { place }), [may('AbortMultipartUpload')]);
  }
  const all = [{ action: 's3:ListBucket', verdict: list }, ...objects];
  const open = all.flatMap(({ action, verdict }) => verdict.may === 'depends' ? { action, keys: verdict.keys } : []);
  const unsaid = all.filter(({ verdict }) => verdict.may === 'no' && !isOut(verdict));

  if (open.length) {
    findings.push(found('BACKUP_DEPENDS', 'medium', text('irsa.backup.depends', { actions: open.map(({ action }) => action).join(', '), keys: [...new Set(open.flatMap(({ keys }) => keys))].join(', ') }), text('irsa.backup.dependsAdvice'), 'role'));
  }
  if (unsaid.length) {
    findings.push(found('BACKUP_MANAGED', 'low', text('irsa.backup.managed', { actions: unsaid.map(({ action }) => action).join(', ') }), text('irsa.backup.managedAdvice'), 'role'));
  }

  return findings;
}
