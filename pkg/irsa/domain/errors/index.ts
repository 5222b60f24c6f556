export { explainAws, type AwsFailure } from './aws';
export { ERRORS, explanation, irsaError, type ErrorCode } from './catalogue';
export { IrsaError, type ErrorFacts, type ErrorKind, type Explanation } from './irsa-error';
export { explainKubernetes, type KubernetesFailure } from './kubernetes';
export { received } from './received';
export { explainRancher, type RancherFailure } from './rancher';
export { redact } from './redact';
