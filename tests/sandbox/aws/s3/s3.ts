import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import { authorize, checkOwner } from './access.ts';
import type { S3Call } from './access.ts';
import { BUCKET_ACTIONS } from './bucket.ts';
import { listObjects, listVersions } from './listing.ts';
import { deleteObject, deleteObjects, getObject, putObject } from './objects.ts';

const RUNS: Record<string, (call: S3Call) => HttpAnswer> = {
  ...BUCKET_ACTIONS, PutObject: putObject, GetObject: getObject, HeadObject: getObject,
  DeleteObject: deleteObject, GetObjectVersion: getObject, HeadObjectVersion: getObject, DeleteObjectVersion: deleteObject,
  DeleteObjects: deleteObjects, ListObjectsV2: listObjects, ListObjectVersions: listVersions
};

export function isS3Write(action: string): boolean {
  return !/^(Get|Head|List)/.test(action);
}

/** Runs one S3 call, if the asker may. */
export function runS3(call: S3Call, action: string): HttpAnswer {
  const run = RUNS[action];

  // A sub-resource that is not modelled is refused, never taken for the bucket or the object itself.
  if (!run) {
    throw new AwsError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  }
  // A list of objects is judged object by object.
  if (action === 'DeleteObjects') {
    checkOwner(call);
  } else {
    authorize(call, action);
  }

  return run(call);
}
