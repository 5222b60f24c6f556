import { config, flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { defineComponent, ref } from 'vue';
import type { ClusterRef, Partition } from '../domain/facts';
import { isForIssuers } from '../domain/rights/policy';
import { AWS_NEEDS, KUBERNETES_NEEDS } from '../domain/rights/table';
import type { KubernetesCheck, NeedsCheck } from '../plans/rights/check';
import { ENGINE, type Engine } from './use-engine';
import { useNeedsCheck } from './use-needs-check';

vi.mock('vue-router', () => ({ useRouter: () => ({ afterEach: () => () => undefined }) }));

/** As the tests' own, and it tells of nothing that happens in it. */
const store = { ...config.global.provide!.store as object, subscribe: () => () => undefined };

const EKS = { id: 'c-eks01', name: 'prod-eks', region: 'eu-central-1' } as ClusterRef;
const BOUNDARY = 'arn:aws:iam::111122223333:policy/limits';

interface Answered { partition?: Partition; boundary?: string; anonymous?: boolean; kubernetes?: Record<string, Partial<KubernetesCheck>>; aws?: Record<string, NeedsCheck['aws'][number]['state']> }

/** The whole table answered; all of it there but what is named. */
function answered({ partition = 'aws', boundary, anonymous, kubernetes = {}, aws = {} }: Answered = {}): NeedsCheck {
  return {
    kubernetes: KUBERNETES_NEEDS.map((need) => ({ need, state: 'there', missing: [], ...kubernetes[need.id] })),
    aws:        AWS_NEEDS.map((need) => ({ need, state: anonymous ? 'unknown' : aws[need.action] ?? 'allowed' })),
    ...(anonymous ? { caller: { known: false, why: { kind: 'no-credential', text: { key: 'irsa.obstacle.noCredential' } } }, awsWhy: { kind: 'no-credential', text: { key: 'irsa.obstacle.noCredential' } } } : { caller: { known: true, value: { arn: `arn:${ partition }:iam::111122223333:user/ci`, name: 'ci', account: { id: '111122223333', partition }, boundary } } }),
  } as NeedsCheck;
}

function start(answers: (credential: string | undefined) => NeedsCheck | Promise<NeedsCheck>, first: { cluster?: ClusterRef; credential?: string } = { cluster: EKS, credential: 'a' }) {
  const cluster = ref(first.cluster);
  const credential = ref(first.credential);
  const ready = ref(true);
  const checkNeeds = vi.fn((_credential: string | undefined, _cluster: ClusterRef | undefined, _boundary?: string, _bucket?: string) => undefined);
  let state!: ReturnType<typeof useNeedsCheck>;
  const view = mount(defineComponent({
    setup() {
      state = useNeedsCheck(cluster, credential, ready);

      return () => null;
    },
  }), {
    global: {
      provide: {
        store,
        [ENGINE as symbol]: async(id: string | undefined) => ({
          checkNeeds: async(of: ClusterRef | undefined, { boundary, bucket }: { boundary?: string; bucket?: string }) => {
            checkNeeds(id, of, boundary, bucket);

            return answers(id);
          },
        }) as unknown as Engine,
      },
    },
  });
  const row = (id: string) => [...state.answers.value.kubernetes, ...state.answers.value.aws].find((one) => one.id === id)!;

  return { state, view, cluster, credential, ready, checkNeeds, row };
}

describe('the check of what is needed', () => {
  it('has a line and its words for every row of the table, before anything was answered', async() => {
    const { state } = start(() => new Promise(() => undefined));

    await flushPromises();
    const ofEks = state.answers.value.aws.map(({ id }) => id);

    expect(ofEks).toEqual(AWS_NEEDS.filter((need) => !isForIssuers(need)).map(({ action }) => action));
    expect(ofEks).not.toContain('s3:PutBucketPolicy');
    state.answer.issuers = true;
    const { kubernetes, aws } = state.answers.value;

    expect([kubernetes.length, aws.length]).toEqual([KUBERNETES_NEEDS.length, AWS_NEEDS.length]);
    expect(new Set([...kubernetes, ...aws].map(({ state: one }) => one))).toEqual(new Set(['asking']));
    // A key without words would show as %key%.
    expect([...kubernetes, ...aws].filter(({ why, where, what }) => /%/.test(why + where + what) || why.length > 100)).toEqual([]);
  });

  it('says in short what gives a right that is missing, and names the part where only a part is', async() => {
    const right = { clusterId: 'c-eks01', verb: 'patch', group: 'apps', resource: 'daemonsets' };
    const { row } = start(() => answered({
      kubernetes: {
        'list-pods':   { state: 'missing', missing: [{ ...right, verb: 'list', group: '', resource: 'pods' }] },
        restart:       { state: 'missing', missing: [right] },
        'read-images': { state: 'missing', missing: [{ ...right, verb: 'get', group: 'management.cattle.io', resource: 'settings', name: 'shell-image' }] },
        charts:        { state: 'missing', missing: [{ ...right, verb: '*', group: '*', resource: '*' }] },
        'list-nodes':  { state: 'unknown', why: { kind: 'failed', text: { key: 'irsa.obstacle.timeout' } } as never },
      },
    }));

    await flushPromises();
    expect(row('list-accounts').because).toBeUndefined();
    expect(row('list-pods').because).toBe('The role for clusters below gives it.');
    expect(row('restart').because).toBe('Missing: patch daemonsets. The role for clusters below gives it.');
    expect(row('read-images').because).toBe('Missing: get settings shell-image. The global role below gives it.');
    expect(row('charts')).toMatchObject({ state: 'missing', what: 'everything, as cluster owner', because: 'Cluster owners have it.' });
    expect(row('list-nodes')).toMatchObject({ state: 'unknown', because: 'No answer in time' });
  });

  it('says in short what comes of what IAM answered', async() => {
    const { row } = start(() => answered({ aws: { CreateRole: 'denied', PutRolePolicy: 'unsure', GetRole: 'unknown' } }));

    await flushPromises();
    expect(['ListRoles', 'CreateRole', 'PutRolePolicy', 'GetRole'].map((id) => row(id)).map(({ state, because }) => [state, because])).toEqual([
      ['there', undefined], ['missing', 'The policy below allows it.'], ['unsure', 'The policy depends on what only the call itself brings along.'], ['unknown', undefined],
    ]);
  });

  it('shows the policy of the partition that cluster and credential are in, and leaves a choice until these change', async() => {
    const { state, cluster, credential } = start((id) => id === 'gov' ? answered({ partition: 'aws-us-gov' }) : answered({ anonymous: true }), { cluster: { ...EKS, region: 'cn-north-1' }, credential: 'a' });

    // Before IAM answers, and where it does not: by the cluster's region.
    expect(state.policyTab.value).toBe('aws-cn');
    await flushPromises();
    expect(state.policyTab.value).toBe('aws-cn');
    state.policyTab.value = 'aws-us-gov';
    await state.ask();
    expect(state.policyTab.value).toBe('aws-us-gov');
    cluster.value = EKS;
    await flushPromises();
    expect(state.policyTab.value).toBe('aws');
    credential.value = 'gov';
    await flushPromises();
    expect(state.policyTab.value).toBe('aws-us-gov');
  });

  it('fills in the boundary of the credential’s user once; another credential’s takes its place, what was typed stays', async() => {
    const { state, credential, checkNeeds } = start((id) => answered({ boundary: id === 'a' ? BOUNDARY : undefined }));

    await flushPromises();
    expect(state.answer.boundary).toBe(BOUNDARY);
    expect(state.tagCommand.value).toBe('');
    expect(checkNeeds).toHaveBeenLastCalledWith('a', EKS, BOUNDARY, undefined);
    state.answer.boundary = '';
    await flushPromises();
    expect(state.answer.boundary).toBe('');
    state.answer.boundary = BOUNDARY;
    credential.value = 'b';
    await flushPromises();
    expect(state.answer.boundary).toBe('');
    state.answer.boundary = `${ BOUNDARY }-typed`;
    credential.value = 'a';
    await flushPromises();
    expect(state.answer.boundary).toBe(`${ BOUNDARY }-typed`);
    expect(state.tagCommand.value).toContain(`Value=${ BOUNDARY }-typed`);
    expect(state.policies.value[0]!.text).toContain(`${ BOUNDARY }-typed`);
  });

  it('does not ask with what is no ARN, and says so', async() => {
    const { state, checkNeeds } = start(() => answered());

    await flushPromises();
    state.answer.boundary = 'limits';
    state.answer.otherRoles = 'arn:aws:iam::111122223333:role/a  nonsense';
    await flushPromises();
    expect(checkNeeds).toHaveBeenCalledTimes(1);
    expect([state.problems.value.boundary, state.problems.value.otherRoles].every((one) => one && !one.includes('%'))).toBe(true);
    expect(state.policies.value[0]!.text).not.toContain('role/a');
  });

  it('drops what comes too late for another credential, and shows why nothing came', async() => {
    let late!: (answer: NeedsCheck) => void;
    const { state, credential, row } = start((id) => id === 'a' ? new Promise((resolve) => (late = resolve)) : Promise.reject(new Error('no way')));

    await flushPromises();
    credential.value = 'b';
    await flushPromises();
    expect(state.failure.value?.why.args).toEqual({ message: 'no way' });
    expect(state.checking.value).toBe(false);
    late(answered());
    await flushPromises();
    expect(state.caller.value).toBeUndefined();
    expect(row('CreateRole').state).toBe('unknown');
  });

  it('stops asking when the page is left', async() => {
    let signal: AbortSignal | undefined;
    const view = mount(defineComponent({
      setup() {
        useNeedsCheck(ref(EKS), ref('a'), ref(true));

        return () => null;
      },
    }), { global: { provide: { store, [ENGINE as symbol]: async() => ({ checkNeeds: (_cluster: unknown, _boundary: unknown, given: AbortSignal) => {
      signal = given;

      return new Promise(() => undefined);
    } }) } } });

    await flushPromises();
    expect(signal?.aborted).toBe(false);
    view.unmount();
    expect(signal?.aborted).toBe(true);
  });

  it('asks about a bucket for backups once it is named, and then shows the second policy', async() => {
    const { state, checkNeeds, row } = start(() => answered({ aws: { 's3:PutBucketVersioning': 'unknown' } }));

    await flushPromises();
    expect(row('s3:PutBucketVersioning').because).toContain('Name one below');
    expect(state.policies.value.map(({ name }) => name)).toEqual(['credential-policy.aws.json', 'credential-policy.aws-cn.json', 'credential-policy.aws-us-gov.json']);
    state.answer.buckets = 'Not_a_bucket';
    await flushPromises();
    expect(state.problems.value.buckets).toBeTruthy();
    expect(checkNeeds).toHaveBeenCalledTimes(1);
    state.answer.buckets = 'acme-backups, acme-more';
    await flushPromises();
    expect(checkNeeds).toHaveBeenLastCalledWith('a', EKS, undefined, 'acme-backups');
    expect(row('s3:PutBucketVersioning').because).toBeUndefined();
    const second = state.policies.value.find(({ name }) => name === 'credential-policy.backups.aws.json')!;

    expect([second.id, JSON.parse(second.text).Statement[0].Resource]).toEqual(['aws', ['arn:aws:s3:::acme-backups', 'arn:aws:s3:::acme-more']]);
  });
});
