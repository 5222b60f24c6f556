export { explainAws, type AwsFailure } from './aws';
export { IrsaError, type ErrorFacts, type ErrorKind, type Explanation } from './irsa-error';
export { explainKubernetes, type KubernetesFailure } from './kubernetes';
export { explainRancher, type RancherFailure } from './rancher';
