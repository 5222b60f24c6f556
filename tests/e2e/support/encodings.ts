/** How a secret may be written, each with a name. */
export function encodings(secret: string): [how: string, needle: string][] {
  const all: [string, string][] = [
    ['plain', secret],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['URL', encodeURIComponent(secret)],
    ['URL, lower case', encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
    ['URL twice', encodeURIComponent(encodeURIComponent(secret))],
    ['HTML', secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ...[0, 1, 2].flatMap((offset): [string, string][] => {
      const needle = base64At(secret, offset);

      return [['base64', needle], ['base64url', needle.replaceAll('+', '-').replaceAll('/', '_')]];
    }),
  ];

  return [...new Map(all.map(([how, needle]) => [needle, how])).entries()].map(([needle, how]) => [how, needle]);
}

/** Base64 of a secret that stands somewhere in a longer text, without the letters that its neighbours share. */
function base64At(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const whole = bytes.subarray(0, bytes.length - bytes.length % 3).toString('base64');

  return whole.slice(offset === 0 ? 0 : 4);
}
