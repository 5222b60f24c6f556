import { isRegion } from '../aws/partitions';
import type { Finding, Text } from '../facts';
import { isObject } from '../json/same';
import { segment } from '../names/segment';
import { text } from '../text';
import { isOfAws } from './backup';
import type { KeyUse, SecretRef } from './key-use';

/** A ClusterOutput or an Output of the logging operator. */
export interface LoggingOutput {
  kind: 'clusteroutput' | 'output';
  namespace: string;
  name: string;
  spec: Record<string, unknown>;
}

/** The same without what secret fields hold in the open (operator-tools pkg/secret: `value`, `valueFrom`, `mountFrom`): that there is something stays. */
export function withoutOpenValues<T>(spec: T): T {
  if (Array.isArray(spec)) {
    return spec.map(withoutOpenValues) as T;
  }

  return isObject(spec) ? Object.fromEntries(Object.entries(spec).map(([key, inner]) => [key, key === 'value' && typeof inner === 'string' ? '' : withoutOpenValues(inner)])) as T : spec;
}

/** A Logging: its fluentd sends what is bound to it, as an account of its own. */
export interface ObservedLogging {
  name: string;
  controlNamespace: string;
  loggingRef: string;
  /** Some have syslog-ng alone, or nothing that sends. */
  hasFluentd: boolean;
  /** An account of the admin's own; else the operator makes one. */
  account?: string;
  /** Namespaces whose outputs it takes; empty: all. */
  watchNamespaces: string[];
  /** ClusterOutputs of other namespaces, too. */
  fromAllNamespaces: boolean;
}

type Destination = 'cloudwatch' | 's3' | 'kinesisStream' | 'kinesisFirehose' | 'sqs';
type Fields = Record<string, unknown>;

interface DestinationFacts {
  /** The preset's answer for it. */
  answer: string;
  /** Fields that hold a key, or make the plugin pass the role by. */
  keys: string[];
  region: string;
  answers(fields: Fields): Record<string, string>;
}

const textOf = (value: unknown): string => typeof value === 'string' ? value : '';
const KEYS = ['aws_key_id', 'aws_sec_key'];

/**
 * The outputs that use the SDK's own chain once they have no key, and so the role of fluentd's account (kube-logging
 * pkg/sdk/logging/model/output; what each plugin makes of the fields is in its own source).
 */
const DESTINATIONS: Record<Destination, DestinationFacts> = {
  cloudwatch: {
    answer: 'cloudwatch', keys: KEYS, region: 'region', answers: (fields) => ({ logGroup: textOf(fields.log_group_name), region: textOf(fields.region) })
  },
  s3: {
    answer: 's3', keys: [...KEYS, 'shared_credentials', 'instance_profile_credentials', 'aws_iam_retries'], region: 's3_region', answers: (fields) => ({ bucket: textOf(fields.s3_bucket), folder: fixedFolder(textOf(fields.path)), region: textOf(fields.s3_region) || regionOfHost(fields.s3_endpoint) })
  },
  kinesisStream: {
    answer: 'kinesis', keys: [...KEYS, 'aws_ses_token', 'process_credentials', 'aws_iam_retries'], region: 'region', answers: (fields) => ({ stream: textOf(fields.stream_name), region: textOf(fields.region) })
  },
  kinesisFirehose: {
    answer: 'firehose', keys: [...KEYS, 'aws_ses_token', 'process_credentials', 'aws_iam_retries'], region: 'region', answers: (fields) => ({ deliveryStream: textOf(fields.delivery_stream_name), region: textOf(fields.region) })
  },
  sqs: {
    answer: 'sqs', keys: KEYS, region: 'region', answers: (fields) => ({ queue: textOf(fields.queue_name) || (textOf(fields.sqs_url).split('/').at(-1) ?? ''), region: textOf(fields.region) || regionOfHost(textOf(fields.sqs_url).split('/')[2]) })
  },
};

/** Outputs to AWS that no role of the account can serve, and why. */
const WITHOUT_ROLE: Record<string, Text> = {
  opensearch:       text('irsa.output.opensearch'),
  awsElasticsearch: text('irsa.output.elasticsearch'),
};

/** The part of a path that is the same for every chunk: placeholders and times come after it. */
function fixedFolder(path: string): string {
  const fixed = /^[^$%]*/.exec(path)![0];

  return fixed === path ? path : fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

/** `s3.eu-central-1.amazonaws.com` → `eu-central-1`; '' where the host names none. */
function regionOfHost(host: unknown): string {
  const labels = textOf(host).replace(/^https?:\/\//, '').split(/[./]/).slice(0, -2);

  return labels.flatMap((label) => [label, label.replace(/^s3-/, '')]).find((label) => /^[a-z]+(-[a-z]+)+-\d$/.test(label) && isRegion(label)) ?? '';
}

/**
 * What the plugin refuses as `s3_endpoint`, letter by letter (fluent-plugin-s3 out_s3.rb, reject_s3_endpoint?): it wants `s3_region` for
 * AWS itself. China's hosts, which end in another way, it takes.
 */
function isRefusedEndpoint(endpoint: string): boolean {
  return endpoint.endsWith('amazonaws.com') && !endpoint.endsWith('vpce.amazonaws.com') && !/fips|gov/.test(endpoint);
}

export type OutputAccess = 'role' | 'key' | 'impossible' | 'not-aws';

/** What can be said of an output from itself alone. */
export interface OutputVerdict {
  /** The field under `spec` that was looked at. */
  destination?: string;
  access: OutputAccess;
  /** Names of the fields that keep it from the role. */
  keys: string[];
  secrets: SecretRef[];
  findings: Pick<Finding, 'code' | 'severity' | 'title'>[];
  /** Of the preset for logging. */
  answers: Record<string, string>;
  /** ARN of a role that it goes on to from its own, as it stands there; '' where it does not say. */
  assumes?: string;
  /** What has to become of its fields, so that it works with the role: `null` takes one away. */
  change: Fields;
}

/** How an output gets into AWS, what stands in the way of a role, and what of it would fail with one. */
export function judgeOutput({ namespace, spec }: Pick<LoggingOutput, 'namespace' | 'spec'>): OutputVerdict {
  const nothing = { keys: [], secrets: [], findings: [], answers: {}, change: {} };
  const destination = Object.keys(DESTINATIONS).find((name): name is Destination => isObject(spec[name]));

  if (!destination) {
    const impossible = Object.keys(WITHOUT_ROLE).find((name) => isObject(spec[name]) && isAws(name, spec[name]));

    return impossible ? { ...nothing, destination: impossible, access: 'impossible', findings: [{ code: 'OUTPUT_NO_ROLE', severity: 'high', title: WITHOUT_ROLE[impossible]! }] } : { ...nothing, access: 'not-aws' };
  }
  const fields = spec[destination] as Fields;

  // A store of another maker that speaks like S3: its key is none of AWS.
  if (destination === 's3' && !isOfAws(textOf(fields.s3_endpoint))) {
    return { ...nothing, access: 'not-aws' };
  }
  const { keys, answer, answers, region } = DESTINATIONS[destination];
  const present = keys.filter((key) => fields[key] !== undefined && fields[key] !== null && fields[key] !== '');
  const answered: Record<string, string> = { destination: answer, ...answers(fields) };
  const assumes = isObject(fields.assume_role_credentials) ? textOf(fields.assume_role_credentials.role_arn) : fields.aws_use_sts === true ? textOf(fields.aws_sts_role_arn) : undefined;
  const { findings, change } = trapsOf(destination, fields, region, answered.region ?? '');

  if (assumes !== undefined) {
    findings.push({ code: 'OUTPUT_CHAIN', severity: 'info', title: text('irsa.output.chain') });
  }

  return {
    destination,
    access:  present.length ? 'key' : 'role',
    keys:    present,
    secrets: secretsIn(namespace, present.map((key) => fields[key])),
    findings,
    answers: answered,
    ...(assumes === undefined ? {} : { assumes }),
    change:  { ...Object.fromEntries(present.map((key) => [key, null])), ...change },
  };
}

/** OpenSearch runs elsewhere, too: AWS is meant where its own sign-in is asked for. */
function isAws(name: string, fields: unknown): boolean {
  return name === 'awsElasticsearch' || (isObject(fields) && isObject(fields.endpoint));
}

function secretsIn(namespace: string, values: unknown[]): SecretRef[] {
  const names = values.flatMap((value) => isObject(value) && isObject(value.valueFrom) && isObject(value.valueFrom.secretKeyRef) ? textOf(value.valueFrom.secretKeyRef.name) || [] : []);

  return [...new Set(names)].map((name) => ({ namespace, name }));
}

function trapsOf(destination: Destination, fields: Fields, region: string, known: string): Pick<OutputVerdict, 'findings' | 'change'> {
  const findings: OutputVerdict['findings'] = [];
  const change: Fields = {};
  const endpoint = textOf(fields.s3_endpoint);

  if (destination === 's3' && isRefusedEndpoint(endpoint)) {
    findings.push({ code: 'OUTPUT_ENDPOINT', severity: 'high', title: text('irsa.output.endpoint', { endpoint }) });
    change.s3_endpoint = null;
  }
  if (!fields[region] && known) {
    change[region] = known;
  }
  if (!known) {
    findings.push({ code: 'OUTPUT_REGION', severity: 'medium', title: text('irsa.output.region', { field: region }) });
  }
  if (destination === 'cloudwatch' && fields.auto_create_stream !== true) {
    findings.push({ code: 'OUTPUT_DROPS', severity: 'high', title: text('irsa.output.drops') });
    change.auto_create_stream = true;
  }
  if (destination === 'sqs' && fields.create_queue !== false && fields.queue_name) {
    findings.push({ code: 'OUTPUT_QUEUE', severity: 'medium', title: text('irsa.output.queue') });
    change.create_queue = false;
  }

  return { findings, change };
}

/** The Loggings that an output's logs go through, fluentd's account of each. */
export function senders(output: LoggingOutput, loggings: ObservedLogging[]): { logging: string; account: { namespace: string; name: string } }[] {
  const ref = textOf(output.spec.loggingRef);
  const takes = (logging: ObservedLogging) => logging.hasFluentd && logging.loggingRef === ref && (output.kind === 'clusteroutput' ? logging.fromAllNamespaces || logging.controlNamespace === output.namespace : !logging.watchNamespaces.length || logging.watchNamespaces.includes(output.namespace));

  return loggings.filter(takes).map((logging) => ({ logging: logging.name, account: { namespace: logging.controlNamespace, name: logging.account ?? `${ logging.name }-fluentd` } }));
}

export function outputPath({ kind, namespace, name }: Pick<LoggingOutput, 'kind' | 'namespace' | 'name'>): string {
  return `/apis/logging.banzaicloud.io/v1beta1/namespaces/${ segment(namespace) }/${ kind }s/${ segment(name) }`;
}

/** An output as something that uses a key; undefined for one that does not, and that needs no mending either. */
export function outputKeyUse(output: LoggingOutput, loggings: ObservedLogging[]): KeyUse | undefined {
  const { destination, access, keys, secrets, findings, answers, assumes, change } = judgeOutput(output);

  if (!destination || access === 'impossible' || Object.keys(change).length === 0) {
    return undefined;
  }
  const from = senders(output, loggings);
  const fields = output.spec[destination] as Fields;
  // What is compared just before must hold no key: a reference only.
  const compared = keys.find((key) => isObject(fields[key]) && isObject(fields[key].valueFrom) && !('value' in fields[key]));

  return {
    kind:      output.kind,
    namespace: output.namespace,
    name:      output.name,
    accounts:  from.map(({ account }) => account),
    fields:    keys.map((key) => `spec.${ destination }.${ key }`),
    secrets,
    removal:   {
      path:        outputPath(output),
      contentType: 'application/merge-patch+json',
      body:        { spec: { [destination]: change } },
      ...(compared ? { expects: { field: ['spec', destination, compared], is: fields[compared] } } : {}),
    },
    obstacles: from.length ? [] : [text('irsa.output.nobody')],
    mends:     findings.map(({ title }) => title),
    assumes,
    preset:    { id: 'rancher-logging', answers },
  };
}

/** What fluentd puts a record's tag in for. */
const TAG = ['$', '{tag}'].join('');

/** A new output that uses the role, from the answers of the preset; what else is in it is the admin's. */
export function outputSpec(answers: Record<string, string>): Record<string, unknown> {
  const { region = '' } = answers;

  switch (answers.destination) {
  case 's3': return { s3: { s3_bucket: answers.bucket, s3_region: region, path: `${ answers.folder ? `${ answers.folder.replace(/\/+$/, '') }/` : '' }${ TAG }/%Y/%m/%d/`, buffer: { timekey: '10m', timekey_wait: '1m', timekey_use_utc: true } } };
  case 'kinesis': return { kinesisStream: { stream_name: answers.stream, region } };
  case 'firehose': return { kinesisFirehose: { delivery_stream_name: answers.deliveryStream, region } };
  case 'sqs': return { sqs: { queue_name: answers.queue, region, create_queue: false } };
  default: return { cloudwatch: { region, log_group_name: answers.logGroup, log_stream_name: TAG, auto_create_stream: true } };
  }
}
