import { describe, expect, it } from 'vitest';
import { toClusterRefs } from './clusters';

const connected = [{ type: 'Connected', status: 'True' }];

describe('clusters as Rancher lists them', () => {
  it('knows EKS made by Rancher, with its region and credential', () => {
    const [ref] = toClusterRefs(
      [{ id: 'c-1', links: { update: 'https://rancher.example/v1/x' }, spec: { displayName: 'prod-eks', eksConfig: { region: 'eu-central-1', amazonCredentialSecret: 'cattle-global-data:cc-1' } }, status: { provider: 'eks', version: { gitVersion: 'v1.34.2' }, conditions: connected } }],
      [{ metadata: { namespace: 'fleet-default', name: 'c-1' }, spec: {}, status: { clusterName: 'c-1' } }],
    );

    expect(ref).toEqual({
      id: 'c-1', name: 'prod-eks', provisioningId: 'fleet-default/c-1', distribution: 'eks', origin: 'rancher', version: 'v1.34.2', region: 'eu-central-1', credentialId: 'cattle-global-data:cc-1', editable: true, connected: true
    });
  });

  it.each([
    ['local', { id: 'local', status: { provider: 'eks' } }, undefined, { origin: 'local', distribution: 'eks', name: 'local' }],
    ['RKE2 by Rancher', { id: 'c-2', status: { provider: 'rke2' } }, { rkeConfig: {}, cloudCredentialSecretName: 'x:y' }, { origin: 'rancher', distribution: 'rke2', credentialId: 'x:y' }],
    ['imported K3s', { id: 'c-2', status: { provider: 'k3s' } }, {}, { origin: 'imported', distribution: 'k3s' }],
    ['imported EKS', { id: 'c-2', spec: { eksConfig: { imported: true, region: 'us-east-1' } }, status: {} }, {}, { origin: 'imported', distribution: 'eks', region: 'us-east-1' }],
    ['another', { id: 'c-2', status: { provider: 'gke' } }, {}, { origin: 'imported', distribution: 'other' }],
  ])('%s', (_what, management, spec, expected) => {
    const [ref] = toClusterRefs([management], spec ? [{ metadata: { namespace: 'fleet-default', name: 'n' }, spec, status: { clusterName: management.id } }] : []);

    expect(ref).toMatchObject({ ...expected, connected: false, editable: false });
  });

  it.each<[string, object, object, string | undefined]>([
    ['RKE2’s own registry', {}, { rkeConfig: { machineSelectorConfig: [{ machineLabelSelector: { matchLabels: { a: 'b' } }, config: { 'system-default-registry': 'of-some.example' } }, { config: { 'system-default-registry': 'own.example:5000' } }] } }, 'own.example:5000'],
    ['none for all of its machines', {}, { rkeConfig: { machineSelectorConfig: [{ machineLabelSelector: {}, config: { 'system-default-registry': 'of-some.example' } }] } }, undefined],
    ['an empty one', {}, { rkeConfig: { machineSelectorConfig: [{ config: { 'system-default-registry': '' } }] } }, undefined],
    ['none', {}, { rkeConfig: {} }, undefined],
    ['the one of an imported cluster', { importedConfig: { privateRegistryURL: 'imported.example' } }, {}, 'imported.example'],
  ])('finds where images come from: %s', (_what, spec, provisioning, registry) => {
    expect(toClusterRefs([{ id: 'c-2', spec }], [{ metadata: { namespace: 'fleet-default', name: 'n' }, spec: provisioning, status: { clusterName: 'c-2' } }])[0]!.registry).toBe(registry);
  });

  it('leaves out what is not there yet', () => {
    expect(toClusterRefs([], [{ metadata: { namespace: 'fleet-default', name: 'coming' }, status: {} }])).toEqual([]);
  });
});
