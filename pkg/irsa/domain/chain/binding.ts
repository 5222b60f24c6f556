import { parseRoleArn } from '../aws/arn';
import type { ClusterAssessment, Link, ObservedBinding, ObservedCluster } from '../facts';
import { text } from '../text';
import { judgePod, type PodVerdict } from '../workload/live-pod';
import { finding, sorted, type FindingCode } from './findings';
import { link, unknownLink, worst } from './link';
import { trustLink } from './trust-link';
import { webhookLink } from './webhook-link';

/** The judgement over one service account and its role. */
export type BindingAssessment = ClusterAssessment['bindings'][number];

/** Judges one binding: annotation, role, trust, permissions, pods, identity, in this order. */
export function assessBinding(observed: ObservedCluster, binding: ObservedBinding): BindingAssessment {
  const links = [annotationLink(binding), roleLink(binding), trustLink(observed, binding), permissionsLink(binding), podsLink(observed, binding), identityLink(observed, binding)];
  // What was not looked at yet says nothing against the binding.
  const counted = links.filter(({ id, state }) => state !== 'unknown' || (id !== 'identity' && id !== 'permissions'));

  return {
    account:  { namespace: binding.account.namespace, name: binding.account.name },
    links,
    findings: sorted(links.flatMap(({ findings }) => findings)),
    state:    worst(counted.map(({ state }) => state)),
  };
}

function annotationLink({ account }: ObservedBinding): Link {
  const args = { account: `${ account.namespace }/${ account.name }` };

  if (!account.exists) {
    return link('annotation', 'broken', text('irsa.link.annotation.noAccount'), [finding('ACCOUNT_MISSING', args)]);
  }
  if (!account.roleArn) {
    return link('annotation', 'broken', text('irsa.link.annotation.none'), [finding('NOT_ANNOTATED', args)]);
  }
  const role = parseRoleArn(account.roleArn);

  if (!role) {
    return link('annotation', 'broken', text('irsa.link.annotation.malformed'), [finding('ANNOTATION_MALFORMED', { ...args, value: account.roleArn })]);
  }

  return link('annotation', 'ok', text('irsa.link.annotation.ok', { role: role.name }));
}

function roleLink({ account, role }: ObservedBinding): Link {
  if (!account.roleArn) {
    return link('role', 'not-needed', text('irsa.link.role.unnamed'));
  }
  if (!role.known) {
    return unknownLink('role', role.why);
  }
  if (!role.value) {
    return link('role', 'broken', text('irsa.link.role.missing'), [finding('ROLE_MISSING', { role: account.roleArn })]);
  }
  // IAM finds a role by its name whatever the path; STS wants the whole ARN.
  if (role.value.arn !== account.roleArn) {
    return link('role', 'broken', text('irsa.link.role.differs'), [finding('ROLE_ARN_DIFFERS', { annotated: account.roleArn, found: role.value.arn })]);
  }

  return link('role', 'ok', text('irsa.link.role.ok', { role: role.value.name, path: role.value.path }));
}

/** Only inline policies are read; a role may have attached ones too, so none is no reproach. */
function permissionsLink({ role }: ObservedBinding): Link {
  const policies = role.known ? role.value?.inlinePolicies : undefined;
  const count = Object.keys(policies ?? {}).length;

  return count > 0 ? link('permissions', 'ok', text('irsa.link.permissions.ok', { count })) : link('permissions', 'unknown', policies ? text('irsa.link.permissions.noneInline') : text('irsa.link.permissions.unread'));
}

/** What is to be said of pods by how they stand; the first argument is for all of them. */
const POD_FINDINGS = {
  missed: 'PODS_WITHOUT_IDENTITY', early: 'PODS_BEFORE_WEBHOOK', older: 'PODS_OLDER', stale: 'PODS_STALE_ROLE', audience: 'PODS_WRONG_AUDIENCE', overridden: 'PODS_OVERRIDDEN', partly: 'PODS_PARTLY', skipped: 'PODS_SKIPPED'
} as const satisfies Record<Exclude<PodVerdict, 'carries'>, FindingCode>;

/** Counts the pods that should carry the role; one that was left out on purpose should not. */
function podsLink({ webhook }: ObservedCluster, { account, pods, podsUnseen }: ObservedBinding): Link {
  if (account.roleArn && podsUnseen) {
    return link('pods', 'unknown', text('irsa.link.pods.unseen'));
  }
  if (!account.roleArn || pods.length === 0) {
    return link('pods', 'not-needed', text('irsa.link.pods.none'));
  }
  // Without a webhook, new pods would be like the old ones.
  const withoutRemedy = webhook.known && webhook.value.kind === 'absent';
  const judged = pods.map((pod) => {
    const verdict = judgePod(pod, account, webhook.known ? webhook.value.since : undefined);

    return { pod, verdict: withoutRemedy && verdict === 'older' ? 'missed' as const : verdict };
  });
  const having = (wanted: PodVerdict) => judged.filter(({ verdict }) => verdict === wanted).map(({ pod }) => pod);
  const good = having('carries').length;
  const args = { total: pods.length - having('skipped').length, good };
  const findings = (Object.keys(POD_FINDINGS) as (keyof typeof POD_FINDINGS)[]).flatMap((verdict) => {
    const found = having(verdict);
    const { identity, overrides, divergent, lacking } = found[0] ?? {};

    return found.length ? finding(POD_FINDINGS[verdict], {
      ...args, cause: withoutRemedy ? 'absent' : 'missed', count: found.length, pods: names(found), role: identity?.roleArn ?? '', wanted: account.roleArn ?? '', found: identity?.audience ?? '', audience: account.audience, containers: (divergent ?? (verdict === 'partly' ? lacking : overrides))?.join(', ') ?? ''
    }, { withoutRemedy }) : [];
  });
  const state = good === args.total ? 'ok' : good + having('partly').length === 0 ? 'broken' : 'attention';

  return args.total === 0 ? link('pods', 'not-needed', text('irsa.link.pods.skipped'), findings) : link('pods', state, text('irsa.link.pods.count', args), findings);
}

function names(pods: { name: string }[]): string {
  return pods.slice(0, 3).map(({ name }) => name).join(', ') + (pods.length > 3 ? ', …' : '');
}

function identityLink(observed: ObservedCluster, { account, identity }: ObservedBinding): Link {
  const { provider } = observed;

  if (identity?.result === 'verified') {
    // STS gives the role to whoever asks; without the webhook no new pod does. Its own link says what is wrong with it.
    if (webhookLink(observed).state === 'broken') {
      return link('identity', 'attention', text('irsa.link.identity.noWebhook'));
    }

    return link('identity', 'ok', text('irsa.link.identity.verified', { arn: identity.assumedRoleArn ?? '' }));
  }
  if (identity?.result === 'refused') {
    const aws = identity.aws ? `${ identity.aws.code }: ${ identity.aws.message }` : '';

    return link('identity', 'broken', text('irsa.link.identity.refused'), [finding('IDENTITY_REFUSED', { account: `${ account.namespace }/${ account.name }`, aws }, { why: identity.text })]);
  }
  if (provider.known && !provider.value) {
    return link('identity', 'broken', text('irsa.link.identity.noProvider'));
  }

  return link('identity', 'unknown', identity?.text ?? text('irsa.link.identity.unchecked'));
}
