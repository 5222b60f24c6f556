/**
 * What must not be repeated of a text that somebody else wrote, and what stands there instead. AWS, Rancher and clusters echo parts of a
 * request in their refusals: IAM repeats an Authorization header that it cannot read, whole.
 */
const SECRETS: readonly [RegExp, string][] = [
  // A JSON web token; its first two parts are JSON objects.
  [/\beyJ[\w-]{5,}\.eyJ[\w-]{5,}(?:\.[\w-]*)?/g, '(token)'],
  // Authorization: the scheme may be said, what follows it not.
  [/\b([Bb]earer|[Bb]asic|BEARER|BASIC)(?:\s+|%20)(?=[\w.~+/:=%-]*[\dA-Z=:])[\w.~+/:=%-]{4,}/g, '$1 (token)'],
  [/\b(AWS4-HMAC-SHA256)\s+Credential=[^'"<>]*/gi, '$1 (signature)'],
  [/\b(Signature=)[0-9a-f]{16,}/gi, '$1(signature)'],
  // Rancher's API tokens and session cookies.
  [/\b((?:token|kubeconfig-[\w.-]{1,63}|ext\/token)-\w{3,}):\w{20,}/g, '$1:(token)'],
  [/\b(R_SESS|CSRF)=[^;\s'"<>]+/g, '$1=(cookie)'],
  // Session tokens of STS, by how they begin; plain or URL-encoded.
  [/\b(?:IQoJ|FwoG|FQoG|AQoD)[\w+/=%-]{20,}/g, '(session token)'],
  // Names that are followed by a secret, whatever it looks like.
  [/((?:secret_?access_?key|session_?token|security-token|secret_?key)["']?\s*[:=>]\s*["']?)[^\s"'<>,;&]{8,}/gi, '$1(secret)'],
];

/** A text from outside without tokens, signatures, cookies and keys; everything else stays as it was received. */
export function redact(text: string): string {
  return SECRETS.reduce((words, [pattern, instead]) => words.replace(pattern, instead), text);
}
