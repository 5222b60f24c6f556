import { partitionOfRegion, serviceHost } from '../domain/aws/partitions';
import type { Text } from '../domain/facts';
import { isObject } from '../domain/json/same';
import { text } from '../domain/text';
import { bindingAnnotations } from './annotations';
import { FOLDER, folderPlace, placesIn } from './policy';
import type { Preset } from './preset';
import { bucketProblem, keyPrefix, prefixProblem, regionProblem } from './validators';

/**
 * The operator's client of S3 knows two names of STS, whatever the region: `sts.<region>.amazonaws.com`, and the same with `.cn` (minio-go
 * v7.0.87 pkg/credentials/iam_aws.go). In a partition whose hosts are called otherwise no role can be had by a token.
 */
function placeProblem(region: string): Text | undefined {
  return regionProblem(region) ?? (!region || /\.amazonaws\.com(\.cn)?$/.test(serviceHost('sts', region)) ? undefined : text('irsa.preset.backup.isolated', { partition: partitionOfRegion(region) }));
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
    {
      id: 'bucket', label: text('irsa.preset.parameter.bucket.label'), help: text('irsa.preset.backup.bucketHelp'), required: true, placeholder: 'acme-backups', validate: bucketProblem
    },
    {
      id: 'folder', label: text('irsa.preset.parameter.folder.label'), help: text('irsa.preset.backup.folderHelp'), required: false, placeholder: 'prod', validate: prefixProblem
    },
    {
      id: 'region', label: text('irsa.preset.parameter.region.label'), help: text('irsa.preset.backup.regionHelp'), required: true, placeholder: 'eu-central-1', validate: placeProblem
    },
  ],

  /** The account is named after the chart, whatever the release is called (templates/_helpers.tpl). */
  subject: ({ namespace = 'cattle-resources-system' } = {}) => ({ namespace, serviceAccount: 'rancher-backup' }),

  values({
    roleArn, audience, bucket, folder, region
  }) {
    const location = bucket && region ? {
      s3: {
        enabled:                   true,
        bucketName:                bucket,
        region,
        folder:                    keyPrefix(folder).replace(/\/$/, ''),
        endpoint:                  serviceHost('s3', region),
        // «To use IAM Role, don't set credentialSecretName» (values.yaml)
        credentialSecretName:      '',
        credentialSecretNamespace: '',
      },
    } : {};

    return { serviceAccount: { annotations: bindingAnnotations(roleArn, audience) }, ...location };
  },

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

  bucket: ({ bucket = '', region = '' }) => ({ name: bucket, region }),

  policyName: 'backup-to-s3',
  // A Backup may have a storage location of its own, beside the chart's.
  place:           folderPlace,
  answersInPolicy: (json) => placesIn(json, [['s3:PutObject', FOLDER, (bucket, folder) => ({ bucket, folder })]]),

  policy({ partition, bucket, folder }) {
    const bucketArn = `arn:${ partition }:s3:::${ bucket }`;

    return {
      Version:   '2012-10-17',
      Statement: [
        // No s3:prefix condition: HeadBucket, which every operation begins with, carries none (backup-restore-operator#292).
        { Sid: 'Bucket', Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: bucketArn },
        {
          Sid: 'Objects', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], Resource: `${ bucketArn }/${ keyPrefix(folder) }*`
        },
      ],
    };
  },

  allows: ({ bucket, folder }) => text('irsa.preset.backup.allows', { place: `s3://${ bucket }/${ keyPrefix(folder) }` }),

  restart: [{ kind: 'Deployment', name: 'rancher-backup' }],
  caveats: [text('irsa.preset.backup.caveatRegion'), text('irsa.preset.backup.caveatHosts'), text('irsa.preset.backup.caveatKms'), text('irsa.preset.backup.caveatEtcd')],
  sources: [
    'backup-restore-operator: charts/rancher-backup/{Chart,values}.yaml, templates/{serviceaccount,deployment}.yaml, pkg/objectstore/s3minio.go',
    'minio-go v7.0.87: pkg/credentials/iam_aws.go',
  ],
};
