import type { AwsRequest } from '../contracts.ts';
import { REGIONS } from './hosts.ts';
import type { Endpoint } from './hosts.ts';

const SERVICES = ['iam', 'sts', 'eks', 's3'] as const;

/** Regions that IAM's endpoints are signed for (AWS General Reference, «IAM endpoints and quotas»). */
const IAM_REGIONS: Record<string, string> = { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

/**
 * Which service a request means that came to an address of the sandbox's own (`AWS_ENDPOINT_URL`) instead of a host of AWS: the one it
 * is signed for; without a signature STS if it names an action, else S3, which are the two that serve strangers. All that follows is
 * as strict as at AWS' own hosts.
 */
export function directEndpoint(request: AwsRequest, home: { partition: string; region: string }): Endpoint {
  const [, region = '', name = ''] = /Credential=[^/,\s]+\/\d{8}\/([^/,\s]*)\/([^/,\s]*)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
  const service = SERVICES.find((one) => one === name) ?? (/(?:^|[?&])Action=/.test(`${ request.url }&${ request.body.toString() }`) ? 'sts' : 's3');
  const known = (REGIONS[home.partition] ?? []).includes(region) ? region : home.region;

  return { service, partition: home.partition, region: service === 'iam' ? IAM_REGIONS[home.partition] ?? known : known };
}
