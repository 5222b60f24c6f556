import type { Fields } from '../rancher/values.ts';
import type { ClusterRecord } from './cluster-records.ts';

/** The account every AWS resource of the scenario lives in. */
export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';

/** The cloud credential prod-eks was made with; its key is a user of the account. */
export const CREDENTIAL = {
  id: 'cc-awsprod', name: 'aws-prod', user: 'rancher', accessKey: 'AKIASANDBOXAWSPROD01', secretKey: 'sandbox/secret/key/of/aws/prod/0000000001', region: REGION
};

export interface ScenarioWorkload {
  kind: 'Deployment';
  name: string;
  namespace: string;
  serviceAccount: string;
  image: string;
  replicas: number;
}

export interface ScenarioApp {
  chart: string;
  release: string;
  namespace: string;
  values: Fields;
}

export interface ScenarioCluster {
  record: ClusterRecord;
  /** What its tokens say at the start. */
  issuer: string;
  distribution: 'eks' | 'rke2' | 'k3s';
  region: string;
  /** Namespaces of people; those of the system are there anyway. */
  namespaces: string[];
  /** `namespace/name`, with its annotations. */
  serviceAccounts: Record<string, Record<string, string>>;
  workloads: ScenarioWorkload[];
  apps: ScenarioApp[];
}

/** How RKE2 and K3s sign where nobody says otherwise. */
export const IN_CLUSTER_ISSUER = 'https://kubernetes.default.svc.cluster.local';

export function eksIssuer(id: string): string {
  return `https://oidc.eks.${ REGION }.amazonaws.com/id/${ id }`;
}

function deployment(namespace: string, name: string, serviceAccount: string, replicas: number, image = 'registry.example/acme/app:1.4.2'): ScenarioWorkload {
  return { kind: 'Deployment', name, namespace, serviceAccount, image, replicas };
}

const RANCHER: ScenarioWorkload = deployment('cattle-system', 'rancher', 'rancher', 1, 'rancher/rancher:v2.15.0');

/** Rancher Backups without keys and without IRSA: the S3 location names no credential secret, so only a role can help. */
const BACKUP: ScenarioApp = {
  chart: 'rancher-backup', release: 'rancher-backup', namespace: 'cattle-resources-system',
  values: { s3: { enabled: true, bucketName: 'acme-backups', endpoint: `s3.${ REGION }.amazonaws.com`, folder: 'prod', region: REGION } }
};

const LOGGING: ScenarioApp = { chart: 'rancher-logging', release: 'rancher-logging', namespace: 'cattle-logging-system', values: {} };

const LOCAL_EKS: ScenarioCluster = {
  record: {
    id: 'local', name: 'local', provisioning: { namespace: 'fleet-local', name: 'local' }, provider: 'eks', driver: 'imported', version: 'v1.34.2-eks-113cf36', nodes: 2
  },
  issuer: eksIssuer('1C0FFEE1C0FFEE1C0FFEE1C0FFEE0001'), distribution: 'eks', region: REGION, namespaces: [], serviceAccounts: { 'cattle-system/rancher': {} }, workloads: [RANCHER], apps: [BACKUP]
};

const LOCAL_RKE2: ScenarioCluster = {
  ...LOCAL_EKS, record: { ...LOCAL_EKS.record, provider: 'rke2', version: 'v1.34.2+rke2r1' }, issuer: IN_CLUSTER_ISSUER, distribution: 'rke2'
};

const PROD_EKS: ScenarioCluster = {
  record: {
    id: 'c-eks01', name: 'prod-eks', provisioning: { namespace: 'fleet-default', name: 'c-eks01' }, provider: 'eks', driver: 'EKS', version: 'v1.34.2-eks-113cf36', nodes: 3, labels: { env: 'prod' },
    managementSpec: {
      eksConfig: {
        amazonCredentialSecret: `cattle-global-data:${ CREDENTIAL.id }`, displayName: 'prod-eks', ebsCSIDriver: true, imported: false, ipFamily: 'ipv4', kmsKey: '', kubernetesVersion: '1.34', loggingTypes: [],
        nodeGroups:    [{
          desiredSize: 3, diskSize: 20, ec2SshKey: '', gpu: false, imageId: '', instanceType: 't3.large', labels: {}, launchTemplate: null, maxSize: 4, minSize: 2, nodeRole: '', nodegroupName: 'workers', requestSpotInstances: false,
          resourceTags: {}, spotInstanceTypes: [], subnets: [], tags: {}, userData: '', version: '1.34'
        }],
        privateAccess: true, publicAccess: true, publicAccessSources: [], region: REGION, secretsEncryption: false, securityGroups: [], serviceRole: '', subnets: [], tags: {}
      }
    }
  },
  issuer:          eksIssuer('5E1FD0D5E1FD0D5E1FD0D5E1FD0D0002'),
  distribution:    'eks',
  region:          REGION,
  namespaces:      ['shop'],
  serviceAccounts: { 'shop/reader': { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${ ACCOUNT }:role/s3-reader` }, 'shop/writer': {} },
  workloads:       [deployment('shop', 'catalogue', 'reader', 2), deployment('shop', 'checkout', 'writer', 2)],
  apps:            [LOGGING]
};

const EDGE_RKE2: ScenarioCluster = {
  record: {
    id: 'c-m-edge0001', name: 'edge-rke2', provisioning: { namespace: 'fleet-default', name: 'edge-rke2' }, provider: 'rke2', driver: 'imported', version: 'v1.34.2+rke2r1', nodes: 3, labels: { env: 'edge' },
    machineRoles:     ['control-plane', 'etcd', 'worker'],
    provisioningSpec: {
      cloudCredentialSecretName: `cattle-global-data:${ CREDENTIAL.id }`,
      kubernetesVersion:         'v1.34.2+rke2r1',
      rkeConfig:                 {
        etcd:                  { snapshotRetention: 5, snapshotScheduleCron: '0 */5 * * *' },
        machineGlobalConfig:   { cni: 'calico', 'disable-kube-proxy': false, 'etcd-expose-metrics': false, 'kube-apiserver-arg': ['audit-log-maxage=30'] },
        machinePools:          [{ name: 'servers', quantity: 3, etcdRole: true, controlPlaneRole: true, workerRole: true, machineConfigRef: { kind: 'Amazonec2Config', name: 'nc-edge-rke2-servers' } }],
        machineSelectorConfig: [{ config: { 'protect-kernel-defaults': false } }],
        registries:            {},
        upgradeStrategy:       { controlPlaneConcurrency: '1', controlPlaneDrainOptions: { enabled: false }, workerConcurrency: '1', workerDrainOptions: { enabled: false } }
      }
    }
  },
  issuer: IN_CLUSTER_ISSUER, distribution: 'rke2', region: REGION, namespaces: ['plant'], serviceAccounts: { 'plant/telemetry': {} }, workloads: [deployment('plant', 'telemetry', 'telemetry', 2)], apps: []
};

const STORE_K3S: ScenarioCluster = {
  record: {
    id: 'c-m-store001', name: 'store-k3s', provisioning: { namespace: 'fleet-default', name: 'store-k3s' }, provider: 'k3s', driver: 'k3s', version: 'v1.34.2+k3s1', nodes: 1, managementSpec: { importedConfig: { kubeConfig: '' } }
  },
  issuer: IN_CLUSTER_ISSUER, distribution: 'k3s', region: REGION, namespaces: ['pos'], serviceAccounts: { 'pos/receipts': {} }, workloads: [deployment('pos', 'receipts', 'receipts', 1)], apps: []
};

/** What there is at the start. */
export function scenarioClusters(local: 'eks' | 'rke2'): ScenarioCluster[] {
  return [local === 'rke2' ? LOCAL_RKE2 : LOCAL_EKS, PROD_EKS, EDGE_RKE2, STORE_K3S];
}

/** One of the many clusters of `--fleet`: an EKS with a hundred service accounts, three of them bound. */
export function fleetCluster(index: number): ScenarioCluster {
  const number = String(index).padStart(3, '0');
  const name = `fleet-${ number }`;
  const accounts = Array.from({ length: 100 }, (_, account): [string, Record<string, string>] => [
    `team-${ account % 10 }/account-${ account }`, account % 33 === 0 ? { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${ ACCOUNT }:role/${ name }-${ account }` } : {}
  ]);

  return {
    record: { id: `c-f${ number }`, name, provisioning: { namespace: 'fleet-default', name: `c-f${ number }` }, provider: 'eks', driver: 'EKS', version: 'v1.34.2-eks-113cf36', nodes: 3 },
    issuer: eksIssuer(`F1EE7${ number.padStart(27, '0') }`), distribution: 'eks', region: REGION, namespaces: Array.from({ length: 10 }, (_, team) => `team-${ team }`), serviceAccounts: Object.fromEntries(accounts), workloads: [], apps: []
  };
}

/** Roles that stand in the account before anything is done: one that the scenario's broken binding names, one of a stranger. */
export function scenarioRoles(): { name: string; trust: Fields; inline: Record<string, Fields>; tags: Record<string, string> }[] {
  const host = PROD_EKS.issuer.replace('https://', '');

  return [
    {
      name:   's3-reader',
      trust:  {
        Version:   '2012-10-17',
        Statement: [{
          Effect: 'Allow', Principal: { Federated: `arn:aws:iam::${ ACCOUNT }:oidc-provider/${ host }` }, Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${ host }:aud`]: 'sts.amazonaws.com', [`${ host }:sub`]: 'system:serviceaccount:shop:writer' } }
        }]
      },
      inline: { 'read-catalogue': { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: ['arn:aws:s3:::acme-catalogue', 'arn:aws:s3:::acme-catalogue/*'] }] } },
      tags:   {}
    },
    {
      name:   'ci-deployer',
      trust:  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
      inline: { deploy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ecs:UpdateService', Resource: '*' }] } },
      tags:   { owner: 'platform-team' }
    },
  ];
}

/** Buckets of the account. */
export const BUCKETS = ['acme-backups', 'acme-catalogue', 'acme-logs'];
