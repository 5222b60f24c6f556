/** What the product knows about one chart that talks to AWS. */
import type { Partition, Text } from '../domain/facts';

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: PolicyStatement[];
}

/** One field of the form «What may it do?». */
export interface PresetParameter {
  id: string;
  label: Text;
  help: Text;
  required: boolean;
  default?: string;
  placeholder?: string;
  /** A choice instead of free text. */
  options?: { value: string; label: Text }[];
  /** Asked for only when another parameter has this value. */
  when?: { parameter: string; is: string };
  /** The reason why a value is not usable, or undefined when it is. */
  validate(value: string): Text | undefined;
}

export interface PolicyFacts {
  partition: Partition;
  /** Placeholder `${account}` is never used: absent means the policy must not need it. */
  accountId?: string;
  region: string;
  [parameter: string]: string | undefined;
}

/** Where an account's name comes from, beside the chart: people choose other releases and namespaces. */
export interface SubjectOptions {
  release?: string;
  namespace?: string;
  /** The admin's own values of the release: they may name the account. */
  values?: Record<string, unknown>;
  /** Of the chart: what it calls the account may have changed. */
  version?: string;
  /** A chart with several accounts: which of them is meant. */
  parameters?: Record<string, string>;
}

/** An account that does the same work beside the main one, as long as the admin's values want it: it needs the same role. */
export interface BesideAccount {
  /** What runs as it, by the name that the chart gives it. */
  part: string;
  namespace: string;
  serviceAccount: string;
  /** The answers that lead to it; undefined: the chart's values annotate no account of this part alone. */
  parameters?: Record<string, string>;
}

/** A chart for which there is nothing to bind; it is shown with the reason, and no plan is offered. */
export interface ImpossibleChart {
  id: string;
  title: Text;
  summary: Text;
  icon: string;
  chart: { name: string };
  services: string[];
  /** Why not, and what to do instead. */
  impossible: Text;
}

export interface Preset {
  id: string;
  /** Shown name and one line. */
  title: Text;
  summary: Text;
  icon: string;
  /** `crd`: the chart with its custom resource definitions, which Rancher upgrades along with it, in the same version. */
  chart: { name: string; namespace: string; release: string; crd?: string };
  /** Whose catalog has it: Rancher's own, that of the project itself, or both. */
  origin: 'rancher' | 'upstream' | 'both';
  /** AWS services it talks to, by their own names; for the search. */
  services: string[];
  /** The chart installs on Rancher's own cluster only. */
  localOnly?: boolean;
  parameters: PresetParameter[];
  /** A chart with several accounts: the answers that lead to each of them, the default one first. */
  accounts?: Record<string, string>[];
  /** The account that talks to AWS; without options the one of an installation that changes no names. */
  subject(options?: SubjectOptions): { namespace: string; serviceAccount: string };
  /** The accounts that do the same work beside it under the values that are given. */
  beside?(options: SubjectOptions): BesideAccount[];
  /** Helm values that bind it, to be merged into what the admin has. */
  values(facts: { roleArn: string } & Record<string, string>): Record<string, unknown>;
  /**
   * What in the admin's own values stands in the way (keys, settings that exclude each other): values that mend it, and a
   * warning for each. `dropsKeys`: an access key is in use now and will not be after the change.
   */
  reconcile?(current: Record<string, unknown>): { values: Record<string, unknown>; warnings: Text[]; dropsKeys: boolean };
  /** What of the admin's own values is not asked and goes into those that bind it, where it may stay. */
  keeps?(current: Record<string, unknown>): Record<string, string>;
  /** The answers that the admin's own values hold already: what is not asked anew stays as it is. */
  answersIn?(values: Record<string, unknown>): Record<string, string>;
  /** The bucket that its answers name, where one may be made along with the role. */
  bucket?(answers: Record<string, string>): { name: string; region: string };
  /** Name of the inline policy. */
  policyName: string;
  /**
   * What tells one place from another where an account may serve several at once: then each has a policy of its own. Undefined where the
   * answers name none yet.
   */
  place?(answers: Record<string, string>): string | undefined;
  /** The other way round: the answers behind what a policy allows already, as far as it tells. */
  answersInPolicy?(json: string): Record<string, string>[];
  policy(facts: PolicyFacts): PolicyDocument;
  /** One line that says what the policy allows: «Read, write and delete backups under s3://…». */
  allows(facts: PolicyFacts): Text;
  /** The workloads to restart, by the names they have by default, and what it costs. */
  restart: { kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'; name: string; danger?: Text }[];
  caveats: Text[];
  /**
   * Oldest version of the chart whose values can bind the account, in the numbers of whoever it comes from (`origin`; of its project where
   * both have it). Where that is stands beside it: a commit and the file it changed, or the first version there is.
   */
  since: string;
}
