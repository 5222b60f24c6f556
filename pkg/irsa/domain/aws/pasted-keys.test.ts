import { describe, expect, it } from 'vitest';
import { keysProblem, readPastedKeys } from './pasted-keys';

const ID = 'ASIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const TOKEN = 'IQoJb3JpZ2luX2VjEJf//////////wEaDGV1LWNlbnRyYWwtMSJHMEUCIQ+a/b==';
const KEYS = { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: TOKEN };
const EXPIRES = Date.parse('2026-11-25T22:15:00Z');

describe('what people paste', () => {
  it.each([
    ['IAM Identity Center, macOS and Linux', `export AWS_ACCESS_KEY_ID="${ ID }"\nexport AWS_SECRET_ACCESS_KEY="${ SECRET }"\nexport AWS_SESSION_TOKEN="${ TOKEN }"`],
    ['without quotes, on Windows lines', `export AWS_ACCESS_KEY_ID=${ ID }\r\nexport AWS_SECRET_ACCESS_KEY=${ SECRET }\r\nexport AWS_SESSION_TOKEN=${ TOKEN }\r\n`],
    ['Windows command prompt', `SET AWS_ACCESS_KEY_ID=${ ID }\nSET AWS_SECRET_ACCESS_KEY=${ SECRET }\nSET AWS_SESSION_TOKEN=${ TOKEN }`],
    ['PowerShell', `$Env:AWS_ACCESS_KEY_ID="${ ID }"\n$Env:AWS_SECRET_ACCESS_KEY="${ SECRET }"\n$Env:AWS_SESSION_TOKEN="${ TOKEN }"`],
    ['fish', `set -gx AWS_ACCESS_KEY_ID ${ ID }\nset -gx AWS_SECRET_ACCESS_KEY ${ SECRET }\nset -gx AWS_SESSION_TOKEN ${ TOKEN }`],
    ['a credentials file', `[111122223333_Admin]\naws_access_key_id = ${ ID }\naws_secret_access_key = ${ SECRET }\naws_session_token = ${ TOKEN }\n`],
    ['one line', `AWS_ACCESS_KEY_ID='${ ID }' AWS_SECRET_ACCESS_KEY='${ SECRET }' AWS_SESSION_TOKEN='${ TOKEN }' aws s3 ls`],
    ['compact JSON', JSON.stringify({ AccessKeyId: ID, SecretAccessKey: SECRET, SessionToken: TOKEN })],
  ])('%s', (_what, text) => {
    expect(readPastedKeys(text)).toEqual(KEYS);
    expect(keysProblem(readPastedKeys(text), 0)).toBeUndefined();
  });

  it.each([
    ['with its expiry', `export AWS_ACCESS_KEY_ID="${ ID }"\nexport AWS_SECRET_ACCESS_KEY="${ SECRET }"\nexport AWS_SESSION_TOKEN="${ TOKEN }"\nexport AWS_CREDENTIAL_EXPIRATION="2026-11-25T22:15:00Z"`],
    ['aws sts assume-role', JSON.stringify({ Credentials: { AccessKeyId: ID, SecretAccessKey: SECRET, SessionToken: TOKEN, Expiration: '2026-11-25T22:15:00+00:00' }, AssumedRoleUser: { AssumedRoleId: 'AROA:me', Arn: 'arn:aws:sts::1:assumed-role/a/me' } }, null, 4)],
    ['the same as YAML', `AssumedRoleUser:\n  Arn: arn:aws:sts::1:assumed-role/a/me\nCredentials:\n  AccessKeyId: ${ ID }\n  Expiration: '2026-11-25T22:15:00+00:00'\n  SecretAccessKey: ${ SECRET }\n  SessionToken: ${ TOKEN }\n`],
    ['the same as text', `ASSUMEDROLEUSER\tarn:aws:sts::1:assumed-role/a/me\tAROA:me\nCREDENTIALS\t${ ID }\t2026-11-25T22:15:00+00:00\t${ SECRET }\t${ TOKEN }\n`],
    ['aws configure export-credentials', JSON.stringify({ Version: 1, AccessKeyId: ID, SecretAccessKey: SECRET, SessionToken: TOKEN, Expiration: '2026-11-25T22:15:00Z' })],
    ['aws sso get-role-credentials', JSON.stringify({ roleCredentials: { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: TOKEN, expiration: EXPIRES } })],
    ['saml2aws', `[saml]\naws_access_key_id = ${ ID }\naws_secret_access_key = ${ SECRET }\naws_session_token = ${ TOKEN }\naws_security_token = ${ TOKEN }\nx_security_token_expires = 2026-11-25T22:15:00Z`],
  ])('%s', (_what, text) => {
    expect(readPastedKeys(text)).toEqual({ ...KEYS, expires: EXPIRES });
  });

  it('has nothing of what holds none', () => {
    for (const text of ['', ID, SECRET, TOKEN, 'hello world', '{"a":1}', 'x'.repeat(100_000)]) {
      expect(readPastedKeys(text)).toEqual({});
    }
  });

  it('is not slow on long texts', () => {
    const started = performance.now();

    for (const text of ['aws_'.repeat(50_000), 'access_key_id '.repeat(20_000), `access_key_id${ ' '.repeat(100_000) }`, 'CREDENTIALS '.repeat(20_000)]) {
      readPastedKeys(text);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('what stands against keys', () => {
  it.each([
    [{}, 'no-access-key'],
    [{ ...KEYS, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, 'long-lived'],
    [{ ...KEYS, accessKeyId: 'AROAIOSFODNN7EXAMPLE' }, 'not-temporary'],
    [{ ...KEYS, accessKeyId: SECRET }, 'not-temporary'],
    [{ ...KEYS, secretAccessKey: undefined }, 'no-secret'],
    [{ ...KEYS, sessionToken: undefined }, 'no-token'],
    [{ ...KEYS, expires: 1000 }, 'expired'],
    [{ ...KEYS, expires: 1001 }, undefined],
    [KEYS, undefined],
  ])('%j: %s', (keys, expected) => {
    expect(keysProblem(keys, 1000)).toBe(expected);
  });
});
