import { issuerProblem } from '../domain/issuer/issuer';
import type { Known, ObservedCluster, RemedyId, Right, StsReach } from '../domain/facts';

type Answer = ObservedCluster['rights'][number];

/** Rights that each remedy needs, by what they are about; a right that was not asked is not missing. */
const NEEDS: Partial<Record<RemedyId, (right: Right) => boolean>> = {
  unbind:  ({ resource, verb }) => resource === 'serviceaccounts' && verb === 'patch',
  bind:    ({ resource }) => ['serviceaccounts', 'deployments', 'statefulsets'].includes(resource),
  // What it takes beside that is asked before the plan is run.
  move:    ({ resource }) => ['serviceaccounts', 'deployments', 'statefulsets'].includes(resource),
  restart: ({ resource }) => ['deployments', 'statefulsets', 'daemonsets'].includes(resource),
};

const refused = (rights: Answer[], about: (right: Right) => boolean): boolean => rights.some(({ right, allowed }) => !allowed && about(right));

/** Remedies whose button would not fail for want of a right or a credential. */
export function remediesFor({ rights, sts, issuer, provider, webhook }: ObservedCluster, credential: string | undefined): RemedyId[] {
  const all: RemedyId[] = ['enable', 'add-audience', 'bind', 'move', 'unbind', 'mend-trust', 'tighten-trust', 'edit-trust', 'edit-permissions', 'adopt', 'create-bucket', 'restart', 'open-sts', 'close-sts', 'install-webhook', 'upgrade-webhook', 'remove-webhook'];
  const needCredential: RemedyId[] = ['enable', 'add-audience', 'bind', 'move', 'mend-trust'];

  // AWS alone has to do with these; what of it is missing is found out before they run.
  const ofRole: RemedyId[] = ['tighten-trust', 'edit-trust', 'edit-permissions', 'adopt', 'create-bucket'];

  return all.filter((id) => {
    if (ofRole.includes(id)) {
      return credential !== undefined;
    }
    if (needCredential.includes(id) && !credential) {
      return false;
    }
    // Nothing can be registered or trusted that is not known, or that AWS cannot use.
    if (needCredential.includes(id) && !(issuer.known && provider.known && !issuerProblem(issuer.value))) {
      return false;
    }
    if (id === 'open-sts' || id === 'close-sts') {
      return id === wayOf(sts);
    }
    if (id === 'install-webhook') {
      return webhook.known && webhook.value.kind === 'absent';
    }
    if (id === 'upgrade-webhook' || id === 'remove-webhook') {
      // What is Fleet's is Fleet's to change: it has a page of its own.
      return webhook.known && !!webhook.value.release && !webhook.value.fleet;
    }
    const about = NEEDS[id];

    return !about || !refused(rights, about);
  });
}

/** What this person may change about Rancher forwarding to a host: what was allowed here can be taken back, what is shut allowed. */
export function wayOf(reach: Known<StsReach> | undefined): 'open-sts' | 'close-sts' | undefined {
  const { state, entry, missing } = reach?.known ? reach.value : {};

  return state === 'openable' ? 'open-sts' : entry && !missing ? 'close-sts' : undefined;
}

/** What this person would need to make changes here. */
export function missingRights({ rights }: ObservedCluster): Right[] {
  return rights.filter(({ allowed }) => !allowed).map(({ right }) => right);
}
