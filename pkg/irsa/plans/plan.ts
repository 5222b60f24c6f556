/**
 * A plan is data: preview, run and export read the same steps (design §3). Nothing here talks to anybody.
 */
import type { IssuerUse } from '../domain/issuer/servers';
import type { ObservedWorkload, RemedyId, Right, Text } from '../domain/facts';

/**
 * JSON, in which `{ $ref }` stands for a value out of an earlier step's output and `{ $json }` for JSON text of what is inside. Data
 * of others may have such keys by itself (a chart's values do, where they hold a JSON schema): `{ $data }` holds it as it is.
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value } | Ref | JsonText | Data;
export interface Ref {
  $ref: { step: string; path: string[] };
}
export interface JsonText {
  $json: Value;
}
export interface Data {
  $data: { [key: string]: Value };
}

export type AwsService = 'iam' | 'sts' | 's3';

/** Where a finished change can be seen. The runner observes it until it holds. */
export type Condition =
  /** A Helm operation of Rancher ended and its App is deployed, or removed; the operation is named by this step's own output. */
  | { helmOperation: { clusterId: string; app: { namespace: string; name: string }; removed?: true } }
  /** A repository of charts has been fetched by the cluster. */
  | { repositoryDownloaded: { clusterId: string; repository: string; /** Not before this time (RFC 3339, whole seconds). */ since?: string } }
  /** Fleet has installed a HelmOp's chart in each of the clusters, and taken it away from others: `namespace` is Fleet's own one of the cluster. */
  | { fleetDeployed: { clusters: { name: string; namespace: string }[]; gone: { name: string; namespace: string }[] } }
  /** Every API server has an issuer at least like this (absent: the distribution's own), and Rancher's roll-out is over. */
  | { serversIssuer: { clusterId: string; provisioningId: string; issuer?: string; use: IssuerUse } }
  /** The API server that answers signs with it. */
  | { tokenIssuer: { clusterId: string; issuer: string } }
  /** A workload's newest template is everywhere and ready. */
  | { rollout: { clusterId: string; kind: ObservedWorkload['kind']; namespace: string; name: string } }
  /** The service account exists and carries the role in its annotation; a controller may need a moment to write it. */
  | { accountAnnotated: { clusterId: string; namespace: string; serviceAccount: string; roleArn: Value; /** Of the webhook's annotations, where it is not everybody's. */ annotationPrefix?: string } }
  /** Every pod of the service account carries the role. */
  | { podsCarryRole: { clusterId: string; namespace: string; serviceAccount: string; roleArn: Value; annotationPrefix?: string } }
  /** No pod of the service account carries any role that the webhook gave. */
  | { podsWithoutRole: { clusterId: string; namespace: string; serviceAccount: string } };

export type Call =
  | { aws: { service: AwsService; command: string; input: Value; region?: string } }
  | { kubernetes: { clusterId: string; verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; contentType?: string; body?: Value } }
  | { rancher: { verb: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; contentType?: string; body?: Value } }
  | { wait: { until: Condition } }
  /** A real exchange at STS (see IdentityCheck). */
  | { verify: { clusterId: string; namespace: string; serviceAccount: string; audience: string; roleArn: Value; stsHost: string } };

/** What the runner does when AWS answers that the object exists already. */
export type Adoption =
  /** Read the provider (its ARN is computed when the account is known, else looked up), add the audience when it is missing, go on. */
  | { provider: { issuer: string; audience: string; arn?: string; /** Nobody could look whether it is there. */ blind?: true } }
  /** Read the role: made by this very plan (a lost answer) → go on; anything else → stop, so that the difference can be shown. */
  | { role: { name: string; trustPolicy: Value; tags: Record<string, string> } }
  /** Look at the bucket: one of this account with our tags for this cluster → go on. */
  | { bucket: { name: string; region: string; tags: Record<string, string> } };

/**
 * What a step that rewrites something expects to find just before it writes. When it finds something else, the plan stops with
 * the status `changed` and the page plans anew.
 */
export type Expectation = PolicyExpectation
  /** A role still has this trust policy (compared as JSON) and these tags. */
  | { role: { roleName: string; trustPolicy: string; tags: Record<string, string> } }
  /**
   * This part of a Kubernetes object is still this; where it is an object, what `is` does not name may be anything. The object's version
   * would not do, as controllers write its status.
   */
  | { kubernetesObject: { clusterId: string; path: string; field: string[]; is: Value } }
  /** An object of a bucket, or (without a key) its policy, still says this (compared as JSON). */
  | { s3: { bucket: string; region: string; key?: string; is: string } }
  /** An IAM OIDC provider still has these tags and these audiences: nobody else has come to depend on it. */
  | { provider: { arn: string; tags: Record<string, string>; audiences: string[] } }
  /** A bucket still has these tags, among whatever others: it is the one that was made here. */
  | { bucketTags: { bucket: string; region: string; tags: Record<string, string> } };
export type PolicyExpectation =
  /** The role's trust policy is still this text (compared as JSON). */
  | { roleTrustPolicy: { roleName: string; is: string } }
  /** The same for one of its inline policies; where `is` is empty, there is still none of this name. */
  | { inlinePolicy: { roleName: string; policyName: string; is: string } };

/**
 * A Rancher App's upgrade (or installation) in Helm's words, for the export and for the preview. `values` holds only what the plan adds; what the
 * admin already had (secrets perhaps) is in the request alone.
 */
export interface HelmChange {
  release: string;
  namespace: string;
  chart: string;
  version: string;
  /** The repository's name in Rancher. */
  repo: string;
  /** Where Helm itself would find it, `https://…` or `oci://…`; undefined where it is not known, or is git, which Helm cannot read. */
  address?: string;
  /** There is no such release yet: it is installed, into a namespace that is made for it. */
  isNew?: true;
  /** It is uninstalled. */
  removes?: true;
  /** It becomes another version of the chart, which has defaults of its own. */
  changesVersion?: true;
  /** Of the release when the plan was made; with another one the plan stops, as an upgrade would undo what somebody else did. */
  revision?: number;
  values: Value;
  /** The same for people, beside what is there now. */
  changes?: ValueChange[];
}

/** One value of a chart. Undefined: it is not there; whatever may be a secret is dots. */
export interface ValueChange {
  /** Dotted. */
  path: string;
  before?: string;
  after?: string;
}

/** What a change does to what it touches; drives the word shown beside it. */
export type ChangeKind = 'create' | 'change' | 'restart' | 'check' | 'allow' | 'wait' | 'remove';

export interface Step {
  /** Unique in the plan, stable over re-plans: `create-role`. */
  id: string;
  /** Shown in the first column: IAM, Kubernetes, Helm, Rancher, STS. */
  target: 'iam' | 'sts' | 's3' | 'kubernetes' | 'helm' | 'rancher';
  /** e.g. «CreateRole rancher-backup-local». */
  title: Text;
  /** What it means, in one line. */
  detail?: Text;
  change: ChangeKind;
  call: Call;
  /** Observed after the call until it holds. */
  until?: Condition;
  adopt?: Adoption;
  expects?: Expectation;
  /** Annotations as the plan saw them, where the object's version guards the request: a script has no use for that version, and compares these. */
  seen?: { annotations: Record<string, string> };
  /** Sent where the step is refused for good: takes back what an earlier step made for this one alone, so that a refusal leaves nothing behind. */
  undo?: Required<Pick<Step, 'call' | 'expects'>>;
  /** Set on App upgrades. */
  helm?: HelmChange;
  /**
   * What the call itself does not tell of what it needs: the role's path in an ARN, the boundary that a role has. Everything else is
   * read from the call (rights/needs.ts).
   */
  needs?: { right?: Right; aws?: { action: string; resource: string; boundary?: string } };
}

/** A document worth seeing before it is written: trust policy, permission policy, trust policy of the role that an account leaves, policy of a bucket. */
export interface PlanDocument {
  id: 'trust' | 'permissions' | 'left' | 'bucket';
  /** What is there now, as JSON text; absent when it is new. */
  before?: string;
  /** What will be there, as JSON text. References are shown as `${step.path}` placeholders. */
  after: string;
  /** As IAM counts it. */
  size: number;
  quota: number;
}

export interface Plan {
  id: RemedyId;
  title: Text;
  steps: Step[];
  documents: PlanDocument[];
  /** Things the person should know before applying (restart danger, adoption of a foreign role, caveats of a preset). */
  warnings: Text[];
  /** What the person may ask for beside it; the plan is made anew with the other answer. */
  choice?: { id: 'delete-role' | 'delete-secret' | 'delete-policy'; text: Text; on: boolean };
  /** Set when applying needs an explicit «yes»: a role that we did not make would be changed. */
  consent?: { text: Text };
}

export type StepStatus = 'pending' | 'running' | 'retrying' | 'waiting' | 'done' | 'failed' | 'stopped';

/** Progress of one step, sent whole at each change. */
export interface StepState {
  id: string;
  status: StepStatus;
  /** What it waits for or what it found: «AWS asks to slow down, next try in 2 s», «already there». */
  note?: Text;
  /** Milliseconds since the epoch. */
  startedAt?: number;
  endedAt?: number;
  /** How often it was sent. */
  attempts: number;
  /** What Helm wrote, while it writes and afterwards: lines for people. */
  log?: string;
  /** Answer of the call, never shown and never stored; later steps refer to it. Holds no credentials. */
  output?: unknown;
}
