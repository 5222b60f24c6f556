/** Why a value a person typed is not usable; each returns undefined when it is, and for an empty value (whether one is required is another question). */
import { isRegion } from '../domain/aws/partitions';
import type { Text } from '../domain/facts';
import { text } from '../domain/text';

/** S3's rules for general purpose buckets (S3 User Guide, bucket naming rules). */
export function bucketProblem(value: string): Text | undefined {
  if (!value) {
    return undefined;
  }
  if (value.length < 3 || value.length > 63) {
    return text('irsa.preset.problem.bucketLength', { value });
  }
  if (!/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(value) || /\.\.|^\d+\.\d+\.\d+\.\d+$/.test(value) || /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3)$/.test(value)) {
    return text('irsa.preset.problem.bucket', { value });
  }

  return undefined;
}

/** `*`, `?` and `$` mean something in a policy's resource, and would widen it. */
export function prefixProblem(value: string): Text | undefined {
  if (value.startsWith('/')) {
    return text('irsa.preset.problem.prefixSlash', { value });
  }
  if (value.length > 512 || !/^[\w!.()'/+=@:, -]*$/.test(value) || /\/\//.test(value)) {
    return text('irsa.preset.problem.prefix', { value });
  }

  return undefined;
}

export function regionProblem(value: string): Text | undefined {
  return !value || isRegion(value) ? undefined : text('irsa.preset.problem.region', { value });
}

/** CloudWatch Logs: CreateLogGroup, logGroupName. */
export function logGroupProblem(value: string): Text | undefined {
  return !value || (/^[\w./#-]{1,512}$/.test(value) && !value.startsWith('aws/')) ? undefined : text('irsa.preset.problem.logGroup', { value });
}

const matching = (pattern: RegExp, problem: Text) => (value: string): Text | undefined => !value || pattern.test(value) ? undefined : problem;
const listMatching = (pattern: RegExp, problem: Text) => (value: string): Text | undefined => value.split(/[\s,]+/).every((entry) => !entry || pattern.test(entry)) ? undefined : problem;

/** Route 53: CreateHostedZone, Id. */
export const zonesProblem = listMatching(/^Z[A-Z0-9]{1,31}$/, text('irsa.preset.problem.zones'));
/** KMS: a key's id or ARN; aliases do not stand in policies. */
export const keysProblem = listMatching(/^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, text('irsa.preset.problem.keys'));
/** Kinesis: CreateStream, StreamName. */
export const streamProblem = matching(/^[\w.-]{1,128}$/, text('irsa.preset.problem.stream'));
/** Firehose: CreateDeliveryStream, DeliveryStreamName. */
export const deliveryStreamProblem = matching(/^[\w.-]{1,64}$/, text('irsa.preset.problem.deliveryStream'));
/** SQS: CreateQueue, QueueName. */
export const queueProblem = matching(/^(?=.{1,80}$)[\w-]+(\.fifo)?$/, text('irsa.preset.problem.queue'));
/** SNS: CreateTopic, Name. */
export const topicProblem = matching(/^(?=.{1,256}$)[\w-]+(\.fifo)?$/, text('irsa.preset.problem.topic'));
/** DynamoDB: CreateTable, TableName. */
export const tableProblem = matching(/^[\w.-]{3,255}$/, text('irsa.preset.problem.table'));
/** Amazon Managed Service for Prometheus: CreateWorkspace, workspaceId. */
export const workspaceProblem = matching(/^ws-[0-9a-f-]{1,64}$/, text('irsa.preset.problem.workspace'));
/** Elastic File System: CreateFileSystem, FileSystemId. */
export const fileSystemsProblem = listMatching(/^fs-[0-9a-f]{8,40}$/, text('irsa.preset.problem.fileSystems'));
/** A cluster's name as part of a tag's key. */
export const clusterNameProblem = matching(/^[A-Za-z0-9][\w.-]{0,99}$/, text('irsa.preset.problem.clusterName'));
/** The front of the names of secrets or parameters: what they may have in them, without wildcards. */
export const namePrefixProblem = matching(/^[\w/+=.@-]{1,400}$/, text('irsa.preset.problem.namePrefix'));

/** A folder as the front of object keys: ends in `/`, so that `prod` does not cover `production/…`; '' for the whole bucket. */
export function keyPrefix(folder: string | undefined): string {
  const trimmed = (folder ?? '').trim().replace(/\/+$/, '');

  return trimmed ? `${ trimmed }/` : '';
}
