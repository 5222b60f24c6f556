import {
  computed, onBeforeUnmount, reactive, ref, shallowRef, watch, type Ref
} from 'vue';
import type { ClusterRef, Partition } from '../domain/facts';
import {
  boundaryProblem, BOUNDARY_TAG, credentialPolicy, otherRoleProblem
} from '../domain/rights/policy';
import { resourceName } from '../domain/rights/covers';
import { AWS_NEEDS, KUBERNETES_NEEDS } from '../domain/rights/table';
import { roleYaml, type RoleKind } from '../plans/rights/roles';
import type { NeedsCheck } from '../plans/rights/check';
import { failureOf, type Failure } from './failure';
import { useEngine } from './use-engine';
import { useText } from './use-text';

/** One line of the table of needs. */
export interface NeedRow {
  id: string;
  state: 'there' | 'missing' | 'unsure' | 'unknown' | 'asking';
  /** Verbs and resources, or the action; what is missing of it where not all is. */
  what: string;
  where: string;
  why: string;
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
  const answer = reactive({ boundary: '', otherRoles: '' });
  const rolesTab = ref<string>(ROLES[0]!);
  const policyTab = ref<string>(PARTITIONS[0]!);
  let abort = new AbortController();

  const caller = computed(() => found.value?.caller.known ? found.value.caller.value : undefined);
  const otherRoles = computed(() => answer.otherRoles.split(/[\s,]+/).filter(Boolean));
  const problems = computed(() => ({
    boundary:   answer.boundary && boundaryProblem(answer.boundary) ? t(boundaryProblem(answer.boundary)!) : undefined,
    otherRoles: otherRoles.value.some(otherRoleProblem) ? t(otherRoles.value.map(otherRoleProblem).find(Boolean)!) : undefined,
  }));

  async function ask(): Promise<void> {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;

    checking.value = true;
    failure.value = undefined;
    try {
      const answers = await (await createEngine(credential.value)).checkNeeds(cluster.value, usable(answer.boundary, problems.value.boundary), signal);

      if (!signal.aborted) {
        found.value = answers;
        if (answers.caller.known) {
          // What IAM answered fills the form once; what was typed stays.
          answer.boundary ||= answers.caller.value.boundary ?? '';
          policyTab.value = PARTITIONS.find((one) => answers.caller.known && one === answers.caller.value.account.partition) ?? policyTab.value;
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

  const waiting = computed<NeedRow['state']>(() => checking.value ? 'asking' : 'unknown');
  const answers = computed(() => ({
    kubernetes: KUBERNETES_NEEDS.map((need, index): NeedRow => {
      const { id, scope, verbs, group, resources, names } = need;
      const answered = found.value?.kubernetes[index];
      const missing = answered?.missing.map((right) => `${ right.verb } ${ resourceName(right) }`);
      const all = id === 'charts' ? t('irsa.settings.everything') : `${ verbs.join(', ') } ${ resources.join(', ') }${ names ? ` (${ names.join(', ') })` : '' }${ group ? ` · ${ group }` : '' }`;
      // Where only a part is missing, that part is named.
      const part = missing && missing.length < verbs.length * resources.length ? missing.join(', ') : '';

      return {
        id, what: part ? t('irsa.settings.part', { part, all }) : all, state: answered?.state ?? waiting.value, why: t(`irsa.needs.${ id }`), where: scope === 'management' ? t('irsa.settings.inRancher') : cluster.value?.name ?? t('irsa.settings.inCluster')
      };
    }),
    aws: AWS_NEEDS.map((need, index): NeedRow => ({
      id: need.action, what: `iam:${ need.action }`, where: t(`irsa.settings.on.${ need.on }`), why: t(`irsa.needs.${ need.action }`), state: found.value ? STATES[found.value.aws[index]!.state] : waiting.value
    })),
    why: found.value?.awsWhy ? t('irsa.settings.notAsked', { why: say(found.value.awsWhy.text) }) : '',
  }));

  const policies = computed(() => PARTITIONS.map((partition) => {
    const options = {
      partition,
      accountId:  caller.value?.account.partition === partition ? caller.value.account.id : undefined,
      boundary:   usable(answer.boundary, problems.value.boundary),
      otherRoles: problems.value.otherRoles ? [] : otherRoles.value,
    };

    return { id: partition, name: `credential-policy.${ partition }.json`, text: JSON.stringify(credentialPolicy(options), null, 2) };
  }));
  const tagCommand = computed(() => {
    const boundary = usable(answer.boundary, problems.value.boundary);

    return boundary && caller.value?.boundary !== boundary ? `aws iam tag-user --user-name ${ caller.value?.name || '<user>' } --tags Key=${ BOUNDARY_TAG },Value=${ boundary }` : '';
  });

  watch([() => cluster.value?.id, credential, ready], () => {
    found.value = undefined;
    if (ready.value) {
      void ask();
    }
  }, { immediate: true });
  watch(() => usable(answer.boundary, problems.value.boundary), () => {
    if (ready.value) {
      void ask();
    }
  });
  onBeforeUnmount(() => abort.abort());

  return {
    answers, checking, failure, caller, rolesTab, policyTab, answer, problems, policies, tagCommand, ask,
    roles: ROLES.map((id) => ({ id, text: roleYaml(id) })),
  };
}

/** An answer that can be used. */
function usable(value: string, problem: string | undefined): string | undefined {
  return value && !problem ? value : undefined;
}

