import { partitionFacts, partitionOfRegion, serviceHost } from '../domain/aws/partitions';
import type { Text } from '../domain/facts';
import { isObject } from '../domain/json/same';
import { hostOf, regionIn } from '../domain/keys/backup';
import { text } from '../domain/text';
import { bindingAnnotations } from './annotations';
import { said } from './chart';
import { bucket, folder, region } from './fields';
import { bucketStatements, FOLDER, folderPlace, placeOf, placesIn, policyOf } from './policy';
import type { Preset } from './preset';
import { keyPrefix, regionProblem } from './validators';

/**
 * The operator's client of S3 knows two names of STS, whatever the region: `sts.<region>.amazonaws.com`, and the same with `.cn` (minio-go
 * v7.0.87 pkg/credentials/iam_aws.go). In a partition whose hosts are called otherwise no role can be had by a token.
 */
function placeProblem(region: string): Text | undefined {
  return regionProblem(region) ?? (!region || /\.amazonaws\.com(\.cn)?$/.test(serviceHost('sts', region)) ? undefined : text('irsa.preset.backup.isolated', { partition: partitionOfRegion(region) }));
}

/** A host of AWS for this region, as far as it says one: for FIPS, or of a VPC endpoint. */
function isOf(region: string, endpoint: string): boolean {
  return hostOf(endpoint).endsWith(`.${ partitionFacts(partitionOfRegion(region)).dnsSuffix }`) && [undefined, region].includes(regionIn(endpoint));
}

/** Rancher Backups (backup-restore-operator): backups of Rancher itself into a bucket. */
export const rancherBackup: Preset = {
  id:         'rancher-backup',
  title:      text('irsa.preset.backup.title'),
  summary:    text('irsa.preset.backup.summary'),
  icon:       'icon-backup-restore',
  origin:     'rancher',
  services:   ['S3'],
  chart:      { name: 'rancher-backup', namespace: 'cattle-resources-system', release: 'rancher-backup', crd: 'rancher-backup-crd' },
  localOnly:  true,
  // rancher/charts: charts/rancher-backup/1.2.0/templates/serviceaccount.yaml has it, 1.0.400 has not
  since:      '1.2.0',
  parameters: [
    { ...bucket(text('irsa.preset.backup.bucketHelp')), placeholder: 'acme-backups' },
    folder(text('irsa.preset.backup.folderHelp')),
    { ...region(text('irsa.preset.backup.regionHelp')), validate: placeProblem },
  ],

  /** The account is named after the chart, whatever the release is called (templates/_helpers.tpl). */
  subject: ({ namespace = 'cattle-resources-system' } = {}) => ({ namespace, serviceAccount: 'rancher-backup' }),

  values({
    roleArn, audience, bucket, folder, region, endpoint = ''
  }) {
    const location = bucket && region ? {
      s3: {
        enabled:                   true,
        bucketName:                bucket,
        region,
        folder:                    keyPrefix(folder).replace(/\/$/, ''),
        endpoint:                  isOf(region, endpoint) ? endpoint : serviceHost('s3', region),
        // «To use IAM Role, don't set credentialSecretName» (values.yaml)
        credentialSecretName:      '',
        credentialSecretNamespace: '',
      },
    } : {};

    return { serviceAccount: { annotations: bindingAnnotations(roleArn, audience) }, ...location };
  },

  keeps: ({ s3 }) => ({ endpoint: isObject(s3) ? said(s3.endpoint) : '' }),

  reconcile(current) {
    const s3 = isObject(current.s3) ? current.s3 : {};
    const isStoredOnVolume = isObject(current.persistence) && current.persistence.enabled === true;
    const ownCa = typeof s3.endpointCA === 'string' && s3.endpointCA !== '';
    const skipsTls = s3.insecureTLSSkipVerify === true;

    return {
      values: {
        // The chart refuses to render with both (templates: s3 and persistence are mutually exclusive).
        ...(isStoredOnVolume ? { persistence: { enabled: false } } : {}),
        // The operator uses one HTTP client for S3 and STS: a CA of its own makes it distrust STS (s3minio.go setTransport).
        ...(ownCa || skipsTls ? { s3: { ...(ownCa ? { endpointCA: '' } : {}), ...(skipsTls ? { insecureTLSSkipVerify: false } : {}) } } : {}),
      },
      warnings: [
        ...(isStoredOnVolume ? [text('irsa.preset.backup.leavesVolume')] : []),
        ...(ownCa ? [text('irsa.preset.backup.dropsCa')] : []),
        ...(skipsTls ? [text('irsa.preset.backup.verifiesTls')] : []),
      ],
      dropsKeys: s3.enabled === true && typeof s3.credentialSecretName === 'string' && s3.credentialSecretName !== '',
    };
  },

  answersIn(values) {
    const s3 = isObject(values.s3) ? values.s3 : {};
    const answers = { bucket: s3.bucketName, folder: s3.folder, region: s3.region };

    return Object.fromEntries(Object.entries(answers).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''));
  },

  bucket: (answers) => ({ name: answers.bucket ?? '', region: answers.region ?? '' }),

  policyName: 'backup-to-s3',
  // A Backup may have a storage location of its own, beside the chart's.
  place:           folderPlace,
  answersInPolicy: (json) => placesIn(json, [['s3:PutObject', FOLDER, (bucket, folder) => ({ bucket, folder })]]),

  // No s3:prefix condition: HeadBucket, which every operation begins with, carries none (backup-restore-operator#292).
  policy: (facts) => policyOf(...bucketStatements(facts, 'ListBucket GetBucketLocation', 'GetObject PutObject DeleteObject AbortMultipartUpload')),

  allows: (facts) => text('irsa.preset.backup.allows', { place: placeOf(facts) }),

  restart: [{ kind: 'Deployment', name: 'rancher-backup' }],
  caveats: [text('irsa.preset.backup.caveatRegion'), text('irsa.preset.backup.caveatHosts'), text('irsa.preset.backup.caveatKms'), text('irsa.preset.backup.caveatEtcd')],
};
