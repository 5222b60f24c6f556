import { quotasOf } from '../../aws/quotas';
import type { ObservedCluster, ObservedRole } from '../../facts';
import type { LintCluster, LintContext } from './context';

/**
 * What was observed, as far as the rules can use it; what could not be read is left out, and its rules stay silent.
 * @param others  further clusters that were looked at, of the same AWS account
 * @param isComplete  these are all the clusters that Rancher knows
 */
export function lintFacts(observed: ObservedCluster, role: ObservedRole, others: ObservedCluster[] = [], isComplete = false): LintContext {
  const { account, providers } = observed;
  const clusters = [observed, ...others].flatMap(lintCluster);
  const issuers = [observed, ...others].flatMap(({ hosting }) => hosting ?? []);
  const read = [observed, ...others].flatMap(({ provider }) => provider.known && provider.value?.audiences ? { arn: provider.value.arn, audiences: provider.value.audiences } : []);
  const audiences = (arn: string) => read.find((one) => one.arn === arn) ?? {};

  return {
    role: {
      arn:         role.arn,
      hasBoundary: role.permissionsBoundary !== undefined,
      ...(role.maxSessionDuration === undefined ? {} : { maxSessionDuration: role.maxSessionDuration }),
      ...(role.managedPolicies?.known ? { managedPolicies: role.managedPolicies.value } : {}),
      policies:    Object.entries({ ...role.inlinePolicies, ...(role.managedDocuments?.known ? role.managedDocuments.value : {}) }).map(([name, json]) => ({ name, json })),
    },
    quota: quotasOf(account).trustPolicySize,
    clusters,
    // One whose issuer is not known may be any of those that the policy names.
    isComplete: isComplete && clusters.length === others.length + 1,
    ...(issuers.length > 0 ? { issuers } : {}),
    ...(providers ? { providers: providers.map((arn) => ({ arn, ...audiences(arn) })) } : {}),
  };
}

function lintCluster({ cluster, issuer, accounts }: ObservedCluster): LintCluster[] {
  return issuer.known ? [{
    name:   cluster.name,
    issuer: issuer.value,
    // Kubernetes makes an account `default` in every namespace.
    ...(accounts ? { accounts, namespaces: [...new Set(accounts.map(({ namespace }) => namespace))] } : {}),
  }] : [];
}
