import { describe, expect, it } from 'vitest';
import { explainAws } from './aws';
import { explainKubernetes } from './kubernetes';
import { explainRancher } from './rancher';
import { redact } from './redact';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl';
const RANCHER = 'token-x7k2p:wjvz8mxx2k6h9qf4t5bnl7r3sdcgp1y0aeuhm2';
const SESSION = 'IQoJb3JpZ2luX2VjEJf//////////wEaDGV1LWNlbnRyYWwtMSJHMEUCIQ==';
const SIGNATURE = '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';

/** A text as somebody wrote it, and what may not be left of it. */
const ECHOES: [string, string, string[]][] = [
  ['IAM repeats an Authorization header it cannot read (sandbox signature.ts)', `'${ RANCHER }' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer ${ RANCHER }'.`, [RANCHER, 'wjvz8mxx']],
  ['a token of a service account', `invalid bearer token: ${ JWT } is not accepted`, [JWT, 'eyJhbGci', 'c2lnbmF0dXJl']],
  ['a token without its signature', 'cannot parse eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ', ['eyJzdWIi']],
  ['a signature of AWS', `Authorization=AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261123/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=${ SIGNATURE }`, [SIGNATURE, 'ASIAEXAMPLE']],
  ['a signature alone', `expected Signature=${ SIGNATURE }`, [SIGNATURE]],
  ['basic credentials', 'Authorization: Basic YWRtaW46cGFzc3dvcmQ= refused', ['YWRtaW46']],
  ['a session cookie', `Cookie: R_SESS=${ RANCHER }; CSRF=0123456789abcdef`, ['wjvz8mxx', '0123456789abcdef']],
  ['a session token', `The security token ${ SESSION } is expired`, [SESSION, 'b3JpZ2lu']],
  ['a session token in a URL', `/?X-Amz-Security-Token=${ encodeURIComponent(SESSION) }&a=b`, ['b3JpZ2lu']],
  ['credentials in XML', '<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>', ['wJalrXUt']],
  ['credentials in JSON', '{"secretKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","sessionToken": "whatever-it-is"}', ['wJalrXUt', 'whatever-it-is']],
  ['credentials in a file', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', ['wJalrXUt']],
];

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

  it('takes no time on long texts that nearly match', () => {
    const started = performance.now();

    for (const text of ['eyJ'.repeat(30_000), `Bearer ${ ' '.repeat(90_000) }`, 'IQoJ'.repeat(30_000), `secret_key${ ' '.repeat(90_000) }`, 'token-'.repeat(15_000), 'AWS4-HMAC-SHA256 '.repeat(6000)]) {
      redact(text);
    }
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
