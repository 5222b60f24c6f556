/** What of temporary credentials was found in a text. */
export interface PastedKeys {
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
  /** Milliseconds since 1970. */
  expires?: number;
}

/** Why pasted keys cannot be used; l10n key `irsa.temporary.problem.<code>`. */
export type KeysProblem = 'no-access-key' | 'long-lived' | 'not-temporary' | 'no-secret' | 'no-token' | 'expired';

/** Names in any notation, without `AWS_`. */
const FIELDS: readonly [keyof PastedKeys, string][] = [
  ['accessKeyId', 'access_?key_?id'],
  ['secretAccessKey', 'secret_?access_?key'],
  ['sessionToken', '(?:session|security)_?token'],
  ['expires', '(?:(?:credential|session)_)?expiration|x_security_token_expires'],
];

/** Between a name and its value: `=`, `:` or blanks, quotes around either. */
const PAIRS = FIELDS.map(([field, name]) => [field, new RegExp(`\\b(?:aws_)?(?:${ name })["']?[ \\t]{0,20}[:= \\t][ \\t]{0,20}["']?([\\w+/=.:-]+)`, 'i')] as const);

/**
 * Reads temporary credentials out of what people copy: the three `export AWS_…`, `SET AWS_…` or `$Env:AWS_…` lines and the section of a
 * credentials file that IAM Identity Center's portal shows; the JSON, YAML or text of `aws sts assume-role`, `aws sts
 * get-session-token`, `aws sso get-role-credentials` and `aws configure export-credentials`. What is not there is left out.
 */
export function readPastedKeys(text: string): PastedKeys {
  // Real blocks have some 2 KB; whatever is longer is no block.
  const block = text.slice(0, 20_000);
  const found: PastedKeys = readTable(block);

  for (const [field, pattern] of PAIRS) {
    const value = pattern.exec(block)?.[1];

    if (value && field === 'expires') {
      found.expires ??= timeOf(value);
    } else if (value && field !== 'expires') {
      found[field] ??= value;
    }
  }

  return found;
}

/** `CREDENTIALS  ASIA…  2026-…  secret  token`: the text output of the AWS CLI, its columns in the order of their names. */
function readTable(text: string): PastedKeys {
  const [, accessKeyId, expiration = '', secretAccessKey, sessionToken] = /^CREDENTIALS[ \t]+(\S+)[ \t]+(\d\S+)[ \t]+(\S+)[ \t]+(\S+)/m.exec(text) ?? [];

  return accessKeyId ? {
    accessKeyId, secretAccessKey, sessionToken, expires: timeOf(expiration)
  } : {};
}

/** An ISO time, or milliseconds (IAM Identity Center's own API). */
function timeOf(value: string): number | undefined {
  const time = /^\d{12,14}$/.test(value) ? Number(value) : Date.parse(value);

  return Number.isFinite(time) ? time : undefined;
}

/**
 * What stands against using keys. Access keys of users (`AKIA…`) are refused: they do not expire, so a page is no place for them, and
 * Rancher has one (a cloud credential), where they never reach the browser again. IAM unique ids: IAM User Guide, «IAM identifiers».
 */
export function keysProblem(keys: PastedKeys, now: number): KeysProblem | undefined {
  const { accessKeyId = '', secretAccessKey, sessionToken, expires } = keys;

  if (!accessKeyId) {
    return 'no-access-key';
  }
  if (/^AKIA/.test(accessKeyId)) {
    return 'long-lived';
  }
  if (!/^ASIA[A-Z0-9]{12,124}$/.test(accessKeyId)) {
    return 'not-temporary';
  }
  if (!secretAccessKey) {
    return 'no-secret';
  }

  return !sessionToken ? 'no-token' : expires !== undefined && expires <= now ? 'expired' : undefined;
}
