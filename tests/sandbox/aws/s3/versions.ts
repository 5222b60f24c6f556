import { createHash } from 'node:crypto';
import { AwsError } from '../errors.ts';
import type { Bucket, ObjectVersion, StoredObject } from '../state.ts';

/** The version written without versioning, or while it was suspended (User Guide, «How S3 Versioning works»). */
const NULL = 'null';

/** Looks like S3's version ids, yet the same for the same number. */
function newId(bucket: Bucket, key: string): string {
  const count = (bucket.objects.get(key)?.length ?? 0) + 1;

  return createHash('sha256').update(`${ bucket.name }/${ key }/${ count }/${ bucket.objects.get(key)?.[0]?.id ?? '' }`).digest('base64url').replace(/[-_]/g, 'x')
    .slice(0, 32);
}

function keep(bucket: Bucket, key: string, versions: ObjectVersion[]): void {
  if (versions.length) {
    bucket.objects.set(key, versions);
  } else {
    bucket.objects.delete(key);
  }
}

/** Lays a version on top; without versioning, or while it is suspended, it takes the place of the null version. */
function lay(bucket: Bucket, key: string, version: Omit<ObjectVersion, 'id'>): ObjectVersion {
  const before = bucket.objects.get(key) ?? [];
  const keepsAll = bucket.versioning === 'Enabled';
  const laid = { id: keepsAll ? newId(bucket, key) : NULL, ...version };

  keep(bucket, key, [laid, ...keepsAll ? before : before.filter(({ id }) => id !== NULL)]);

  return laid;
}

/** The object people get who name no version. */
export function currentObject(bucket: Bucket, key: string): StoredObject | undefined {
  return bucket.objects.get(key)?.[0]?.object;
}

/** Writes an object. */
export function storeObject(bucket: Bucket, key: string, object: StoredObject): ObjectVersion {
  return lay(bucket, key, { modified: object.modified, object });
}

/** @throws InvalidArgument for what is no version id; NoSuchVersion */
export function theVersion(bucket: Bucket, key: string, id: string): ObjectVersion {
  const found = bucket.objects.get(key)?.find((version) => version.id === id);

  if (!found && !/^(null|[A-Za-z0-9._-]{32})$/.test(id)) {
    throw new AwsError(400, 'InvalidArgument', 'Invalid version id specified', { ArgumentName: 'versionId', ArgumentValue: id });
  }
  if (!found) {
    throw new AwsError(404, 'NoSuchVersion', 'The specified version does not exist.', { Key: key, VersionId: id });
  }

  return found;
}

/** What a deletion did, for its answer. */
export interface Deleted {
  /** The version that is gone, or the delete marker that was laid. */
  versionId?: string;
  /** Whether a delete marker was laid or taken away. */
  marker: boolean;
}

/**
 * Deletes an object: for good where no versions are kept; else a delete marker is laid on top and all stays (User Guide, «Working
 * with delete markers»).
 */
export function deleteCurrent(bucket: Bucket, key: string, now: number): Deleted {
  if (bucket.versioning === undefined) {
    bucket.objects.delete(key);

    return { marker: false };
  }

  return { versionId: lay(bucket, key, { modified: now }).id, marker: true };
}

/** Deletes one version for good; one that is not there is as good as deleted. */
export function deleteVersion(bucket: Bucket, key: string, id: string): Deleted {
  const versions = bucket.objects.get(key) ?? [];
  const found = versions.find((version) => version.id === id);

  if (!found && !/^(null|[A-Za-z0-9._-]{32})$/.test(id)) {
    throw new AwsError(400, 'InvalidArgument', 'Invalid version id specified', { ArgumentName: 'versionId', ArgumentValue: id });
  }
  keep(bucket, key, versions.filter((version) => version !== found));

  return { versionId: id, marker: found !== undefined && found.object === undefined };
}
