import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import type { ObjectVersion } from '../state.ts';
import { repeated, s3Answer } from '../xml.ts';
import type { XmlValue } from '../xml.ts';
import { authorize, mayDo } from './access.ts';
import type { S3Call } from './access.ts';
import { done, elementOf, elementsOf, malformedXml, theBucket } from './call.ts';
import { checkDigest } from './digest.ts';
import { deleteCurrent, deleteVersion, storeObject, theVersion } from './versions.ts';
import type { Deleted } from './versions.ts';

export function etagOf(body: Buffer): string {
  return `"${ createHash('md5').update(body).digest('hex') }"`;
}

/** Only where versions are, or were, kept. */
function versionHeader(bucket: { versioning?: string }, { id }: Pick<ObjectVersion, 'id'>): Record<string, string> {
  return bucket.versioning === undefined ? {} : { 'x-amz-version-id': id };
}

export function getObject(call: S3Call): HttpAnswer {
  const { request } = call;
  const bucket = theBucket(call);
  const wanted = request.query.get('versionId');
  const version = wanted === null ? bucket.objects.get(request.key)?.[0] : theVersion(bucket, request.key, wanted);
  const object = version?.object;

  // API reference, GetObject: «If you don't have the s3:ListBucket permission, Amazon S3 returns … 403 ("access denied")».
  if (!object && !mayDo({ ...call, request: { ...request, key: '' } }, 'ListObjectsV2').may) {
    throw new AwsError(403, 'AccessDenied', 'Access Denied');
  }
  // User Guide, «Working with delete markers»: 404 for what a marker hides, 405 for the marker itself.
  if (version && !object) {
    const headers = { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, version), ...wanted === null ? {} : { allow: 'DELETE' } };

    throw wanted === null ? new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: request.key }, headers) : new AwsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', { Method: request.method, ResourceType: 'DeleteMarker' }, headers);
  }
  if (!version || !object) {
    throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', { Key: request.key });
  }

  return {
    status: 200,
    headers: {
      'x-amz-request-id': call.id, 'content-type': object.contentType, 'content-length': String(object.body.length), 'last-modified': new Date(object.modified).toUTCString(), etag: etagOf(object.body),
      'x-amz-server-side-encryption': bucket.encryption.algorithm, ...versionHeader(bucket, version)
    },
    body: request.method === 'HEAD' ? '' : object.body
  };
}

export function putObject(call: S3Call): HttpAnswer {
  const { body, headers, key } = call.request;
  const bucket = theBucket(call);
  const acl = headers['x-amz-acl'];

  checkDigest(call.request);
  // User Guide, «Controlling ownership of objects»: requests with access lists other than the owner's full control fail.
  if (bucket.ownership === 'BucketOwnerEnforced' && acl !== undefined && acl !== 'bucket-owner-full-control') {
    throw new AwsError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  const version = storeObject(bucket, key, { body, contentType: headers['content-type'] || 'binary/octet-stream', modified: call.state.now() });

  return done(call, 200, { etag: etagOf(body), 'x-amz-server-side-encryption': bucket.encryption.algorithm, ...versionHeader(bucket, version) });
}

export function deleteObject(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const { key, query } = call.request;
  const id = query.get('versionId');
  const deleted = id === null ? deleteCurrent(bucket, key, call.state.now()) : deleteVersion(bucket, key, id);

  return done(call, 204, { ...deleted.marker ? { 'x-amz-delete-marker': 'true' } : {}, ...deleted.versionId === undefined ? {} : { 'x-amz-version-id': deleted.versionId } });
}

function shown(key: string, wanted: string | undefined, { versionId, marker }: Deleted): XmlValue {
  return { Key: key, VersionId: wanted, DeleteMarker: marker ? true : undefined, DeleteMarkerVersionId: marker ? versionId : undefined };
}

/** API reference, DeleteObjects: up to 1000 keys, a digest of the list is required; each is judged by itself. */
export function deleteObjects(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const text = call.request.body.toString();
  const wanted = elementsOf(text, 'Object').map((one) => ({ key: elementOf(one, 'Key'), id: elementOf(one, 'VersionId') }));
  const deleted: XmlValue[] = [];
  const errors: XmlValue[] = [];

  checkDigest(call.request, true);
  if (!wanted.length || wanted.length > 1000 || wanted.some(({ key }) => !key)) {
    throw malformedXml();
  }
  for (const { key = '', id } of wanted) {
    try {
      authorize({ ...call, request: { ...call.request, key } }, id === undefined ? 'DeleteObject' : 'DeleteObjectVersion');
      deleted.push(shown(key, id, id === undefined ? deleteCurrent(bucket, key, call.state.now()) : deleteVersion(bucket, key, id)));
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      errors.push({ Key: key, VersionId: id, Code: error.code, Message: error.message });
    }
  }

  const refused = repeated('Error', errors);

  return s3Answer('DeleteResult', elementOf(text, 'Quiet') === 'true' ? refused : repeated('Deleted', deleted).with(refused), call.id);
}
