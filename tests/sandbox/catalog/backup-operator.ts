import { randomUUID } from 'node:crypto';
import type { AwsAccount } from '../aws/account.ts';
import type { KubeCluster, KubeObject, ResourceType } from '../contracts.ts';
import { fieldsOf, stringOf, valueAt } from '../rancher/values.ts';
import { podCredentials, sendAs, type Credentials } from './pod-credentials.ts';

const GROUP = 'resources.cattle.io';
const NAMESPACE = 'cattle-resources-system';
const ACCOUNT = 'rancher-backup';

interface Place { bucket: string; folder: string; region: string; host: string; secret?: { namespace: string; name: string } }

/**
 * The part of the backup operator that matters here: each new Backup is written into its bucket, signed as the operator's own pod can
 * sign. That pod has what the webhook gave it when it was made, and nothing else: whoever annotates the account and forgets the restart
 * fails here as there (backup-restore-operator pkg/objectstore/s3minio.go, pkg/controllers/backup; minio-go pkg/credentials/iam_aws.go).
 */
export function runBackupOperator(cluster: KubeCluster, aws: () => AwsAccount): () => void {
  const { store } = cluster;
  const seen = new Set<string>();

  return store.watch(({ type, resourceType, object }) => {
    const key = `${ object.metadata.uid } ${ object.metadata.generation ?? 1 }`;

    if (resourceType.group !== GROUP || resourceType.resource !== 'backups' || type === 'DELETED' || seen.has(key)) {
      return;
    }
    seen.add(key);
    void back(cluster, aws(), object).then(
      (filename) => conclude(cluster, resourceType, object, { filename, backupType: valueAt(object, 'spec.schedule') ? 'Recurring' : 'One-time', storageLocation: 'S3', lastSnapshotTs: new Date().toISOString(), conditions: [condition('Ready', 'True', 'Completed'), condition('Uploaded', 'True')] }),
      (error: Error) => conclude(cluster, resourceType, object, { conditions: [{ ...condition('Reconciling', 'True', error.message), reason: 'Error' }, { ...condition('Ready', 'False', error.message), reason: 'Error' }] })
    );
  });
}

function condition(type: string, status: 'True' | 'False', message = ''): Record<string, string> {
  return { type, status, lastUpdateTime: new Date().toISOString(), ...message ? { message } : {} };
}

function conclude({ store }: KubeCluster, type: ResourceType, { metadata }: KubeObject, status: Record<string, unknown>): void {
  const now = store.get(type, undefined, metadata.name);

  if (now && now.metadata.uid === metadata.uid) {
    store.update(type, { ...now, status }, 'status');
  }
}

async function back(cluster: KubeCluster, aws: AwsAccount, backup: KubeObject): Promise<string> {
  const place = placeOf(cluster, backup);
  const credentials = place.secret ? keysIn(cluster, place.secret) : await podCredentials(cluster, aws, { namespace: NAMESPACE, name: ACCOUNT });
  const path = `/${ place.bucket }`;
  const head = await sendAs(aws, { method: 'HEAD', host: place.host, url: path, headers: {}, body: Buffer.alloc(0) }, credentials);

  if (head.status !== 200) {
    throw new Error(`failed to check if s3 bucket [${ place.bucket }] exists, error: ${ head.status === 403 ? 'Access Denied.' : head.status === 404 ? `bucket [${ place.bucket }] does not exist` : `${ head.status } ${ head.status === 301 || head.status === 400 ? 'Bad Request' : '' }`.trim() }`);
  }
  const filename = `${ backup.metadata.name }-${ randomUUID() }-${ new Date().toISOString().replace(/:/g, '-') }.tar.gz`;
  const put = await sendAs(aws, { method: 'PUT', host: place.host, url: `${ path }/${ place.folder ? `${ place.folder.replace(/\/+$/, '') }/` : '' }${ filename }`, headers: { 'content-type': 'application/gzip' }, body: Buffer.from('a backup') }, credentials);

  if (put.status !== 200) {
    throw new Error(`error uploading backup: ${ put.status === 403 ? 'Access Denied.' : String(put.status) }`);
  }

  return filename;
}

/** Of the Backup itself, else what the chart was installed with. */
function placeOf({ store }: KubeCluster, { spec }: KubeObject): Place {
  const own = fieldsOf(valueAt(spec as object, 'storageLocation.s3'));
  const chart = store.get(store.findType('', 'secrets')!, NAMESPACE, 'rancher-backup-s3');
  const data = fieldsOf(chart?.data);
  const of = (key: string): string => Object.keys(own).length ? stringOf(own[key]) : Buffer.from(stringOf(data[key]), 'base64').toString();

  if (!Object.keys(own).length && !chart) {
    throw new Error('no storage location');
  }
  const secret = of('credentialSecretName');

  if (of('endpointCA') && !secret) {
    throw new Error('Post "https://sts.amazonaws.com": tls: failed to verify certificate: x509: certificate signed by unknown authority');
  }

  return { bucket: of('bucketName'), folder: of('folder'), region: of('region'), host: of('endpoint').replace(/^https:\/\//, ''), ...secret ? { secret: { namespace: of('credentialSecretNamespace'), name: secret } } : {} };
}

function keysIn({ store }: KubeCluster, { namespace, name }: { namespace: string; name: string }): Credentials {
  const data = fieldsOf(store.get(store.findType('', 'secrets')!, namespace, name)?.data);
  const of = (key: string): string => Buffer.from(stringOf(data[key]), 'base64').toString();

  return { accessKey: of('accessKey'), secretKey: of('secretKey') };
}
