import { describe, expect, it } from 'vitest';
import { parseKeySet } from '../domain/issuer/jwks';
import { bucketName, bucketOfIssuer } from '../domain/issuer/hosting';
import { hidden, value } from '../domain/chain/test-facts';
import { ownIssuer, planHostIssuer } from './host-issuer';
import { BUCKET, DONE, hosting, ISSUER, KEYS, SELF_MANAGED, TAGS } from './test-issuer-facts';

const plan = (...[facts, options]: [Parameters<typeof hosting>, Parameters<typeof planHostIssuer>[3]?]) => planHostIssuer(SELF_MANAGED, hosting(...facts), KEYS, options);
const commands = (made: ReturnType<typeof plan>) => made.steps.map(({ call }) => 'aws' in call ? call.aws.command : '');
const ARN = `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`;

describe('hosting an issuer', () => {
  it('takes six calls from nothing, keys before the document that names them', () => {
    expect(commands(plan([]))).toEqual(['CreateBucket', 'PutPublicAccessBlock', 'PutBucketPolicy', 'PutObject', 'PutObject', 'CreateOpenIDConnectProvider']);
    expect(plan([]).steps.map(({ id }) => id).slice(3, 5)).toEqual(['publish-keys', 'publish-discovery']);
  });

  it('has nothing to do where all is as it should be', () => {
    expect(plan([DONE, { provider: value({ arn: ARN, audiences: ['sts.amazonaws.com'] }) }]).steps).toEqual([]);
  });

  it.each([
    ['PutPublicAccessBlock', { blocks: { ...DONE.blocks, BlockPublicAcls: false } }],
    ['PutPublicAccessBlock', { blocks: {} }],
    ['PutBucketOwnershipControls', { ownership: 'ObjectWriter' }],
    ['PutBucketPolicy', { policy: undefined }],
    ['PutBucketPolicy', { policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*"}]}' }],
    ['PutObject', { jwks: undefined }],
    ['PutObject', { discovery: '{}' }],
  ])('does %s again where it is missing or otherwise', (command, change) => {
    expect(commands(plan([{ ...DONE, ...change }, { provider: value({ arn: ARN, audiences: ['sts.amazonaws.com'] }) }]))).toEqual([command]);
  });

  it('lets the public read two objects and no more', () => {
    const { Policy } = (plan([]).steps[2]!.call as unknown as { aws: { input: { Policy: string } } }).aws.input;

    expect((JSON.parse(Policy) as { Statement: object[] }).Statement).toEqual([{ Sid: 'RancherIrsaIssuer', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: [`arn:aws:s3:::${ BUCKET.name }/.well-known/openid-configuration`, `arn:aws:s3:::${ BUCKET.name }/openid/v1/jwks`] }]);
  });

  describe('a policy that says more than ours', () => {
    const [ours] = (JSON.parse(DONE.policy!) as { Statement: object[] }).Statement;
    const tls = { Sid: 'Tls', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${ BUCKET.name }`, `arn:aws:s3:::${ BUCKET.name }/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const audit = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::1:root' }, Action: 's3:ListBucket', Resource: '*' };
    const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Id: 'org', Statement });
    const made = (before: string, options?: Parameters<typeof planHostIssuer>[3]) => plan([{ ...DONE, policy: before }, { provider: value({ arn: ARN, audiences: ['sts.amazonaws.com'] }) }], options);
    const written = (one: ReturnType<typeof plan>) => JSON.parse((one.steps[0]!.call as unknown as { aws: { input: { Policy: string } } }).aws.input.Policy) as object;

    it('is as good where ours is among it, wherever it stands', () => {
      expect(made(policy(tls, ours!, audit)).steps).toEqual([]);
    });

    it('keeps it, and shows what becomes of ours', () => {
      const before = policy(tls, { ...ours, Resource: '*' }, audit);

      expect(written(made(before))).toEqual({ Version: '2012-10-17', Id: 'org', Statement: [tls, ours, audit] });
      expect(made(before).documents).toMatchObject([{ id: 'bucket', before, quota: 20_480 }]);
      expect(written(made(policy(tls)))).toMatchObject({ Statement: [tls, ours] });
    });

    it('loses what lets everybody write: that is the alarm which this plan mends', () => {
      expect(written(made(policy(audit, { ...audit, Principal: '*', Action: 's3:PutObject' }, ours!)))).toMatchObject({ Statement: [audit, ours] });
    });

    it('marks the next keys of a rotation, as long as they are to come', () => {
      const marked = written(made(DONE.policy!, { next: ['a-b_c'] }));

      expect(marked).toMatchObject({ Statement: [ours, { Sid: 'RancherIrsaNextabc', Action: 's3:GetObject', Resource: `arn:aws:s3:::${ BUCKET.name }/openid/v1/jwks` }] });
      expect(made(JSON.stringify(marked), { next: ['a-b_c'] }).steps).toEqual([]);
      expect(written(made(JSON.stringify(marked)))).toEqual(JSON.parse(DONE.policy!));
    });

    it.each<[string, object]>([
      ['all', { ...tls, Condition: undefined }], ['one of the two', { ...tls, Action: ['s3:Get*'], Resource: '*/jwks', Condition: undefined }], ['all who are not of an organization', { ...tls, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
      ['all but a few', { Sid: 'Tls', Effect: 'Deny', NotPrincipal: { AWS: 'a' }, NotAction: 's3:List*', NotResource: `arn:aws:s3:::${ BUCKET.name }/x` }],
    ])('is refused where it keeps %s from reading, before any change', (_whom, statement) => {
      expect(() => made(policy(statement))).toThrow('PUBLIC_BLOCKED');
    });

    it.each<[string, object]>([
      ['writing', { Action: 's3:PutObject' }], ['other objects', { Resource: '*/theirs', Condition: undefined }], ['a few', { Principal: { AWS: 'arn:aws:iam::1:root' }, Condition: undefined }], ['old TLS', { Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }],
    ])('is no hindrance where it is about %s', (_what, change) => {
      expect(written(made(policy({ ...tls, ...change })))).toMatchObject({ Statement: [{ Sid: 'Tls' }, ours] });
    });
  });

  it.each<[string, Parameters<typeof hosting>]>([
    ['BUCKET_NAME_UNUSABLE', [undefined, { bucket: { ...BUCKET, name: 'irsa.edge' } }]],
    ['BUCKET_NAME_UNUSABLE', [undefined, { bucket: { ...BUCKET, name: 'IRSA' } }]],
    ['REGION_UNKNOWN', [undefined, { bucket: { ...BUCKET, region: 'mars' } }]],
    ['BUCKET_TAKEN', [{ state: 'taken', others: [] }]],
    ['BUCKET_ELSEWHERE', [{ state: 'elsewhere', region: 'us-east-1', others: [] }]],
    ['BUCKET_FOREIGN', [{ ...DONE, tags: {} }]],
    ['BUCKET_FOREIGN', [{ ...DONE, tags: { ...TAGS, 'rancher.io/irsa-cluster': 'other' } }]],
    ['BUCKET_UNSEEN', [undefined, { seen: hidden('refused') }]],
  ])('is refused before any change: %s', (code, facts) => {
    expect(() => plan(facts)).toThrow(code);
  });

  it.each<[string, Partial<Parameters<typeof hosting>[1]>]>([
    ['Rancher signs for no such region', { bucket: { ...BUCKET, region: 'mx-central-1' }, seen: hidden('refused') }],
    ['there is no credential', { seen: hidden('no-credential'), provider: hidden('no-credential') }],
  ])('is planned to be taken away, from nothing, where %s; the bucket’s tags are its guard', (_why, change) => {
    const made = plan([undefined, change]);

    expect(commands(made)).toHaveLength(6);
    expect(made.steps[0]!.adopt).toMatchObject({ bucket: { tags: TAGS } });
  });

  it('may use a newer region with keys of its own', () => {
    expect(commands(plan([undefined, { bucket: { ...BUCKET, region: 'mx-central-1' } }], { signsItself: true }))).toHaveLength(6);
  });

  it('writes only into a bucket of this account, where the header for it can be signed', () => {
    const owners = (made: ReturnType<typeof plan>) => made.steps.map(({ call }) => 'aws' in call ? (call.aws.input as { ExpectedBucketOwner?: string }).ExpectedBucketOwner : undefined);

    expect(owners(plan([], { signsItself: true }))).toEqual([undefined, ...Array<string>(4).fill('111122223333'), undefined]);
    expect(owners(plan([]))).toEqual(Array(6).fill(undefined));
  });
});

describe('an issuer elsewhere', () => {
  it.each(['https://issuer.example.com/', 'https://issuer.example.com:8443', 'http://issuer.example.com', 'https://issuer.svc', 'https://u@issuer.example.com', 'issuer'])('is refused: %s', (issuer) => {
    expect(() => ownIssuer(issuer, KEYS)).toThrow('ISSUER_UNUSABLE');
  });

  it('has two files', () => {
    expect(ownIssuer('https://issuer.example.com/edge', KEYS).map(({ key, body }) => [key, JSON.parse(body) as object])).toEqual([
      ['.well-known/openid-configuration', expect.objectContaining({ issuer: 'https://issuer.example.com/edge', jwks_uri: 'https://issuer.example.com/edge/openid/v1/jwks' })], ['openid/v1/jwks', KEYS],
    ]);
  });

  it.each(['', 'x', '[]', '{"keys":[]}', '{"keys":[{"kty":"oct","k":"x"}]}', '{"keys":[{"kty":"RSA","n":"a","e":"b","d":"c"}]}'])('does not take for a JWKS: %s', (text) => {
    expect(() => parseKeySet(text)).toThrow('KEYS_UNREADABLE');
  });
});

describe('the bucket', () => {
  it('has a name that comes back and that only the key gives', () => {
    const name = bucketName({ id: 'c-m-1', name: 'Edge_Site (1)' }, 'k1');

    expect(name).toMatch(/^irsa-edge-site-1-[0-9a-f]{12}$/);
    expect(bucketName({ id: 'c-m-1', name: 'Edge_Site (1)' }, 'k1')).toBe(name);
    expect(bucketName({ id: 'c-m-1', name: 'Edge_Site (1)' }, 'k2')).not.toBe(name);
    expect(bucketName({ id: 'c', name: 'x'.repeat(99) }, 'k').length).toBeLessThanOrEqual(63);
  });

  it('is read from its issuer', () => {
    expect([ISSUER, 'https://a.b.s3.eu-central-1.amazonaws.com', 'https://x.s3.cn-north-1.amazonaws.com', 'https://x.s3.cn-north-1.amazonaws.com.cn', `${ ISSUER }/edge`].map(bucketOfIssuer)).toEqual([BUCKET, undefined, undefined, { name: 'x', region: 'cn-north-1' }, undefined]);
  });
});
