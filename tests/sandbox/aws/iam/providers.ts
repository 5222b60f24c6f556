import { AwsError, validationError } from '../errors.ts';
import { isoTime, keepEarlier } from '../state.ts';
import type { AccountState, Provider } from '../state.ts';
import { addTags, arnOf, limitExceeded, providerTarget, tagList, theProvider } from './action.ts';
import type { IamActions, IamCall } from './action.ts';

/** API reference, CreateOpenIDConnectProvider: https, no port, no query. */
function hostAndPath(url: string): string {
  const right = /^https:\/\/([A-Za-z0-9.-]+(?:\/[^?#\s]*)?)$/.exec(url)?.[1];

  if (right === undefined || right.length > 255) {
    throw new AwsError(400, 'InvalidInput', 'Invalid Open ID Connect Provider URL');
  }

  // A slash at the end stays and counts (aws/aws-sam-cli#7432: «creates the identity provider with the name own-gitlab.com/»).
  return right;
}

function checkThumbprints(thumbprints: string[]): void {
  // API reference, ThumbprintList: «Length Constraints: Fixed length of 40»; moto words the refusal so.
  if (thumbprints.some((one) => one.length !== 40)) {
    throw validationError('Member must satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than or equal to 40]', `[${ thumbprints.join(', ') }]`, 'thumbprintList');
  }
  if (thumbprints.length > 5) {
    throw new AwsError(400, 'InvalidInput', 'Thumbprint list must contain fewer than 5 entries.');
  }
}

/** Adds a provider; also how a scenario seeds one. */
export function addProvider(state: AccountState, given: { url: string; clientIds?: string[]; thumbprints?: string[]; tags?: Map<string, string> }): Provider {
  const url = hostAndPath(given.url);
  const arn = arnOf(state, `oidc-provider/${ url }`);
  const clientIds = [...new Set(given.clientIds ?? [])];

  if (state.providers.has(arn)) {
    throw new AwsError(409, 'EntityAlreadyExists', `Provider with url ${ given.url } already exists.`);
  }
  if (clientIds.length > state.quotas.clientIdsPerProvider) {
    throw limitExceeded('ClientIdsPerOpenIdConnectProvider', state.quotas.clientIdsPerProvider);
  }
  if (state.providers.size >= state.quotas.providersPerAccount) {
    throw limitExceeded('OpenIdConnectProvidersPerAccount', state.quotas.providersPerAccount);
  }
  const provider: Provider = { arn, url, clientIds, earlierClientIds: [], thumbprints: given.thumbprints ?? [], created: state.now(), tags: new Map(), ...state.sight() };

  addTags(provider.tags, given.tags ?? new Map<string, string>(), state.quotas.tags, 'TagsPerOpenIDConnectProvider');
  state.providers.set(arn, provider);

  return provider;
}

function create({ state, parameters }: IamCall): Provider {
  const url = parameters.need('Url', { max: 255 });
  const thumbprints = parameters.list('ThumbprintList');

  checkThumbprints(thumbprints);
  // Without a thumbprint IAM asks the host for its certificate itself.
  if (!thumbprints.length && !state.hostAnswers(`https://${ hostAndPath(url) }`)) {
    throw new AwsError(400, 'OpenIdIdpCommunicationError', 'The request failed because IAM cannot connect to the OpenID Connect identity provider URL.');
  }

  // What IAM found when it asked for the certificate: the length is what matters here.
  return addProvider(state, { url, clientIds: parameters.list('ClientIDList'), thumbprints: thumbprints.length ? thumbprints : ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'], tags: parameters.tags() });
}

/** STS learns of audiences as late as of everything else. */
function changeClientIds({ state }: IamCall, provider: Provider, clientIds: string[]): void {
  provider.earlierClientIds = keepEarlier(provider.earlierClientIds, provider.clientIds, { now: state.now(), until: state.sight().usableAt });
  provider.clientIds = clientIds;
}

/** The texts of refusals: IAM API reference, and as tools quote them (terraform-provider-aws «OpenIDConnect Provider not found for arn»). */
export const PROVIDER_ACTIONS: IamActions = {
  CreateOpenIDConnectProvider: {
    write:  true,
    target: ({ state, parameters }) => ({ arn: arnOf(state, `oidc-provider/${ (parameters.get('Url') ?? '').replace(/^https:\/\//, '') }`) }),
    run:    (call) => {
      const { arn, tags } = create(call);

      return { OpenIDConnectProviderArn: arn, Tags: tagList(tags) };
    },
  },
  GetOpenIDConnectProvider: {
    target: providerTarget,
    run:    (call) => {
      const provider = theProvider(call);

      return { Url: provider.url, ClientIDList: provider.clientIds, ThumbprintList: provider.thumbprints, CreateDate: isoTime(provider.created), Tags: tagList(provider.tags) };
    },
  },
  ListOpenIDConnectProviders: {
    target: ({ state }) => ({ arn: arnOf(state, 'oidc-provider/*') }),
    run:    ({ state }) => ({ OpenIDConnectProviderList: [...state.providers.values()].filter(({ readableAt }) => readableAt <= state.now()).map(({ arn }) => ({ Arn: arn })) }),
  },
  AddClientIDToOpenIDConnectProvider: {
    write:  true,
    target: providerTarget,
    run:    (call) => {
      const provider = theProvider(call);
      const clientId = call.parameters.need('ClientID', { max: 255 });

      // «This operation is idempotent; it does not fail if you add an existing client ID.»
      if (!provider.clientIds.includes(clientId)) {
        if (provider.clientIds.length >= call.state.quotas.clientIdsPerProvider) {
          throw limitExceeded('ClientIdsPerOpenIdConnectProvider', call.state.quotas.clientIdsPerProvider);
        }
        changeClientIds(call, provider, [...provider.clientIds, clientId]);
      }
    },
  },
  RemoveClientIDFromOpenIDConnectProvider: {
    write:  true,
    target: providerTarget,
    run:    (call) => {
      const provider = theProvider(call);
      const clientId = call.parameters.need('ClientID', { max: 255 });

      // «… does not fail if you try to remove a client ID that does not exist.»
      changeClientIds(call, provider, provider.clientIds.filter((one) => one !== clientId));
    },
  },
  UpdateOpenIDConnectProviderThumbprint: {
    write:  true,
    target: providerTarget,
    run:    (call) => {
      const thumbprints = call.parameters.list('ThumbprintList');

      checkThumbprints(thumbprints);
      theProvider(call).thumbprints = thumbprints;
    },
  },
  DeleteOpenIDConnectProvider: {
    write:  true,
    target: providerTarget,
    // «This operation is idempotent; it does not fail or return an error if you attempt to delete a provider that does not exist.»
    run:    ({ state, parameters }) => {
      state.providers.delete(parameters.need('OpenIDConnectProviderArn'));
    },
  },
  TagOpenIDConnectProvider: {
    write:  true,
    target: providerTarget,
    run:    (call) => addTags(theProvider(call).tags, call.parameters.tags(), call.state.quotas.tags, 'TagsPerOpenIDConnectProvider'),
  },
  UntagOpenIDConnectProvider: {
    write:  true,
    target: providerTarget,
    run:    (call) => {
      const { tags } = theProvider(call);

      call.parameters.list('TagKeys').forEach((key) => tags.delete(key));
    },
  },
  ListOpenIDConnectProviderTags: { target: providerTarget, run: (call) => ({ Tags: tagList(theProvider(call).tags), IsTruncated: false }) },
};
