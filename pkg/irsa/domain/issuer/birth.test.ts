import { expect, it } from 'vitest';
import { bucketAtBirth, giveBirthIssuer, type UnbornCluster } from './birth';

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
