import { describe, expect, it } from 'vitest';
import type { Known } from '../facts';
import { backupKeyUse, backupPlace, type BackupPlace } from './backup';
import { judgeReach, type BackupIdentity } from './backup-reach';

const S3 = { bucketName: 'acme-backups', folder: 'prod', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' };
const backup = (s3?: object, more: object = {}) => ({ kind: 'backup' as const, name: 'nightly', spec: { ...(s3 ? { storageLocation: { s3 } } : {}), ...more } });
const place = (change: object = {}): BackupPlace => backupPlace(backup({ ...S3, ...change }))!;
const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
const known = (...policies: object[]): Known<string[]> => ({ known: true, value: policies.map((policy) => JSON.stringify(policy)) });
const identity = (change: Partial<BackupIdentity> = {}): BackupIdentity => ({ roleArn: 'arn:aws:iam::111122223333:role/b', policies: known(OURS), hasManaged: false, partition: 'aws', ...change });
const codes = (one: BackupPlace, who: BackupIdentity = identity()) => judgeReach(one, who).map(({ code }) => code);
/** As the preset writes it. */
const OURS = policy({ Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: 'arn:aws:s3:::acme-backups' }, { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], Resource: 'arn:aws:s3:::acme-backups/prod/*' });
const OBJECTS = { Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'], Resource: 'arn:aws:s3:::acme-backups/prod/*' };
const ABORT = { ...OBJECTS, Action: 's3:AbortMultipartUpload' };
const EVERYTHING = policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
const LIST = { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::acme-backups' };

describe('where a Backup goes', () => {
  it('is what it says itself, else what the chart says, else nowhere in S3', () => {
    const chart = { s3: { enabled: true, bucketName: 'of-chart', credentialSecretName: 'keys', credentialSecretNamespace: 'default' } };

    expect(backupPlace(backup(S3), chart)).toMatchObject({ bucket: 'acme-backups', from: 'object' });
    expect(backupPlace(backup(), chart)).toMatchObject({ bucket: 'of-chart', from: 'chart', secret: { namespace: 'default', name: 'keys' } });
    expect(backupPlace(backup(), { s3: { ...chart.s3, enabled: false } })).toBeUndefined();
    expect(backupPlace({ spec: { storageLocation: 'x' } })).toBeUndefined();
  });

  it('has a key to lose only where it names one itself, and the traps go with it', () => {
    const use = backupKeyUse(backup({ ...S3, credentialSecretName: 'keys', credentialSecretNamespace: 'default', endpointCA: 'LS0t', insecureTLSSkipVerify: true }))!;

    expect(use.removal).toMatchObject({ path: '/apis/resources.cattle.io/v1/backups/nightly', body: { spec: { storageLocation: { s3: { credentialSecretName: null, credentialSecretNamespace: null, endpointCA: null, insecureTLSSkipVerify: null } } } }, expects: { is: 'keys' } });
    expect([use.secrets, use.mends.length, use.preset?.answers.folder]).toEqual([[{ namespace: 'default', name: 'keys' }], 2, 'prod']);
    expect(backupKeyUse(backup(S3))).toMatchObject({ fields: [], secrets: [] });
    expect(backupKeyUse(backup(S3))!.removal).toBeUndefined();
    expect(backupKeyUse(backup({ ...S3, endpointCA: 'x' }))!.removal).toMatchObject({ body: { spec: { storageLocation: { s3: { endpointCA: null } } } } });
    expect(backupKeyUse(backup())).toBeUndefined();
    expect(backupKeyUse({ ...backup({ ...S3, credentialSecretName: 'keys' }), kind: 'restore' })).toEqual(expect.not.objectContaining({ removal: expect.anything() as unknown }));
    expect(backupKeyUse({ ...backup({ ...S3, credentialSecretName: 'keys' }), kind: 'restore' })!.obstacles).toMatchObject([{ key: 'irsa.keyUse.restore' }]);
    expect(backupKeyUse({ ...backup(S3), kind: 'restore' })).toBeUndefined();
    expect(backupKeyUse(backup({ ...S3, endpoint: 'minio.acme.example', credentialSecretName: 'keys' }))).toBeUndefined();
    expect(backupKeyUse(backup({ ...S3, region: '', credentialSecretName: 'keys' }))!.preset?.answers.region).toBe('eu-central-1');
  });
});

describe('whether it will get there', () => {
  it('finds nothing wrong with what we write', () => {
    expect(codes(place())).toEqual([]);
  });

  it.each<[string, BackupPlace, BackupIdentity, string[]]>([
    ['a key of its own', place({ credentialSecretName: 'keys' }), identity(), ['BACKUP_KEY']],
    ['no role', place(), identity({ roleArn: undefined }), ['BACKUP_NODE']],
    ['an authority of its own', place({ endpointCA: 'LS0t' }), identity(), ['BACKUP_CA']],
    ['an authority of its own, with a key: STS is not asked', place({ endpointCA: 'LS0t', credentialSecretName: 'keys' }), identity(), ['BACKUP_KEY']],
    ['no look at certificates', place({ insecureTLSSkipVerify: true }), identity(), ['BACKUP_TLS']],
    ['an endpoint elsewhere', place({ endpoint: 's3.us-east-1.amazonaws.com' }), identity(), ['BACKUP_REGION']],
    ['the old form of an endpoint elsewhere', place({ endpoint: 'https://s3-us-west-2.amazonaws.com/' }), identity(), ['BACKUP_REGION']],
    ['an endpoint that names no region, where the region is said', place({ endpoint: 's3.amazonaws.com' }), identity(), []],
    ['no region at all, and the right to ask for it', place({ endpoint: 's3.amazonaws.com', region: '' }), identity(), []],
    ['no region at all, and no right to ask', place({ endpoint: 's3.amazonaws.com', region: '' }), identity({ policies: known(policy(LIST, OBJECTS, ABORT)) }), ['BACKUP_LOCATION']],
    ['no region at all, in GovCloud', place({ endpoint: '', region: '' }), identity({ partition: 'aws-us-gov', policies: known(EVERYTHING) }), ['BACKUP_LOCATION']],
    ['no region at all, and policies that nobody may see', place({ endpoint: '', region: '' }), identity({ policies: { known: false, why: {} as never } }), ['BACKUP_LOCATION']],
    ['a region in the endpoint alone', place({ region: '' }), identity({ policies: known(policy(LIST, OBJECTS, ABORT)) }), []],
    ['a store of another maker', place({ endpoint: 'https://minio.acme.example:9000', endpointCA: 'LS0t' }), identity(), ['BACKUP_FOREIGN']],
    ['one that looks like AWS', place({ endpoint: 's3.amazonaws.com.evil.example' }), identity(), ['BACKUP_FOREIGN']],
    ['a store of another maker, without a role', place({ endpoint: 'minio.acme.example' }), identity({ roleArn: undefined }), ['BACKUP_FOREIGN']],
    ['a store of another maker, with its key', place({ endpoint: 'minio.acme.example', credentialSecretName: 'keys', bucketName: '' }), identity(), ['BACKUP_BUCKET', 'BACKUP_FOREIGN']],
    ['both protocols', place({ endpoint: 's3.dualstack.eu-central-1.amazonaws.com' }), identity(), []],
    ['China without its suffix', place({ endpoint: 's3.cn-north-1.amazonaws.com', region: 'cn-north-1' }), identity({ policies: { known: false, why: {} as never } }), ['BACKUP_SUFFIX']],
    ['no bucket', place({ bucketName: '' }), identity(), ['BACKUP_BUCKET']],
    ['a list under a prefix only', place(), identity({ policies: known(policy({ ...LIST, Condition: { StringLike: { 's3:prefix': 'prod/*' } } }, OBJECTS, ABORT)) }), ['BACKUP_PREFIX']],
    ['a list under a prefix beside one without', place(), identity({ policies: known(policy({ ...LIST, Condition: { StringLike: { 's3:prefix': 'prod/*' } } }, LIST, OBJECTS, ABORT)) }), []],
    ['a list from an address only', place(), identity({ policies: known(policy({ ...LIST, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, OBJECTS, ABORT)) }), ['BACKUP_DEPENDS']],
    ['a list for this role by name', place(), identity({ policies: known(policy({ ...LIST, Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/b' }, Bool: { 'aws:SecureTransport': 'true' } } }, OBJECTS, ABORT)) }), []],
    ['a Deny without TLS, and one outside the region', place(), identity({ policies: known(OURS, policy({ Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-central-1' } } })) }), []],
    ['a Deny outside another region', place(), identity({ policies: known(OURS, policy({ Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:RequestedRegion': 'us-east-1' } } })) }), ['BACKUP_LIST', 'BACKUP_OBJECTS']],
    ['a Deny outside a network', place(), identity({ policies: known(OURS, policy({ Effect: 'Deny', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } })) }), ['BACKUP_DEPENDS']],
    ['a Deny of lists without a prefix', place(), identity({ policies: known(OURS, policy({ ...LIST, Effect: 'Deny', Condition: { StringNotLike: { 's3:prefix': 'prod/*' } } })) }), ['BACKUP_PREFIX']],
    ['a Deny of objects that ask for no encryption', place(), identity({ policies: known(OURS, policy({ ...OBJECTS, Action: 's3:PutObject', Effect: 'Deny', Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } } })) }), ['BACKUP_OBJECTS']],
    ['no right to take back what an upload left', place(), identity({ policies: known(policy(LIST, OBJECTS)) }), ['BACKUP_ABORT']],
    ['no list', place(), identity({ policies: known(policy(OBJECTS, ABORT)) }), ['BACKUP_LIST']],
    ['a list that is denied, whatever is attached', place(), identity({ policies: known(policy(LIST, { ...LIST, Effect: 'Deny' }, OBJECTS)), hasManaged: true }), ['BACKUP_LIST']],
    ['objects in managed policies, perhaps', place(), identity({ policies: known(policy(LIST)), hasManaged: true }), ['BACKUP_MANAGED']],
    ['another folder', place({ folder: 'test' }), identity(), ['BACKUP_OBJECTS']],
    ['a folder that begins alike', place({ folder: 'production' }), identity(), ['BACKUP_OBJECTS']],
    ['no policy of its own, one attached', place(), identity({ policies: known(), hasManaged: true }), ['BACKUP_MANAGED']],
    ['everything allowed', place(), identity({ policies: known(policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })) }), []],
    ['everything but', place(), identity({ policies: known(policy({ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::other*' })) }), []],
    ['policies that cannot be read', place(), identity({ policies: { known: true, value: ['{'] } }), ['BACKUP_LIST', 'BACKUP_OBJECTS']],
    ['policies that nobody may see', place(), identity({ policies: { known: false, why: {} as never } }), []],
  ])('%s', (_name, one, who, expected) => {
    expect(codes(one, who)).toEqual(expected);
  });

  it('takes less to read a backup back', () => {
    const reads = identity({ policies: known(policy(LIST, { ...OBJECTS, Action: 's3:GetObject' })) });

    expect(judgeReach(place(), reads, 'restore')).toEqual([]);
    expect(judgeReach(place(), reads).map(({ code }) => code)).toEqual(['BACKUP_OBJECTS']);
  });

  it('sends to the role’s own policies what no further policy mends, and calls a foreign key no trap', () => {
    const denied = judgeReach(place(), identity({ policies: known(OURS, policy({ ...LIST, Effect: 'Deny' })) }));
    const depends = judgeReach(place(), identity({ policies: known(policy({ ...OBJECTS, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, LIST, ABORT)) }));
    const [foreign] = judgeReach(place({ endpoint: 'minio.acme.example', credentialSecretName: 'keys' }), identity());

    expect(denied).toMatchObject([{ code: 'BACKUP_LIST', mend: 'role', advice: { key: 'irsa.backup.deniedAdvice' } }]);
    expect(depends).toMatchObject([{ mend: 'role', title: { args: { actions: 's3:PutObject, s3:GetObject, s3:DeleteObject', keys: 'aws:SourceIp' } } }]);
    expect([foreign!.severity, foreign!.mend]).toEqual(['info', undefined]);
  });

  it('gives each finding its remedy', () => {
    const findings = [place({ credentialSecretName: 'keys' }), place({ folder: 'x', endpointCA: 'x', insecureTLSSkipVerify: true, endpoint: 's3.us-east-1.amazonaws.com' })].flatMap((one) => judgeReach(one, identity({ policies: known() })));

    expect(findings.map(({ code, mend }) => [code, mend])).toEqual([
      ['BACKUP_KEY', 'move'], ['BACKUP_REGION', undefined], ['BACKUP_CA', undefined], ['BACKUP_TLS', undefined], ['BACKUP_LIST', 'permissions'], ['BACKUP_OBJECTS', 'permissions'],
    ]);
    expect(findings.every(({ advice, title }) => advice.key.startsWith('irsa.backup.') && title.key !== advice.key)).toBe(true);
  });
});
