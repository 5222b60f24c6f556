import { accountOfArn } from '../domain/aws/arn';
import { providerTags, tagList } from '../domain/aws/ownership';
import { irsaError } from '../domain/errors';
import { issuerProblem, providerArn } from '../domain/issuer/issuer';
import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Step } from './plan';
import { known, later, type Later } from './value';

/** The provider as the other steps see it. */
export interface ProviderPart {
  issuer: string;
  arn: Later;
  steps: Step[];
}

/**
 * What makes IAM know the issuer and the audience: nothing, CreateOpenIDConnectProvider, or AddClientIDToOpenIDConnectProvider.
 * A provider that could not be looked up is created too: when IAM says that it exists, it is adopted.
 * @throws IrsaError ISSUER_UNKNOWN, ISSUER_NOT_PUBLIC
 */
export function providerPart(observed: ObservedCluster, audience: string): ProviderPart {
  const issuer = usableIssuer(observed);
  const provider = observed.provider.known ? observed.provider.value : null;

  if (!provider) {
    const arn = observed.account.known ? providerArn(observed.account.value, issuer) : undefined;

    return { issuer, arn: later('create-provider', ['OpenIDConnectProviderArn'], arn), steps: [createProvider(observed, issuer, audience, arn)] };
  }
  const isMissing = provider.audiences !== undefined && !provider.audiences.includes(audience);

  return { issuer, arn: known(provider.arn), steps: isMissing ? [addAudience(provider.arn, audience)] : [] };
}

/**
 * The issuer, when AWS can use it.
 * @throws IrsaError ISSUER_UNKNOWN, ISSUER_NOT_PUBLIC
 */
export function usableIssuer(observed: ObservedCluster): string {
  if (!observed.issuer.known) {
    throw irsaError('ISSUER_UNKNOWN', { cluster: observed.cluster.name });
  }
  const issuer = observed.issuer.value;

  if (issuerProblem(issuer)) {
    throw irsaError('ISSUER_NOT_PUBLIC', { cluster: observed.cluster.name, issuer });
  }

  return issuer;
}

/** No ThumbprintList: for issuers with a certificate of a public CA, AWS does not look at it (charts-and-clusters.md §5.7). */
function createProvider(observed: ObservedCluster, issuer: string, audience: string, arn: string | undefined): Step {
  return {
    id:     'create-provider',
    target: 'iam',
    title:  text('irsa.step.create-provider.title', { issuer }),
    detail: text('irsa.step.create-provider.detail', { audience }),
    change: 'create',
    call:   { aws: { service: 'iam', command: 'CreateOpenIDConnectProvider', input: { Url: issuer, ClientIDList: [audience], Tags: tagList(providerTags(observed.cluster)) } } },
    adopt:  { provider: { issuer, audience, ...(arn ? { arn } : {}), ...(observed.provider.known ? {} : { blind: true as const }) } },
    needs:  { aws: { action: 'iam:CreateOpenIDConnectProvider', resource: arn ?? '*' } },
  };
}

export function addAudience(arn: string, audience: string): Step {
  return {
    id:     'add-audience',
    target: 'iam',
    title:  text('irsa.step.add-audience.title', { audience }),
    detail: text('irsa.step.add-audience.detail', { account: accountOfArn(arn)?.id ?? '' }),
    change: 'change',
    call:   { aws: { service: 'iam', command: 'AddClientIDToOpenIDConnectProvider', input: { OpenIDConnectProviderArn: arn, ClientID: audience } } },
    needs:  { aws: { action: 'iam:AddClientIDToOpenIDConnectProvider', resource: arn } },
  };
}
