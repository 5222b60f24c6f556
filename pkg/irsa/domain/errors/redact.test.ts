import { describe, expect, it } from 'vitest';
import { explainAws } from './aws';
import { explainKubernetes } from './kubernetes';
import { explainRancher } from './rancher';
import { redact } from './redact';
import { ECHOES } from './test-echoes';

describe('texts from outside', () => {
  it.each(ECHOES)('%s', (_what, text, secrets) => {
    const bodies = [
      redact(text),
      JSON.stringify(explainAws({ service: 'iam', action: 'GetRole', code: 'IncompleteSignature', message: text, httpStatus: 400 })),
      JSON.stringify(explainAws({ service: 'iam', action: 'GetRole', code: text, message: '', httpStatus: 400 })),
      JSON.stringify(explainKubernetes({ httpStatus: 401, reason: 'Unauthorized', message: text })),
      JSON.stringify(explainRancher({ httpStatus: 500, body: text })),
      JSON.stringify(explainRancher({ httpStatus: 500, body: JSON.stringify({ message: text }) })),
    ];

    for (const body of bodies) {
      for (const secret of secrets) {
        expect(body).not.toContain(secret);
      }
    }
  });

  it.each([
    ['JSON that writes a slash as an escape', '{"SessionToken":"IQoJb3JpZ2luX2Vj\\/EJf\\/wEaDGV1LWNlbnRyYWwtMSJHMEUCIQ=="}', 'LWNlbnRy'],
    ['JSON that writes signs as codes', '{"secretKey":"wJalrXUt\\u002fnFEMI\\u002bK7MDENG"}', 'K7MDENG'],
    ['HTML that writes signs as codes', 'secretKey&#x3D;&#34;wJalrXUt&#x2F;nFEMI&#43;K7MDENG&#34;', 'K7MDENG'],
    ['a cookie in a URL', 'to=%2Fx%3Fc%3DR_SESS%3Dtoken-x7k2p%3Awjvz8mxx2k6h9qf4t5bnl7r3', 'wjvz8mxx'],
    ['a token in a URL', 'to=%2Fx%3Ftoken%3DeyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl', 'c2lnbmF0'],
    ['a token after a line break', '"token:\\neyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl"', 'c2lnbmF0'],
  ])('%s', (_what, text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });

  it.each([
    'User: arn:aws:iam::111122223333:user/rancher is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/rancher-irsa/x because no identity-based policy allows the iam:CreateRole action',
    'No OpenIDConnect provider found in your account for https://oidc.eks.eu-central-1.amazonaws.com/id/5E1FD0D5E1FD0D5E1FD0D5E1FD0D0002',
    'The security token included in the request is expired',
    'The security token included in the request is invalid.',
    'Token expired: current date/time 1 must be before the expiration date/time 0',
    'Credential should be scoped to a valid region, not \'eu-central-1\'.',
    'Signature expired: 20261123T132948Z is now earlier than 20261123T133148Z (20261123T134648Z - 15 min.)',
    'serviceaccounts "token-reader" is forbidden: User "u-abc" cannot create resource "serviceaccounts/token" in API group "" in the namespace "shop"',
    'Basic authentication is off',
    'role prod-eks_shop_secretkeyreader',
  ])('leaves alone what holds none: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  /** What is quadratic takes ten seconds and more for these; the machine may be busy. */
  it.each([
    'Bearer++++++++', '+', 'bearer+', 'bearer%20', 'basic ', 'eyJaaaaa-', 'eyJaaaaa.', 'eyJ-', 'a-token-aaa', 'kubeconfig-aaaa-', '-kubeconfig-a.a', 'secret_key ', 'secret_key: ', 'AWS4-HMAC-SHA256 ', 'AWS4-HMAC-SHA256+Credential=', 'Signature=', 'IQoJ', 'R_SESS=', '\\\\n', '&amp;', '%25', 'Bearer\\n', '&#x0',
  ])('is linear in a text of %s', (part) => {
    for (const text of [part.repeat(200_000 / part.length), `Bearer${ part.repeat(200_000 / part.length) }`, `Bearer ${ part.repeat(200_000 / part.length) }!`]) {
      const once = (work: string) => {
        const started = performance.now();

        redact(work);

        return performance.now() - started;
      };

      expect(Math.min(once(text), once(text))).toBeLessThan(2500);
    }
  });

  it('takes what follows the scheme, however it is set apart', () => {
    for (const apart of [' ', '+', '++', ' '.repeat(100), '%20', '\\n', '\n \t']) {
      expect(redact(`basic Bearer${ apart }abcdefgh1`)).not.toContain('abcdefgh1');
      expect(redact(`Bearer${ apart }${ 'a'.repeat(300) }Z`)).not.toContain('aaa');
    }
  });

  it('takes no time on long texts that nearly match', () => {
    const started = performance.now();

    for (const text of ['eyJ'.repeat(30_000), `Bearer ${ ' '.repeat(90_000) }`, 'IQoJ'.repeat(30_000), `secret_key${ ' '.repeat(90_000) }`, 'token-'.repeat(15_000), 'AWS4-HMAC-SHA256 '.repeat(6000), 'secret_key%20'.repeat(9000), '\\\\'.repeat(90_000), '%22eyJ'.repeat(15_000), 'secretKey=&amp;'.repeat(6000), 'R_SESS&amp;'.repeat(9000), 'kubeconfig-'.repeat(9000), `&#x${ '0'.repeat(90_000) }`]) {
      redact(text);
    }
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
