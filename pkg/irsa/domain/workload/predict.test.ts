import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import recorded from '../../../../tests/fixtures/webhook-mutations.json';
import type { Container, Pod } from './pod';
import { intendedIdentity, predictMutation } from './predict';
import { parseBoolean, parseInteger, settingsOf } from './settings';
import { skippedContainers } from './skip-list';

interface Case {
  flags: string[];
  config: string;
  case: string;
  serviceAccount: { annotations?: Record<string, string> } | null;
  pod: Pod;
  patch: Operation[] | null;
}

const cases = recorded.cases as unknown as Case[];
const ROLE = 'arn:aws:iam::111122223333:role/s3-reader';
const bound = { metadata: { annotations: { 'eks.amazonaws.com/role-arn': ROLE } } };
const pod = (container: Partial<Container>, more: object = {}, annotations?: Record<string, string>): Pod => ({ metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'x', ...container }], ...more } });
const app = (mutated: Pod) => mutated.spec.containers[0]!;

describe('predictMutation agrees with what the real webhook answered', () => {
  it('has every recorded case', () => {
    expect(cases).toHaveLength(246);
    expect(cases.filter(({ patch }) => patch?.length)).toHaveLength(225);
  });

  it.each(cases.map((one) => [one.config, one.case, one] as const))('%s: %s', (_config, _case, one) => {
    const before = structuredClone(one.pod);
    const expected = fastJsonPatch.applyPatch(structuredClone(one.pod), one.patch ?? []).newDocument;

    expect(predictMutation(one.pod, one.serviceAccount, settingsOf(one.flags))).toStrictEqual(expected);
    expect(one.pod).toStrictEqual(before);
  });
});

/** Read off handler.go and cache.go; the recordings have no case of these. */
describe('predictMutation beyond the recordings', () => {
  it('takes the account or its metadata, and leaves a pod of a missing one alone', () => {
    const given = pod({});

    expect(predictMutation(given, { annotations: bound.metadata.annotations })).toStrictEqual(predictMutation(given, bound));
    expect(predictMutation(given, null)).toBe(given);
    expect(predictMutation(given, { metadata: { annotations: null } })).toBe(given);
  });

  it.each([['AWS_ROLE_ARN'], ['AWS_WEB_IDENTITY_TOKEN_FILE']])('leaves a container whole that has %s, a region and the STS variable', (name) => {
    const env = [{ name, value: 'x' }, { name: 'AWS_REGION', value: 'y' }, { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'legacy' }];

    expect(app(predictMutation(pod({ env }), bound))).toStrictEqual({ name: 'app', image: 'x', env, resources: {} });
  });

  it('joins the mount path as Go does', () => {
    const file = (tokenMountPath: string) => intendedIdentity(pod({}), bound, { tokenMountPath })?.tokenFile;

    expect(file('/var/run/aws/')).toBe('/var/run/aws/token');
    expect(file('/var//run/./x/../aws')).toBe('/var/run/aws/token');
    expect(file('/../aws')).toBe('/aws/token');
    expect(file('aws')).toBe('aws/token');
  });

  it('leaves out an audience that is empty', () => {
    const account = { metadata: { annotations: { ...bound.metadata.annotations, 'eks.amazonaws.com/audience': '' } } };

    expect(predictMutation(pod({}), account).spec.volumes?.[0]?.projected?.sources).toStrictEqual([{ serviceAccountToken: { expirationSeconds: 86400, path: 'token' } }]);
  });

  it('writes containers anew, without what is empty', () => {
    const given = pod({ env: [{ name: 'EMPTY', value: '' }], volumeMounts: [{ name: 'data', mountPath: '/d', readOnly: false }], command: [], tty: false, stdin: true }, {}, { 'eks.amazonaws.com/skip-containers': 'app' });

    expect(app(predictMutation(given, bound))).toStrictEqual({ name: 'app', image: 'x', env: [{ name: 'EMPTY' }], volumeMounts: [{ name: 'data', mountPath: '/d' }], stdin: true, resources: {} });
  });

  it('puts the token before volumes that are there, and takes null for none', () => {
    expect(predictMutation(pod({}, { volumes: [{ name: 'a' }] }), bound).spec.volumes?.map(({ name }) => name)).toEqual(['aws-iam-token', 'a']);
    expect(predictMutation(pod({ env: null, volumeMounts: null }, { volumes: null, initContainers: null }), bound).spec.volumes).toHaveLength(1);
  });

  it('raises a flag that is too short', () => {
    expect(intendedIdentity(pod({}), bound, { tokenExpirationSeconds: 60 })?.expiration).toBe(600);
  });
});

describe('settingsOf', () => {
  it('reads a command line among other flags', () => {
    expect(settingsOf(['/webhook', '--in-cluster=false', '--aws-default-region', 'eu-central-1', '--sts-regional-endpoint', '--token-expiration=60', '--annotation-prefix=a.b', '--token-audience=x', '-token-mount-path=/t'])).toEqual({
      region: 'eu-central-1', regionalSts: true, tokenExpirationSeconds: 60, annotationPrefix: 'a.b', audience: 'x', tokenMountPath: '/t'
    });
    expect(settingsOf(['--sts-regional-endpoint=false'])).toEqual({ regionalSts: false });
    expect(settingsOf([])).toEqual({});
  });

  it.each([['60', 60], ['+60', 60], ['-1', -1], ['6e2', undefined], [' 60', undefined], ['', undefined], ['0x10', undefined], ['9223372036854775808', undefined], ['1_000', undefined]])('number %j is %j', (text, value) => {
    expect(parseInteger(text)).toBe(value);
  });

  it.each([['1', true], ['T', true], ['True', true], ['tRUE', undefined], ['0', false], ['False', false], ['no', undefined], ['', undefined]])('boolean %j is %j', (text, value) => {
    expect(parseBoolean(text)).toBe(value);
  });
});

describe('skip-containers', () => {
  it.each([
    ['', []], ['a,b', ['a', 'b']], [' a , b', [' a ', ' b']], ['"a,x",b', ['a,x', 'b']], ['"a""x"', ['a"x']], ['a,', ['a', '']], [',', ['', '']], ['a"b', []], ['"a', []], ['"a"b', []], ['"a"\nb', ['a']],
    ['\n\na', ['a']], ['a\r\nb', ['a']], ['"a\nb",c', ['a\nb', 'c']], ['a\r', ['a']],
  ])('%j is %j', (text, names) => {
    expect(skippedContainers(text)).toStrictEqual(names);
  });
});
