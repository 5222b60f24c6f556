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
    ['an endpoint that names no region', place({ endpoint: 's3.amazonaws.com' }), identity(), []],
    ['both protocols', place({ endpoint: 's3.dualstack.eu-central-1.amazonaws.com' }), identity(), []],
    ['China without its suffix', place({ endpoint: 's3.cn-north-1.amazonaws.com', region: 'cn-north-1' }), identity({ policies: { known: false, why: {} as never } }), ['BACKUP_SUFFIX']],
    ['no bucket', place({ bucketName: '' }), identity(), ['BACKUP_BUCKET']],
    ['a list under a prefix only', place(), identity({ policies: known(policy({ ...LIST, Condition: { StringLike: { 's3:prefix': 'prod/*' } } }, OBJECTS)) }), ['BACKUP_PREFIX']],
    ['a list under a prefix beside one without', place(), identity({ policies: known(policy({ ...LIST, Condition: { StringLike: { 's3:prefix': 'prod/*' } } }, LIST, OBJECTS)) }), []],
    ['a list from an address only', place(), identity({ policies: known(policy({ ...LIST, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }, OBJECTS)) }), []],
    ['no list', place(), identity({ policies: known(policy(OBJECTS)) }), ['BACKUP_LIST']],
    ['a list that is denied, whatever is attached', place(), identity({ policies: known(policy(LIST, { ...LIST, Effect: 'Deny' }, OBJECTS)), hasManaged: true }), ['BACKUP_LIST']],
    ['another folder', place({ folder: 'test' }), identity(), ['BACKUP_OBJECTS']],
    ['a folder that begins alike', place({ folder: 'production' }), identity(), ['BACKUP_OBJECTS']],
    ['no policy of its own, one attached', place(), identity({ policies: known(), hasManaged: true }), []],
    ['everything allowed', place(), identity({ policies: known(policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })) }), []],
    ['everything but', place(), identity({ policies: known(policy({ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::other*' })) }), []],
    ['policies that cannot be read', place(), identity({ policies: { known: true, value: ['{'] } }), ['BACKUP_LIST', 'BACKUP_OBJECTS']],
    ['policies that nobody may see', place(), identity({ policies: { known: false, why: {} as never } }), []],
  ])('%s', (_name, one, who, expected) => {
    expect(codes(one, who)).toEqual(expected);
  });

  it('gives each finding its remedy', () => {
    const findings = [place({ credentialSecretName: 'keys' }), place({ folder: 'x', endpointCA: 'x', insecureTLSSkipVerify: true, endpoint: 's3.us-east-1.amazonaws.com' })].flatMap((one) => judgeReach(one, identity({ policies: known() })));

    expect(findings.map(({ code, mend }) => [code, mend])).toEqual([
      ['BACKUP_KEY', 'move'], ['BACKUP_REGION', undefined], ['BACKUP_CA', undefined], ['BACKUP_TLS', undefined], ['BACKUP_LIST', 'permissions'], ['BACKUP_OBJECTS', 'permissions'],
    ]);
    expect(findings.every(({ advice, title }) => advice.key.startsWith('irsa.backup.') && title.key !== advice.key)).toBe(true);
  });
});
