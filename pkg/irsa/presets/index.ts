import { awsEbsCsi } from './aws-ebs-csi';
import { awsEfsCsi } from './aws-efs-csi';
import { awsForFluentBit } from './aws-for-fluent-bit';
import { awsLoadBalancerController } from './aws-load-balancer-controller';
import { certManager } from './cert-manager';
import { clusterAutoscaler } from './cluster-autoscaler';
import { externalDns } from './external-dns';
import { externalSecrets } from './external-secrets';
import { keda } from './keda';
import { loki } from './loki';
import { longhorn } from './longhorn';
import { mountpointS3 } from './mountpoint-s3';
import { nodeTerminationHandler } from './node-termination-handler';
import type { Preset } from './preset';
import { rancherBackup } from './rancher-backup';
import { rancherLogging } from './rancher-logging';
import { rancherMonitoring } from './rancher-monitoring';
import { thanos } from './thanos';
import { velero } from './velero';

export { AUDIENCE_ANNOTATION, ROLE_ANNOTATION } from './annotations';
export { impossibleCharts } from './impossible';
export { filledIn, isAskedFor, parameterProblems } from './parameters';
export type { ImpossibleChart, PolicyDocument, PolicyFacts, PolicyStatement, Preset, PresetParameter, SubjectOptions } from './preset';

/** The charts the product knows, in the order they are offered: those of Rancher's own catalog first. */
export const presets: Preset[] = [
  rancherBackup, rancherLogging, rancherMonitoring, longhorn,
  awsEbsCsi, awsEfsCsi, awsForFluentBit, awsLoadBalancerController, certManager, clusterAutoscaler, externalDns, externalSecrets, keda, loki, mountpointS3, nodeTerminationHandler, thanos, velero,
];

/** The accounts of a preset as an installation that changes no names has them, each with the answers that lead to it. */
export function accountsOf(preset: Preset): { namespace: string; name: string; parameters: Record<string, string> }[] {
  return (preset.accounts ?? [{}]).map((parameters) => {
    const { namespace, serviceAccount } = preset.subject({ parameters });

    return { namespace, name: serviceAccount, parameters };
  });
}

/** The preset whose account this is, with the answers that lead to it. */
export function bindingOfAccount(account: { namespace: string; name: string }): { preset: Preset; parameters: Record<string, string> } | undefined {
  for (const preset of presets) {
    const found = accountsOf(preset).find(({ namespace, name }) => namespace === account.namespace && name === account.name);

    if (found) {
      return { preset, parameters: found.parameters };
    }
  }

  return undefined;
}

/** The preset whose account this is. */
export function presetOfAccount(account: { namespace: string; name: string }): Preset | undefined {
  return bindingOfAccount(account)?.preset;
}
