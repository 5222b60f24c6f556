import {
  computed, onBeforeUnmount, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef
} from 'vue';
import { refusals, type Refusal } from '../domain/chain';
import { accountOfArn } from '../domain/aws/arn';
import { partitionOfRegion } from '../domain/aws/partitions';
import { TRUST_POLICY_SIZE } from '../domain/aws/quotas';
import { irsaError } from '../domain/errors';
import type {
  AccountQuotas, ClusterRef, Known, ObservedCluster, ObservedRole
} from '../domain/facts';
import { providerArn } from '../domain/issuer/issuer';
import { LocatedError } from '../domain/json/located';
import {
  lintFacts, lintTrust, parseTrust, trustRoom, type LintContext, type LintFinding, type TrustDocument, type TrustRoom
} from '../domain/trust';
import { adminPolicy } from '../domain/trust/lint/role';
import { roleUsers, type RoleUser } from '../domain/trust/users';
import { failureOf, type Failure } from './failure';
import { fewAtOnce } from './few-at-once';
import type { Engine } from './use-engine';

/** Other clusters that are looked at without being asked to; each costs three requests. */
const FEW = 8;

export interface RoleState {
  /** null: IAM has no such role. */
  role: ShallowRef<ObservedRole | null | undefined>;
  failure: ShallowRef<Failure | undefined>;
  looking: Ref<boolean>;
  /** A plan ran since it was read. */
  outdated: Ref<boolean>;
  /** Why the trust policy cannot be read, where it cannot. */
  unreadable: ComputedRef<string | undefined>;
  document: ComputedRef<TrustDocument | undefined>;
  context: ComputedRef<LintContext>;
  findings: ComputedRef<LintFinding[]>;
  /** Accounts that ask for the role and are not let in. */
  refused: ComputedRef<Refusal[]>;
  users: ComputedRef<RoleUser[]>;
  room: ComputedRef<(TrustRoom & { isLive: boolean }) | undefined>;
  /** Other clusters that were looked at. */
  others: ShallowRef<ObservedCluster[]>;
  /** Those that were not yet, or not to be reached. */
  unseen: ComputedRef<ClusterRef[]>;
  lookingAround: Ref<boolean>;
  /**
   * Reads the role anew.
   * @throws IrsaError ROLE_GONE, and what IAM's answer means
   */
  read(): Promise<ObservedRole>;
  /** The same for the page: what goes wrong is its `failure`. */
  look(): Promise<void>;
  lookAround(): Promise<void>;
}

/** One role: what IAM has of it, who uses it in which cluster, and what is to be said about it. */
export function useRole(name: Ref<string>, observed: Ref<ObservedCluster>, clusters: Ref<ClusterRef[]>, engine: () => Promise<Engine>): RoleState {
  const role = shallowRef<ObservedRole | null>();
  const quotas = shallowRef<Known<AccountQuotas>>();
  const failure = shallowRef<Failure>();
  const looking = ref(false);
  const outdated = ref(false);
  const others = shallowRef<ObservedCluster[]>([]);
  const lookingAround = ref(false);
  const abort = new AbortController();

  async function readAll(): Promise<void> {
    const ours = await engine();
    const [seen, limits] = await Promise.all([ours.observeRole(name.value, { attached: true, signal: abort.signal }), ours.quotas(abort.signal)]);

    // What its managed policies say is read when the page is; between two looks they say the same.
    role.value = seen && role.value?.managedDocuments ? { ...seen, managedDocuments: role.value.managedDocuments } : seen;
    quotas.value = limits;
    outdated.value = false;
  }

  /** Behind the rest, as it takes two calls for each, and only where nothing else tells already that the role is an administrator. */
  async function readManaged(): Promise<void> {
    const now = role.value;
    const arns = now?.managedPolicies?.known ? now.managedPolicies.value : [];

    if (!now || !arns.length || adminPolicy(lintFacts(observed.value, { ...now, managedDocuments: undefined }).role!)) {
      return;
    }
    const managedDocuments = await (await engine()).managedPolicies(arns, abort.signal);

    if (role.value) {
      role.value = { ...role.value, managedDocuments };
    }
  }

  async function read(): Promise<ObservedRole> {
    await readAll();
    if (!role.value) {
      throw irsaError('ROLE_GONE', { role: name.value });
    }

    return role.value;
  }

  async function look(): Promise<void> {
    looking.value = true;
    failure.value = undefined;
    try {
      await readAll();
    } catch (error) {
      if (!abort.signal.aborted) {
        failure.value = failureOf(error);
      }
    } finally {
      looking.value = false;
    }
    try {
      await readManaged();
    } catch (error) {
      if (!abort.signal.aborted) {
        failure.value = failureOf(error);
      }
    }
  }

  /** One partition has one IAM: clusters of another cannot use the role. */
  const candidates = computed(() => {
    const { cluster: here, account } = observed.value;
    const partition = account.known ? account.value.partition : 'aws';

    return clusters.value.filter(({ id, region }) => id !== here.id && (!region || partitionOfRegion(region) === partition));
  });
  const unseen = computed(() => candidates.value.filter(({ id }) => !others.value.some(({ cluster }) => cluster.id === id)));

  async function lookAround(): Promise<void> {
    if (lookingAround.value) {
      return;
    }
    lookingAround.value = true;
    const queue = unseen.value.filter(({ connected }) => connected);

    await fewAtOnce(queue, 3, abort.signal, async(one) => {
      try {
        const seen = await (await engine()).observeBrief(one, { signal: abort.signal });

        others.value = [...others.value, seen];
      } catch {
        // It stays among those that were not looked at, which the page says.
      }
    });
    lookingAround.value = false;
  }

  watch(name, look, { immediate: true });
  watch(() => candidates.value.length, (count) => {
    if (count > 0 && count <= FEW) {
      void lookAround();
    }
  }, { immediate: true });
  onBeforeUnmount(() => abort.abort());

  const parsed = computed<{ document?: TrustDocument; unreadable?: string }>(() => {
    if (!role.value) {
      return {};
    }
    try {
      return { document: parseTrust(role.value.trustPolicy) };
    } catch (error) {
      return { unreadable: error instanceof LocatedError ? error.message : String(error) };
    }
  });
  const document = computed(() => parsed.value.document);
  /** The account's own quota, where it was read. */
  const live = computed(() => quotas.value?.known ? quotas.value.value.trustPolicySize : undefined);
  const context = computed(() => {
    if (!role.value) {
      return {};
    }
    const facts = lintFacts(observed.value, role.value, others.value, unseen.value.length === 0 && clusters.value.length > 0);

    return live.value ? { ...facts, quota: live.value } : facts;
  });

  return {
    role,
    failure,
    looking,
    outdated,
    document,
    unreadable: computed(() => parsed.value.unreadable),
    context,
    findings:   computed(() => document.value ? lintTrust(document.value, context.value) : []),
    refused:    computed(() => role.value && document.value ? refusals(role.value, [observed.value, ...others.value]) : []),
    users:      computed(() => role.value ? roleUsers(document.value, role.value.arn, [observed.value, ...others.value]) : []),
    room:       computed(() => {
      const { issuer, provider, bindings } = observed.value;
      const some = bindings.known ? bindings.value.find(({ account }) => account.roleArn === role.value?.arn)?.account : undefined;

      if (!document.value || !issuer.known || !role.value) {
        return undefined;
      }
      const like = { issuer: issuer.value, providerArn: (provider.known ? provider.value?.arn : undefined) ?? providerArn(accountOfArn(role.value.arn)!, issuer.value), namespace: some?.namespace ?? 'default', serviceAccount: some?.name ?? 'default' };

      return { ...trustRoom(document.value, live.value ?? TRUST_POLICY_SIZE, like), isLive: live.value !== undefined };
    }),
    others,
    unseen,
    lookingAround,
    read,
    look,
    lookAround,
  };
}
