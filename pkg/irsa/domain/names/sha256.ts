/**
 * SHA-256 of a text in UTF-8 (FIPS 180-4). WebCrypto has one too, but only asynchronously, and a name must be known at once.
 * @returns the 32 bytes
 */
export function sha256(input: string): Uint8Array {
  const bytes = new TextEncoder().encode(input);
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  const view = new DataView(padded.buffer);

  padded.set(bytes);
  padded[bytes.length] = 0x80;
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);

  const { initial, rounds } = constants();
  const state = initial;

  for (let offset = 0; offset < padded.length; offset += 64) {
    compress(state, view, offset, rounds);
  }
  const digest = new DataView(new ArrayBuffer(32));

  state.forEach((word, index) => digest.setUint32(index * 4, word));

  return new Uint8Array(digest.buffer);
}

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

function compress(state: Uint32Array, block: DataView, offset: number, rounds: Uint32Array): void {
  const schedule = new Uint32Array(64);

  for (let i = 0; i < 64; i++) {
    if (i < 16) {
      schedule[i] = block.getUint32(offset + i * 4);
    } else {
      const [w15, w2] = [schedule[i - 15]!, schedule[i - 2]!];
      const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
      const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);

      schedule[i] = schedule[i - 16]! + s0 + schedule[i - 7]! + s1;
    }
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];

  for (let i = 0; i < 64; i++) {
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i]! + schedule[i]!) >>> 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;

    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) >>> 0, c, b, a, (first + second) >>> 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = state[index]! + word;
  });
}

/** The first 32 bits of the fractions of the square and cube roots of the first primes. */
function constants(): { initial: Uint32Array; rounds: Uint32Array } {
  const initial = new Uint32Array(8);
  const rounds = new Uint32Array(64);
  const fraction = (value: number) => Math.floor((value - Math.floor(value)) * 0x100000000);

  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let isPrime = true;

    for (let factor = 2; factor * factor <= candidate; factor++) {
      isPrime &&= candidate % factor !== 0;
    }
    if (isPrime) {
      if (found < 8) {
        initial[found] = fraction(Math.sqrt(candidate));
      }
      rounds[found++] = fraction(Math.cbrt(candidate));
    }
  }

  return { initial, rounds };
}
