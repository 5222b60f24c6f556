import { roleArn } from '../domain/aws/arn';
import { ROLE_PATH, roleTags, tagList } from '../domain/aws/ownership';
import { DESCRIPTION_LENGTH, ROLE_NAME_LENGTH } from '../domain/aws/quotas';
import { irsaError } from '../domain/errors';
import type { ObservedCluster, ObservedRole, Text } from '../domain/facts';
import { roleNameProblem } from '../domain/names/names';
import { text } from '../domain/text';
import { addBinding, newTrust } from '../domain/trust';
import type { BindWish, WishedRole } from './bind-wish';
import type { PlanDocument, Step } from './plan';
import type { ProviderPart } from './provider';
import { bindingOf, consentFor, sizeWarning, subjectsOf, trustDocument, trustPart, type Subject } from './trust';
import { jsonText, known, later, withLater, type Later } from './value';

/** The role and its trust policy. */
export interface RolePart {
  name: string;
  arn: Later;
  /** What is there now. */
  found?: ObservedRole;
  steps: Step[];
  document: PlanDocument;
  warnings: Text[];
  /** Words to agree to, should anything of the found role be changed. */
  consent?: Text;
}

/**
 * Makes the role, or lets the account into the one that is there.
 * @throws IrsaError ROLE_NAME_UNUSABLE, TRUST_UNREADABLE
 */
export function rolePart(observed: ObservedCluster, wish: BindWish, subject: Subject, provider: ProviderPart): RolePart {
  const found = foundRole(wish);

  if (found) {
    const { steps, document, warnings } = trustPart(observed, found, [subject, ...besideOf(wish, subject)], provider);
    const consent = consentFor(found, provider.issuer, subject, wish.role.kind === 'existing');

    return { name: found.name, arn: known(found.arn), found, steps, document, warnings, ...(consent ? { consent } : {}) };
  }

  return newRole(observed, wish.role as WishedRole & { kind: 'new' }, [subject, ...besideOf(wish, subject)], provider);
}

/** Who gets the role along with its account, of the same audience. */
function besideOf({ beside = [] }: BindWish, { audience }: Subject): Subject[] {
  return beside.map(({ account: { namespace, name } }) => ({ namespace, name, audience }));
}

/** What IAM has under the wished name, as far as it was looked up. */
function foundRole({ role, target }: BindWish): ObservedRole | undefined {
  if (role.kind === 'existing') {
    return role.role;
  }
  const today = target.role.known ? target.role.value : null;
  // Names of roles are unique without regard to case and path.
  const found = role.found ?? (today?.name.toLowerCase() === role.name.toLowerCase() ? today : undefined);

  return found ?? undefined;
}

function newRole(observed: ObservedCluster, wish: WishedRole & { kind: 'new' }, [subject, ...others]: [Subject, ...Subject[]], provider: ProviderPart): RolePart {
  const { name } = wish;
  const problem = roleNameProblem(name);

  if (problem) {
    throw irsaError('ROLE_NAME_UNUSABLE', { role: name, limit: ROLE_NAME_LENGTH });
  }
  const path = wish.path ?? ROLE_PATH;
  const arn = observed.account.known ? roleArn(observed.account.value, path, name) : undefined;
  const trust = others.reduce((document, one) => addBinding(document, bindingOf(one, provider)), newTrust(bindingOf(subject, provider)));
  const trustValue = jsonText(withLater(trust, provider.arn) as object);
  const tags = roleTags(observed.cluster, provider.issuer, subject);
  const document = trustDocument(observed, trust);
  const trusted = { subject: subjectsOf([subject, ...others]) };
  const step: Step = {
    id:     'create-role',
    target: 'iam',
    title:  text('irsa.step.create-role.title', { role: name }),
    detail: wish.permissionsBoundary ? text('irsa.step.create-role.bounded', { ...trusted, boundary: wish.permissionsBoundary }) : text('irsa.step.create-role.detail', trusted),
    change: 'create',
    call:   {
      aws: {
        service: 'iam',
        command: 'CreateRole',
        input:   {
          RoleName:                 name,
          Path:                     path,
          Description:              description(observed, subject),
          AssumeRolePolicyDocument: trustValue,
          Tags:                     tagList(tags),
          ...(wish.permissionsBoundary ? { PermissionsBoundary: wish.permissionsBoundary } : {}),
        },
      },
    },
    adopt: { role: { name, trustPolicy: trustValue, tags } },
    needs: { aws: { action: 'iam:CreateRole', resource: arn ?? `arn:*:iam::*:role${ path }${ name }` } },
  };

  return { name, arn: later('create-role', ['Role', 'Arn'], arn), steps: [step], document, warnings: sizeWarning(document, name) };
}

/** IAM takes printable Latin-1 only. */
function description(observed: ObservedCluster, subject: Subject): string {
  return `IRSA: ${ subject.namespace }/${ subject.name } in cluster ${ observed.cluster.name }, made by Rancher`.replace(/[^\u0020-\u007E\u00A1-\u00FF]/g, '_').slice(0, DESCRIPTION_LENGTH);
}
