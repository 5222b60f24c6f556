import { createHash } from 'node:crypto';
import type { AwsAccount } from '../aws/account.ts';
import type { AwsRequest, HttpAnswer, KubeCluster } from '../contracts.ts';
import { signAsRancher } from '../meta-proxy/sign.ts';
import { fieldsOf, stringOf, valueAt } from '../rancher/values.ts';

/** What a request is signed with; a session has a token. */
export interface Credentials { accessKey: string; secretKey: string; token?: string }

interface Account { namespace: string; name: string }

/**
 * What SDKs find in an account's pod: a web identity, where the webhook gave the pod one; else the role of the node, which may nothing here.
 * @throws Error in STS' words, where it refuses
 */
export async function podCredentials(cluster: KubeCluster, aws: AwsAccount, account: Account): Promise<Credentials> {
  const { store } = cluster;
  const pod = store.list(store.findType('', 'pods')!).find(({ metadata, spec }) => metadata.namespace === account.namespace && !metadata.deletionTimestamp && fieldsOf(spec).serviceAccountName === account.name);
  const env = new Map((valueAt(pod ?? {}, 'spec.containers') as { env?: { name: string; value?: string }[] }[] | undefined ?? [])[0]?.env?.map(({ name, value }) => [name, value ?? '']) ?? []);
  const role = env.get('AWS_ROLE_ARN');

  if (!role || !env.has('AWS_WEB_IDENTITY_TOKEN_FILE')) {
    return { accessKey: 'ASIANODEROLE', secretKey: 'node' };
  }
  const region = env.get('AWS_REGION');
  const host = region ? `sts.${ region }.amazonaws.com${ region.startsWith('cn-') ? '.cn' : '' }` : 'sts.amazonaws.com';
  const body = new URLSearchParams({ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleArn: role, RoleSessionName: String(Date.now()), WebIdentityToken: await token(cluster, account) });
  const answer = await aws.send({ method: 'POST', host, url: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(body.toString()) });
  const text = String(answer?.body ?? '');
  const inside = (tag: string): string => new RegExp(`<${ tag }>([^<]*)</${ tag }>`).exec(text)?.[1] ?? '';

  if (answer?.status !== 200) {
    throw new Error(`failed to get credentials: ${ inside('Message') || String(answer?.status) }`);
  }

  return { accessKey: inside('AccessKeyId'), secretKey: inside('SecretAccessKey'), token: inside('SessionToken') };
}

async function token(cluster: KubeCluster, { namespace, name }: Account): Promise<string> {
  const answer = await cluster.handle({
    method: 'POST', path: `/api/v1/namespaces/${ namespace }/serviceaccounts/${ name }/token`, query: new URLSearchParams(), headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: Buffer.from(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'] } }))
  } as never, { name: 'system:kubelet', groups: ['system:masters', 'system:authenticated'] });

  return stringOf(valueAt(answer.body as object, 'status.token'));
}

/** Signs as the SDKs do, and sends. */
export async function sendAs(aws: AwsAccount, request: AwsRequest, { accessKey, secretKey, token: session }: Credentials): Promise<HttpAnswer> {
  const headers = { ...request.headers, ...request.body.length ? { 'content-length': String(request.body.length) } : {}, 'x-amz-content-sha256': createHash('sha256').update(request.body).digest('hex'), ...session ? { 'x-amz-security-token': session } : {} };

  return await aws.send(signAsRancher({ ...request, headers }, { accessKey, secretKey }, Date.now(), session ? ['x-amz-security-token'] : [])) ?? { status: 0 };
}
