import { parseRoleArn } from '../aws/arn';
import type { Link, ObservedBinding, ObservedCluster } from '../facts';
import { providerArn } from '../issuer/issuer';
import { text } from '../text';
import { evaluateTrust, expectedSubject, parseTrust, type TrustCause, type TrustDocument, type TrustVerdict } from '../trust';
import { finding, type FindingCode } from './findings';
import { link, unknownLink } from './link';

const CODES: Record<Exclude<TrustCause, 'allowed'>, FindingCode> = {
  denied:         'TRUST_DENIED',
  'no-statement': 'TRUST_ISSUER_MISSING',
  provider:       'TRUST_ISSUER_MISSING',
  action:         'TRUST_ACTION_DIFFERS',
  audience:       'TRUST_AUDIENCE_DIFFERS',
  subject:        'TRUST_SUBJECT_DIFFERS',
  condition:      'TRUST_CONDITION_DIFFERS',
  undetermined:   'TRUST_UNDETERMINED',
};

/** Does the role let this account in, and does the provider take its audience? */
export function trustLink(observed: ObservedCluster, { account, role }: ObservedBinding): Link {
  if (!role.known || !role.value) {
    return link('trust', 'unknown', text('irsa.link.trust.noRole'));
  }
  if (!observed.issuer.known) {
    return unknownLink('trust', { ...observed.issuer.why, kind: 'not-asked', right: undefined, aws: undefined });
  }
  const arn = arnOfProvider(observed, observed.issuer.value, role.value.arn);
  const document = read(role.value.trustPolicy);

  if (typeof document === 'string' || !arn) {
    return link('trust', 'unknown', text('irsa.link.trust.unreadable'), [finding('TRUST_UNREADABLE', { role: role.value.name, problem: typeof document === 'string' ? document : '' })]);
  }
  const request = { providerArn: arn, issuer: observed.issuer.value, audience: account.audience, subject: expectedSubject(account.namespace, account.name) };
  const verdict = evaluateTrust(document, request);

  if (verdict.cause !== 'allowed') {
    return refusal(verdict, verdict.cause, role.value.name, request.subject);
  }
  const audiences = observed.provider.known ? observed.provider.value?.audiences : undefined;

  if (audiences && !audiences.includes(account.audience)) {
    return link('trust', 'broken', text('irsa.link.trust.audience'), [finding('AUDIENCE_NOT_REGISTERED', { audience: account.audience, found: audiences.join(', ') || '–' })]);
  }

  return link('trust', 'ok', text('irsa.link.trust.ok'));
}

function refusal(verdict: TrustVerdict, cause: Exclude<TrustCause, 'allowed'>, role: string, subject: string): Link {
  const args = {
    role,
    subject,
    key:       verdict.key ?? '',
    expected:  verdict.expected?.join(', ') || '–',
    actual:    verdict.actual ?? '–',
    statement: (verdict.statement ?? 0) + 1,
  };
  const details = {
    provider: text('irsa.link.trust.provider'), 'no-statement': text('irsa.link.trust.provider'), subject: text('irsa.link.trust.subject'), audience: text('irsa.link.trust.audience'), denied: text('irsa.link.trust.denied'), undetermined: text('irsa.link.trust.undetermined'), action: text('irsa.link.trust.condition'), condition: text('irsa.link.trust.condition')
  };

  return link('trust', cause === 'undetermined' ? 'attention' : 'broken', details[cause], [finding(CODES[cause], args, { statement: verdict.statement })]);
}

/** As IAM answered; else as it would be in the account, or in the role's own (a provider must be in the role's account). */
function arnOfProvider(observed: ObservedCluster, issuer: string, roleArn: string): string | undefined {
  if (observed.provider.known && observed.provider.value) {
    return observed.provider.value.arn;
  }
  const account = observed.account.known ? observed.account.value : parseRoleArn(roleArn);

  return account && providerArn(account, issuer);
}

/** The document, or what is wrong with it. */
function read(trustPolicy: string): TrustDocument | string {
  try {
    return parseTrust(trustPolicy);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
