import { readFileSync } from 'node:fs';
import fastJsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../contracts.ts';
import { csvFields } from './csv.ts';
import { mutatePod } from './mutate.ts';
import { eksFlags, FLAG_DEFAULTS, readFlags } from './settings.ts';

interface Recorded {
  flags: string[];
  config: string;
  case: string;
  serviceAccount: KubeObject['metadata'] | null;
  pod: KubeObject;
  patch: Operation[];
}

const { cases } = JSON.parse(readFileSync(new URL('../../../fixtures/webhook-mutations.json', import.meta.url), 'utf8')) as { cases: Recorded[] };

function accountOf(recorded: Recorded): KubeObject | undefined {
  return recorded.serviceAccount ? { apiVersion: 'v1', kind: 'ServiceAccount', metadata: recorded.serviceAccount } : undefined;
}

describe('the pod identity webhook, as the real one answered', () => {
  it('has every recorded case', () => {
    expect(cases).toHaveLength(246);
    expect(cases.filter((recorded) => recorded.patch.length)).toHaveLength(225);
  });

  it.each(cases.map((recorded) => [recorded.config, recorded.case, recorded] as const))('%s: %s', (_config, _case, recorded) => {
    const expected = fastJsonPatch.applyPatch(structuredClone(recorded.pod), recorded.patch).newDocument;
    const before = structuredClone(recorded.pod);

    expect(mutatePod(recorded.pod, accountOf(recorded), readFlags(recorded.flags))).toStrictEqual(expected);
    expect(recorded.pod).toStrictEqual(before);
  });
});

it('leaves a container alone that has one of the two variables, a region and the STS variable', () => {
  const env = ['AWS_ROLE_ARN', 'AWS_DEFAULT_REGION', 'AWS_STS_REGIONAL_ENDPOINTS'].map((name) => ({ name, value: 'own' }));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'app', env }] } };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/r' } } };

  expect(mutatePod(pod, account, FLAG_DEFAULTS).spec).toMatchObject({ containers: [{ name: 'app', env, resources: {} }] });
  expect(JSON.stringify(mutatePod(pod, account, FLAG_DEFAULTS).spec)).not.toContain('volumeMounts');
});

describe('flags', () => {
  it('have the defaults of the binary', () => {
    expect(readFlags([])).toStrictEqual(FLAG_DEFAULTS);
  });

  it('are read from a command line among others', () => {
    expect(readFlags(['/webhook', '--in-cluster=false', '--aws-default-region=eu-central-1', '--sts-regional-endpoint', '--token-expiration=60'])).toMatchObject({
      region: 'eu-central-1', regionalSts: true, expiration: 600
    });
    expect(readFlags(['--sts-regional-endpoint=false'])).toMatchObject({ regionalSts: false });
  });

  it('of EKS name the region of the cluster', () => {
    expect(eksFlags('eu-west-3')).toMatchObject({ region: 'eu-west-3', regionalSts: true, audience: 'sts.amazonaws.com' });
  });
});

describe('skip-containers', () => {
  it.each([
    ['', []],
    ['a,b', ['a', 'b']],
    [' a , b', [' a ', ' b']],
    ['"a,x",b', ['a,x', 'b']],
    ['"a""x"', ['a"x']],
    ['a,', ['a', '']],
    ['a"b', undefined],
    ['"a', undefined],
  ])('%j is %j', (text, fields) => {
    expect(csvFields(text)).toStrictEqual(fields);
  });
});
