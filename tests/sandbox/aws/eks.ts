import type { HttpAnswer } from '../contracts.ts';
import { AwsError } from './errors.ts';
import { evaluate } from './policy/evaluate.ts';
import type { AccessKey, AccountState, EksCluster } from './state.ts';

export interface EksCall {
  state: AccountState;
  key: AccessKey;
  region: string;
  query: URLSearchParams;
}

/** The EKS actions that IRSA reads; both are REST with JSON (EKS API reference). */
export function eksActionOf(method: string, path: string): { action: string; name?: string } | undefined {
  const name = /^\/clusters(?:\/([^/]+))?$/.exec(path);

  return method === 'GET' && name ? { action: name[1] ? 'DescribeCluster' : 'ListClusters', name: name[1] && decodeURIComponent(name[1]) } : undefined;
}

/** API reference, ListClusters: a hundred by default and at most. */
function pageOf(names: string[], query: URLSearchParams): object {
  const most = Number(query.get('maxResults') ?? 100);
  const token = query.get('nextToken');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();

  if (!Number.isInteger(most) || most < 1 || most > 100) {
    throw new AwsError(400, 'InvalidParameterException', `maxResults needs to be between 1 and 100.`);
  }
  const rest = names.toSorted().filter((name) => name > after);
  const page = rest.slice(0, most);

  return { clusters: page, ...rest.length > page.length ? { nextToken: Buffer.from(page.at(-1) ?? '').toString('base64url') } : {} };
}

export function runEks({ state, key, region, query }: EksCall, action: string, name?: string): object {
  const arn = (cluster: string): string => `arn:${ state.partition }:eks:${ region }:${ state.id }:cluster/${ cluster }`;
  const resource = name ? arn(name) : arn('*');

  if (key.policy && evaluate(key.policy, { action: `eks:${ action }`, resource }) !== 'allow') {
    throw new AwsError(403, 'AccessDeniedException', `User: ${ key.principalArn } is not authorized to perform: eks:${ action } on resource: ${ resource }`);
  }
  const clusters = state.eksClusters.filter((cluster) => cluster.region === region);

  if (!name) {
    return pageOf(clusters.map((cluster) => cluster.name), query);
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
