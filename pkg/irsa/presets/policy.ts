import { isObject } from '../domain/json/same';
import type { PolicyDocument, PolicyFacts, PolicyStatement } from './preset';
import { keyPrefix } from './validators';

type Condition = PolicyStatement['Condition'];

/** A policy of allowing statements. */
export function policyOf(...statements: (PolicyStatement | false)[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements.filter((statement) => statement !== false) };
}

/**
 * @param actions  `s3 GetObject PutObject`: a service and its actions; several services are parted by commas
 */
export function allow(Sid: string, actions: string, Resource: string | string[], condition?: Condition): PolicyStatement {
  const Action = actions.split(',').flatMap((part) => {
    const [service, ...names] = part.trim().split(' ');

    return names.map((name) => `${ service }:${ name }`);
  });

  return { Sid, Effect: 'Allow', Action, Resource, ...(condition ? { Condition: condition } : {}) };
}

/** ARN of something in the policy's account and region; any account where it is not known. */
export function arn({ partition, region, accountId }: PolicyFacts, service: string, resource: string): string {
  return `arn:${ partition }:${ service }:${ region }:${ accountId ?? '*' }:${ resource }`;
}

/** The entries of a list that a person typed: parted by commas or spaces. */
export function listOf(value: string | undefined): string[] {
  return (value ?? '').split(/[\s,]+/).filter(Boolean);
}

export const bucketArn = ({ partition }: PolicyFacts, bucket: string | undefined): string => `arn:${ partition }:s3:::${ bucket }`;

/**
 * A bucket and the objects under a folder. ListBucket has no condition on s3:prefix: HeadBucket, with which most clients begin,
 * carries none and would be refused.
 */
export function bucketStatements(facts: PolicyFacts, bucketActions: string, objectActions: string): PolicyStatement[] {
  const bucket = bucketArn(facts, facts.bucket);

  return [allow('Bucket', `s3 ${ bucketActions }`, bucket), allow('Objects', `s3 ${ objectActions }`, `${ bucket }/${ keyPrefix(facts.folder) }*`)];
}

/** Writing to one log group; whether there is one is asked of all of them: that call takes no resource. */
export function logGroupStatements(facts: PolicyFacts, actions: string, describes = true): (PolicyStatement | false)[] {
  const group = arn(facts, 'logs', `log-group:${ facts.logGroup }`);

  return [describes && allow('Groups', 'logs DescribeLogGroups', '*'), allow('Group', `logs ${ actions }`, [group, `${ group }:*`])];
}

/** Snapshots of EBS have no account in their ARN, or are about to get one: any is meant. */
export const snapshots = ({ partition, region }: PolicyFacts): string => `arn:${ partition }:ec2:${ region }:*:snapshot/*`;

/** Keys of KMS that the person named: their ids, or their whole ARNs. */
export function keyStatement(facts: PolicyFacts, actions: string, sid = 'Keys', condition?: Condition): PolicyStatement | false {
  const keys = listOf(facts.keys).map((key) => key.startsWith('arn:') ? key : arn(facts, 'kms', `key/${ key }`));

  return keys.length > 0 && allow(sid, `kms ${ actions }`, keys, condition);
}

/** `s3://bucket/folder/`, to be shown. */
export const placeOf = ({ bucket, folder }: PolicyFacts): string => `s3://${ bucket }/${ keyPrefix(folder) }`;

/** What in a policy of ours names a place: the action without which nothing is done there, and the resource, whose two parts are the answers. */
export type PlaceRule = [action: string, resource: RegExp, answers: (first: string, second: string) => Record<string, string>];

/** A folder of a bucket, or all of it. */
export const FOLDER = /^arn:[^:]+:s3:::([^/*?]+)\/(?:([^*?]+)\/)?\*$/;

/** The answers behind what a policy allows, as far as it tells: wildcards name no place, and what has a condition may not hold. */
export function placesIn(json: string, rules: PlaceRule[]): Record<string, string>[] {
  const found = statementsOf(json).filter((statement) => statement.Effect === 'Allow' && !statement.Condition).flatMap((statement) => {
    const actions = [statement.Action ?? []].flat();

    return [statement.Resource ?? []].flat().flatMap((resource) => rules.flatMap(([action, pattern, answers]) => {
      const parts = actions.includes(action) ? pattern.exec(resource) : null;

      return parts ? [answers(parts[1]!, parts[2] ?? '')] : [];
    }));
  });

  return [...new Map(found.map((answers) => [JSON.stringify(answers), answers])).values()];
}

/** Somebody else may have written it, in whatever shape: then it has none. */
export function statementsOf(json: string): Partial<PolicyStatement>[] {
  try {
    return [(JSON.parse(json) as Partial<PolicyDocument> | null)?.Statement ?? []].flat().filter(isObject);
  } catch {
    return [];
  }
}

/** What tells a folder of a bucket from others. */
export const folderPlace = ({ bucket, folder }: Record<string, string>): string | undefined => bucket && `${ bucket }/${ keyPrefix(folder) }`.replace(/\/$/, '');
