import { describe, expect, it } from 'vitest';
import { TransportError, type Transport, type TransportAnswer, type TransportRequest } from '../transport';
import { createIam } from './iam';
import { assumeRole } from './sts';

function scripted(answer: TransportAnswer): { transport: Transport; sent: TransportRequest[] } {
  const sent: TransportRequest[] = [];

  return {
    sent,
    transport: {
      async request(request) {
        sent.push(request);

        return answer;
      },
    },
  };
}

const xml = (action: string, inside: string, status = 200): TransportAnswer => ({
  status, headers: { 'content-type': 'text/xml' }, body: `<${ action }Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${ action }Result>${ inside }</${ action }Result></${ action }Response>`
});
const error = (code: string, message: string, status: number): TransportAnswer => ({
  status, headers: { 'content-type': 'text/xml' }, body: `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${ code }</Code><Message>${ message }</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
});
const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('IAM through Rancher’s proxy', () => {
  it('names the credential, the hash of the body and the content type as the proxy wants them, and signs nothing', async() => {
    const { transport, sent } = scripted(xml('ListOpenIDConnectProviders', '<OpenIDConnectProviderList><member><Arn>arn:aws:iam::1:oidc-provider/a</Arn></member></OpenIDConnectProviderList>'));

    expect(await createIam({ transport, credentialId: 'cattle-global-data:cc-1' }, 'aws').listProviders()).toEqual(['arn:aws:iam::1:oidc-provider/a']);
    const { method, url, headers, body } = sent[0]!;

    expect({ method, url, body }).toEqual({ method: 'POST', url: '/meta/proxy/iam.amazonaws.com/', body: 'Action=ListOpenIDConnectProviders&Version=2010-05-08' });
    expect(headers).toMatchObject({ 'x-api-cattleauth-header': 'awsv4 credID=cattle-global-data:cc-1', accept: 'text/xml', 'content-type': expect.stringMatching(/^rancher:application\/x-www-form-urlencoded/) });
    expect(headers!['x-amz-content-sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(headers!['x-amz-content-sha256']).not.toBe(empty);
    // What the SDK adds would be sent unsigned.
    expect(Object.keys(headers!).filter((name) => /authorization|amz-sdk|x-amz-(?!content)/i.test(name))).toEqual([]);
  });

  it.each([
    ['aws-cn', 'iam.cn-north-1.amazonaws.com.cn'],
    ['aws-us-gov', 'iam.us-gov.amazonaws.com'],
  ] as const)('goes to the host of %s', async(partition, host) => {
    const { transport, sent } = scripted(xml('ListOpenIDConnectProviders', ''));

    await createIam({ transport, credentialId: 'a:b' }, partition).listProviders();
    expect(sent[0]!.url).toBe(`/meta/proxy/${ host }/`);
  });

  it('decodes policies without taking a plus for a space', async() => {
    const { transport } = scripted(xml('GetRole', '<Role><Arn>arn:aws:iam::111122223333:role/a</Arn><RoleName>a</RoleName><Path>/</Path><AssumeRolePolicyDocument>%7B%22a%22%3A%22b+c%22%7D</AssumeRolePolicyDocument><Tags><member><Key>k</Key><Value>v</Value></member></Tags></Role>'));

    expect(await createIam({ transport, credentialId: 'a:b' }, 'aws').getRole('a')).toMatchObject({ trustPolicy: '{"a":"b+c"}', tags: { k: 'v' }, path: '/' });
  });

  it('types AWS’ errors, with action, resource and request id', async() => {
    const { transport } = scripted(error('AccessDenied', 'User: arn:aws:iam::1:user/r is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/x because no identity-based policy allows the iam:CreateRole action', 403));

    await expect(createIam({ transport, credentialId: 'a:b' }, 'aws').send('CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: '{}' })).rejects.toMatchObject({
      name: 'IrsaError', kind: 'denied', facts: { action: 'iam:CreateRole', resource: 'arn:aws:iam::1:role/x', httpStatus: 403, awsCode: 'AccessDenied' }
    });
  });

  it('says that Rancher does not forward, where it only answers 502', async() => {
    const { transport } = scripted({ status: 502, headers: {}, body: '' });

    await expect(createIam({ transport, credentialId: 'a:b' }, 'aws').listProviders()).rejects.toMatchObject({ name: 'IrsaError', kind: 'unreachable' });
  });

  it('passes «nobody answered» on as it is', async() => {
    const transport: Transport = { request: async() => Promise.reject(new TransportError('timeout', 'x')) };

    await expect(createIam({ transport, credentialId: 'a:b' }, 'aws').listProviders()).rejects.toMatchObject({ name: 'TransportError', reason: 'timeout' });
  });
});

describe('the exchange at STS', () => {
  const request = { roleArn: 'arn:aws:iam::111122223333:role/a', token: 'TOKEN', sessionName: 'irsa-check' };
  const good: TransportAnswer = {
    status: 200, headers: { 'content-type': 'text/xml' }, body: '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/a/irsa-check</Arn><AssumedRoleId>AROA:irsa-check</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>'
  };

  it('sends a session policy that denies everything, and no credential', async() => {
    const { transport, sent } = scripted(good);

    expect(await assumeRole({ transport }, 'sts.eu-central-1.amazonaws.com', request)).toBe('arn:aws:sts::111122223333:assumed-role/a/irsa-check');
    const form = new URLSearchParams(sent[0]!.body);

    expect(sent[0]!.url).toBe('/meta/proxy/sts.eu-central-1.amazonaws.com/');
    expect(form.get('Action')).toBe('AssumeRoleWithWebIdentity');
    expect(form.get('WebIdentityToken')).toBe('TOKEN');
    expect(sent[0]!.headers).not.toHaveProperty('x-api-cattleauth-header');
    expect(JSON.parse(form.get('Policy')!).Statement).toEqual([{ Effect: 'Deny', Action: '*', Resource: '*' }]);
    expect(form.get('DurationSeconds')).toBe('900');
  });

  it('asks STS itself where it is told to', async() => {
    const { transport, sent } = scripted(good);

    await assumeRole({ transport, direct: true }, 'sts.eu-central-1.amazonaws.com', request);
    expect(sent[0]!.url).toBe('https://sts.eu-central-1.amazonaws.com/');
  });

  it('has no word of the token in an error', async() => {
    const { transport } = scripted(error('InvalidIdentityToken', 'No OpenIDConnect provider found in your account for https://a', 400));
    const failed = await assumeRole({ transport }, 'sts.eu-central-1.amazonaws.com', request).catch((one: unknown) => one);

    expect(failed).toMatchObject({ code: 'NO_PROVIDER' });
    expect(JSON.stringify(failed) + String(failed)).not.toContain('TOKEN');
  });

  it('keeps code, status and request id of an error, entities and CDATA read', async() => {
    const { transport } = scripted({ status: 403, headers: {}, body: '<?xml version="1.0"?>\n<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n <Type>Sender</Type><Code>AccessDenied</Code><Message>Not authorized &lt;b&gt; &#39;x&#39; <![CDATA[& more]]></Message></Error><RequestId>r-2</RequestId></ErrorResponse>' });

    await expect(assumeRole({ transport }, 'sts.eu-central-1.amazonaws.com', request)).rejects.toMatchObject({
      name: 'IrsaError', facts: { service: 'sts', action: 'sts:AssumeRoleWithWebIdentity', httpStatus: 403, awsCode: 'AccessDenied', requestId: 'r-2' }, why: { args: { message: 'Not authorized <b> \'x\' & more' } }
    });
  });

  it.each([
    ['a page of somebody between', 403, '<html><body>No</body></html>'],
    ['what is not XML', 500, 'upstream connect error <'],
    ['nothing', 400, ''],
  ])('is refused by %s', async(_what, status, body) => {
    const { transport } = scripted({ status, headers: {}, body });

    await expect(assumeRole({ transport }, 'sts.eu-central-1.amazonaws.com', request)).rejects.toMatchObject({ name: 'IrsaError', facts: { httpStatus: status } });
  });

  it('sends nothing to a host that AWS does not run', async() => {
    const { transport, sent } = scripted(good);

    await expect(assumeRole({ transport }, 'sts.amazonaws.com.evil.example', request)).rejects.toThrow();
    expect(sent).toEqual([]);
  });
});
