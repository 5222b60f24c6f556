import {
  computed, onBeforeUnmount, reactive, ref, shallowRef, watch, type Ref
} from 'vue';
import { partitionOfRegion } from '../domain/aws/partitions';
import type { ClusterRef, Partition } from '../domain/facts';
import {
  backupPolicy, boundaryProblem, BOUNDARY_TAG, credentialPolicy, isForBackups, isForIssuers, otherRoleProblem
} from '../domain/rights/policy';
import { qualifiedName, resourceName } from '../domain/rights/covers';
import {
  actionName, AWS_NEEDS, KUBERNETES_NEEDS, taskOf, type KubernetesNeed, type Task
} from '../domain/rights/table';
import { bucketProblem } from '../presets/validators';
import { roleYaml, type RoleKind } from '../plans/rights/roles';
import type { KubernetesCheck, NeedsCheck } from '../plans/rights/check';
import { failureOf, type Failure } from './failure';
import { useEngine } from './use-engine';
import { useText } from './use-text';

/** One line of the table of needs. */
export interface NeedRow {
  id: string;
  task: Task;
  state: 'there' | 'missing' | 'unsure' | 'unknown' | 'asking';
  /** Verbs and resources, or the action; what is missing of it where not all is. */
  what: string;
  where: string;
  /** What it is needed for. */
  why: string;
  /** What comes of a state other than `there`: what gives the right, or why nobody could tell. */
  because?: string;
}

const ROLES: RoleKind[] = ['roleTemplate', 'globalRole', 'clusterRole'];
const PARTITIONS: Partition[] = ['aws', 'aws-cn', 'aws-us-gov'];
const STATES = { allowed: 'there', denied: 'missing', unsure: 'unsure', unknown: 'unknown' } as const;

/** The table of needs as it stands with a cluster and a credential, and the roles and the policy made from it. */
export function useNeedsCheck(cluster: Ref<ClusterRef | undefined>, credential: Ref<string | undefined>, ready: Ref<boolean>) {
  const { t, say } = useText();
  const createEngine = useEngine();
  const found = shallowRef<NeedsCheck>();
  const failure = shallowRef<Failure>();
  const checking = ref(false);
  const answer = reactive({ boundary: '', otherRoles: '', buckets: '', issuers: false });
  const rolesTab = ref<string>(ROLES[0]!);
  const policyTab = ref<string>(PARTITIONS[0]!);
  let abort = new AbortController();
  /** The boundary that IAM told of a credential's user, once for each: what a person types over it stays. */
  let told: { credential?: string; boundary: string } | undefined;

  const caller = computed(() => found.value?.caller.known ? found.value.caller.value : undefined);
  const otherRoles = computed(() => answer.otherRoles.split(/[\s,]+/).filter(Boolean));
  const buckets = computed(() => answer.buckets.split(/[\s,]+/).filter(Boolean));
  const problems = computed(() => ({
    buckets:    buckets.value.some(bucketProblem) ? t('irsa.settings.badBucket') : undefined,
    boundary:   answer.boundary && boundaryProblem(answer.boundary) ? t(boundaryProblem(answer.boundary)!) : undefined,
    otherRoles: otherRoles.value.some(otherRoleProblem) ? t(otherRoles.value.map(otherRoleProblem).find(Boolean)!) : undefined,
  }));

  const boundary = computed(() => usable(answer.boundary, problems.value.boundary));
  /** The first stands for all: one statement names them. */
  const bucket = computed(() => usable(buckets.value[0] ?? '', problems.value.buckets));

  async function ask(): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;

    checking.value = true;
    failure.value = undefined;
    try {
      const answers = await (await createEngine(credential.value)).checkNeeds(cluster.value, { boundary: boundary.value, bucket: bucket.value, issuers: answer.issuers }, signal);

      if (!signal.aborted) {
        found.value = answers;
        if (answers.caller.known && (!told || told.credential !== credential.value)) {
          told = { credential: credential.value, boundary: answers.caller.value.boundary ?? '' };
          answer.boundary ||= told.boundary;
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        failure.value = failureOf(error);
      }
    } finally {
      if (!signal.aborted) {
        checking.value = false;
      }
    }
  }

  const waiting = computed<NeedRow['state']>(() => checking.value || !ready.value ? 'asking' : 'unknown');
  const answers = computed(() => ({
    kubernetes: KUBERNETES_NEEDS.map((need, index): NeedRow => {
      const answered = found.value?.kubernetes[index];

      return {
        id: need.id, task: taskOf(need), what: allOf(need), state: answered?.state ?? waiting.value, why: t(`irsa.needs.${ need.id }`), where: need.scope === 'management' ? t('irsa.settings.inRancher') : cluster.value?.name ?? t('irsa.settings.inCluster'), because: answered && becauseOf(answered)
      };
    }),
    aws: AWS_NEEDS.flatMap((need, index): NeedRow[] => {
      const state = found.value ? STATES[found.value.aws[index]!.state] : waiting.value;
      // Why IAM could not be asked stands above, once for all.
      const because = found.value && (state === 'missing' || state === 'unsure') ? t(`irsa.settings.because.${ state }`) : need.on === 'backups' && state === 'unknown' && !bucket.value ? t('irsa.settings.because.noBucket') : undefined;

      return isForIssuers(need) && !answer.issuers && !(bucket.value && isForBackups(need)) ? [] : [{
        id: need.action, task: taskOf(need), what: actionName(need.action), where: t(`irsa.settings.on.${ need.on }`), why: t(`irsa.needs.${ need.action }`), state, because
      }];
    }),
    why: found.value?.awsWhy ? t('irsa.settings.notAsked', { why: say(found.value.awsWhy.text) }) : '',
  }));

  function allOf({ id, verbs, group, resources, names }: KubernetesNeed): string {
    return id === 'charts' ? t('irsa.settings.everything') : `${ verbs.join(', ') } ${ resources.map((resource) => qualifiedName({ resource, group })).join(', ') }${ names ? ` (${ names.join(', ') })` : '' }`;
  }

  function becauseOf({ need, state, missing, why }: KubernetesCheck): string | undefined {
    switch (state) {
    case 'there': return undefined;
    case 'unknown': return why ? say(why.text) : t('irsa.settings.because.noCluster');
    case 'missing': {
      const asked = need.verbs.length * need.resources.length * (need.names?.length ?? 1);
      const part = missing.map((right) => [right.verb, resourceName(right), ...(right.name ? [right.name] : [])].join(' ')).join(', ');
      const given = t(`irsa.settings.givenBy.${ need.scope }`);

      // Where only a part is missing, that part is named.
      return missing.length < asked ? t('irsa.settings.because.part', { part, given }) : given;
    }
    }
  }

  const policies = computed(() => PARTITIONS.map((partition) => {
    const options = {
      partition,
      accountId:  caller.value?.account.partition === partition ? caller.value.account.id : undefined,
      boundary:   boundary.value,
      issuers:    answer.issuers,
      otherRoles: problems.value.otherRoles ? [] : otherRoles.value,
    };

    const file = (name: string, policy: object) => ({ id: partition, name: `credential-policy.${ name }${ partition }.json`, text: JSON.stringify(policy, null, 2) });

    return [file(answer.issuers ? 'issuers.' : '', credentialPolicy(options)), ...(bucket.value ? [file('backups.', backupPolicy(partition, buckets.value))] : [])];
  }).flat());
  const tagCommand = computed(() => {
    const arn = boundary.value;

    return arn && caller.value?.boundary !== arn ? `aws iam tag-user --user-name ${ caller.value?.name || '<user>' } --tags Key=${ BOUNDARY_TAG },Value=${ arn }` : '';
  });

  /** The account's, as IAM tells it; until then that of the cluster's region. */
  const partition = computed<Partition>(() => caller.value?.account.partition ?? (cluster.value?.region ? partitionOfRegion(cluster.value.region) : PARTITIONS[0]!));

  watch(partition, (now) => {
    policyTab.value = PARTITIONS.find((one) => one === now) ?? policyTab.value;
  }, { immediate: true });
  watch(() => cluster.value?.distribution, (now) => {
    answer.issuers ||= now !== undefined && now !== 'eks';
  }, { immediate: true });
  watch(credential, () => {
    // Another user's boundary is not this one's.
    if (told && answer.boundary === told.boundary) {
      answer.boundary = '';
    }
  });
  watch([() => cluster.value?.id, credential, ready], () => {
    found.value = undefined;
    if (ready.value) {
      void ask();
    }
  }, { immediate: true });
  watch([boundary, bucket, () => bucket.value && answer.issuers], () => {
    if (ready.value) {
      void ask();
    }
  });
  onBeforeUnmount(() => abort.abort());

  return {
    answers, checking, failure, caller, rolesTab, policyTab, answer, problems, policies, tagCommand, ask, partitions: PARTITIONS,
    roles: ROLES.map((id) => ({ id, text: roleYaml(id) })),
  };
}

/** An answer that can be used. */
function usable(value: string, problem: string | undefined): string | undefined {
  return value && !problem ? value : undefined;
}

