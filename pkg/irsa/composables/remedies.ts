import type { Engine } from './use-engine';
import { irsaError } from '../domain/errors';
import type { ObservedBinding, ObservedCluster, RemedyId } from '../domain/facts';
import {
  planAddAudience, planAdopt, planCloseHost, planEnable, planInstallWebhook, planMendTrust, planOpenSts, planRemoveWebhook, planRestart, planUnbind, planUpgradeWebhook
} from '../plans/index';
import type { Plan } from '../plans/plan';
import { accountId, type Account } from './accounts';

/**
 * The plan that mends what a finding names. Binding is not among them: it asks questions first.
 * @param deleteRole  for `unbind`
 */
export async function planRemedy(id: RemedyId, observed: ObservedCluster, account: Account | undefined, engine: Engine, deleteRole = false): Promise<Plan> {
  const ofCluster = { enable: planEnable, 'add-audience': planAddAudience, 'open-sts': planOpenSts, 'remove-webhook': planRemoveWebhook } as const;
  const ofBinding = { 'mend-trust': planMendTrust, restart: planRestart } as const;

  if (id === 'install-webhook') {
    return planInstallWebhook(observed, await engine.webhookSource(observed.cluster));
  }
  if (id === 'upgrade-webhook') {
    const release = observed.webhook.known ? observed.webhook.value.release : undefined;
    const [source, app] = await Promise.all([engine.webhookSource(observed.cluster), release && engine.appAt(observed.cluster.id, release)]);

    return planUpgradeWebhook(observed, source, app);
  }
  if (id === 'close-sts') {
    return planCloseHost(observed.sts, await engine.neighbours(observed));
  }
  if (id === 'unbind' && account) {
    const [binding, signers] = await Promise.all([bindingOf(observed, account, engine, { attached: true }), engine.signers(observed.cluster.id, account)]);

    return planUnbind(observed, binding, deleteRole, signers);
  }
  if (id === 'adopt' && account) {
    const { role } = await bindingOf(observed, account, engine);

    if (!role.known || !role.value) {
      throw irsaError('ROLE_UNKNOWN', { account: accountId(account) });
    }

    return planAdopt(observed, role.value);
  }
  if (id in ofCluster) {
    return ofCluster[id as keyof typeof ofCluster](observed);
  }
  const plan = ofBinding[id as keyof typeof ofBinding];

  if (!plan || !account) {
    throw new Error(`no plan ${ id }${ account ? '' : ' without a service account' }`);
  }

  return plan(observed, await bindingOf(observed, account, engine));
}

async function bindingOf(observed: ObservedCluster, account: Account, engine: Engine, read: Parameters<Engine['observeRole']>[1] = { policies: [] }): Promise<ObservedBinding> {
  const known = observed.bindings.known ? observed.bindings.value.find((binding) => accountId(binding.account) === accountId(account)) : undefined;

  return withTags(known ?? await engine.observeBinding(observed, account), engine, read);
}

/** The look at a cluster reads lists, which leave a role's tags out; whether a role is ours is told by them. */
export async function withTags(binding: ObservedBinding, engine: Engine, read: Parameters<Engine['observeRole']>[1]): Promise<ObservedBinding> {
  const listed = binding.role.known ? binding.role.value : null;
  const role = listed && !listed.tags ? await engine.observeRole(listed.name, read) : listed;

  return role ? { ...binding, role: { known: true, value: role } } : binding;
}
