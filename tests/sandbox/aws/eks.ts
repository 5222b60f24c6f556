import type { HttpAnswer } from '../contracts.ts';
import { AwsError } from './errors.ts';
import { evaluate } from './policy/evaluate.ts';
import type { AccessKey, AccountState, EksCluster } from './state.ts';

export interface EksCall {
  state: AccountState;
  key: AccessKey;
  region: string;
}

/** The EKS actions that IRSA reads; both are REST with JSON (EKS API reference). */
export function eksActionOf(method: string, path: string): { action: string; name?: string } | undefined {
  const name = /^\/clusters(?:\/([^/]+))?$/.exec(path);

  return method === 'GET' && name ? { action: name[1] ? 'DescribeCluster' : 'ListClusters', name: name[1] && decodeURIComponent(name[1]) } : undefined;
}

export function runEks({ state, key, region }: EksCall, action: string, name?: string): object {
  const arn = (cluster: string): string => `arn:${ state.partition }:eks:${ region }:${ state.id }:cluster/${ cluster }`;
  const resource = name ? arn(name) : arn('*');

  if (key.policy && evaluate(key.policy, { action: `eks:${ action }`, resource }) !== 'allow') {
    throw new AwsError(403, 'AccessDeniedException', `User: ${ key.principalArn } is not authorized to perform: eks:${ action } on resource: ${ resource }`);
  }
  const clusters = state.eksClusters.filter((cluster) => cluster.region === region);

  if (!name) {
    return { clusters: clusters.map((cluster) => cluster.name) };
  }
  const cluster = clusters.find((one) => one.name === name);

  if (!cluster) {
    throw new AwsError(404, 'ResourceNotFoundException', `No cluster found for name: ${ name }.`, { clusterName: name });
  }

  return { cluster: show(cluster, arn(name)) };
}

function show(cluster: EksCluster, arn: string): object {
  return {
    name: cluster.name, arn, createdAt: 1_700_000_000, version: cluster.version, status: 'ACTIVE', endpoint: `https://${ cluster.issuer.split('/').pop() }.gr7.${ cluster.region }.eks.amazonaws.com`,
    identity: { oidc: { issuer: cluster.issuer } }, platformVersion: 'eks.5', tags: {}
  };
}

export function eksAnswer(body: object, id: string): HttpAnswer {
  return { status: 200, headers: { 'content-type': 'application/json', 'x-amzn-requestid': id }, body: JSON.stringify(body) };
}
