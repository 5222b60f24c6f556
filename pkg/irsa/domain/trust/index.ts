export { bindingStatement, claimKey, expectedSubject, newTrust } from './document';
export type { Binding, TrustDocument, TrustStatement } from './document';
export { addBinding, hasBinding, removeBinding } from './edit';
export { evaluateTrust, type TrustCause, type TrustRequest, type TrustVerdict } from './evaluate';
export { parseTrust } from './parse';
export { policySize, trustSize } from './size';
