import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { beforeEach, describe, it } from 'vitest';
import { REGION, clientOptions, type Comparison } from './target';

/** EKS, as far as IRSA reads it. */
export function eksCases(comparison: () => Comparison): void {
  describe('EKS', () => {
    let see: Comparison;
    let client: EKSClient;

    beforeEach(async() => {
      see = comparison();
      await see.target.reset();
      client = new EKSClient(clientOptions(see.target));
    });

    it('describes a cluster with its issuer', async() => {
      await see.target.seedCluster('prod-eks', REGION);
      const { cluster } = await client.send(new DescribeClusterCommand({ name: 'prod-eks' }));

      see.gives('DescribeCluster', [cluster?.name, cluster?.arn, cluster?.status, cluster?.createdAt instanceof Date], ['prod-eks', `arn:aws:eks:${ REGION }:${ see.target.accountId }:cluster/prod-eks`, 'ACTIVE', true]);
      see.gives('DescribeCluster: issuer', /^https:\/\/oidc\.eks\.eu-central-1\.amazonaws\.com\/id\/\w+$/.test(cluster?.identity?.oidc?.issuer ?? ''), true);
    });

    it('lists clusters by pages, of one region', async() => {
      for (const name of ['a', 'b', 'c']) {
        await see.target.seedCluster(name, REGION);
      }
      const first = await client.send(new ListClustersCommand({ maxResults: 2 }));
      const second = await client.send(new ListClustersCommand({ maxResults: 2, nextToken: first.nextToken }));

      see.gives('ListClusters, first page', [first.clusters, first.nextToken !== undefined], [['a', 'b'], true]);
      see.gives('ListClusters, second page', [second.clusters, second.nextToken], [['c'], undefined]);
      see.gives('ListClusters elsewhere', (await new EKSClient(clientOptions(see.target, 'us-east-1')).send(new ListClustersCommand({}))).clusters, []);
      await see.refuses('ListClusters, 101 at once', client.send(new ListClustersCommand({ maxResults: 101 })), { status: 400, code: 'InvalidParameterException' }, { moto: 'succeeds', source: 'EKS API reference, ListClusters, maxResults: «Maximum value of 100»' });
    });

    it('does not know what is not there', async() => {
      await see.refuses('DescribeCluster of none', client.send(new DescribeClusterCommand({ name: 'none' })), { status: 404, code: 'ResourceNotFoundException', message: 'No cluster found for name: none.' });
    });
  });
}
