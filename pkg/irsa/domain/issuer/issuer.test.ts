import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { discoveryDocument } from './discovery';
import { eksIssuerRegion, issuerOfProviderArn, issuerPath, issuerProblem, providerArn, usablePublicly } from './issuer';
import { keyId } from './key-id';
import { lintTrust } from '../trust';

const account = { id: '111122223333', partition: 'aws' as const };

describe('issuer', () => {
  it.each(['https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE', 'https://tenant.example.com/', 'https://s3.eu-west-1.amazonaws.com/Bucket/Pre/fix'])('%s and its provider belong together', (issuer) => {
    const arn = providerArn(account, issuer);

    expect(arn).toBe(`arn:aws:iam::111122223333:oidc-provider/${ issuer.slice(8) }`);
    expect(issuerOfProviderArn(arn)).toBe(issuer);
    expect(issuerPath(issuer)).toBe(issuer.slice(8));
  });

  it('takes nothing else for a provider', () => {
    expect(issuerOfProviderArn('arn:aws:iam::111122223333:saml-provider/x')).toBeUndefined();
  });

  it.each([
    ['https://oidc.eks.eu-central-1.amazonaws.com/id/ABC', 'eu-central-1'], ['https://oidc.eks.cn-north-1.amazonaws.com.cn/id/ABC', 'cn-north-1'],
    ['https://oidc.eks.us-gov-west-1.amazonaws.com/id/ABC', 'us-gov-west-1'], ['https://oidc-eks.eu-west-1.api.aws/id/ABC', 'eu-west-1'],
    ['https://oidc.eks.eu-central-1.amazonaws.com.evil.example/id/ABC', undefined], ['https://kubernetes.default.svc.cluster.local', undefined],
  ])('%s: EKS in %s', (issuer, region) => {
    expect(eksIssuerRegion(issuer)).toBe(region);
  });

  it.each([
    ['https://oidc.eks.eu-central-1.amazonaws.com/id/ABC', undefined], ['https://bucket.s3.eu-west-1.amazonaws.com/', undefined],
    ['https://kubernetes.default.svc.cluster.local', 'private'], ['https://kubernetes.default.svc', 'private'], ['https://rancher', 'private'],
    ['https://10.0.0.1', 'private'], ['https://172.20.0.1:6443', 'private'], ['https://[::1]:6443', 'private'], ['https://8.8.8.8', undefined],
    ['https://issuer.example.com:8443/x', 'port'], ['https://issuer.example.com/x?y=1', 'query'], ['http://issuer.example.com', 'not-https'],
    ['kubernetes/serviceaccount', 'malformed'], ['https://u@issuer.example.com', 'user'], [`https://issuer.example.com/${ 'x'.repeat(250) }`, 'too-long'],
  ])('%s: %s', (issuer, problem) => {
    expect(issuerProblem(issuer)).toBe(problem);
  });

  it.each(['https://oidc.corp.internal.', 'https://kubernetes.default.svc.cluster.local.', 'https://10.0.0.1.'])('%s is private, whatever dot ends it', (issuer) => {
    expect(issuerProblem(issuer)).toBe('private');
  });

  it.each(['https://X.example/a', 'https://x.example/a//b', 'https://x.example//', 'https://x.example/a/../b', 'https://x.example/./b', 'https://x.example/a/%2E%2e', 'https://x.example/a/', 'https://x.example./a'])('%s is no issuer to publish, and the linter says so of a policy', (issuer) => {
    const host = issuer.slice(8);
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow' as const, Principal: { Federated: providerArn(account, issuer) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ host }:sub`]: 'system:serviceaccount:a:b', [`${ host }:aud`]: 'sts.amazonaws.com' } } }] };

    expect(() => usablePublicly(issuer)).toThrow('ISSUER_UNUSABLE');
    expect(lintTrust(policy).map(({ code }) => code)).toContain('ISSUER_FORMAT');
  });

  it.each(['https://x.example', 'https://x.example/A/b.c/..d', 'https://bucket.s3.eu-west-1.amazonaws.com'])('%s is one', (issuer) => {
    expect(() => usablePublicly(issuer)).not.toThrow();
  });

  it('writes a discovery document with the exact issuer', () => {
    expect(discoveryDocument('https://i.example/X/', 'https://i.example/X/openid/v1/jwks')).toMatchObject({ issuer: 'https://i.example/X/', jwks_uri: 'https://i.example/X/openid/v1/jwks', id_token_signing_alg_values_supported: ['RS256'] });
  });
});

describe('keyId', () => {
  const pairs = [
    ['RSA 2048', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ] as const;

  it.each(pairs)('%s: hash of the PKIX form', async(_name, { publicKey, privateKey }) => {
    const expected = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url');
    const jwk = publicKey.export({ format: 'jwk' }) as JsonWebKey;

    expect(await keyId(jwk)).toBe(expected);
    expect(await keyId({ ...jwk, alg: 'RS256', use: 'sig', key_ops: ['verify'], kid: 'other' } as JsonWebKey)).toBe(expected);
    expect(await keyId(createPublicKey(privateKey).export({ format: 'jwk' }) as JsonWebKey)).toBe(expected);
    expect(await keyId(privateKey.export({ format: 'jwk' }) as JsonWebKey)).toBe(expected);
  });

  it('refuses keys that cannot sign these tokens', async() => {
    await expect(keyId({ kty: 'OKP', crv: 'Ed25519', x: 'AA' })).rejects.toThrow('OKP');
  });
});
