import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { put } from '../sandbox/scenario/put.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { foreignWords, PLACES } from './partition-places';
import { targetOf } from './sandbox-target';
import { logIn, type Person } from './target';

/** The journeys of the two charts with an account of another partition: nothing may be written in the words of the first one. */
describe.each(PLACES)('an account of $partition', ({ partition, region, suffix, iam }) => {
  let sandbox: Sandbox;
  let person: Person;

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 3, region });
  });
  afterAll(() => sandbox.stop());
  afterEach(() => sandbox.reset());

  const begin = async(): Promise<void> => {
    person = await logIn(targetOf(sandbox), 'admin', undefined, partition);
  };
  const role = (name: string) => [...sandbox.world.aws.state.roles.values()].find((one) => one.name === name);
  const hosts = () => [...new Set(person.sent.flatMap(({ url }) => /^\/meta\/proxy\/([^/?]+)/.exec(url)?.[1] ?? []))].sort();
  const values = (cluster: string, namespace: string, release: string) => sandbox.world.kube(cluster).store.get(sandbox.world.kube(cluster).store.findType('catalog.cattle.io', 'apps')!, namespace, release)!.spec as { values: Record<string, never> };

  it('has Rancher Backups make a Backup on its role', async() => {
    await begin();
    const plan = await person.bind('local', { parameters: { bucket: 'acme-backups', folder: 'local', region } });

    expect(await person.run(plan)).toMatchObject({ status: 'done', identity: { result: 'verified', assumedRoleArn: expect.stringMatching(new RegExp(`^arn:${ partition }:sts::111122223333:assumed-role/`)) as string } });
    const made = role('local_cattle-resources-system_rancher-backup')!;

    expect(made.arn).toBe(`arn:${ partition }:iam::111122223333:role/rancher-irsa/local_cattle-resources-system_rancher-backup`);
    expect(JSON.parse(made.inline.get('backup-to-s3-acme-backups+local')!)).toMatchObject({ Statement: [{ Resource: `arn:${ partition }:s3:::acme-backups` }, { Resource: `arn:${ partition }:s3:::acme-backups/local/*` }] });
    expect(JSON.parse(made.trust)).toMatchObject({ Statement: [{ Principal: { Federated: expect.stringMatching(new RegExp(`^arn:${ partition }:iam::111122223333:oidc-provider/oidc\\.eks\\.${ region }\\.${ suffix.replaceAll('.', '\\.') }/id/`)) as string } }] });
    expect([foreignWords(made.trust, partition), foreignWords([...made.inline.values()].join(), partition)]).toEqual([[], []]);
    expect(values('local', 'cattle-resources-system', 'rancher-backup').values).toMatchObject({ s3: { region, endpoint: `s3.${ region }.${ suffix }` }, serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': made.arn } } });
    expect(hosts()).toEqual([iam, `sts.${ region }.${ suffix }`].sort());

    const { store } = sandbox.world.kube('local');

    put(sandbox.world.kube('local'), 'resources.cattle.io', 'backups', { metadata: { name: 'now' }, spec: { resourceSetName: 'rancher-resource-set-full' } });
    await expect.poll(() => store.get(store.findType('resources.cattle.io', 'backups')!, undefined, 'now')?.status).toMatchObject({ conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', message: 'Completed' })]) as object });
    expect([...sandbox.world.aws.state.buckets.get('acme-backups')!.objects.keys()]).toEqual([expect.stringMatching(/^local\/now-/)]);
  });

  it.each([
    ['cloudwatch', { logGroup: '/rancher/prod' }, `arn:${ partition }:logs:${ region }:111122223333:log-group:/rancher/prod`],
    ['s3', { bucket: 'acme-logs', folder: 'prod' }, `arn:${ partition }:s3:::acme-logs`],
  ])('has Logging send to %s on its role', async(destination, parameters, arn) => {
    await begin();
    const plan = await person.bind('prod-eks', { preset: 'rancher-logging', parameters: { destination, region, ...parameters } });

    expect(await person.run(plan)).toMatchObject({ status: 'done', identity: { result: 'verified' } });
    const made = role('prod-eks_cattle-logging-system_rancher-logging-root-fluentd')!;

    expect([...made.inline.values()].join()).toContain(arn);
    expect(foreignWords([made.trust, ...made.inline.values()].join(), partition)).toEqual([]);
    expect(hosts()).toEqual([iam, `sts.${ region }.${ suffix }`].sort());
  });
});
