import { describe, expect, it } from 'vitest';
import { valuesFor } from './values';

describe('the values that suit a cluster', () => {
  it.each([
    ['one node', { nodes: 1 }, { replicaCount: 1 }],
    ['several', { nodes: 5, region: 'eu-central-1' }, { replicaCount: 2, region: 'eu-central-1' }],
    ['uncounted nodes', {}, { replicaCount: 2 }],
    ['an image from a mirror', { nodes: 3, shellImage: 'registry.example:5000/rancher/shell:v0.8.1' }, { replicaCount: 2, tls: { renewal: { image: { repository: 'rancher/shell', tag: 'v0.8.1' } } } }],
    ['an image without a tag', { nodes: 3, shellImage: 'rancher/shell' }, { replicaCount: 2 }],
  ])('of %s', (_, traits, values) => {
    expect(valuesFor(traits)).toEqual(values);
  });
});
