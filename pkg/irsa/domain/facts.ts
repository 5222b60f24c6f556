import type { LintIssuer } from './trust/lint/context';
import type { WebhookSettings } from './workload/settings';

/**
 * What can be known about a cluster, its AWS account and its bindings: plain data that gateways observe and the rules judge.
 * Nothing here is remembered between looks; every value was read live (design: observe → assess → plan → apply → verify).
 */

/** A message for people: an l10n key and its arguments; the views translate it, the command line export may too. */
export interface Text {
  key: string;
  args?: Record<string, string | number>;
}

/** One thing a person may or may not do, as SelfSubjectAccessReview asks it. */
export interface Right {
  clusterId: string;
  verb: string;
  /** '' for the core group. */
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Why a fact could not be read. */
export interface Obstacle {
  kind: 'forbidden' | 'unreachable' | 'no-credential' | 'refused' | 'not-asked';
  text: Text;
  /** The missing Kubernetes/Rancher right, when that is the reason. */
  right?: Right;
  /** The refused AWS action and resource, when that is the reason. */
  aws?: { action: string; resource?: string };
}

/** A fact that was read, or the reason why it was not. */
export type Known<T> = { known: true; value: T } | { known: false; why: Obstacle };

export type Distribution = 'eks' | 'rke2' | 'k3s' | 'other';
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov' | 'aws-iso' | 'aws-iso-b' | 'aws-iso-e' | 'aws-iso-f' | 'aws-eusc';

/** A cluster as Rancher's lists show it; no request to the cluster itself is needed for this. */
export interface ClusterRef {
  /** Management cluster id: `local`, `c-m-abc`; the one under `/k8s/clusters/`. */
  id: string;
  /** Shown name. */
  name: string;
  /** `fleet-default/prod-eks` */
  provisioningId?: string;
  distribution: Distribution;
  origin: 'local' | 'rancher' | 'imported';
  /** e.g. `v1.34.2-eks-1234567` */
  version?: string;
  /** AWS region, when Rancher or the nodes tell. */
  region?: string;
  /** The registry that its images come from, where it has one of its own. */
  registry?: string;
  /** The cloud credential Rancher itself uses for this cluster, e.g. `cattle-global-data:cc-abc`. */
  credentialId?: string;
  /** This person may change the cluster; Rancher then lets them use its credential, seen or not (pkg/httpproxy/proxy.go). */
  editable: boolean;
  /** Rancher reaches the cluster now. */
  connected: boolean;
}

export interface AwsAccount {
  id: string;
  partition: Partition;
  /** What GetAccountSummary answered, when it was asked; absent means the default quotas are assumed. */
  quotas?: AccountQuotas;
}

/** What IAM lets an account have, in characters as it counts them. */
export interface AccountQuotas {
  trustPolicySize?: number;
  rolePolicySize?: number;
}

export interface ObservedProvider {
  arn: string;
  /** Audiences the provider accepts (IAM: ClientIDList); unknown when only the list was read. */
  audiences?: string[];
  tags?: Record<string, string>;
}

export interface ObservedWebhook {
  kind: 'built-in' | 'installed' | 'absent';
  /** Name of the MutatingWebhookConfiguration, when installed. */
  name?: string;
  /** When that configuration was made: older pods never passed by it. */
  since?: string;
  /** The release of our own chart that it belongs to; of any other one nothing is said. */
  release?: { namespace: string; name: string };
  /** Fleet keeps it there: the bundle as Fleet calls it. */
  fleet?: string;
  /** How that release is doing. */
  details?: WebhookDetails;
  /** How one of somebody else was started; of our own release the details say it. Unknown: the webhook's own defaults are taken. */
  settings?: WebhookSettings;
}

/** How our chart of the webhook is doing in a cluster. */
export interface WebhookDetails {
  /** Of the chart; null: Helm knows the release, and Rancher does not. */
  version: Known<string | null>;
  replicas: Known<{ ready: number; wanted: number }>;
  /** Image tag of the webhook itself: `v0.6.17`. */
  program?: string;
  /** How it was started; undefined where its deployment could not be read. */
  settings?: WebhookSettings;
  /** When the certificate ends, in milliseconds since the epoch; `renewed`: by whom. Undefined where it does not say. */
  certificate: Known<{ until: number; renewed: 'chart' | 'cert-manager' } | undefined>;
}

/** How the browser can reach STS for the check. */
export interface StsReach {
  /** Regional host, e.g. `sts.eu-central-1.amazonaws.com`. */
  host: string;
  /**
   * `allowed`: Rancher's proxy forwards to it. `openable`: this person may allow it. `closed`: neither; the browser may still try
   * directly.
   */
  state: 'allowed' | 'openable' | 'closed';
  /** The right that would open it, where it is closed for want of one; or would take `entry` back. */
  missing?: Right;
  /** What opens it: a ProxyEndpoint (Rancher ≥ 2.14) or the whitelist-domain setting (older), with its present value. */
  via?: { kind: 'proxyEndpoint'; /** Names that others have. */ taken?: string[] } | { kind: 'whitelistDomain'; value: string; resourceVersion?: string; /** Entries of it that were made here. */ made?: string[] };
  /** The entry that lets it through and was made here. */
  entry?: { domain: string; resourceVersion?: string; /** Another entry lets it through as well. */ stays: boolean } & ({ name: string; uid: string } | { value: string; made: string[] });
}

/** A Helm release that Rancher knows as an App; `values` are the user's own, without the chart's defaults. */
export interface InstalledApp {
  release: string;
  namespace: string;
  chart: string;
  version: string;
  repo?: { type: string; name: string };
  /** How often the release was installed or upgraded; another number later means that somebody else did so. */
  revision?: number;
  /** Helm is at it still, or failed: the values are not what runs. */
  undone?: true;
  values: Record<string, unknown>;
}

/** Who writes the service account's annotations. */
export type AccountOwner =
  /** A Helm release installed through Rancher: change it through the App's values. */
  | ({ kind: 'app' } & InstalledApp)
  /** A Helm release that Rancher has no App for. */
  | { kind: 'helm'; release: string; namespace: string }
  /** A controller that will write it again, e.g. the logging operator; `app` is the release that brought the controller's object. */
  | { kind: 'controller'; apiVersion: string; controllerKind: string; name: string; app?: InstalledApp }
  | { kind: 'nobody' };

export interface ObservedServiceAccount {
  namespace: string;
  name: string;
  exists: boolean;
  resourceVersion?: string;
  annotations: Record<string, string>;
  /** `eks.amazonaws.com/role-arn`, or as the cluster's webhook calls it. */
  roleArn?: string;
  /** `eks.amazonaws.com/audience`, else the one that the cluster's webhook gives by default. */
  audience: string;
  /** When the role's annotation was last written, as the API server noted it (managedFields). */
  annotatedAt?: string;
}

export interface ObservedRole {
  arn: string;
  name: string;
  path: string;
  /** The trust policy as IAM answered, decoded to JSON text. */
  trustPolicy: string;
  /** Absent when only ListRoles was read (it leaves tags out). */
  tags?: Record<string, string>;
  permissionsBoundary?: string;
  /** Inline policies that were read, by name, as JSON text. */
  inlinePolicies?: Record<string, string>;
  /** Seconds. */
  maxSessionDuration?: number;
  /** ARNs of the managed policies attached to it, where they were asked for. */
  managedPolicies?: Known<string[]>;
  /** What these say, by ARN, as JSON text, where that was asked for. */
  managedDocuments?: Known<Record<string, string>>;
}

export interface ObservedWorkload {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job' | 'CronJob' | 'Pod' | 'Other';
  namespace: string;
  name: string;
  replicas: number;
}

export interface ObservedPod {
  name: string;
  createdAt: string;
  ready: boolean;
  /** The environment and token volume that the webhook gives, as found on the pod's containers. */
  identity?: { roleArn: string; audience?: string };
  /** Kept from the webhook on purpose: by its label, or by an annotation that names all its containers. */
  skipped?: 'label' | 'containers';
  /** Containers that set role or token file themselves; the webhook leaves these alone. */
  overrides?: string[];
  /** Those of them that are another role than the rest of the pod, or none that could be used. */
  divergent?: string[];
  /** Containers that have nothing although the webhook gave the rest of the pod its role: they came after it. */
  lacking?: string[];
  /** Paths where it keeps data in volumes of its own, which go with it. */
  losable?: string[];
  /** The workload that owns it (a Deployment, not its ReplicaSet). */
  workload?: { kind: ObservedWorkload['kind']; name: string };
}

/** Outcome of a real exchange: TokenRequest → AssumeRoleWithWebIdentity with a deny-all session policy. */
export interface IdentityCheck {
  at: number;
  result: 'verified' | 'refused' | 'not-checked';
  /** ARN of the assumed-role session, when verified. */
  assumedRoleArn?: string;
  /** Why not. */
  text?: Text;
  /** AWS' own code and message, shown as received. */
  aws?: { code: string; message: string };
}

export interface ObservedBinding {
  account: ObservedServiceAccount;
  owner: AccountOwner;
  /** null: IAM knows no such role. */
  role: Known<ObservedRole | null>;
  workloads: ObservedWorkload[];
  pods: ObservedPod[];
  /** This person may not read them: both lists are empty, which says nothing. */
  podsUnseen?: true;
  /** The last check in this session, if any. */
  identity?: IdentityCheck;
}

/** Everything one look at a cluster found. */
export interface ObservedCluster {
  cluster: ClusterRef;
  /** Milliseconds since the epoch. */
  at: number;
  /** The exact `iss` of a token (never normalised: path case and trailing slash matter to AWS). */
  issuer: Known<string>;
  /** Key ids the API server signs with; on EKS AWS itself publishes them. */
  keys: Known<{ ids: string[]; publishedBy: 'eks' | 'unchecked' | 'checked' | 'drifted' }>;
  account: Known<AwsAccount>;
  /** null: IAM has no provider for this issuer. */
  provider: Known<ObservedProvider | null>;
  webhook: Known<ObservedWebhook>;
  sts: Known<StsReach>;
  bindings: Known<ObservedBinding[]>;
  /** Every service account there is, bound or not, where they were listed. Each namespace has one at least, `default`. */
  accounts?: { namespace: string; name: string }[];
  /** ARNs of all IAM OIDC providers of the AWS account, where they were listed. */
  providers?: string[];
  /** What serves the documents of its issuer, where that was looked at. */
  hosting?: LintIssuer;
  /** Answers of SelfSubjectAccessReview for what the plans here need, in the order asked. */
  rights: { right: Right; allowed: boolean }[];
}

export type LinkId = 'issuer' | 'keys' | 'provider' | 'apiServer' | 'webhook' | 'bindings' | 'annotation' | 'role' | 'trust' | 'permissions' | 'pods' | 'identity';
export type LinkState = 'ok' | 'attention' | 'broken' | 'unknown' | 'not-needed';

/** One link of the identity chain, ready to be drawn. */
export interface Link {
  id: LinkId;
  state: LinkState;
  /** One short line under the link's name. */
  detail: Text;
  findings: Finding[];
}

export type RemedyId = 'enable' | 'add-audience' | 'bind' | 'move' | 'unbind' | 'mend-trust' | 'tighten-trust' | 'edit-trust' | 'edit-permissions' | 'adopt' | 'restart' | 'open-sts' | 'close-sts' | 'install-webhook' | 'upgrade-webhook' | 'remove-webhook' | 'fleet-webhook' | 'remove-fleet-webhook' | 'create-bucket' | 'create-output' | 'host-issuer' | 'switch-issuer' | 'retire-issuer' | 'teardown-issuer';

/** Something wrong or worth knowing. The code is stable; tools may rely on it. */
export interface Finding {
  code: string;
  severity: 'critical' | 'high' | 'medium' | 'low' | 'info';
  title: Text;
  why: Text;
  /** The plan that mends it, when one exists. */
  remedy?: { id: RemedyId; label: Text };
  /** Index of the trust policy statement it is about. */
  statement?: number;
  /** What to do, in words, where more is to be said than the plan's name. */
  advice?: Text;
  /** The part of a document it is about, as a JSON pointer (RFC 6901). */
  pointer?: string;
  /** Where that stands, when the document came from a text: from 1, columns in UTF-16 units, the end just behind it. */
  range?: { start: { line: number; column: number }; end: { line: number; column: number } };
}

/** The judgement over an observed cluster. */
export interface ClusterAssessment {
  links: Link[];
  /** The findings of all links, worst first. */
  findings: Finding[];
  /** For a list: worst state at a glance. */
  state: LinkState;
  bindings: { account: { namespace: string; name: string }; links: Link[]; findings: Finding[]; state: LinkState }[];
}
