import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketIssuer, bucketName, type IssuerBucket } from '../../pkg/irsa/domain/issuer/hosting';
import { driftFindings, driftOf, missingBeforeRotation } from '../../pkg/irsa/domain/issuer/drift';
import { DEFAULT_ISSUER } from '../../pkg/irsa/domain/issuer/arguments';
import { parseKeySet } from '../../pkg/irsa/domain/issuer/jwks';
import { isPublished, targetBucket } from '../../pkg/irsa/domain/issuer/setup';
import { observeHosting, readJwks } from '../../pkg/irsa/gateways/observe/hosting';
import { observeIssuerSetup } from '../../pkg/irsa/gateways/observe/issuer';
import { verifyIdentity } from '../../pkg/irsa/gateways/observe/identity';
import { observeServers, tokenIssuer } from '../../pkg/irsa/gateways/observe/servers';
import { planIssuerStep } from '../../pkg/irsa/composables/issuer-plans';
import { planHostIssuer, planRetireIssuer, planSwitchIssuer, planTeardownIssuer } from '../../pkg/irsa/plans';
import type { StepState } from '../../pkg/irsa/plans/plan';
import { newBucket } from '../sandbox/aws/s3/bucket.ts';
import { storeObject } from '../sandbox/aws/s3/versions.ts';
import { signingKey } from '../sandbox/kubernetes/tokens/keys.ts';
import { put } from '../sandbox/scenario/put.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import { allowS3, bucketOf, REGION, seedHalfBucket, seedHosted, seedOldDocuments } from './issuer-seeds';
import { host } from './plan-cases';
import { targetOf } from './sandbox-target';
import { logIn, type Person, type Target } from './target';

const EDGE = 'c-m-edge0001';
const DAY = 24 * 60 * 60_000;

/** An issuer from nothing to its end, in one world. */
describe('the life of an issuer', () => {
  let sandbox: Sandbox;
  let target: Target;
  let person: Person;

  beforeAll(async() => {
    sandbox = await startSandbox({ pace: 4 });
    target = targetOf(sandbox);
  });
  afterAll(() => sandbox.stop());
  beforeEach(async() => {
    await sandbox.reset();
    allowS3(sandbox.world);
    put(sandbox.world.clusters.local.kube, 'management.cattle.io', 'proxyendpoints', { metadata: { name: 'sts' }, spec: { routes: [{ domain: 'sts.%.amazonaws.com' }] } });
    person = await logIn(target, 'admin');
  });

  const servers = async() => observeServers(person.transport, (await person.observe('edge-rke2')).cluster);
  const live = () => readJwks(person.transport, EDGE);
  const writes = () => target.awsCalls().filter(({ write }) => write).map(({ action }) => action);

  it('is hosted, switched to, believed by STS, follows a rotation, and goes', async() => {
    const before = await person.observe('edge-rke2');
    const [kid = ''] = before.keys.known ? before.keys.value.ids : [];
    const bucket: IssuerBucket = { name: bucketName(before.cluster, kid), region: REGION };
    const issuer = bucketIssuer(bucket);
    const look = () => observeHosting(person.gateways(), bucket);

    // Six calls in all, and none when run again.
    const first = await host(person);

    sandbox.world.aws.clearCalls();
    expect(await person.run(first)).toMatchObject({ status: 'done' });
    expect(target.awsCalls().map(({ action }) => action)).toEqual(writes());
    expect(writes()).toEqual(['CreateBucket', 'PutPublicAccessBlock', 'PutBucketPolicy', 'PutObject', 'PutObject', 'CreateOpenIDConnectProvider']);
    sandbox.world.aws.clearCalls();
    const again = await host(person);

    expect(again.steps).toEqual([]);
    expect(await person.run(again)).toMatchObject({ status: 'done' });
    expect(writes()).toEqual([]);
    expect(await driftOf(await live(), await look())).toMatchObject({ missing: [], unknown: [], discovery: 'same', publicWrite: false });
    expect(await tokenIssuer(person.transport, EDGE)).not.toBe(issuer);

    // Two phases, then a token that STS takes.
    expect(await person.run(planSwitchIssuer(before, await servers(), issuer, true))).toMatchObject({ status: 'done' });
    expect(await tokenIssuer(person.transport, EDGE)).toBe(issuer);
    const { arn } = [...sandbox.world.aws.state.providers.values()].find(({ url }) => issuer.endsWith(url.replace('https://', '')))!;
    const role = sandbox.world.aws.seedRole({
      name:  'telemetry',
      trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringEquals: { [`${ issuer.slice(8) }:aud`]: 'sts.amazonaws.com', [`${ issuer.slice(8) }:sub`]: 'system:serviceaccount:plant:telemetry' } } }] },
    });
    const check = () => verifyIdentity(person.gateways(), { clusterId: EDGE, namespace: 'plant', serviceAccount: 'telemetry', audience: 'sts.amazonaws.com', stsHost: `sts.${ REGION }.amazonaws.com`, roleArn: role.arn });

    expect(await check()).toMatchObject({ result: 'verified' });

    // A rotation: the next key is published first; the other order is what the check blocks.
    const next = signingKey();
    const nextJwk = { ...next.publicKey.export({ format: 'jwk' }), use: 'sig' } as JsonWebKey;
    const both = JSON.stringify({ keys: [nextJwk, ...parseKeySet(await live())] });
    const seen = await look();

    expect(await missingBeforeRotation(both, seen.seen.known ? seen.seen.value.jwks : undefined)).toEqual([next.kid]);
    expect(() => planHostIssuer(before, seen, { keys: [] })).toThrow('KEYS_INCOMPLETE');
    const step = async(which: 'host' | 'rotate') => {
      const observed = await person.observe('edge-rke2');

      return planIssuerStep(which, observed, await observeIssuerSetup(person.gateways(), observed), { signsItself: false, confirmed: false, next: JSON.stringify({ keys: [nextJwk] }) });
    };

    expect(await person.run(await step('rotate'))).toMatchObject({ status: 'done' });
    const published = await look();

    // Nobody is alarmed by it meanwhile, and publishing again does not take it away.
    expect(await driftOf(await live(), published)).toMatchObject({ missing: [], unknown: [], extra: [next.kid] });
    expect([(await step('host')).steps, (await step('rotate')).steps]).toEqual([[], []]);

    expect(await missingBeforeRotation(both, published.seen.known ? published.seen.value.jwks : undefined)).toEqual([]);
    sandbox.world.kube('edge-rke2').rotateKey(next);
    expect(await check()).toMatchObject({ result: 'verified' });
    expect(await driftOf(await live(), await look())).toMatchObject({ missing: [], unknown: [] });
    const rotated = await step('host');

    expect(await person.run(rotated)).toMatchObject({ status: 'done' });
    expect(sandbox.world.aws.state.buckets.get(bucket.name)?.policy).not.toContain('Next');

    // Teardown: the old issuer signs again, then provider and bucket go; what is not ours stays.
    const others = [...sandbox.world.aws.state.providers.keys()].filter((one) => one !== arn);
    const buckets = [...sandbox.world.aws.state.buckets.keys()].filter((one) => one !== bucket.name);
    const plan = planTeardownIssuer(await person.observe('edge-rke2'), await look(), await servers());

    expect(await person.run(plan)).toMatchObject({ status: 'done' });
    expect([...sandbox.world.aws.state.providers.keys()]).toEqual(others);
    expect([...sandbox.world.aws.state.buckets.keys()]).toEqual(buckets);
    expect(await tokenIssuer(person.transport, EDGE)).not.toBe(issuer);
    const after = await person.observe('edge-rke2');

    const rolled = await servers();

    expect(() => planRetireIssuer(after, rolled, DEFAULT_ISSUER, Date.now())).toThrow('RETIRE_TOO_EARLY');
    expect(await person.run(planRetireIssuer(after, await servers(), DEFAULT_ISSUER, Date.now() + DAY + 1))).toMatchObject({ status: 'done' });
    expect((await servers()).servers.map(({ args }) => args)).toEqual(Array(3).fill(['audit-log-maxage=30']));
  }, 60_000);

  const refusals: [string, Partial<IssuerBucket>, (sandbox: Sandbox) => void][] = [
    ['BUCKET_NAME_UNUSABLE', { name: 'irsa.edge' }, () => undefined],
    ['BUCKET_TAKEN', { name: 'irsa-taken' }, ({ world }) => world.aws.state.buckets.set('irsa-taken', { ...newBucket(world.aws.state, 'irsa-taken', REGION), owner: '999988887777' })],
    ['BUCKET_ELSEWHERE', { name: 'irsa-elsewhere' }, ({ world }) => world.aws.state.buckets.set('irsa-elsewhere', newBucket(world.aws.state, 'irsa-elsewhere', 'us-west-2'))],
    ['BUCKET_FOREIGN', { name: 'irsa-untagged' }, ({ world }) => world.aws.state.buckets.set('irsa-untagged', newBucket(world.aws.state, 'irsa-untagged', REGION))],
    ['REGION_UNKNOWN', { region: 'here' }, () => undefined],
  ];

  it.each(refusals)('is not begun with %s, and nothing is written', async(code, change, prepare) => {
    prepare(sandbox);
    await expect(host(person, 'edge-rke2', change)).rejects.toThrow(code);
    expect(writes()).toEqual([]);
  });

  it('may be taken away for a region that Rancher does not sign for; there, a run ends before anything is sent', async() => {
    const plan = await host(person, 'edge-rke2', { region: 'mx-central-1' });

    expect(plan.steps).toHaveLength(6);
    expect(await person.run(plan)).toMatchObject({ status: 'failed', error: { code: 'REGION_NOT_SIGNED' } });
    expect(writes()).toEqual([]);
  });

  const leftOf = () => [...sandbox.world.aws.state.buckets.keys()].filter((name) => name === bucketOf(sandbox.world));

  it('leaves nothing behind where the account forbids public buckets, says so, and goes through when it no longer does', async() => {
    const { state } = sandbox.world.aws;
    const notes: (string | undefined)[] = [];
    const onStep = ({ status, note }: StepState) => status === 'failed' && notes.push(note?.key);

    state.publicPoliciesBlocked = true;
    const plan = await host(person);

    // Nobody can ask beforehand; so the plan says it.
    expect(plan.warnings.map(({ key }) => key)).toEqual(['irsa.warning.publicBuckets']);
    expect(await person.run(plan, { onStep })).toMatchObject({ status: 'failed', error: { code: 'PUBLIC_BLOCKED' } });
    expect(notes).toEqual(['irsa.run.undone']);
    expect(leftOf()).toEqual([]);
    expect(sandbox.world.aws.calls().filter(({ write, done }) => write && done).map(({ action }) => action)).toEqual(['CreateBucket', 'PutPublicAccessBlock', 'DeleteBucket']);
    state.publicPoliciesBlocked = false;
    expect(await person.run(await host(person))).toMatchObject({ status: 'done' });
    expect(state.buckets.get(bucketOf(sandbox.world))!.objects.size).toBe(2);
    expect((await host(person)).warnings).toEqual([]);
  });

  it('takes nothing for published that STS could not read: public policies may be written, and let nobody in', async() => {
    const { state } = sandbox.world.aws;
    const observed = await person.observe('edge-rke2');
    const [kid = ''] = observed.keys.known ? observed.keys.value.ids : [];
    const told = async() => {
      const seen = await observeIssuerSetup(person.gateways(), await person.observe('edge-rke2'), { target: targetBucket({ name: bucketName(observed.cluster, kid), region: REGION }) });

      return [isPublished(seen), driftFindings(seen.drift!, '').map(({ code }) => code)];
    };

    state.publicBucketsRestricted = true;
    expect(await person.run(await host(person))).toMatchObject({ status: 'done' });
    expect(await told()).toEqual([false, ['ISSUER_CLOSED']]);
    await expect(host(person)).rejects.toThrow('PUBLIC_BLOCKED');
    state.publicBucketsRestricted = false;
    sandbox.world.aws.clearCalls();
    expect(await told()).toEqual([true, []]);
    // By nobody, and each document once.
    expect(target.awsCalls().filter(({ action }) => action === 'GetObject')).toHaveLength(2);
    expect((await host(person)).steps).toEqual([]);
  });

  it('tells what needs no live keys where the cluster gives none out, and of a bucket that somebody else has by now', async() => {
    const gateways = person.gateways();
    const transport: typeof gateways.transport = { request: (asked) => asked.url.includes('/openid/v1/jwks') ? Promise.resolve({ status: 403, headers: {}, body: '' }) : gateways.transport.request(asked) };
    const told = async() => {
      const { jwks, drift } = await observeIssuerSetup({ ...gateways, transport }, await person.observe('edge-rke2'));

      return [jwks.known, ...driftFindings(drift!, '').map(({ code }) => code)];
    };

    await seedHosted(sandbox.world);
    expect(await told()).toEqual([false, 'ISSUER_CLOSED', 'ISSUER_PUBLIC_WRITE', 'ISSUER_DISCOVERY_CHANGED', 'ISSUER_DOCUMENTS_MISSING', 'ISSUER_KEY_MISSING']);
    sandbox.world.aws.state.buckets.get(bucketOf(sandbox.world))!.owner = '999988887777';
    expect(await told()).toEqual([false, 'ISSUER_BUCKET_FOREIGN']);
  });

  it('changes one statement of a bucket’s policy, ours', async() => {
    seedOldDocuments(sandbox.world);
    const policy = () => JSON.parse(sandbox.world.aws.state.buckets.get(bucketOf(sandbox.world))!.policy!) as { Statement: { Sid?: string }[] };
    const [theirs] = policy().Statement;

    expect(await person.run(await host(person))).toMatchObject({ status: 'done' });
    expect(policy().Statement).toEqual([theirs, expect.objectContaining({ Sid: 'RancherIrsaIssuer' })]);
  });

  it('takes back what an earlier run left, too, and never a bucket that holds anything', async() => {
    const { state } = sandbox.world.aws;

    state.publicPoliciesBlocked = true;
    seedHalfBucket(sandbox.world);
    expect(await person.run(await host(person))).toMatchObject({ status: 'failed', error: { code: 'PUBLIC_BLOCKED' } });
    expect(leftOf()).toEqual([]);

    seedHalfBucket(sandbox.world);
    const plan = await host(person);

    // Somebody puts something in before the plan gets to its policy.
    storeObject(state.buckets.get(bucketOf(sandbox.world))!, 'notes.txt', { body: Buffer.from('theirs'), contentType: 'text/plain', modified: Date.now() });
    const notes: (string | undefined)[] = [];

    expect(await person.run(plan, { onStep: ({ status, note }) => status === 'failed' && notes.push(note?.key) })).toMatchObject({ status: 'failed', error: { code: 'PUBLIC_BLOCKED' } });
    expect(notes).toEqual(['irsa.run.left']);
    expect(leftOf()).toHaveLength(1);
  });

  it('changes and deletes no empty bucket of somebody else that S3 says it has just made (us-east-1, not looked at before)', async() => {
    const { state } = sandbox.world.aws;
    const { store } = sandbox.world.clusters.local.kube;

    store.delete(store.findType('management.cattle.io', 'proxyendpoints')!, undefined, 's3');
    state.publicPoliciesBlocked = true;
    const theirs = newBucket(state, 'irsa-theirs', 'us-east-1');
    const { blocked } = theirs;

    state.buckets.set('irsa-theirs', theirs);
    expect(await person.run(await host(person, 'edge-rke2', { name: 'irsa-theirs', region: 'us-east-1' }))).toEqual({ status: 'changed' });
    expect(state.buckets.get('irsa-theirs')?.blocked).toEqual(blocked);
    await expect(host(person, 'edge-rke2', { name: 'irsa-theirs', region: 'us-east-1' })).rejects.toThrow('BUCKET_FOREIGN');
  });

  it.each(['', 'here', '[]', '{"keys":[]}', '{"keys":[{"kty":"RSA","n":"a","e":"b","d":"c"}]}'])('takes no paste that is no JWKS, and nothing is written: %s', async(text) => {
    const { keysOf } = await import('../../pkg/irsa/composables/issuer-plans');

    await expect(keysOf({ target: { issuer: 'https://x.example' }, jwks: { known: true, value: text } })).rejects.toThrow('KEYS_UNREADABLE');
    expect(writes()).toEqual([]);
  });

  it('says that the right is missing, or the block, where S3 says no more than «Access Denied»', async() => {
    target.fault({ match: 'PutBucketPolicy', kind: 'deny', times: 9 });
    expect(await person.run(await host(person))).toMatchObject({ status: 'failed', error: { kind: 'denied' } });
    expect(leftOf()).toEqual([]);
    target.clearFaults();
    expect(await person.run(await host(person))).toMatchObject({ status: 'done' });
  });
});
