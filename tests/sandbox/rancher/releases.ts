import type { HttpAnswer } from '../contracts.ts';
import { json } from './answers.ts';
import type { Fields } from './values.ts';

const SERVER: Record<string, Fields> = {
  cni:                           { type: 'array', options: ['calico', 'canal', 'cilium', 'flannel'], default: 'calico' },
  disable:                       { type: 'array', options: ['rke2-coredns', 'rke2-ingress-nginx', 'rke2-metrics-server'] },
  'disable-kube-proxy':          { type: 'boolean' },
  'etcd-expose-metrics':         { type: 'boolean' },
  'kube-apiserver-arg':          { type: 'array' },
  'kube-controller-manager-arg': { type: 'array' },
  'kube-scheduler-arg':          { type: 'array' },
  'service-cidr':                { type: 'string' },
  'tls-san':                     { type: 'array' },
};
const AGENT: Record<string, Fields> = {
  'cloud-provider-name':     { type: 'enum', nullable: true, options: ['aws', 'external'] },
  'kubelet-arg':             { type: 'array' },
  profile:                   { type: 'enum', nullable: true, options: ['cis'] },
  'protect-kernel-defaults': { type: 'boolean' },
};

/** `/v1-rke2-release/…` and `/v1-k3s-release/…`: which versions Rancher can make, and what they take. */
export function releasesAnswer(distribution: 'rke2' | 'k3s', what: string): HttpAnswer | undefined {
  const versions = ['v1.33.6', 'v1.34.2'].map((version) => `${ version }+${ distribution === 'rke2' ? 'rke2r1' : 'k3s1' }`);
  const serverArgs = distribution === 'rke2' ? SERVER : { ...SERVER, cni: undefined };

  switch (what) {
  case 'releases':
    return json(200, {
      type:         'collection',
      resourceType: 'release',
      data:         versions.map((version) => ({
        id: version, type: 'release', version, minChannelServerVersion: 'v2.14.0-alpha1', maxChannelServerVersion: 'v2.15.99', serverArgs, agentArgs: AGENT,
        charts: {}, featureVersions: { 'encryption-key-rotation': '2.0.0' }
      }))
    });
  case 'channels':
    return json(200, { type: 'collection', resourceType: 'channel', data: ['stable', 'latest', 'default'].map((name) => ({ id: name, type: 'channel', name, latest: versions[1] })) });
  default:
    return undefined;
  }
}
