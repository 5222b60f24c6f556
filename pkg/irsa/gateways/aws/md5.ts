/* eslint-disable no-bitwise -- MD5 is made of bits */

/** Rotations of the four rounds, and the constants: `floor(2^32 × |sin(n)|)` (RFC 1321, 3.4). */
const ROTATIONS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]] as const;
const SINES = Array.from({ length: 64 }, (_, index) => Math.floor(2 ** 32 * Math.abs(Math.sin(index + 1))) >>> 0);

/**
 * MD5 (RFC 1321) in base64, as `Content-MD5` has it. S3 demands a digest for some calls, its other headers for one begin with `x-amz-` and
 * Rancher signs none of them; browsers have no MD5. It guards against bytes that change on the way, and against nobody.
 */
export function contentMd5(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new DataView(new ArrayBuffer(((bytes.length + 8 >> 6) + 1) * 64));
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

  bytes.forEach((byte, index) => padded.setUint8(index, byte));
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(padded.byteLength - 8, bytes.length * 8 >>> 0, true);
  padded.setUint32(padded.byteLength - 4, Math.floor(bytes.length / 2 ** 29), true);
  for (let block = 0; block < padded.byteLength; block += 64) {
    let [a, b, c, d] = state as [number, number, number, number];

    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const mixed = [b & c | ~b & d, d & b | ~d & c, b ^ c ^ d, c ^ (b | ~d)][round]!;
      const word = [step, 5 * step + 1, 3 * step + 5, 7 * step][round]! % 16;
      const sum = a + mixed + SINES[step]! + padded.getUint32(block + word * 4, true) | 0;
      const by = ROTATIONS[round]![step % 4]!;

      [a, d, c, b] = [d, c, b, b + (sum << by | sum >>> 32 - by) | 0];
    }
    [a, b, c, d].forEach((value, index) => {
      state[index] = state[index]! + value | 0;
    });
  }
  const digest = new DataView(new ArrayBuffer(16));

  state.forEach((value, index) => digest.setInt32(index * 4, value, true));

  return btoa(String.fromCharCode(...new Uint8Array(digest.buffer)));
}
