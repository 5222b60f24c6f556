import * as sdk from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { awsNeed } from '../../domain/rights/policy';
import type { Transport, TransportRequest } from '../transport';
import { createIam, type IamCommand } from './iam';
import { query } from './query';

/** The requests that plans and pages make, in every shape that they have. */
const CASES: Record<IamCommand, object[]> = {
  AddClientIDToOpenIDConnectProvider: [{ OpenIDConnectProviderArn: 'arn:aws:iam::1:oidc-provider/a.example/b', ClientID: 'sts.amazonaws.com' }],
  CreateOpenIDConnectProvider:        [
    { Url: 'https://a.example/b', ClientIDList: ['sts.amazonaws.com', 'b'], Tags: [{ Key: 'a', Value: '' }, { Key: 'ä & = +', Value: 'x y/z~*()!\'' }] },
    { Url: 'https://a.example', ClientIDList: [], ThumbprintList: ['0'.repeat(40)] },
    { Url: 'https://a.example', ClientIDList: undefined, Tags: [] },
  ],
  CreateRole: [
    { RoleName: 'a', AssumeRolePolicyDocument: '{"Statement":[{"a":"b+c %20 \n\u{1f600} ü"}]}', Path: '/irsa/', MaxSessionDuration: 3600, PermissionsBoundary: 'arn:aws:iam::1:policy/b', Description: '' },
  ],
  DeleteOpenIDConnectProvider: [{ OpenIDConnectProviderArn: 'arn:aws:iam::1:oidc-provider/a' }],
  DeleteRole:                 [{ RoleName: 'a' }],
  DeleteRolePolicy:           [{ RoleName: 'a', PolicyName: 'p' }],
  DetachRolePolicy:           [{ RoleName: 'a', PolicyArn: 'arn:aws:iam::aws:policy/b' }],
  GetAccountSummary:          [{}],
  GetOpenIDConnectProvider:   [{ OpenIDConnectProviderArn: 'arn' }],
  GetPolicy:                  [{ PolicyArn: 'arn:aws:iam::1:policy/a/b' }],
  GetPolicyVersion:           [{ PolicyArn: 'arn:aws:iam::aws:policy/b', VersionId: 'v3' }],
  GetRole:                    [{ RoleName: 'a=b,c@d+e' }],
  GetRolePolicy:              [{ RoleName: 'a', PolicyName: 'p' }],
  GetUser:                    [{}],
  ListAttachedRolePolicies:   [{ RoleName: 'a' }],
  ListOpenIDConnectProviders: [{}],
  ListRolePolicies:           [{ RoleName: 'a', Marker: undefined }],
  ListRoles:                  [{ MaxItems: 1 }, { PathPrefix: '/irsa/', Marker: 'AAA+/=', MaxItems: 1000 }],
  PutRolePolicy:              [{ RoleName: 'a', PolicyName: 'p', PolicyDocument: '{}' }],
  SimulatePrincipalPolicy:    [
    { PolicySourceArn: 'arn', ActionNames: ['iam:A', 'iam:B'], ResourceArns: ['*'], ContextEntries: [{ ContextKeyName: 'k', ContextKeyType: 'string', ContextKeyValues: ['1', '2'] }, { ContextKeyName: 'l', ContextKeyType: 'string', ContextKeyValues: [] }] },
    { PolicySourceArn: 'arn', ActionNames: ['iam:A'], ContextEntries: [] },
  ],
  TagRole:                [{ RoleName: 'a', Tags: [{ Key: 'rancher.io/irsa', Value: 'adopted' }, { Key: 'k', Value: '' }] }],
  UpdateAssumeRolePolicy: [{ RoleName: 'a', PolicyDocument: '{}' }],
};
const CALLS = Object.entries(CASES).flatMap(([command, inputs]) => inputs.map((input, index) => [command as IamCommand, index, input] as const));

/** The form that the SDK's own client sends. */
async function bySdk(command: IamCommand, input: object): Promise<string[]> {
  let body = '';
  const client = new sdk.IAMClient({
    region:         'us-east-1',
    credentials:    { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts:    1,
    requestHandler: {
      async handle(request: { body: string }) {
        ({ body } = request);
        throw new Error('no further');
      },
    },
  });
  const Command = sdk[`${ command }Command`] as unknown as new (input: object) => Parameters<typeof client.send>[0];

  await expect(client.send(new Command(input))).rejects.toThrow('no further');

  return [...new URLSearchParams(body)].map((pair) => pair.join('=')).sort();
}

function answering(body: string, status = 200): { transport: Transport; sent: TransportRequest[] } {
  const sent: TransportRequest[] = [];

  return {
    sent,
    transport: {
      async request(request) {
        sent.push(request);

        return { status, headers: {}, body };
      },
    },
  };
}

const API = { service: 'iam', host: 'iam.amazonaws.com', version: '2010-05-08' } as const;

it('can ask IAM for nothing that the table of needs lacks', () => {
  expect(Object.keys(CASES).filter((command) => !awsNeed(command))).toEqual([]);
});

describe('a call of the Query protocol', () => {
  it.each(CALLS)('%s %i is sent as the SDK sends it', async(command, _index, input) => {
    const { transport, sent } = answering(`<${ command }Response></${ command }Response>`);

    await createIam({ transport, credentialId: 'a:b' }, 'aws').send(command, input);
    expect([...new URLSearchParams(sent[0]!.body)].map((pair) => pair.join('=')).sort()).toEqual(await bySdk(command, input));
  });

  it.each([
    ['several members', '<Roles><member><Arn>a</Arn></member><member><Arn>b</Arn></member></Roles><IsTruncated>true</IsTruncated><Marker>m</Marker>', { Roles: [{ Arn: 'a' }, { Arn: 'b' }], IsTruncated: true, Marker: 'm' }],
    ['one member, one tag', '<Roles>\n <member><Tags><member><Key>k</Key><Value/></member></Tags></member></Roles><IsTruncated>false</IsTruncated>', { Roles: [{ Tags: [{ Key: 'k', Value: '' }] }], IsTruncated: false }],
    ['no member', '<Roles/><PolicyNames></PolicyNames><ClientIDList>\n</ClientIDList>', { Roles: [], PolicyNames: [], ClientIDList: [] }],
    ['what should be a text and is not', '<Marker><a>1</a></Marker><PolicyNames><member><a/></member><member>p</member></PolicyNames><Roles>x</Roles><Role>y</Role>', { Marker: undefined, PolicyNames: ['p'], Roles: [], Role: {} }],
    ['names that mean something in JavaScript', '<constructor>a</constructor><toString><member>b</member></toString>', { constructor: undefined, toString: undefined }],
  ])('reads %s', async(_what, inside, expected) => {
    const { transport } = answering(`<XResponse><XResult>${ inside }</XResult></XResponse>`);

    expect(await query({ transport }, API, 'X', {})).toEqual(expected);
  });

  it('keeps nothing of an answer’s credentials', async() => {
    const { transport } = answering('<XResponse><XResult><Credentials><SecretAccessKey>secret</SecretAccessKey></Credentials></XResult></XResponse>');

    expect(JSON.stringify(await query({ transport }, API, 'X', {}))).not.toContain('secret');
  });

  it('names an error as AWS does, in either of its envelopes', async() => {
    for (const body of ['<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>gone</Message></Error><RequestId>r</RequestId></ErrorResponse>', '<Error><Code>NoSuchEntity</Code><Message>gone</Message></Error>']) {
      await expect(query({ transport: answering(body, 404).transport }, API, 'X', {})).rejects.toMatchObject({ name: 'NoSuchEntity', message: 'gone', httpStatus: 404 });
    }
  });
});
