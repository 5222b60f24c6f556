export { bindingStatement, claimKey, expectedSubject, newTrust } from './document';
export type { Binding, TrustDocument, TrustStatement } from './document';
export { addBinding, hasBinding, isPurelyOurs, removeBinding } from './edit';
export { evaluateTrust, type Difference, type TrustCause, type TrustRequest, type TrustVerdict } from './evaluate';
export { parseTrust, parseTrustSource, type TrustSource } from './parse';
export { policySize, trustRoom, trustSize, type TrustRoom } from './size';
export { LINT_RULES, lintTrust, type Rule, type LintCluster, type LintCode, type LintContext, type LintFinding, type LintIssuer, type LintRole } from './lint';
export { tightenTrust, type TightenWish } from './lint/tighten';
