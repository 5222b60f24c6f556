/**
 * In place of the rules by which the AWS SDK finds IAM's host, for 4 KB (gzip): ours names it (gateways/aws/client-config.ts), as Rancher's
 * proxy forwards to these hosts alone.
 */
export function defaultEndpointResolver({ Endpoint }) {
  return { url: new URL(Endpoint) };
}
