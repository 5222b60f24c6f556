import { expect, it } from 'vitest';
import { bucketAtBirth, giveBirthIssuer, isReplacedSomewhere, otherEntries, type UnbornCluster } from './birth';

const BUCKET = { name: 'irsa-new-0123456789ab', region: 'eu-central-1' };
const cluster = (args?: unknown): UnbornCluster => ({ spec: { rkeConfig: { machineGlobalConfig: { cni: 'calico', ...(args === undefined ? {} : { 'kube-apiserver-arg': args }) } } } });

it('signs with the bucket’s issuer alone, keeps other arguments, and gives it back', () => {
  const born = cluster(['audit-log-maxage=30']);

  giveBirthIssuer(born, BUCKET);
  expect(born).toEqual(cluster(['audit-log-maxage=30', 'service-account-issuer=https://irsa-new-0123456789ab.s3.eu-central-1.amazonaws.com']));
  expect(bucketAtBirth(born)).toEqual(BUCKET);
  giveBirthIssuer(born, { ...BUCKET, region: 'us-west-2' });
  expect(bucketAtBirth(born)).toMatchObject({ region: 'us-west-2' });
  giveBirthIssuer(born, undefined);
  expect(born).toEqual(cluster(['audit-log-maxage=30']));
});

it('leaves nothing behind where nothing was', () => {
  const born = cluster();

  giveBirthIssuer(born, BUCKET);
  giveBirthIssuer(born, undefined);
  expect(born).toEqual(cluster());
  expect(bucketAtBirth({})).toBeUndefined();
});

it('gives back what was written for another issuer, among what was changed since', () => {
  const born = cluster(['a=b', 'service-account-issuer=https://mine.example', 'c=d']);
  const found = otherEntries(born);

  giveBirthIssuer(born, BUCKET);
  expect(otherEntries(born, BUCKET)).toEqual([]);
  (born.spec!.rkeConfig!.machineGlobalConfig!['kube-apiserver-arg'] as string[]).push('e=f');
  giveBirthIssuer(born, undefined, found);
  expect(born).toEqual(cluster(['a=b', 'service-account-issuer=https://mine.example', 'c=d', 'e=f']));
});

it('knows machines whose arguments replace those of all', () => {
  const selected = (config?: Record<string, unknown>): UnbornCluster => ({ spec: { rkeConfig: { machineSelectorConfig: [{ config }] } } });

  expect([cluster(), selected(), selected({ 'protect-kernel-defaults': false }), selected({ 'kube-apiserver-arg': ['a=b'] })].map(isReplacedSomewhere)).toEqual([false, false, false, true]);
});
