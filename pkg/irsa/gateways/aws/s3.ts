import { parseXML } from '@aws-sdk/xml-builder';
import { isSignedByRancher } from '../../domain/aws/hosts';
import { serviceHost } from '../../domain/aws/partitions';
import { irsaError, IrsaError } from '../../domain/errors';
import { beginning, checkShape, jsonOf, kindOfText, unreadable } from '../answer';
import { object, optional, record, string, type Shape } from '../shape';
import type { TransportAnswer } from '../transport';
import { awsError } from './errors';
import { contentMd5 } from './md5';
import { QueryError } from './query';
import { awsRequest, type AwsRequest, type AwsRoute } from './request';
import { bodyOf } from './s3-xml';

/** An element that may be empty: then it is a text. */
const element = (inside: Shape): Shape => (value, path) => value === '' ? undefined : inside(value, path);
/** One that may come again. */
const some = (one: Shape): Shape => (value, path) => [value ?? []].flat().forEach((each) => one(each, path));
const version = some(object({ Key: string, VersionId: string }));

/**
 * Verb and sub-resource of the calls that plans may name, and of those that are asked before one, and what is read of an XML answer
 * (S3 API reference): without it, whatever cannot be read would be taken for «nothing is set».
 */
const COMMANDS = {
  CreateBucket:               ['PUT'],
  DeleteBucket:               ['DELETE'],
  GetBucketLocation:          ['GET', 'location', object({ LocationConstraint: (value, path) => string(Object(value)['#text'] ?? (Object(value).xmlns ? '' : value), path) })],
  GetBucketTagging:           ['GET', 'tagging', object({ Tagging: object({ TagSet: element(object({ Tag: some(object({ Key: string, Value: string })) })) }) })],
  GetPublicAccessBlock:       ['GET', 'publicAccessBlock', object({ PublicAccessBlockConfiguration: record(string) })],
  PutPublicAccessBlock:       ['PUT', 'publicAccessBlock'],
  GetBucketOwnershipControls: ['GET', 'ownershipControls', object({ OwnershipControls: object({ Rule: object({ ObjectOwnership: string }) }) })],
  PutBucketOwnershipControls: ['PUT', 'ownershipControls'],
  GetBucketPolicy:            ['GET', 'policy'],
  PutBucketPolicy:            ['PUT', 'policy'],
  GetBucketVersioning:        ['GET', 'versioning', object({ VersioningConfiguration: element(object({ Status: optional(string) })) })],
  PutBucketVersioning:        ['PUT', 'versioning'],
  ListObjectVersions:         ['GET', 'versions', object({ ListVersionsResult: object({ Version: version, DeleteMarker: version }) })],
  GetObject:                  ['GET'],
  PutObject:                  ['PUT'],
  DeleteObject:               ['DELETE'],
} as const satisfies Record<string, Command>;

type Command = readonly [AwsRequest['method'], string?, Shape?];
export type S3Command = keyof typeof COMMANDS;

export function isS3Command(name: string): name is S3Command {
  return Object.hasOwn(COMMANDS, name);
}

/** S3 of one account in one region. Errors are IrsaError (AWS refused) or TransportError (nobody answered). */
export interface S3 {
  /**
   * @param input  by AWS' own names: `Bucket`, `Key`, `VersionId`, `ExpectedBucketOwner`, and what the body is made of
   * @returns the answer's text; empty where AWS has nothing to say
   */
  send(command: S3Command, input: Record<string, unknown>, signal?: AbortSignal): Promise<string>;
}

/**
 * S3 over Rancher's proxy, the bucket in the path: in the host, Rancher would take a bucket called `backup` for AWS Backup (rancher.md
 * §2.8). S3 refuses `x-amz-` headers that are not signed, and Rancher signs none of ours: the digest goes as Content-MD5, and the
 * expected owner only along with a signature made here.
 */
export function createS3(route: AwsRoute, region: string): S3 {
  const host = serviceHost('s3', region);

  return {
    async send(command, { Bucket, Key, VersionId, ExpectedBucketOwner, ...input }, signal) {
      if (!route.sign && !isSignedByRancher(region)) {
        throw irsaError('REGION_NOT_SIGNED', { region });
      }
      const [method, resource] = COMMANDS[command] as Command;
      const path = ['', Bucket, ...(Key === undefined ? [] : String(Key).split('/'))].map((step) => encodeURIComponent(String(step))).join('/');
      const { body, contentType } = bodyOf(command, input);
      const answer = await awsRequest({ ...route, signal }, {
        method,
        host,
        path,
        query:   { ...(resource ? { [resource]: '' } : {}), ...(VersionId === undefined ? {} : { versionId: String(VersionId) }) },
        contentType,
        body,
        headers: { ...(body && !command.startsWith('Create') ? { 'content-md5': contentMd5(body) } : {}) },
        signed:  { ...(ExpectedBucketOwner === undefined ? {} : { 'x-amz-expected-bucket-owner': String(ExpectedBucketOwner) }) },
      });

      try {
        refuse(answer, command);
      } catch (error) {
        const explained = awsError(error, 's3', command, `arn:aws:s3:::${ String(Bucket) }${ Key === undefined ? '' : `/${ String(Key) }` }`);

        if (explained instanceof IrsaError && explained.code === 'CREDENTIAL_EXPIRED') {
          route.onExpired?.();
        }
        throw explained;
      }

      return answer.body;
    },
  };
}

/** @throws QueryError with AWS' words; IrsaError ANSWER_UNREADABLE for what S3 does not answer */
function refuse(answer: TransportAnswer, command: S3Command): void {
  const { status, headers, body } = answer;
  const asked = { service: 's3', action: `s3:${ command }` } as const;
  const isError = /^\s*(<\?xml[^>]{0,200}\?>\s*)?<Error[\s>]/.test(body);

  if (status >= 300 && isError) {
    const { Error: { Code = '', Message = '', RequestId } = {} } = xml<{ Error?: { Code?: string; Message?: string; RequestId?: string } }>(body);

    throw new QueryError(Code || `HTTP ${ status }`, Message, status, headers['x-amz-request-id'] || RequestId);
  }
  if (status === 429 || status >= 500) {
    throw new QueryError(`HTTP ${ status }`, beginning(body), status, headers['x-amz-request-id']);
  }
  if (status >= 300 || isError || /^\s*<(!doctype html|html)/i.test(body)) {
    throw unreadable(asked, `status ${ status } with ${ kindOfText(body) }: ${ beginning(body) }`, status);
  }
  if (command === 'GetBucketPolicy') {
    jsonOf({ ...answer, body: body || ' ' }, asked);
  }
  const [, , shape] = COMMANDS[command] as Command;

  checkShape(shape && xml(body), asked, shape, status);
}

/** What an XML answer of S3 holds; an empty object where it is none. */
export function xml<T extends object>(body: string): T {
  try {
    return Object(parseXML(/<!(DOCTYPE|ENTITY)/i.test(body) ? '<a/>' : body)) as T;
  } catch {
    return {} as T;
  }
}
