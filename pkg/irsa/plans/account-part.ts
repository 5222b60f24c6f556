import type { InstalledApp, ObservedBinding, ObservedCluster, Text } from '../domain/facts';
import { text } from '../domain/text';
import { segment } from '../domain/names/segment';
import { ANNOTATION_PREFIX, webhookSettings } from '../domain/workload/settings';
import { bindingOfAccount, filledIn } from '../presets';
import { annotationNames, bindingAnnotations, forWebhook } from '../presets/annotations';
import { takesRole } from '../presets/since';
import type { Preset } from '../presets';
import type { BindWish } from './bind-wish';
import { hasValues, isUpgradable, mergeValues, replacedValues, upgradeApp } from './helm';
import type { Step } from './plan';
import type { Subject } from './trust';
import type { Later } from './value';

/** How the account comes to carry the role. */
export interface AccountPart {
  steps: Step[];
  warnings: Text[];
  /** False when the account will not exist after the plan: then nothing can be verified. */
  exists: boolean;
  /** An access key is in use now and will not be after the steps: verify before them. */
  dropsKeys: boolean;
  /** Accounts beside it that are written along with it. */
  covers?: ObservedBinding[];
}

/** Writes the annotation where whoever owns the account keeps it: in the App's values, else on the account itself. */
export function accountPart(observed: ObservedCluster, wish: BindWish, subject: Subject, role: Later): AccountPart {
  const { target } = wish;
  const app = appOf(target);
  const known = presetFor(wish, app);

  if (app && known && app.chart === known.preset.chart.name) {
    if (isUpgradable(app) && takesRole(known.preset, app.version)) {
      return throughValues(observed, wish, subject, role, app, known);
    }
    const { chart, version, release } = app;
    const warning = isUpgradable(app) ? text('irsa.warning.chartTooOld', { chart, version, since: known.preset.since }) : text('irsa.warning.noRepository', { release });

    return onAccount(observed, wish, subject, role, [warning]);
  }

  // The wished one also where its names are others: an account made by us would keep Helm from making its own.
  const wished = wish.permissions.kind === 'preset' ? wish.permissions.preset : undefined;

  return onAccount(observed, wish, subject, role, ownerWarning(target), known?.preset ?? wished);
}

/** The release through whose values the account is written. */
export function appOf({ owner }: ObservedBinding): InstalledApp | undefined {
  return owner.kind === 'app' ? owner : owner.kind === 'controller' ? owner.app : undefined;
}

type UpgradableApp = InstalledApp & { repo: { type: string; name: string } };

export interface KnownAccount { preset: Preset; parameters: Record<string, string> }

/**
 * The preset that makes this very account, with the answers that lead to it: the wished one, else the one whose account it is.
 * People give releases, namespaces and accounts other names; what the release is called and its values say what it makes of them.
 */
export function presetFor({ permissions, target: { account } }: Pick<BindWish, 'permissions' | 'target'>, app: InstalledApp | undefined): KnownAccount | undefined {
  const wished = permissions.kind === 'preset' ? { preset: permissions.preset, parameters: filledIn(permissions.preset, permissions.parameters) } : undefined;

  return [wished, bindingOfAccount(account)].find((known) => known && [{}, app].some((names) => {
    const { namespace, serviceAccount } = known.preset.subject({ ...names, parameters: known.parameters });

    return names && namespace === account.namespace && serviceAccount === account.name;
  }));
}

function throughValues(observed: ObservedCluster, wish: BindWish, subject: Subject, role: Later, app: UpgradableApp, { preset, parameters: answers }: KnownAccount): AccountPart {
  const parameters = wish.permissions.kind === 'preset' && wish.permissions.preset.id === preset.id ? filledIn(preset, { region: wish.region, ...wish.permissions.parameters }) : {};
  const others = besideOfRelease(wish, app, preset);
  const ours = [{ parameters: answers }, ...others]
    .map((one) => preset.values({ ...preset.keeps?.(app.values), ...one.parameters, ...parameters, roleArn: role.shown, audience: subject.audience }))
    .map((one) => forWebhook(one, subject.audience, webhookSettings(observed)))
    .reduce((all, one) => mergeValues(all, one));
  const changesLocation = Object.keys(parameters).length > 0;
  const { values, warnings, dropsKeys } = (changesLocation && preset.reconcile?.(app.values)) || { values: {}, warnings: [], dropsKeys: false };
  const addition = mergeValues(ours, values);
  const all = [wish.target, ...others.map(({ target }) => target)];
  const covers = others.map(({ target }) => target);

  if (all.every((target) => isAnnotated(target, subject, role)) && hasValues(app.values, addition)) {
    return { steps: [], warnings: [], exists: true, dropsKeys: false, covers };
  }
  const waits = all.filter(({ owner, account }) => owner.kind === 'controller' || !account.exists)
    .map(({ account: { namespace, name } }, index) => suffixed(accountAnnotated(observed, { ...subject, namespace, name }, role), index));
  const steps = [upgradeApp(observed, app, preset, addition, role)];

  // What a warning of the preset's own is about is not said twice.
  const replaced = replacedValues(app.values, ours).map(({ path, before, after }) => after ? text('irsa.warning.valueReplaced', { path, before, after }) : text('irsa.warning.valueEmptied', { path, before }));

  return { steps: [...steps, ...waits], warnings: [...warnings, ...replaced], exists: true, dropsKeys, covers };
}

/** Accounts that get the role as well, and that the same release writes. */
function besideOfRelease({ beside = [] }: BindWish, app: InstalledApp, preset: Preset): { target: ObservedBinding; parameters: Record<string, string> }[] {
  return beside.flatMap((target) => {
    const its = appOf(target);
    const known = presetFor({ permissions: { kind: 'none' }, target }, its);

    return its?.release === app.release && its.namespace === app.namespace && known?.preset === preset ? [{ target, parameters: known.parameters }] : [];
  });
}

/** Steps of one kind for several accounts are told apart by their place. */
export function suffixed(step: Step, index: number): Step {
  return index ? { ...step, id: `${ step.id }-${ index + 1 }` } : step;
}

function ownerWarning({ owner, account }: ObservedBinding): Text[] {
  switch (owner.kind) {
  case 'app':
  case 'helm': return [text('irsa.warning.helmOwned', { account: account.name, release: owner.release })];
  case 'controller': return [text('irsa.warning.controllerOwned', { account: account.name, controller: `${ owner.controllerKind } ${ owner.name }` })];
  case 'nobody': return [];
  }
}

function onAccount(observed: ObservedCluster, wish: BindWish, subject: Subject, role: Later, warnings: Text[], preset?: Preset): AccountPart {
  const { target } = wish;
  const names = { account: `${ subject.namespace }/${ subject.name }` };

  if (!target.account.exists) {
    if ((wish.missingAccount ?? (preset ? 'leave' : 'create')) === 'leave') {
      const missing = preset ? text('irsa.warning.accountOfChart', { ...names, chart: preset.chart.name }) : text('irsa.warning.accountMissing', names);

      return { steps: [], warnings: [missing], exists: false, dropsKeys: false };
    }

    return { steps: [createAccount(observed, subject, role)], warnings: [text('irsa.warning.accountMade', names)], exists: true, dropsKeys: false };
  }
  if (isAnnotated(target, subject, role)) {
    return { steps: [], warnings: [], exists: true, dropsKeys: false };
  }

  return { steps: [annotate(observed, target, subject, role)], warnings, exists: true, dropsKeys: false };
}

function isAnnotated({ account }: ObservedBinding, subject: Subject, role: Later): boolean {
  return account.exists && account.roleArn === role.value && account.audience === subject.audience;
}

function annotate(observed: ObservedCluster, { account }: ObservedBinding, subject: Subject, role: Later): Step {
  const clusterId = observed.cluster.id;

  return {
    id:     'annotate',
    target: 'kubernetes',
    title:  text('irsa.step.annotate.title', { account: `${ subject.namespace }/${ subject.name }` }),
    detail: text('irsa.step.annotate.detail', { annotation: annotationNames(webhookSettings(observed)).role }),
    change: 'change',
    call:   {
      kubernetes: {
        clusterId,
        verb:        'PATCH',
        path:        accountPath(subject),
        contentType: 'application/merge-patch+json',
        // With the version that was seen, the API server refuses (409) when someone changed the account since.
        body:        { metadata: { ...(account.resourceVersion ? { resourceVersion: account.resourceVersion } : {}), annotations: annotations(observed, account.annotations, subject, role) } },
      },
    },
    seen:  { annotations: account.annotations },
    needs: {
      right: {
        clusterId, verb: 'patch', group: '', resource: 'serviceaccounts', namespace: subject.namespace, name: subject.name
      }
    },
  };
}

function createAccount(observed: ObservedCluster, subject: Subject, role: Later): Step {
  const clusterId = observed.cluster.id;

  return {
    id:     'create-account',
    target: 'kubernetes',
    title:  text('irsa.step.create-account.title', { account: `${ subject.namespace }/${ subject.name }` }),
    detail: text('irsa.step.create-account.detail', { annotation: annotationNames(webhookSettings(observed)).role }),
    change: 'create',
    call:   {
      kubernetes: {
        clusterId,
        verb:        'POST',
        path:        accountPath(subject).replace(/\/[^/]+$/, ''),
        contentType: 'application/json',
        body:        {
          apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: subject.name, namespace: subject.namespace, annotations: annotations(observed, {}, subject, role) }
        },
      },
    },
    needs: { right: { clusterId, verb: 'create', group: '', resource: 'serviceaccounts', namespace: subject.namespace } },
  };
}

function accountAnnotated(observed: ObservedCluster, subject: Subject, role: Later): Step {
  return {
    id:     'account-annotated',
    target: 'kubernetes',
    title:  text('irsa.step.account-annotated.title', { account: `${ subject.namespace }/${ subject.name }` }),
    detail: text('irsa.step.account-annotated.detail'),
    change: 'wait',
    call:   {
      wait: {
        until: {
          accountAnnotated: {
            clusterId: observed.cluster.id, namespace: subject.namespace, serviceAccount: subject.name, roleArn: role.value, ...prefixOf(observed)
          }
        }
      }
    },
  };
}

/** For a condition: only where the webhook has another prefix than everybody's. */
export function prefixOf(observed: ObservedCluster): { annotationPrefix?: string } {
  const { annotationPrefix } = webhookSettings(observed);

  return annotationPrefix === ANNOTATION_PREFIX ? {} : { annotationPrefix };
}

/** An audience that is annotated already and is not the wished one has to be overwritten, even by the default. */
function annotations(observed: ObservedCluster, current: Record<string, string>, subject: Subject, role: Later): Record<string, Later['value']> {
  const settings = webhookSettings(observed);
  const names = annotationNames(settings);
  const wanted = forWebhook(bindingAnnotations(role.shown, subject.audience), subject.audience, settings);
  const result: Record<string, Later['value']> = { ...wanted, [names.role]: role.value };

  if (names.audience in current) {
    result[names.audience] = subject.audience;
  }

  return result;
}

export function accountPath({ namespace, name }: Pick<Subject, 'namespace' | 'name'>): string {
  return `/api/v1/namespaces/${ segment(namespace) }/serviceaccounts/${ segment(name) }`;
}
