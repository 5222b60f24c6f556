import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import { isoTime } from '../state.ts';
import { Xml, repeated, s3Answer, toXml } from '../xml.ts';
import { mayDo } from './access.ts';
import type { S3Call } from './access.ts';
import { done, theBucket } from './bucket.ts';
import { checkDigest } from './digest.ts';

function etagOf(body: Buffer): string {
  return `"${ createHash('md5').update(body).digest('hex') }"`;
}

export function getObject(call: S3Call): HttpAnswer {
  const { request } = call;
  const object = theBucket(call).objects.get(request.key);

  // API reference, GetObject: «If you don't have the s3:ListBucket permission, Amazon S3 returns … 403 ("access denied")».
  if (!object && !mayDo({ ...call, request: { ...request, key: '' } }, 'ListObjectsV2').may) {
    throw new AwsError(403, 'AccessDenied', 'Access Denied');
  }
  if (!object) {
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: request.key });
  }

  return {
    status: 200, headers: { 'x-amz-request-id': call.id, 'content-type': object.contentType, 'last-modified': new Date(object.modified).toUTCString(), etag: etagOf(object.body) },
    body:   request.method === 'HEAD' ? '' : object.body
  };
}

export function putObject(call: S3Call): HttpAnswer {
  const { body, headers, key } = call.request;
  const bucket = theBucket(call);

  checkDigest(call.request);
  bucket.noncurrent += bucket.versioning === 'Enabled' && bucket.objects.has(key) ? 1 : 0;
  bucket.objects.set(key, { body, contentType: headers['content-type'] ?? 'binary/octet-stream', modified: call.state.now() });

  return done(call, 200, { etag: etagOf(body) });
}

/** Where versions are kept, deleting lays a delete marker on top and keeps what was there (User Guide, «Working with delete markers»). */
export function deleteObject(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const was = bucket.objects.delete(call.request.key);

  if (bucket.versioning !== 'Enabled') {
    return done(call, 204);
  }
  bucket.noncurrent += was ? 2 : 1;

  return done(call, 204, { 'x-amz-delete-marker': 'true' });
}

export function listObjects(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const prefix = call.request.query.get('prefix') ?? '';
  const found = [...bucket.objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  const contents = found.map(([Key, { body, modified }]) => ({ Key, LastModified: isoTime(modified), ETag: etagOf(body), Size: body.length, StorageClass: 'STANDARD' }));
  const summary = toXml({ Name: bucket.name, Prefix: prefix, KeyCount: found.length, MaxKeys: 1000, IsTruncated: false });

  return s3Answer('ListBucketResult', new Xml(summary + repeated('Contents', contents).text), call.id);
}
