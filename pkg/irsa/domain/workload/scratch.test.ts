import { describe, expect, it } from 'vitest';
import { losablePaths } from './scratch';

const pod = (volume: object, mountPath: string) => ({ volumes: [{ name: 'v', ...volume }], containers: [{ name: 'a', volumeMounts: [{ name: 'v', mountPath }] }, { name: 'b', volumeMounts: [{ name: 'v', mountPath }] }] });

describe('what goes with a pod', () => {
  it('is what it keeps in a volume of its own', () => {
    expect(losablePaths(pod({ emptyDir: {} }, '/buffers'))).toEqual(['/buffers']);
    expect(losablePaths({ volumes: [{ name: 'fluentd-buffer', emptyDir: {} }], containers: [{ name: 'a', volumeMounts: [{ name: 'fluentd-buffer', mountPath: '/x' }] }] })).toEqual(['/x']);
  });

  it.each([
    ['on a persistent volume', pod({ persistentVolumeClaim: { claimName: 'a' } }, '/buffers')],
    ['in memory', pod({ emptyDir: { medium: 'Memory' } }, '/data')],
    ['a cache', pod({ emptyDir: {} }, '/tmp')],
    ['not mounted', { volumes: [{ name: 'data', emptyDir: {} }], containers: [{ name: 'a' }] }],
    ['nothing', { volumes: null, containers: [{ name: 'a', volumeMounts: null }] }],
  ])('is not what is %s', (_, spec) => {
    expect(losablePaths(spec)).toEqual([]);
  });
});
