import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import type { Bucket } from '../state.ts';
import { noSuchBucket } from './access.ts';
import type { S3Call } from './access.ts';

/** The bucket of a call. @throws NoSuchBucket, PermanentRedirect when it lies in another region */
export function theBucket({ state, request }: S3Call): Bucket {
  const bucket = state.buckets.get(request.bucket);

  if (!bucket) {
    throw noSuchBucket(request.bucket);
  }
  if (bucket.region !== request.region) {
    throw new AwsError(301, 'PermanentRedirect', 'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.', {
      Endpoint: `${ bucket.name }.s3.${ bucket.region }.amazonaws.com`, Bucket: bucket.name
    });
  }

  return bucket;
}

/** An answer without content. */
export function done(call: S3Call, status = 200, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { 'x-amz-request-id': call.id, ...headers }, body: '' };
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: '\'' };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => (hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : ENTITIES[name ?? ''] ?? whole));
}

/** The text of the first element of a name; a real parser is more than S3's flat documents need. */
export function elementOf(text: string, name: string): string | undefined {
  const found = new RegExp(`<${ name }(?:\\s[^>]*)?>\\s*([^<]*?)\\s*</`).exec(text)?.[1];

  return found === undefined ? undefined : unescapeXml(found);
}

/** What stands inside each element of a name. */
export function elementsOf(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${ name }(?:\\s[^>]*)?>(.*?)</${ name }>`, 'gs'))].map(([, inner = '']) => inner);
}

export function malformedXml(): AwsError {
  return new AwsError(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}
