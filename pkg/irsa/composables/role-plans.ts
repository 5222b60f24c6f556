import type { ObservedCluster, ObservedRole, RemedyId } from '../domain/facts';
import { issuerPath } from '../domain/issuer/issuer';
import { text } from '../domain/text';
import { lintFacts, lintTrust, parseTrust, type LintContext, type LintFinding } from '../domain/trust';
import {
  planAdopt, planEditPermissions, planEditTrust, planEnable, planTightenAll, planTightenTrust
} from '../plans/index';
import type { Plan } from '../plans/plan';

/** A policy that is being written. */
export interface Draft {
  /** The policy as it was when editing began: it must still be there when the text is written. */
  from: string;
  /** The same, laid out. */
  original: string;
  text: string;
}

/** By what is edited: `trust`, or `policy:<name>`. */
export type Drafts = Record<string, Draft>;

export interface RolePlan {
  id: RemedyId;
  observed: ObservedCluster;
  /** Further clusters that were looked at. */
  others: ObservedCluster[];
  role: ObservedRole;
  context: LintContext;
  /** Code and pointer of the finding to be mended; without one, all of them. */
  finding?: string;
  edited?: string;
  drafts: Drafts;
}

/**
 * The plan that is begun from a role's page, of what is there now. A finding that is gone meanwhile leaves nothing to do.
 * @throws IrsaError what the plans throw
 */
export function planRole({ id, observed, others, role, context, finding, edited = '', drafts }: RolePlan): Plan {
  const draft = drafts[edited];

  if (id === 'edit-trust' && draft) {
    return planEditTrust(observed, role, { json: draft.text, from: draft.from }, others);
  }
  if (id === 'edit-permissions' && draft) {
    return planEditPermissions(observed, role, { name: edited.slice('policy:'.length), json: draft.text, from: draft.from });
  }
  if (id === 'adopt') {
    return planAdopt(observed, role);
  }
  const nothing = (): Plan => ({ id, title: text('irsa.plan.tighten-trust.title', { role: role.name }), steps: [], documents: [], warnings: [] });

  // The provider that a statement waits for: its cluster is enabled.
  if (id === 'enable') {
    const waits = finding === undefined ? undefined : lintTrust(parseTrust(role.trustPolicy), context).find((one) => one.remedy?.id === 'enable' && named(one) === finding);
    const living = waits && [observed, ...others].find(({ cluster, issuer }) => issuer.known && cluster.name === waits.advice?.args?.cluster && issuerPath(issuer.value) === waits.title.args?.issuer);

    return living ? planEnable(living) : nothing();
  }
  // An address may name an edit of which the text is gone, or a plan that is none of a role's.
  if (id !== 'tighten-trust') {
    return nothing();
  }
  // The role was read again since the context was made; what is known of clusters and account holds.
  const now = { ...context, role: lintFacts(observed, role).role };

  if (finding === undefined) {
    return planTightenAll(observed, role, now, others);
  }
  const found = lintTrust(parseTrust(role.trustPolicy), now).find((one) => one.remedy?.id === 'tighten-trust' && named(one) === finding);

  return found ? planTightenTrust(observed, role, found, others) : nothing();
}

/** As the address names a finding. */
function named({ code, pointer }: LintFinding): string {
  return `${ code } ${ pointer }`;
}
