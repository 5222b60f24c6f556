import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ofRelease, roleOut, roleValues } from '../../pkg/irsa/composables/chart-values';
import { cluster, value } from '../../pkg/irsa/domain/chain/test-facts';
import type { ObservedCluster } from '../../pkg/irsa/domain/facts';
import { annotationsOut, mergeValues } from '../../pkg/irsa/plans';
import { foundIn } from '../../pkg/irsa/presets/found-in';
import { rancherBackup } from '../../pkg/irsa/presets/rancher-backup';
import { rancherLogging } from '../../pkg/irsa/presets/rancher-logging';
import { root } from '../../scripts/paths.mjs';
import { only, programs, render, type Rendered } from './helm';

const ARN = 'arn:aws:iam::111122223333:role/rancher-irsa/one';
const ROLE = 'eks.amazonaws.com/role-arn';
const AUDIENCE = 'eks.amazonaws.com/audience';

const rendered = (name: 'rancher-backup' | 'rancher-logging', namespace: string, values: object, release = name as string): Promise<Rendered[]> => render({ chart: path.join(root, 'tests/charts/stand-ins', name), namespace, release, values });

/** Where in what Helm made the role stands: kind, name and path, so that one too many shows. */
function carriers(objects: Rendered[]): string[] {
  const walk = (value: unknown, at: string[]): string[] => typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => walk(inner, [...at, key])) : value === ARN ? [at.join('/')] : [];

  return objects.flatMap((object) => walk(object, []).map((at) => `${ object.kind } ${ object.metadata.name }: ${ at }`));
}

/** What we write into the values of Rancher's charts, as real Helm makes it: exactly the account that talks to AWS, and no other. */
describe.skipIf(!programs)('values of Rancher’s charts under real Helm', () => {
  const backup = (values: object) => rendered('rancher-backup', 'cattle-resources-system', values);
  const logging = (values: object, release?: string) => rendered('rancher-logging', 'cattle-logging-system', values, release);
  const OURS = { bucket: 'acme-backups', folder: 'prod', region: 'eu-central-1' };

  it('annotate the operator of Rancher Backups', async() => {
    const objects = await backup(rancherBackup.values({ ...OURS, roleArn: ARN, audience: 'sts.amazonaws.com' }));

    expect(carriers(objects)).toEqual([`ServiceAccount rancher-backup: metadata/annotations/${ ROLE }`]);
    expect(only(objects, 'Secret').stringData).toEqual({ bucketName: 'acme-backups', folder: 'prod', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' });
    expect(rancherBackup.subject()).toEqual({ namespace: 'cattle-resources-system', serviceAccount: 'rancher-backup' });
  });

  it.each([['us-gov-west-1', 's3.us-gov-west-1.amazonaws.com'], ['cn-north-1', 's3.cn-north-1.amazonaws.com.cn']])('name the host of S3 in %s', async(region, endpoint) => {
    expect(only(await backup(rancherBackup.values({ ...OURS, region, roleArn: ARN, audience: 'sts.amazonaws.com' })), 'Secret').stringData).toMatchObject({ region, endpoint });
  });

  it('keep what the admin has, take the key out, and leave no volume beside S3', async() => {
    const admin = { debug: true, serviceAccount: { annotations: { 'acme.example/team': 'platform' } }, persistence: { enabled: true }, s3: { credentialSecretName: 'keys', credentialSecretNamespace: 'default', endpointCA: 'LS0t', insecureTLSSkipVerify: true } };
    const addition = mergeValues(rancherBackup.values({ ...OURS, roleArn: ARN, audience: 'sts.acme' }), rancherBackup.reconcile!(admin).values);
    const objects = await backup(mergeValues(admin, addition));

    expect(only(objects, 'ServiceAccount', 'rancher-backup').metadata.annotations).toEqual({ 'acme.example/team': 'platform', [ROLE]: ARN, [AUDIENCE]: 'sts.acme' });
    expect(Object.keys(only(objects, 'Secret').stringData as object).sort()).toEqual(['bucketName', 'endpoint', 'folder', 'region']);
    // Without what mends it, the chart refuses: the test would not see that otherwise.
    await expect(backup(mergeValues(admin, rancherBackup.values({ ...OURS, roleArn: ARN, audience: '' })))).rejects.toThrow('exclude each other');
  });

  it.each(['rancher-logging', 'logs'])('annotate fluentd of Logging’s root and nobody else, as release %s', async(release) => {
    const objects = await logging(mergeValues({ additionalLoggingSources: { eks: { enabled: true } } }, rancherLogging.values({ roleArn: ARN, audience: 'sts.amazonaws.com' })), release);

    expect(objects.map(({ kind, metadata }) => `${ kind } ${ metadata.name }`)).toEqual([`ServiceAccount ${ release }`, `Logging ${ release }-root`, `Logging ${ release }-eks`]);
    expect(carriers(objects)).toEqual([`Logging ${ release }-root: spec/fluentd/serviceAccount/metadata/annotations/${ ROLE }`]);
    // The operator makes the account of that name.
    expect(rancherLogging.subject({ release }).serviceAccount).toBe(`${ release }-root-fluentd`);
  });

  it.each(['rancher-logging', 'logs'])('annotate the fluentd of its Logging for EKS by its own value, as release %s', async(release) => {
    const values = { additionalLoggingSources: { eks: { enabled: true } } };
    const [beside] = rancherLogging.beside!({ release, values });
    const objects = await logging(mergeValues(values, rancherLogging.values({ roleArn: ARN, audience: 'sts.amazonaws.com', ...beside!.parameters })), release);

    expect(carriers(objects)).toEqual([`Logging ${ beside!.part }: spec/fluentd/serviceAccount/metadata/annotations/${ ROLE }`]);
    expect(beside).toMatchObject({ part: `${ release }-eks`, serviceAccount: `${ release }-eks-fluentd` });
  });

  it.each(['rancher-logging', 'logs'])('annotate both fluentds by what the install form writes, as release %s', async(release) => {
    const preset = ofRelease(rancherLogging, { name: release, namespace: 'cattle-logging-system' });
    const admin = { additionalLoggingSources: { eks: { enabled: true } }, loggingServiceAccountAnnotations: { root: { other: 'x' } } };
    const both = (annotation: string) => ['root', 'eks'].map((part) => `Logging ${ release }-${ part }: spec/fluentd/serviceAccount/metadata/annotations/${ annotation }`);
    const written = (observed?: ObservedCluster) => mergeValues(admin, roleValues(preset, admin, { roleArn: ARN, answers: { destination: 's3', bucket: 'acme' } }, observed));
    const others = { ...cluster(), webhook: value({ kind: 'installed' as const, name: 'w', settings: { annotationPrefix: 'iam.acme.example', audience: 'sts.corp' } }) };

    expect(carriers(await logging(written(), release))).toEqual(both(ROLE));
    expect(carriers(await logging(written(others), release))).toEqual(both('iam.acme.example/role-arn'));
    // And out again, whatever the annotation is called.
    for (const bound of [written(), written(others)]) {
      expect(await logging(mergeValues(bound, roleOut(preset, bound, foundIn(bound, preset))), release)).toEqual(await logging(admin, release));
    }
  });

  it('annotate the operator of Rancher Backups by what the install form writes, for a webhook that reads other annotations', async() => {
    const others = { ...cluster(), webhook: value({ kind: 'installed' as const, name: 'w', settings: { annotationPrefix: 'iam.acme.example' } }) };
    const admin = { s3: { credentialSecretName: 'keys', credentialSecretNamespace: 'default', endpoint: 's3-fips.us-gov-west-1.amazonaws.com' } };
    const objects = await backup(mergeValues(admin, roleValues(rancherBackup, admin, { roleArn: ARN, answers: { ...OURS, region: 'us-gov-west-1' } }, others)));

    expect(carriers(objects)).toEqual(['ServiceAccount rancher-backup: metadata/annotations/iam.acme.example/role-arn']);
    expect(only(objects, 'Secret').stringData).toEqual({ bucketName: 'acme-backups', folder: 'prod', region: 'us-gov-west-1', endpoint: 's3-fips.us-gov-west-1.amazonaws.com' });
  });

  it.each([
    ['Rancher Backups', rancherBackup, backup, { serviceAccount: { annotations: { other: 'x' } } }],
    ['Logging', rancherLogging, logging, { loggingServiceAccountAnnotations: { root: { other: 'x' }, eks: { other: 'y' } } }],
  ] as const)('go out again whole: %s', async(_name, preset, make, admin) => {
    const bound = mergeValues(admin, preset.values({ roleArn: ARN, audience: 'sts.acme' }));

    expect(carriers(await make(bound))).toHaveLength(1);
    const unbound = mergeValues(bound, annotationsOut(preset.values({ roleArn: '', audience: '' }), bound));

    expect(await make(unbound)).toEqual(await make(admin));
  });
});
