import { awsRequestHandler, type AwsRoute } from './request-handler';

/**
 * What every client of ours has: one attempt (the runner repeats, visibly), no signature (Rancher signs) and no look around for
 * credentials or a configuration.
 */
export function clientConfig(route: AwsRoute, host: string, region: string) {
  return {
    region,
    endpoint:       `https://${ host }`,
    maxAttempts:    1,
    requestHandler: awsRequestHandler(route),
    credentials:    { accessKeyId: 'signed-by-rancher', secretAccessKey: 'signed-by-rancher' },
    signer:         { sign: async<T>(request: T): Promise<T> => request },
  };
}
