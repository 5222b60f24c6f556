import { eksIssuer } from '../../sandbox/scenario/scenario.ts';
import { put, typeIn } from '../../sandbox/scenario/put.ts';
import type { KubeCluster } from '../../sandbox/contracts.ts';
import type { World } from '../../sandbox/scenario/world.ts';
import { seedKeyedBackup, seedKeyedNamespaceOutput, seedKeyedOutput, seedKeyedWorkload } from '../seeds';

/** What a role may; to be written. */
export const POLICY = { kind: 'policy' as const, name: 'read', json: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-catalogue/*"}]}' };

/** The provider of prod-eks is there. */
export function registered({ aws }: World, clientIds: string[] = ['sts.amazonaws.com']): void {
  aws.seedProvider({ url: eksIssuer('5E1FD0D5E1FD0D5E1FD0D5E1FD0D0002'), clientIds });
}

/** Rancher forwards to STS. */
export function allowSts({ clusters }: World): void {
  put(clusters.local.kube, 'management.cattle.io', 'proxyendpoints', { metadata: { name: 'sts' }, spec: { routes: [{ domain: 'sts.%.amazonaws.com' }] } });
}

/** A setting of Rancher's. */
export function setSetting({ store }: KubeCluster, name: string, value: string): void {
  store.patch(typeIn({ store } as KubeCluster, 'management.cattle.io', 'settings'), undefined, name, 'application/merge-patch+json', { value });
}

/** A role of ours with an inline policy. */
export function seedRole({ aws }: World): void {
  const attached = [aws.seedPolicy('all', { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })];

  aws.seedRole({ name: 'edited', path: '/rancher-irsa/', attached, trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] } }).inline.set('read', POLICY.json);
}

/** Whatever uses an access key. */
export function seedKeys(world: World): void {
  seedKeyedOutput(world);
  seedKeyedNamespaceOutput(world);
  seedKeyedWorkload(world);
  seedKeyedBackup(world);
}
