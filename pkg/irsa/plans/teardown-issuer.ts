import { irsaError } from '../domain/errors';
import type { Known, ObservedCluster, ObservedProvider } from '../domain/facts';
import { DEFAULT_ISSUER, issuersOf, withIssuers } from '../domain/issuer/arguments';
import { bucketIssuer, DISCOVERY_KEY, JWKS_KEY, type ObservedHosting } from '../domain/issuer/hosting';
import { leastUse, reaches, type IssuerUse, type ObservedServers } from '../domain/issuer/servers';
import { text } from '../domain/text';
import { s3, tagged } from './bucket-part';
import { isOurs } from './host-issuer';
import type { Plan, Step } from './plan';
import { edit, editable, rewritten } from './switch-issuer';

/** An issuer whose documents are on a host that nobody here can change: one of the admin's own, or CloudFront. */
export interface HostedElsewhere {
  issuer: string;
  provider: ObservedHosting['provider'];
}

/**
 * Takes an issuer away again: its cluster signs with another one (in one rolling restart; in two where it had none but this), then the
 * provider goes, then the bucket, which stays as long as a provider of somebody else trusts it. The API servers go on accepting it:
 * `planRetireIssuer` ends that a day later. Only what our tags mark as this cluster's is deleted; nobody's binding is changed, those that
 * depend on it are named first.
 * @param servers  where Rancher can change them; left out, the issuer must not be in use any more
 * @throws IrsaError ISSUER_IN_USE, BUCKET_UNSEEN, and what planSwitchIssuer throws for the cluster
 */
export function planTeardownIssuer(observed: ObservedCluster, place: ObservedHosting | HostedElsewhere, servers?: ObservedServers): Plan {
  const isBucket = 'bucket' in place;
  const issuer = isBucket ? bucketIssuer(place.bucket) : place.issuer;
  const seen: ObservedHosting['seen'] = isBucket ? place.seen : { known: true, value: { state: 'absent', others: [] } };
  const { provider } = place;
  const name = isBucket ? place.bucket.name : issuer;

  if (!seen.known || !provider.known) {
    const { aws } = (!seen.known ? seen : provider as Known<never> & { known: false }).why;

    throw irsaError('BUCKET_UNSEEN', { bucket: name, action: aws?.action ?? '' }, aws);
  }
  if (!servers && observed.issuer.known && observed.issuer.value === issuer) {
    throw irsaError('ISSUER_IN_USE', { cluster: observed.cluster.name, issuer });
  }
  const found = provider.value;
  const isTheirs = found !== null && !isOurs(found, observed.cluster);
  const { state, discovery, jwks, others, versioned, tags = {} } = seen.value;
  const isHere = isBucket && state === 'here';
  const isMade = isHere && isOurs(seen.value, observed.cluster);
  // Whoever took a name that is free again would be believed by every role that trusts the provider.
  const there = isMade && !isTheirs;
  const isMore = others.length > 0 || versioned;
  const steps: Step[] = [
    ...(servers ? signElsewhere(observed, servers, issuer) : []),
    ...(found && !isTheirs ? [deleteProvider(found)] : []),
    ...(there ? [
      ...[[DISCOVERY_KEY, discovery], [JWKS_KEY, jwks]].flatMap(([key = '', body]) => body === undefined ? [] : [
        s3(key === JWKS_KEY ? 'delete-keys' : 'delete-discovery', text('irsa.step.delete-object.title', { key }), 'remove', place.bucket, 'DeleteObject', { Key: key }, { expects: tagged(place.bucket, tags) }),
      ]),
      ...(isMore ? [] : [s3('delete-bucket', text('irsa.step.delete-bucket.title', { bucket: name }), 'remove', place.bucket, 'DeleteBucket', {}, { expects: tagged(place.bucket, tags) })]),
    ] : []),
  ];
  const bound = observed.bindings.known ? observed.bindings.value.map(({ account }) => `${ account.namespace }/${ account.name }`) : [];

  return {
    id:        'teardown-issuer',
    title:     text('irsa.plan.teardown-issuer.title', { cluster: observed.cluster.name, issuer }),
    steps,
    documents: [],
    warnings:  [
      ...(isTheirs ? [text('irsa.warning.providerStays', { arn: found.arn })] : []),
      ...(isTheirs && isMade ? [text('irsa.warning.bucketTrusted', { bucket: name })] : []),
      ...(there && isMore ? [text('irsa.warning.bucketStays', { bucket: name })] : []),
      ...(isHere && !isMade ? [text('irsa.warning.bucketForeign', { bucket: name })] : []),
      ...(isBucket ? [] : [text('irsa.warning.documentsStay', { issuer })]),
      ...(observed.bindings.known ? [] : [text('irsa.warning.bindingsUnknown')]),
    ],
    ...(bound.length && steps.length ? { consent: { text: text('irsa.warning.bindingsLose', { count: bound.length, accounts: bound.slice(0, 5).join(', ') }) } } : {}),
  };
}

/** Another issuer signs, ours is still accepted: tokens that are in use stay good. */
function signElsewhere(observed: ObservedCluster, servers: ObservedServers, issuer: string): Step[] {
  const successor: string | typeof DEFAULT_ISSUER = servers.lists.flatMap(({ args }) => issuersOf(args)).find((one) => one !== issuer) ?? DEFAULT_ISSUER;
  // Wanted so, and so by now.
  const is = (use: IssuerUse) => [servers.lists, servers.servers].every((all) => reaches(leastUse(all.map(({ args = [] }) => args), successor), use));

  if (is('signs')) {
    return [];
  }
  editable(observed, servers, (use) => use !== 'none', issuer);
  const others = (args: string[]) => [...new Set(issuersOf(args))].filter((one) => one !== issuer && one !== successor);
  const accepting = rewritten(servers, (args) => withIssuers(args, [...issuersOf(args).filter((one, index, every) => one !== successor && every.indexOf(one) === index), successor]));
  const accepted = is('accepted');
  const present = accepted ? servers : accepting;
  const signing = rewritten(present, (args) => withIssuers(args, [successor, ...others(args), issuer]));

  return [
    ...(accepted ? [] : [edit('accept-issuer', observed, servers, accepting, successor, 'accepted')]),
    edit('sign-issuer', observed, present, signing, successor, 'signs'),
  ];
}

function deleteProvider({ arn, tags = {}, audiences = [] }: ObservedProvider): Step {
  return {
    id: 'delete-provider', target: 'iam', title: text('irsa.step.delete-provider.title'), detail: text('irsa.step.delete-provider.detail', { arn }), change: 'remove',
    call: { aws: { service: 'iam', command: 'DeleteOpenIDConnectProvider', input: { OpenIDConnectProviderArn: arn } } }, needs: { aws: { action: 'iam:DeleteOpenIDConnectProvider', resource: arn } },
    expects: { provider: { arn, tags, audiences } },
  };
}
