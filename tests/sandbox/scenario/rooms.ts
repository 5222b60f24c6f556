import { createAwsAccount } from '../aws/account.ts';
import type { AwsAccount } from '../aws/account.ts';
import { partitionOf } from '../aws/hosts.ts';
import type { Faults, Json } from '../contracts.ts';
import { createCluster } from '../kubernetes/cluster.ts';
import type { SandboxCluster } from '../kubernetes/cluster.ts';
import type { KeyPool } from '../kubernetes/tokens/keys.ts';
import { createMetaProxy } from '../meta-proxy/meta-proxy.ts';
import type { Identity } from '../rancher/auth/auth.ts';
import type { ManagedCluster } from '../rancher/clusters.ts';
import { argumentsOf } from '../rancher/controllers/rke.ts';
import { allowedDomains, credentialKeys } from '../rancher/meta-proxy.ts';
import type { MetaProxyHandler } from '../rancher/rancher.ts';
import { withEc2 } from './ec2.ts';
import { nodeNames } from './populate.ts';
import { relocated } from './relocate.ts';
import { ACCOUNT, BUCKETS, CREDENTIAL, scenarioRoles } from './scenario.ts';
import type { ScenarioCluster } from './scenario.ts';

/** Makes the Kubernetes side of a scenario's cluster, as its distribution sets it up. */
export function makeCluster(cluster: ScenarioCluster, options: { pace: number; keys: KeyPool }): SandboxCluster {
  const { distribution, issuer, record, region } = cluster;
  const args = argumentsOf({ apiVersion: '', kind: '', metadata: { name: '' }, spec: record.provisioningSpec ?? {} });
  const servers = distribution === 'eks' ? undefined : nodeNames(cluster).slice(0, 3).map((name) => ({ name, args }));

  return createCluster({
    id:      record.id,
    version: record.version,
    issuers: [issuer],
    // RKE2 and K3s name themselves as a further audience; EKS accepts its in-cluster name.
    audiences: distribution === 'eks' ? ['https://kubernetes.default.svc'] : [issuer, distribution],
    ...distribution === 'eks' ? { builtInWebhook: { region } } : {},
    pace:    options.pace,
    rsaKey:  options.keys.take(),
    ...servers ? { servers } : {},
    restart: options.pace * 5,
  });
}

/** The scenario's AWS account; the issuers of its EKS clusters are on the internet. */
export function makeAws(clusters: ScenarioCluster[], options: { faults: Faults; region: string; jwks: (clusterId: string) => { keys: Json[] } }): AwsAccount {
  const hosted = clusters.filter((cluster) => cluster.distribution === 'eks');
  const aws = createAwsAccount({
    accountId:  ACCOUNT,
    region:     options.region,
    partition:  partitionOf(options.region),
    accessKeys: [{ id: CREDENTIAL.accessKey, secret: CREDENTIAL.secretKey, principalArn: relocated(`arn:aws:iam::${ ACCOUNT }:user/${ CREDENTIAL.user }`, options.region) }],
    issuers:    () => hosted.map(({ issuer, record }) => ({ issuer, jwks: () => options.jwks(record.id) })),
    faults:     options.faults,
  });

  relocated(scenarioRoles(), options.region).forEach((role) => aws.seedRole(role));
  BUCKETS.forEach((name) => aws.seedBucket(name));
  hosted.forEach(({ issuer, record }) => aws.seedCluster({ name: record.name, version: '1.34', issuer }));

  return aws;
}

/** Rancher's proxy to AWS: its allow list and its credentials are Rancher's records. */
export function makeMetaProxy(aws: AwsAccount, local: ManagedCluster): MetaProxyHandler {
  return createMetaProxy<Identity>({
    internet:   withEc2(aws, (keyId) => aws.state.keys.get(keyId)?.secret),
    allowed:    () => allowedDomains(local.kube),
    credential: (id, identity) => credentialKeys(local, identity, id),
  });
}
