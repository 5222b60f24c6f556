/** Regions in the frozen endpoint table that Rancher signs by (aws-sdk-go v1 endpoints; mx-central-1 is not in it, recorded "s3.mx-central-1"). */
const REGIONS = new Set([
  'af-south-1', 'ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ca-central-1',
  'ca-west-1', 'eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'il-central-1', 'me-central-1', 'me-south-1', 'sa-east-1', 'us-east-1', 'us-east-2',
  'us-west-1', 'us-west-2', 'cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'us-gov-west-1'
]);
/** Labels that the table knows as services; the first one in a host is taken, be it a bucket's name. */
const SERVICES = new Set(['acm', 'apigateway', 'athena', 'backup', 'batch', 'config', 'dynamodb', 'ec2', 'ecr', 'ecs', 'eks', 'events', 'iam', 'kms', 'lambda', 'logs', 'monitoring', 'rds', 's3', 'secretsmanager', 'sns', 'sqs', 'ssm', 'sts']);
/** signer_awsv4.go globalAWSServices, as far as the list above goes. */
const GLOBAL = new Set(['iam']);

/**
 * What Rancher signs a request to a host for (pkg/httpproxy/signer_awsv4.go getServiceAndRegion). A region it does not know makes
 * it forget the service too, except for a global one.
 */
export function scopeOf(host: string): { service: string; region: string } {
  const labels = host.split('.');
  const service = labels.find((label) => SERVICES.has(label)) ?? '';
  const region = labels.find((label) => REGIONS.has(label));
  const otherwise = host.includes('us-gov') ? 'us-gov-west-1' : 'us-east-1';

  if (region === undefined) {
    return { service: GLOBAL.has(service) ? service : '', region: otherwise };
  }

  return { service, region: service === '' ? otherwise : region };
}
