import type { HttpAnswer } from '../../contracts.ts';
import { AwsError } from '../errors.ts';
import type { ObjectVersion } from '../state.ts';
import { isoTime } from '../state.ts';
import { Xml, repeated, s3Answer, toXml } from '../xml.ts';
import type { XmlValue } from '../xml.ts';
import type { S3Call } from './access.ts';
import { theBucket } from './call.ts';
import { etagOf } from './objects.ts';

/** API reference: «By default, the action returns up to 1,000 key names»; never more. */
const MOST = 1000;

function maxKeys({ request }: S3Call): number {
  const given = request.query.get('max-keys');
  const wanted = given === null ? MOST : Number(given);

  if (!Number.isInteger(wanted) || wanted < 0) {
    throw new AwsError(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range', { ArgumentName: 'max-keys', ArgumentValue: given ?? '' });
  }

  return Math.min(wanted, MOST);
}

/** Keys in the order of their UTF-8 bytes, as S3 lists them. */
function keysOf(call: S3Call): string[] {
  const prefix = call.request.query.get('prefix') ?? '';

  return [...theBucket(call).objects.keys()].filter((key) => key.startsWith(prefix)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function contentOf(key: string, { id, modified, object }: ObjectVersion): { [name: string]: XmlValue | undefined } {
  return { Key: key, LastModified: isoTime(modified).replace('Z', '.000Z'), ETag: object && etagOf(object.body), Size: object?.body.length, StorageClass: object && 'STANDARD', VersionId: id };
}

/** Keys behind a delimiter, folded: `{ prefix }` for what several keys begin with, `{ key }` for the others. */
function folded(call: S3Call, keys: string[]): { name: string; key?: string }[] {
  const { query } = call.request;
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const found = keys.map((key) => {
    const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;

    return at < 0 ? { name: key, key } : { name: key.slice(0, at + delimiter.length) };
  });

  return found.filter((one, index) => one.key !== undefined || found.findIndex(({ name }) => name === one.name) === index);
}

/** Current objects, by pages. Versions that a delete marker hides are not among them. */
export function listObjects(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const { query } = call.request;
  const token = query.get('continuation-token');
  const after = token === null ? query.get('start-after') ?? '' : Buffer.from(token, 'base64url').toString();
  const most = maxKeys(call);
  const entries = folded(call, keysOf(call).filter((key) => bucket.objects.get(key)?.[0]?.object)).filter(({ name }) => name > after);
  const page = entries.slice(0, most);
  const more = entries.length > page.length && most > 0;
  const contents = page.flatMap(({ key }) => (key === undefined ? [] : [{ ...contentOf(key, bucket.objects.get(key)?.[0] as ObjectVersion), VersionId: undefined }]));
  const summary = toXml({
    Name: bucket.name, Prefix: query.get('prefix') ?? '', Delimiter: query.get('delimiter') ?? undefined, KeyCount: page.length, MaxKeys: most, IsTruncated: more, ContinuationToken: token ?? undefined,
    NextContinuationToken: more ? Buffer.from(page.at(-1)?.name ?? '').toString('base64url') : undefined
  });

  return s3Answer('ListBucketResult', new Xml(summary).with(repeated('Contents', contents)).with(repeated('CommonPrefixes', page.flatMap(({ key, name }) => (key === undefined ? [{ Prefix: name }] : [])))), call.id);
}

/** All versions and delete markers, newest first under each key (API reference, ListObjectVersions). */
export function listVersions(call: S3Call): HttpAnswer {
  const bucket = theBucket(call);
  const { query } = call.request;
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker') ?? ''];
  const most = maxKeys(call);

  if (idMarker && !keyMarker) {
    throw new AwsError(400, 'InvalidArgument', 'A version-id marker cannot be specified without a key marker.', { ArgumentName: 'version-id-marker', ArgumentValue: idMarker });
  }
  const all = keysOf(call).flatMap((key) => (bucket.objects.get(key) ?? []).map((version, index) => ({ key, version, latest: index === 0 })));
  const at = idMarker ? all.findIndex(({ key, version }) => key === keyMarker && version.id === idMarker) : -1;
  // A marker whose version was deleted meanwhile: rather a version twice than one never.
  const rest = at >= 0 ? all.slice(at + 1) : all.filter(({ key }) => (idMarker ? key >= keyMarker : key > keyMarker));
  const page = rest.slice(0, most);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  const owner = { ID: bucket.owner ?? call.state.id };
  const entries = page.map(({ key, version, latest }) => repeated(version.object ? 'Version' : 'DeleteMarker', [{ ...contentOf(key, version), IsLatest: latest, Owner: owner }]));
  const summary = toXml({
    Name: bucket.name, Prefix: query.get('prefix') ?? '', KeyMarker: keyMarker, VersionIdMarker: idMarker, MaxKeys: most, IsTruncated: last !== undefined, NextKeyMarker: last?.key, NextVersionIdMarker: last?.version.id
  });

  return s3Answer('ListVersionsResult', entries.reduce((text, entry) => text.with(entry), new Xml(summary)), call.id);
}
