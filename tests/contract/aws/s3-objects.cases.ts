import {
  CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand, PutBucketVersioningCommand,
  PutObjectCommand, type S3Client
} from '@aws-sdk/client-s3';
import { beforeEach, describe, it } from 'vitest';
import { s3Client } from './s3.cases';
import { REGION, type Comparison } from './target';

const Bucket = 'acme-irsa-4f2c';
const GUIDE = 'S3 User Guide, «Working with delete markers»';

/** Objects, and the versions of a bucket that keeps them: what publishing and tearing down make of them. */
export function objectCases(comparison: () => Comparison): void {
  describe('S3 objects', () => {
    let see: Comparison;
    let client: S3Client;
    const put = (Key: string, Body: string, more: object = {}) => client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
    const get = (Key: string, VersionId?: string) => client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    const textOf = async(Key: string, VersionId?: string) => (await get(Key, VersionId)).Body?.transformToString();
    const remove = (Key: string, VersionId?: string) => client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    const versioning = (Status: 'Enabled' | 'Suspended') => client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      client = s3Client(see);
      await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
    });

    it('are put, read and described', async() => {
      const { ETag } = await put('.well-known/openid-configuration', '{"issuer":"x"}', { ContentType: 'application/json' });
      const { ContentType, ContentLength, ETag: read, LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: '.well-known/openid-configuration' }));

      see.gives('PutObject: ETag', ETag, '"cabf8c2dbd06efdf4d6b3f57b5d3ee24"'.length === ETag?.length ? ETag : 'an MD5 in quotes');
      see.gives('HeadObject', { ContentType, ContentLength, ETag: read, dated: LastModified instanceof Date }, { ContentType: 'application/json', ContentLength: 14, ETag, dated: true });
      see.gives('GetObject', await textOf('.well-known/openid-configuration'), '{"issuer":"x"}');
      await put('a b+c/é', 'odd');
      see.gives('a key with odd letters', await textOf('a b+c/é'), 'odd');
      await see.refuses('GetObject of none', get('none'), { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' });
      await see.refuses('HeadObject of none', client.send(new HeadObjectCommand({ Bucket, Key: 'none' })), { status: 404, code: 'NotFound' });
      await see.refuses('PutObject into no bucket', client.send(new PutObjectCommand({ Bucket: 'none-here', Key: 'a', Body: 'b' })), { status: 404, code: 'NoSuchBucket' });
      await see.refuses('PutObject that everybody may read', put('open', 'x', { ACL: 'public-read' }), { status: 400, code: 'AccessControlListNotSupported', message: 'The bucket does not allow ACLs' }, { moto: 'succeeds', source: 'S3 User Guide, «Controlling ownership of objects»: BucketOwnerEnforced since April 2023' });
      see.gives('DeleteObject', (await remove('a b+c/é')).$metadata.httpStatusCode, 204);
      see.gives('DeleteObject of none', (await remove('none')).$metadata.httpStatusCode, 204);
    });

    it('are listed by pages and folders', async() => {
      for (const key of ['a/1', 'a/2', 'b/1', 'c']) {
        await put(key, key);
      }
      const first = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3 }));
      const second = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3, ContinuationToken: first.NextContinuationToken }));
      const folders = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));

      see.gives('ListObjectsV2, first page', [first.IsTruncated, first.KeyCount, first.Contents?.map(({ Key }) => Key)], [true, 3, ['a/1', 'a/2', 'b/1']]);
      see.gives('ListObjectsV2, second page', [second.IsTruncated, second.Contents?.map(({ Key }) => Key)], [false, ['c']]);
      see.gives('ListObjectsV2, folders', [folders.CommonPrefixes?.map(({ Prefix }) => Prefix), folders.Contents?.map(({ Key }) => Key)], [['a/', 'b/'], ['c']]);
      see.gives('ListObjectsV2, one folder', (await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }))).Contents?.map(({ Key, Size }) => [Key, Size]), [['a/1', 3], ['a/2', 3]]);
    });

    it('are deleted in one go, named or not', async() => {
      await put('a', '1');
      await put('b & c', '2');
      const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a' }, { Key: 'b & c' }, { Key: 'none' }] } }));

      see.gives('DeleteObjects', [Deleted?.map(({ Key }) => Key).sort(), Errors], [['a', 'b & c', 'none'], undefined]);
      see.gives('DeleteObjects, quietly', (await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: 'a' }] } }))).Deleted, undefined, { moto: [{ Key: 'a' }], source: 'S3 API reference, DeleteObjects: «In quiet mode the response includes only keys where the delete action encountered an error»' });
      see.gives('objects left', (await client.send(new ListObjectsV2Command({ Bucket }))).Contents, undefined);
      await client.send(new DeleteBucketCommand({ Bucket }));
    });

    it('keep what was there before, where versions are kept', async() => {
      await put('keys.json', 'before');
      await versioning('Enabled');
      const one = await put('keys.json', 'one');
      const two = await put('keys.json', 'two');
      const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));

      see.gives('ListObjectVersions', Versions?.map(({ Key, VersionId, IsLatest, Size }) => [Key, VersionId, IsLatest, Size]), [['keys.json', two.VersionId, true, 3], ['keys.json', one.VersionId, false, 3], ['keys.json', 'null', false, 6]]);
      see.gives('GetObject of versions', [await textOf('keys.json'), await textOf('keys.json', one.VersionId), await textOf('keys.json', 'null')], ['two', 'one', 'before']);
      see.gives('HeadObject: version', (await client.send(new HeadObjectCommand({ Bucket, Key: 'keys.json' }))).VersionId, two.VersionId);
      const gone = await remove('keys.json');

      see.gives('DeleteObject lays a marker', [gone.DeleteMarker, typeof gone.VersionId], [true, 'string']);
      await see.refuses('GetObject behind a marker', get('keys.json'), { status: 404, code: 'NoSuchKey' });
      await see.refuses('GetObject of the marker', get('keys.json', gone.VersionId), { status: 405, code: 'MethodNotAllowed' }, { moto: { status: 404, code: 'NoSuchVersion' }, source: GUIDE });
      see.gives('ListObjectsV2 behind a marker', (await client.send(new ListObjectsV2Command({ Bucket }))).Contents, undefined);
      await see.refuses('DeleteBucket with versions', client.send(new DeleteBucketCommand({ Bucket })), { status: 409, code: 'BucketNotEmpty', message: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.' }, {
        moto: { message: 'The bucket you tried to delete is not empty' }, source: 'text as the AWS CLI prints it'
      });
      const back = await remove('keys.json', gone.VersionId);

      see.gives('DeleteObject of the marker', [back.DeleteMarker, back.VersionId], [true, gone.VersionId], { moto: [undefined, gone.VersionId], source: GUIDE });
      see.gives('the object is back', await textOf('keys.json'), 'two');
      await remove('keys.json', two.VersionId);
      see.gives('the version before is the latest', await textOf('keys.json'), 'one');
      see.gives('DeleteObject of a version that is gone', (await remove('keys.json', two.VersionId)).$metadata.httpStatusCode, 204);
      await see.refuses('GetObject of a version that is gone', get('keys.json', two.VersionId), { status: 404, code: 'NoSuchVersion' });
    });

    it('of a suspended bucket replace each other, and keep the versions there are', async() => {
      await versioning('Enabled');
      const one = await put('keys.json', 'one');

      await versioning('Suspended');
      see.gives('PutObject while suspended', [(await put('keys.json', 'two')).VersionId], ['null'], { moto: [undefined], source: 'S3 User Guide, «Adding objects to versioning-suspended buckets»' });
      await put('keys.json', 'three');
      const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket }));

      see.gives('versions while suspended', Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]), [['null', true], [one.VersionId, false]], {
        moto: [['null', true]], source: 'S3 User Guide, «Adding objects to versioning-suspended buckets»: earlier versions stay'
      });
      const gone = await remove('keys.json');

      see.gives('DeleteObject while suspended', [gone.DeleteMarker, gone.VersionId], [true, 'null'], { moto: [undefined, undefined], source: GUIDE });
    });

    it('and their markers go by pages until the bucket can be deleted', async() => {
      await versioning('Enabled');
      for (const key of ['a', 'a', 'b', 'c']) {
        await put(key, key);
      }
      await remove('c');
      const found: { Key?: string; VersionId?: string }[] = [];
      let KeyMarker: string | undefined;
      let VersionIdMarker: string | undefined;
      let pages = 0;

      do {
        const page = await client.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, KeyMarker, VersionIdMarker }));

        pages += 1;
        found.push(...page.Versions ?? [], ...page.DeleteMarkers ?? []);
        [KeyMarker, VersionIdMarker] = page.IsTruncated ? [page.NextKeyMarker, page.NextVersionIdMarker] : [];
      } while (KeyMarker !== undefined && pages < 9);
      see.gives('ListObjectVersions, all pages', [pages, found.map(({ Key }) => Key).sort()], [3, ['a', 'a', 'b', 'c', 'c']]);
      const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: found.map(({ Key = '', VersionId }) => ({ Key, VersionId })) } }));

      see.gives('DeleteObjects of versions and markers', [Deleted?.length, Errors], [5, undefined]);
      see.gives('DeleteBucket in the end', (await client.send(new DeleteBucketCommand({ Bucket }))).$metadata.httpStatusCode, 204);
    });
  });
}
