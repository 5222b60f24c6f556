import { describe, expect, it } from 'vitest';
import { redact } from '../../pkg/irsa/domain/errors/redact';
import { ECHOES } from '../../pkg/irsa/domain/errors/test-echoes';
import { encodings } from '../e2e/support/encodings';

/** The same encodings in which the end-to-end tests look for a secret. */
describe('texts from outside, encoded', () => {
  /** A whole text in base64 or hexadecimal is no text any more; a secret that is written so is caught by its name. */
  const isReadable = (how: string): boolean => !/^(base64|hexadecimal)/.test(how);

  it.each(ECHOES)('however the text was encoded: %s', (_what, text, secrets) => {
    const needles = secrets.flatMap((secret) => encodings(secret).map(([, needle]) => needle));
    const written = [...encodings(text), ...encodings(JSON.stringify({ message: text })), ...encodings(`\n${ text }\n`)].filter(([how]) => isReadable(how));

    expect(written.length).toBeGreaterThan(8);
    for (const [how, code] of written) {
      const left = redact(code);

      expect(needles.filter((needle) => left.includes(needle)), `${ how }: ${ left }`).toEqual([]);
    }
  });

  it.each(['secretKey', 'SecretAccessKey', 'secret-access-key', 'session_token', 'X-Amz-Security-Token'])('however the secret was encoded after its name: %s', (name) => {
    const secret = 'wJalr"XUtnFEMI/K7M+DENG/bPx&RfiCY<EXAMPLE=KEY'.replace(/["&<]/g, '');

    for (const [how, code] of encodings(secret)) {
      for (const text of [`${ name }=${ code }`, `${ name }: ${ code }`, `{\\"${ name }\\":\\"${ code }\\"}`, `&lt;${ name }&gt;${ code }&lt;/${ name }&gt;`, `${ name }%3D${ code }`, `%22${ name }%22%3A%22${ code }%22`, `&amp;quot;${ name }&amp;quot;: &amp;quot;${ code }`]) {
        expect(redact(text), how).not.toContain(code);
        expect(redact(text), how).toContain(name);
      }
    }
  });
});
