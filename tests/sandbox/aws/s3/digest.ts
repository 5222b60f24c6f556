import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../errors.ts';
import type { S3Request } from './request.ts';

/** Digests of the content a sender may add (User Guide, «Checking object integrity»); S3 compares what is given. */
const DIGESTS: Record<string, (body: Buffer) => string> = {
  crc32: (body) => {
    const bytes = Buffer.alloc(4);

    bytes.writeUInt32BE(crc32(body));

    return bytes.toString('base64');
  },
  sha1:   (body) => createHash('sha1').update(body).digest('base64'),
  sha256: (body) => createHash('sha256').update(body).digest('base64'),
};

/** @throws InvalidRequest when one is required and none given, BadDigest when one is wrong (S3 API reference, «Error responses») */
export function checkDigest({ headers, body }: S3Request, required = false): void {
  const md5 = headers['content-md5'];
  const given = Object.keys(DIGESTS).filter((name) => headers[`x-amz-checksum-${ name }`] !== undefined);

  if (required && md5 === undefined && !given.length) {
    throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) {
    throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const wrong = given.find((name) => headers[`x-amz-checksum-${ name }`] !== DIGESTS[name]?.(body));

  if (wrong) {
    throw new AwsError(400, 'BadDigest', `The ${ wrong.toUpperCase() } you specified did not match the calculated checksum.`);
  }
}
