import { describe, expect, it } from 'vitest';
import type { ObservedPod } from '../facts';
import { judgePod, needsRestart, podIdentity, type PodVerdict } from './live-pod';
import type { Container, Pod } from './pod';
import { predictMutation } from './predict';

const ROLE = 'arn:aws:iam::111122223333:role/rancher-irsa/reader';
const OTHER = 'arn:aws:iam::111122223333:role/other';
const audience = 'sts.amazonaws.com';
const bound = (roleArn = ROLE, more: Record<string, string> = {}) => ({ metadata: { annotations: { 'eks.amazonaws.com/role-arn': roleArn, ...more } } });
const plain = (container: Partial<Container> = {}, metadata: Pod['metadata'] = {}, spec: object = {}): Pod => ({ metadata, spec: { containers: [{ name: 'app', ...container }], ...spec } });
const live = (pod: Pod, createdAt = '2026-11-25T10:00:00Z'): ObservedPod => ({ name: 'p', createdAt, ready: true, ...podIdentity(pod) });
const account = { roleArn: ROLE, audience, annotatedAt: '2026-11-25T09:00:00Z' };

describe('podIdentity', () => {
  it('finds what the webhook gave, on Linux and Windows, wherever it mounts', () => {
    expect(podIdentity(predictMutation(plain(), bound()))).toEqual({ identity: { roleArn: ROLE, audience } });
    expect(podIdentity(predictMutation(plain({}, {}, { nodeSelector: { 'kubernetes.io/os': 'windows' } }), bound()))).toEqual({ identity: { roleArn: ROLE, audience } });
    expect(podIdentity(predictMutation(plain(), bound(), { tokenMountPath: '/var/run/aws/' }))).toEqual({ identity: { roleArn: ROLE, audience } });
    expect(podIdentity(plain())).toEqual({});
  });

  it('does not take variables of the template for the webhook’s', () => {
    const own = plain({ env: [{ name: 'AWS_ROLE_ARN', value: OTHER }, { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/own/token' }] });

    expect(podIdentity(predictMutation(own, bound()))).toEqual({ identity: { roleArn: OTHER, audience }, overrides: ['app'] });
    expect(podIdentity(plain({ env: [{ name: 'AWS_ROLE_ARN', valueFrom: { secretKeyRef: {} } }] }))).toEqual({ overrides: ['app'] });
    expect(podIdentity(plain({ env: [{ name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/x' }] }))).toEqual({ overrides: ['app'] });
  });

  it('sees what was left out on purpose', () => {
    expect(podIdentity(plain({}, { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': '' } }))).toEqual({ skipped: 'label' });
    expect(podIdentity(plain({}, { annotations: { 'eks.amazonaws.com/skip-containers': 'app,x' } }))).toEqual({ skipped: 'containers' });
    expect(podIdentity(predictMutation(plain({}, { annotations: { 'eks.amazonaws.com/skip-containers': 'app' } }, { initContainers: [{ name: 'init' }] }), bound()))).toEqual({ identity: { roleArn: ROLE, audience } });
  });
});

describe('judgePod', () => {
  const injected = (roleArn?: string, more?: Record<string, string>) => live(predictMutation(plain(), bound(roleArn, more)));
  const overridden = (value: string) => live(predictMutation(plain({ env: [{ name: 'AWS_ROLE_ARN', value }, { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/own' }] }), bound()));

  it.each<[PodVerdict, ObservedPod]>([
    ['carries', injected()],
    ['carries', overridden(ROLE)],
    ['stale', injected(OTHER)],
    ['audience', injected(ROLE, { 'eks.amazonaws.com/audience': 'x' })],
    ['overridden', overridden(OTHER)],
    ['skipped', live(plain({}, { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } }))],
    ['missed', live(plain())],
    ['older', live(plain(), '2026-11-25T08:00:00Z')],
  ])('%s', (verdict, pod) => {
    expect(judgePod(pod, account)).toBe(verdict);
    expect(needsRestart(verdict)).toBe(['missed', 'older', 'stale', 'audience'].includes(verdict));
  });

  it('is not content with one container when another is somebody else', () => {
    const two = (env: Container['env']) => live(predictMutation(plain({}, {}, { containers: [{ name: 'app', env }, { name: 'sidecar' }] }), bound()));

    expect(two([])).toMatchObject({ identity: { roleArn: ROLE } });
    expect(judgePod(two([]), account)).toBe('carries');
    const other = two([{ name: 'AWS_ROLE_ARN', value: OTHER }, { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/own' }]);

    expect(other.divergent).toEqual(['app']);
    expect(judgePod(other, account)).toBe('overridden');
    expect(judgePod(two([{ name: 'AWS_ROLE_ARN', valueFrom: { secretKeyRef: {} } }]), account)).toBe('overridden');
    expect(judgePod(two([{ name: 'AWS_ROLE_ARN', value: ROLE }, { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/own' }]), account)).toBe('carries');
  });

  it('does not take a pod for whole in which a container came after the webhook, and names it', () => {
    const mutated = predictMutation(plain(), bound());
    const pod = (settings?: Parameters<typeof podIdentity>[1], annotations?: Record<string, string>): ObservedPod => ({ name: 'p', createdAt: '', ready: true, ...podIdentity({ ...mutated, metadata: { annotations }, spec: { ...mutated.spec, containers: [...mutated.spec.containers, { name: 'proxy' }] } }, settings) });

    expect(pod().lacking).toEqual(['proxy']);
    expect(judgePod(pod(), account)).toBe('partly');
    expect(needsRestart('partly')).toBe(false);
    expect(judgePod(pod(), { ...account, roleArn: OTHER })).toBe('stale');
    expect(judgePod(pod(), { ...account, audience: 'x' })).toBe('audience');
    // Left out on purpose, by the words of the webhook that is there.
    expect(judgePod(pod({}, { 'eks.amazonaws.com/skip-containers': 'proxy' }), account)).toBe('carries');
    expect(judgePod(pod({ annotationPrefix: 'a.b' }, { 'a.b/skip-containers': 'proxy' }), account)).toBe('carries');
    expect(judgePod(pod({ annotationPrefix: 'a.b' }, { 'eks.amazonaws.com/skip-containers': 'proxy' }), account)).toBe('partly');
  });

  it('tells a pod that was there before the webhook from one that it missed', () => {
    const since = '2026-11-25T10:00:00Z';

    expect(judgePod(live(plain(), '2026-11-25T09:30:00Z'), { roleArn: ROLE, audience }, since)).toBe('early');
    expect(judgePod(live(plain(), '2026-11-25T10:30:00Z'), { roleArn: ROLE, audience }, since)).toBe('missed');
    // Older than both: the binding came last.
    expect(judgePod(live(plain(), '2026-11-25T09:30:00Z'), { roleArn: ROLE, audience, annotatedAt: '2026-11-25T11:00:00Z' }, since)).toBe('older');
    expect(needsRestart('early')).toBe(true);
  });

  it('does not call a pod older when nobody knows when the account was bound', () => {
    expect(judgePod(live(plain(), '2020-01-01T00:00:00Z'), { roleArn: ROLE, audience })).toBe('missed');
  });
});
