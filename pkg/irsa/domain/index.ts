/** The contracts of the domain (design §5): tools and tests outside the package call these. */
export { parseRoleArn, roleArn, accountOfArn, type RoleArn } from './aws/arn';
export { ownership, providerTags, roleTags, ROLE_PATH, TAG, tagList } from './aws/ownership';
export { isRegion, partitionFacts, partitionOfRegion, serviceHost } from './aws/partitions';
export { DEFAULT_AUDIENCE, ROLE_POLICY_SIZE, TRUST_POLICY_SIZE } from './aws/quotas';
export { assessBinding, assessCluster, type BindingAssessment } from './chain';
export * from './errors';
export { discoveryDocument } from './issuer/discovery';
export { eksIssuerRegion, isEksIssuer, issuerOfProviderArn, issuerPath, issuerProblem, issuerProblemText, providerArn } from './issuer/issuer';
export { keyId } from './issuer/key-id';
export { LocatedError } from './json/located';
export { samePolicy, samePolicyText } from './json/same';
export { policyName, predictRoleName, roleNameProblem, sessionName } from './names/names';
export { text } from './text';
export * from './trust';
