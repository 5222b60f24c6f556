import * as sdk from '@aws-sdk/client-s3';
import { parseXML } from '@aws-sdk/xml-builder';
import { describe, expect, it } from 'vitest';
import type { TransportRequest } from '../transport';
import { createS3, type S3Command } from './s3';

const Bucket = 'acme-irsa';
const TAGS = [{ Key: 'rancher.io/irsa', Value: 'edge & "more" <ü>' }, { Key: 'k', Value: '' }];

/** The requests that plans and looks make, in every shape that they have. */
const CASES: Record<S3Command, object[]> = {
  CreateBucket:               [{ Bucket }, { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }, { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1', Tags: TAGS } }, { Bucket, CreateBucketConfiguration: { Tags: TAGS } }],
  DeleteBucket:               [{ Bucket }],
  GetBucketLocation:          [{ Bucket }],
  GetBucketTagging:           [{ Bucket }],
  GetPublicAccessBlock:       [{ Bucket }],
  PutPublicAccessBlock:       [{ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false } }],
  GetBucketOwnershipControls: [{ Bucket }],
  PutBucketOwnershipControls: [{ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }],
  GetBucketPolicy:            [{ Bucket }],
  PutBucketPolicy:            [{ Bucket, Policy: '{"a":"<&>"}' }],
  GetBucketVersioning:        [{ Bucket }],
  PutBucketVersioning:        [{ Bucket, VersioningConfiguration: { Status: 'Enabled' } }],
  ListObjectVersions:         [{ Bucket }],
  GetObject:                  [{ Bucket, Key: '.well-known/openid-configuration' }, { Bucket, Key: 'openid/v1/jwks' }],
  PutObject:                  [{ Bucket, Key: 'openid/v1/jwks', Body: '{"keys":["ü"]}', ContentType: 'application/json' }],
  DeleteObject:               [{ Bucket, Key: 'a b+c/ü~' }, { Bucket, Key: 'a', VersionId: 'x+y/z=' }],
};
const CALLS = Object.entries(CASES).flatMap(([command, inputs]) => inputs.map((input, index) => [command as S3Command, index, input] as const));

interface Sent { method: string; path: string; query: string[]; body: unknown; type: string | undefined }

/** Text, or what is in the XML: the SDK writes a declaration before some of it. */
const read = (body = ''): unknown => body.startsWith('<') ? parseXML(body) : body;

/** Without a region of its own a bucket is one of us-east-1: elsewhere the SDK would add one. */
const regionOf = (command: S3Command, input: object) => command === 'CreateBucket' && !JSON.stringify(input).includes('LocationConstraint') ? 'us-east-1' : 'eu-central-1';

async function bySdk(command: S3Command, input: object): Promise<Sent> {
  let sent: Sent | undefined;
  const client = new sdk.S3Client({
    region:         regionOf(command, input),
    credentials:    { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts:    1,
    forcePathStyle: true,
    requestHandler: {
      async handle({ method, path, query, body, headers }: { method: string; path: string; query: Record<string, string>; body?: string; headers: Record<string, string> }) {
        // `x-id` only names the call once more; a bucket in the path ends with a slash here, which S3 takes either way. For texts it has a type of its own.
        sent = { method, path: path.replace(/\/$/, ''), query: Object.entries(query).filter(([name]) => name !== 'x-id').map((pair) => pair.join('=')), body: read(body), type: body && body.startsWith('<') ? headers['content-type'] : undefined };
        throw new Error('no further');
      },
    },
  });
  const Command = sdk[`${ command }Command`] as unknown as new (input: object) => Parameters<typeof client.send>[0];

  await expect(client.send(new Command(input))).rejects.toThrow('no further');

  return sent!;
}

describe('a call of S3', () => {
  it.each(CALLS)('%s %i is sent as the SDK sends it', async(command, _index, input) => {
    const requests: TransportRequest[] = [];
    const transport = {
      async request(request: TransportRequest) {
        requests.push(request);

        return { status: 204, headers: {}, body: '' };
      },
    };

    await createS3({ transport, credentialId: 'a:b' }, regionOf(command, input)).send(command, input as Record<string, unknown>).catch(() => undefined);
    const { method, url, body, headers } = requests[0]!;
    const [path = '', query = ''] = url.replace(/^\/meta\/proxy\/s3\.[\w-]+\.amazonaws\.com/, '').split('?');

    expect({ method, path, query: [...new URLSearchParams(query)].map((pair) => pair.join('=')), body: read(body), type: body?.startsWith('<') ? headers?.['content-type']?.replace('rancher:', '') : undefined }).toEqual(await bySdk(command, input));
  });
});
