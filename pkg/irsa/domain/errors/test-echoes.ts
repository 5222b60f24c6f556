const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl';
const RANCHER = 'token-x7k2p:wjvz8mxx2k6h9qf4t5bnl7r3sdcgp1y0aeuhm2';
const SESSION = 'IQoJb3JpZ2luX2VjEJf//////////wEaDGV1LWNlbnRyYWwtMSJHMEUCIQ==';
const SIGNATURE = '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';

/** A text as somebody wrote it, and what may not be left of it: for the tests of what is repeated. */
export const ECHOES: [string, string, string[]][] = [
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
