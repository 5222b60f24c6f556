import { createHash, randomUUID } from 'node:crypto';
import type { AwsAccount } from '../aws/account.ts';
import type { AwsRequest, HttpAnswer, KubeCluster, KubeObject, ResourceType } from '../contracts.ts';
import { signAsRancher } from '../meta-proxy/sign.ts';
import { fieldsOf, stringOf, valueAt } from '../rancher/values.ts';

const GROUP = 'resources.cattle.io';
const NAMESPACE = 'cattle-resources-system';
const ACCOUNT = 'rancher-backup';

/** What a request is signed with; a session has a token. */
interface Credentials { accessKey: string; secretKey: string; token?: string }
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
  const credentials = place.secret ? keysIn(cluster, place.secret) : await ofPod(cluster, aws);
  const path = `/${ place.bucket }`;
  const head = await send(aws, { method: 'HEAD', host: place.host, url: path, headers: {}, body: Buffer.alloc(0) }, credentials);

  if (head.status !== 200) {
    throw new Error(`failed to check if s3 bucket [${ place.bucket }] exists, error: ${ head.status === 403 ? 'Access Denied.' : head.status === 404 ? `bucket [${ place.bucket }] does not exist` : `${ head.status } ${ head.status === 301 || head.status === 400 ? 'Bad Request' : '' }`.trim() }`);
  }
  const filename = `${ backup.metadata.name }-${ randomUUID() }-${ new Date().toISOString().replace(/:/g, '-') }.tar.gz`;
  const put = await send(aws, { method: 'PUT', host: place.host, url: `${ path }/${ place.folder ? `${ place.folder.replace(/\/+$/, '') }/` : '' }${ filename }`, headers: { 'content-type': 'application/gzip' }, body: Buffer.from('a backup') }, credentials);

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

/** A web identity, where the webhook gave the pod one; else the role of the node, which may nothing here. */
async function ofPod(cluster: KubeCluster, aws: AwsAccount): Promise<Credentials> {
  const { store } = cluster;
  const pod = store.list(store.findType('', 'pods')!).find(({ metadata, spec }) => metadata.namespace === NAMESPACE && !metadata.deletionTimestamp && fieldsOf(spec).serviceAccountName === ACCOUNT);
  const env = new Map((valueAt(pod ?? {}, 'spec.containers') as { env?: { name: string; value?: string }[] }[] | undefined ?? [])[0]?.env?.map(({ name, value }) => [name, value ?? '']) ?? []);
  const role = env.get('AWS_ROLE_ARN');

  if (!role || !env.has('AWS_WEB_IDENTITY_TOKEN_FILE')) {
    return { accessKey: 'ASIANODEROLE', secretKey: 'node' };
  }
  const region = env.get('AWS_REGION');
  const host = region ? `sts.${ region }.amazonaws.com${ region.startsWith('cn-') ? '.cn' : '' }` : 'sts.amazonaws.com';
  const body = new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: role, RoleSessionName: String(Date.now()), WebIdentityToken: await token(cluster) });
  const answer = await aws.send({ method: 'POST', host, url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(body.toString()) });
  const text = String(answer?.body ?? '');
  const inside = (tag: string): string => new RegExp(`<${ tag }>([^<]*)</${ tag }>`).exec(text)?.[1] ?? '';

  if (answer?.status !== 200) {
    throw new Error(`failed to get credentials: ${ inside('Message') || String(answer?.status) }`);
  }

  return { accessKey: inside('AccessKeyId'), secretKey: inside('SecretAccessKey'), token: inside('SessionToken') };
}

async function token(cluster: KubeCluster): Promise<string> {
  const answer = await cluster.handle({
    method: 'POST', path: `/api/v1/namespaces/${ NAMESPACE }/serviceaccounts/${ ACCOUNT }/token`, query: new URLSearchParams(), headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: Buffer.from(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'] } }))
  } as never, { name: 'system:kubelet', groups: ['system:masters', 'system:authenticated'] });

  return stringOf(valueAt(answer.body as object, 'status.token'));
}

async function send(aws: AwsAccount, request: AwsRequest, { accessKey, secretKey, token: session }: Credentials): Promise<HttpAnswer> {
  const headers = { ...request.headers, ...request.body.length ? { 'content-length': String(request.body.length) } : {}, 'x-amz-content-sha256': createHash('sha256').update(request.body).digest('hex'), ...session ? { 'x-amz-security-token': session } : {} };

  return await aws.send(signAsRancher({ ...request, headers }, { accessKey, secretKey }, Date.now(), session ? ['x-amz-security-token'] : [])) ?? { status: 0 };
}
