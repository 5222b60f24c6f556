import { describe, expect, it } from 'vitest';
import { objectOfProtobuf } from './protobuf.ts';

/** A length-delimited field. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);

  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function envelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  return Buffer.concat([Buffer.from('k8s\0'), field(1, Buffer.concat([field(1, apiVersion), field(2, kind)])), field(2, raw)]);
}

describe('what Go clients send', () => {
  it('is read where it asks for a token', () => {
    const bound = field(3, Buffer.concat([field(1, 'Pod'), field(2, 'v1'), field(3, 'web'), field(4, '1-2')]));
    // 600 as a varint: 0xd8 0x04.
    const spec = Buffer.concat([field(1, 'sts.amazonaws.com'), field(1, 'other'), bound, Buffer.from([4 * 8, 0xd8, 0x04])]);

    expect(objectOfProtobuf(envelope('authentication.k8s.io/v1', 'TokenRequest', Buffer.concat([field(1, ''), field(2, spec)])))).toEqual({
      apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest',
      spec:       { audiences: ['sts.amazonaws.com', 'other'], expirationSeconds: 600, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'web', uid: '1-2' } }
    });
  });

  it.each([envelope('v1', 'ConfigMap', Buffer.alloc(0)), Buffer.from('{}'), Buffer.from('k8s\0')])('is refused elsewhere', (body) => {
    expect(() => objectOfProtobuf(body)).toThrow(expect.objectContaining({ status: expect.objectContaining({ code: 415, reason: 'UnsupportedMediaType' }) as object }) as Error);
  });
});
