import { expect, it } from 'vitest';
import { rancherBackup } from '../presets/rancher-backup';
import { rancherLogging } from '../presets/rancher-logging';
import { placesSeen } from './chart-places';

const FACTS = { partition: 'aws' as const, accountId: '111122223333', region: 'eu-central-1' };
const policy = (answers: Record<string, string>) => JSON.stringify(rancherLogging.policy({ ...FACTS, ...answers }));
const output = (name: string, spec: Record<string, unknown>) => ({ output: { kind: 'clusteroutput' as const, namespace: 'ns', name, spec } });
const s3 = (folder: string) => ({ s3: { s3_bucket: 'acme', s3_region: 'eu-central-1', path: folder } });
const seen = (policies: string[], outputs: Parameters<typeof placesSeen>[2] = []) => {
  const places = placesSeen(rancherLogging, policies, outputs, FACTS);

  return places.map(({ answers, mayWrite, outputs: by }) => [answers.bucket ?? answers.logGroup, answers.folder, mayWrite, by.join()]);
};

it.each<[string, string[], Parameters<typeof placesSeen>[2], unknown[][]]>([
  ['nothing', [], [], []],
  ['a policy without an output', [policy({ destination: 'cloudwatch', logGroup: '/a' })], [], [['/a', undefined, true, '']]],
  ['an output that the policy is for', [policy({ destination: 's3', bucket: 'acme', folder: 'prod' })], [output('a', s3('prod/')), output('b', s3('prod/'))], [['acme', 'prod', true, 'ns/a,ns/b']]],
  ['a folder in a bucket that may be written as a whole', [policy({ destination: 's3', bucket: 'acme' })], [output('a', s3('prod/'))], [['acme', '', true, ''], ['acme', 'prod/', true, 'ns/a']]],
  ['another folder', [policy({ destination: 's3', bucket: 'acme', folder: 'prod' })], [output('a', s3('test/'))], [['acme', 'prod', true, ''], ['acme', 'test/', false, 'ns/a']]],
  ['a star', ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'], [output('a', s3('prod/'))], [['acme', 'prod/', true, 'ns/a']]],
  ['what is no policy, and no output to AWS', ['nonsense'], [output('a', { elasticsearch: {} }), output('b', { opensearch: { endpoint: {} } })], []],
])('the places of a role: %s', (_what, policies, outputs, expected) => {
  expect(seen(policies, outputs)).toEqual(expected);
});

it('the places of Rancher Backups are those that its role’s policies name', () => {
  const json = (answers: Record<string, string>) => JSON.stringify(rancherBackup.policy({ ...FACTS, ...answers }));

  expect(placesSeen(rancherBackup, [json({ bucket: 'acme', folder: 'prod' }), json({ bucket: 'second' })], [], FACTS).map(({ answers, mayWrite }) => [answers, mayWrite])).toEqual([
    [{ bucket: 'acme', folder: 'prod', region: 'eu-central-1' }, true], [{ bucket: 'second', folder: '', region: 'eu-central-1' }, true],
  ]);
});
