import type { Text } from '../facts';
import { IrsaError, type ErrorFacts, type ErrorKind, type Explanation } from './irsa-error';
import { redact } from './redact';

/**
 * Every error the product can name, and how it is treated. Its words stand in l10n under `irsa.error.<code>.{what,why,remedy}`.
 * The codes are stable.
 */
export const ERRORS = {
  // Before any call: the facts do not allow a plan.
  ISSUER_UNKNOWN:           'input',
  ISSUER_NOT_PUBLIC:        'input',
  ISSUER_UNUSABLE:          'input',
  KEYS_UNREADABLE:          'input',
  KEYS_LOCKED_OUT:          'input',
  KEYS_JOB_FAILED:          'input',
  KEYS_JOB_DENIED:          'denied',
  PROVIDER_UNKNOWN:         'input',
  KEY_USE_GONE:             'gone',
  ROLE_UNKNOWN:             'input',
  ROLE_GONE:                'gone',
  TRUST_UNREADABLE:         'input',
  TRUST_NOT_MENDABLE:       'input',
  POLICY_UNREADABLE:        'input',
  POLICY_MOVED:             'conflict',
  ROLE_NAME_UNUSABLE:       'input',
  PARAMETERS_UNUSABLE:      'input',
  STS_NOT_OPENABLE:         'denied',
  WEBHOOK_NO_SOURCE:        'input',
  WEBHOOK_NOT_ALLOWED:      'denied',
  WEBHOOK_NOT_SEEN:         'denied',
  WEBHOOK_FOREIGN:          'input',
  WEBHOOK_BY_FLEET:         'input',
  FLEET_NO_ADDRESS:         'input',
  FLEET_FOREIGN:            'input',
  // IAM
  PROVIDER_EXISTS:          'exists',
  ROLE_EXISTS:              'exists',
  EXISTS:                   'exists',
  TRUST_TOO_LONG:           'quota',
  POLICY_TOO_LONG:          'quota',
  QUOTA:                    'quota',
  MALFORMED_POLICY:         'input',
  INVALID_PRINCIPAL:        'input',
  GONE:                     'gone',
  BUSY:                     'conflict',
  SERVICE_TROUBLE:          'retry',
  THROTTLED:                'retry',
  DELETE_CONFLICT:          'conflict',
  SERVICE_ROLE:             'denied',
  INVALID_INPUT:            'input',
  DENIED:                   'denied',
  DENIED_BY_IDENTITY:       'denied',
  DENIED_BY_SCP:            'denied',
  DENIED_BY_RCP:            'denied',
  DENIED_BY_BOUNDARY:       'denied',
  DENIED_BY_SESSION:        'denied',
  DENIED_BY_RESOURCE:       'denied',
  DENIED_BY_ENDPOINT:       'denied',
  // S3
  BUCKET_OURS:              'exists',
  BUCKET_TAKEN:             'input',
  BUCKET_BUSY:              'retry',
  BUCKET_POLICY_BLOCKED:    'denied',
  ISSUER_NOT_PUBLISHED:     'input',
  ISSUER_IN_USE:            'input',
  KEYS_INCOMPLETE:          'input',
  SERVERS_UNSEEN:           'input',
  SWITCH_BY_HAND:           'input',
  SWITCH_TOO_OLD:           'input',
  SWITCH_STUCK:             'input',
  SWITCH_BUSY:              'conflict',
  RETIRE_TOO_EARLY:         'input',
  RETIRE_NOT_SIGNING:       'input',
  BUCKET_ELSEWHERE:         'input',
  BUCKET_NAME_UNUSABLE:     'input',
  BUCKET_FOREIGN:           'input',
  PUBLIC_BLOCKED:           'denied',
  BUCKET_UNSEEN:            'denied',
  REGION_NOT_SIGNED:        'input',
  REGION_UNKNOWN:           'input',
  // STS
  NOT_AUTHORIZED:           'identity',
  NO_PROVIDER:              'propagation',
  WRONG_AUDIENCE:           'identity',
  NO_KEY:                   'issuer',
  WRONG_THUMBPRINT:         'issuer',
  WRONG_ISSUER:             'identity',
  INVALID_TOKEN:            'identity',
  TOKEN_EXPIRED:            'identity',
  TOKEN_REJECTED:           'identity',
  INVALID_ROLE_ARN:         'input',
  REGION_DISABLED:          'input',
  // Credentials
  UNSIGNED:                 'credential',
  CREDENTIAL_UNKNOWN:       'credential',
  SIGNATURE_MISMATCH:       'credential',
  CREDENTIAL_EXPIRED:       'credential',
  CREDENTIAL_FORGOTTEN:     'credential',
  CLOCK_SKEW:               'credential',
  AWS_OTHER:                'unknown',
  // Kubernetes
  KUBERNETES_UNAUTHORIZED:  'credential',
  KUBERNETES_FORBIDDEN:     'denied',
  KUBERNETES_NOT_FOUND:     'gone',
  KUBERNETES_EXISTS:        'exists',
  KUBERNETES_CONFLICT:      'conflict',
  KUBERNETES_INVALID:       'input',
  KUBERNETES_THROTTLED:     'retry',
  KUBERNETES_UNAVAILABLE:   'unreachable',
  KUBERNETES_OTHER:         'unknown',
  // Rancher
  RANCHER_LOGGED_OUT:       'credential',
  RANCHER_FORBIDDEN:        'denied',
  RANCHER_NOT_FOUND:        'gone',
  RANCHER_CONFLICT:         'conflict',
  RANCHER_BUSY:             'retry',
  CLUSTER_UNREACHABLE:      'unreachable',
  HOST_UNREACHABLE:         'unreachable',
  HELM_REFUSED:             'input',
  HELM_SILENT:              'input',
  FLEET_FAILED:             'input',
  RANCHER_OTHER:            'unknown',
  // An answer that is not what was asked for, whoever gave it
  ANSWER_UNREADABLE:        'unknown',
  ANSWER_ENDLESS:           'unknown',
  NAME_UNUSABLE:            'input',
  // The run itself
  NO_ANSWER:                'unreachable',
  WAITED_TOO_LONG:          'unreachable',
  NOT_VERIFIED:             'identity',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

type Args = NonNullable<Text['args']>;

/** The three lines of an error; all of them get the same arguments. Every word from outside comes through here: none repeats a secret. */
export function explanation(code: ErrorCode, given: Args = {}, more: Partial<Pick<Explanation, 'action' | 'resource' | 'why'>> = {}): Explanation {
  const args: Args = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]));
  const line = (part: string): Text => ({ key: `irsa.error.${ code }.${ part }`, args });

  return { code, kind: ERRORS[code], what: line('what'), why: line('why'), remedy: line('remedy'), ...more };
}

/**
 * An error of the catalogue, to be thrown.
 * @param why  in place of its own words, where more is known
 */
export function irsaError(code: ErrorCode, args?: Args, facts?: ErrorFacts, why?: Text): IrsaError {
  return new IrsaError(code, explanation(code, args, why && { why }), facts);
}
