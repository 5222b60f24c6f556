import {
  AddClientIDToOpenIDConnectProviderCommand, CreateOpenIDConnectProviderCommand, DeleteOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand, IAMClient, ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand, RemoveClientIDFromOpenIDConnectProviderCommand, TagOpenIDConnectProviderCommand, UntagOpenIDConnectProviderCommand, UpdateOpenIDConnectProviderThumbprintCommand
} from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { ISSUER, clientOptions, type Comparison } from './target';

const REFERENCE = 'IAM API reference, CreateOpenIDConnectProvider';

interface Answered { $metadata: { httpStatusCode?: number } }

/** moto 5.2 answers a page of HTML to calls that it does not have. */
const UNKNOWN = { moto: { status: 500, code: 'Error', message: expect.stringContaining('XML') as string }, source: 'IAM API reference: both actions are there, and idempotent' };

/** IAM OIDC providers: what enabling a cluster, adding an audience and tearing down make of them. */
export function providerCases(comparison: () => Comparison): void {
  describe('IAM OIDC providers', () => {
    let see: Comparison;
    let client: IAMClient;
    let arn: string;
    const create = (more: object = {}) => client.send(new CreateOpenIDConnectProviderCommand({ Url: ISSUER, ClientIDList: ['sts.amazonaws.com'], ...more }));
    const get = () => client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      client = new IAMClient(clientOptions(see.target, 'us-east-1'));
      arn = `arn:aws:iam::${ see.target.accountId }:oidc-provider/${ ISSUER.replace('https://', '') }`;
    });

    it('are made without a thumbprint, with tags, and read back without the scheme', async() => {
      const made = await create({ Tags: [{ Key: 'a', Value: 'b' }] });
      const { Url, ClientIDList, ThumbprintList, Tags, CreateDate } = await get();

      see.gives('CreateOpenIDConnectProvider: ARN', made.OpenIDConnectProviderArn, arn);
      see.gives('CreateOpenIDConnectProvider: tags', made.Tags, [{ Key: 'a', Value: 'b' }], { moto: undefined, source: `${ REFERENCE }, Response Elements: Tags` });
      see.gives('GetOpenIDConnectProvider', { Url, ClientIDList, Tags }, { Url: ISSUER.replace('https://', ''), ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'a', Value: 'b' }] });
      see.gives('GetOpenIDConnectProvider: date', CreateDate instanceof Date, true);
      see.gives('a thumbprint that nobody gave', ThumbprintList?.map((one) => one.length), [40], { moto: [], source: `${ REFERENCE }, ThumbprintList: «If you do not include a list, IAM retrieves and uses the top intermediate CA thumbprint»` });
      see.gives('ListOpenIDConnectProviders', (await client.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList, [{ Arn: arn }]);
    });

    it('are one per URL', async() => {
      await create();
      await see.refuses('CreateOpenIDConnectProvider again', create(), { status: 409, code: 'EntityAlreadyExists', message: `Provider with url ${ ISSUER } already exists.` }, {
        moto: { message: 'Unknown' }, source: 'text as tools quote it, e.g. terraform-provider-aws'
      });
    });

    it('take https only, without port and query', async() => {
      const source = `${ REFERENCE }, Url: «must begin with https://», no port, no query; Errors: InvalidInput`;
      const moto: Record<string, unknown> = { 'http://a.example': 'succeeds', 'b.example': { code: 'ValidationError' }, 'https://c.example:8443': 'succeeds', 'https://d.example?y=z': 'succeeds' };

      for (const [Url, otherwise] of Object.entries(moto)) {
        await see.refuses(`CreateOpenIDConnectProvider ${ Url }`, create({ Url }), { status: 400, code: 'InvalidInput' }, { moto: otherwise, source });
      }
    });

    it('have thumbprints of 40 characters, five at most', async() => {
      await see.refuses('a thumbprint of 41', create({ ThumbprintList: ['a'.repeat(41)] }), { status: 400, code: 'ValidationError' });
      await see.refuses('a thumbprint of 39', create({ ThumbprintList: ['a'.repeat(39)] }), { status: 400, code: 'ValidationError' }, { moto: 'succeeds', source: `${ REFERENCE }, ThumbprintList: «Fixed length of 40»` });
      await client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
      await see.refuses('six thumbprints', create({ ThumbprintList: ['a', 'b', 'c', 'd', 'e', 'f'].map((one) => one.repeat(40)) }), { status: 400, code: 'InvalidInput' });
      await create({ ThumbprintList: ['a'.repeat(40)] });
      await client.send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn: arn, ThumbprintList: ['b'.repeat(40)] }));
      see.gives('UpdateOpenIDConnectProviderThumbprint', (await get()).ThumbprintList, ['b'.repeat(40)]);
    });

    it('take a hundred audiences', async() => {
      await create({ ClientIDList: Array.from({ length: 100 }, (_, index) => `audience-${ index }`) });
      await see.refuses('the hundred-and-first audience', client.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: 'more' })), { status: 409, code: 'LimitExceeded' }, UNKNOWN);
      await client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
      await see.refuses('a hundred and one at once', create({ ClientIDList: Array.from({ length: 101 }, (_, index) => `audience-${ index }`) }), { status: 409, code: 'LimitExceeded' });
    });

    it('gain and lose audiences, twice over as well', async() => {
      const statusOf = async(call: Promise<Answered>) => (await call.catch((error: Answered) => error)).$metadata.httpStatusCode;
      const unknown = { moto: 500, source: UNKNOWN.source };

      await create();
      for (const ClientID of ['other', 'other']) {
        see.gives('AddClientIDToOpenIDConnectProvider', await statusOf(client.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID }))), 200, unknown);
      }
      see.gives('audiences after', (await get()).ClientIDList, ['sts.amazonaws.com', 'other'], { moto: ['sts.amazonaws.com'], source: UNKNOWN.source });
      for (const ClientID of ['other', 'other', 'never']) {
        see.gives('RemoveClientIDFromOpenIDConnectProvider', await statusOf(client.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID }))), 200, unknown);
      }
      see.gives('audiences in the end', (await get()).ClientIDList, ['sts.amazonaws.com']);
    });

    it('gain and lose tags', async() => {
      await create({ Tags: [{ Key: 'a', Value: 'b' }] });
      await client.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, Tags: [{ Key: 'a', Value: 'c' }, { Key: 'd', Value: '' }] }));
      see.gives('TagOpenIDConnectProvider', (await client.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn: arn }))).Tags, [{ Key: 'a', Value: 'c' }, { Key: 'd', Value: '' }]);
      await client.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, TagKeys: ['a', 'never'] }));
      see.gives('UntagOpenIDConnectProvider', (await get()).Tags, [{ Key: 'd', Value: '' }]);
    });

    it('that are not there are named in the refusal, and can be deleted all the same', async() => {
      const gone = { status: 404, code: 'NoSuchEntity', message: `OpenIDConnect Provider not found for arn ${ arn }` };

      await see.refuses('GetOpenIDConnectProvider of none', get(), gone);
      await see.refuses('AddClientIDToOpenIDConnectProvider to none', client.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: 'x' })), gone, UNKNOWN);
      await see.refuses('TagOpenIDConnectProvider of none', client.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, Tags: [{ Key: 'a', Value: 'b' }] })), gone);
      await create();
      for (const time of ['first', 'second']) {
        see.gives(`DeleteOpenIDConnectProvider, ${ time } time`, (await client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))).$metadata.httpStatusCode, 200);
      }
      await see.refuses('GetOpenIDConnectProvider after', get(), gone);
    });
  });
}
