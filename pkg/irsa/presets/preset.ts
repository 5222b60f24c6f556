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

export interface Preset {
  id: string;
  /** Shown name and one line. */
  title: Text;
  summary: Text;
  icon: string;
  chart: { name: string; namespace: string; release: string };
  /** The chart installs on Rancher's own cluster only. */
  localOnly?: boolean;
  parameters: PresetParameter[];
  /** The account that talks to AWS. */
  subject(options?: { release?: string }): { namespace: string; serviceAccount: string };
  /** Helm values that bind it, to be merged into what the admin has. */
  values(facts: { roleArn: string } & Record<string, string>): Record<string, unknown>;
  /** Name of the inline policy. */
  policyName: string;
  policy(facts: PolicyFacts): PolicyDocument;
  /** One line that says what the policy allows: «Read, write and delete backups under s3://…». */
  allows(facts: PolicyFacts): Text;
  restart: { kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'; name: string; danger?: Text }[];
  caveats: Text[];
  /** Oldest chart version whose values can bind the account. */
  since?: string;
}
