import { parseRoleArn } from '../domain/aws/arn';
import { isRegion, serviceHost } from '../domain/aws/partitions';
import type { ObservedCluster } from '../domain/facts';
import { text } from '../domain/text';
import type { Step } from './plan';
import type { Subject } from './trust';
import type { Later } from './value';

/** A real exchange at STS; the session policy allows nothing, so what comes of it can do nothing. */
export function verify(observed: ObservedCluster, subject: Subject, role: Later, region: string | undefined, id: 'verify' | 'verify-first' = 'verify'): Step {
  return {
    id,
    target: 'sts',
    title:  text('irsa.step.verify.title'),
    detail: id === 'verify' ? text('irsa.step.verify.detail') : text('irsa.step.verify.detailFirst'),
    change: 'check',
    call:   {
      verify: {
        clusterId: observed.cluster.id, namespace: subject.namespace, serviceAccount: subject.name, audience: subject.audience, roleArn: role.value, stsHost: stsHost(observed, role, region)
      }
    },
  };
}

/** The host that was observed, else the regional one of the wish, the cluster, or the role's partition. */
function stsHost(observed: ObservedCluster, role: Later, region: string | undefined): string {
  if (observed.sts.known) {
    return observed.sts.value.host;
  }
  const fallback = parseRoleArn(role.shown)?.partition === 'aws-us-gov' ? 'us-gov-west-1' : parseRoleArn(role.shown)?.partition === 'aws-cn' ? 'cn-north-1' : 'us-east-1';

  return serviceHost('sts', [region, observed.cluster.region].find((one) => one && isRegion(one)) ?? fallback);
}
