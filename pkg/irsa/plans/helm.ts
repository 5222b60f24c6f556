import type { InstalledApp, ObservedCluster } from '../domain/facts';
import { isObject, samePolicy } from '../domain/json/same';
import { text } from '../domain/text';
import { segment } from '../domain/names/segment';
import type { Preset } from '../presets';
import type { Step, ValueChange } from './plan';
import { withLater, type Later } from './value';

type Values = Record<string, unknown>;

/**
 * The admin's values with ours laid over them: objects are merged, `null` takes a key away (as it does for Helm), everything else is
 * replaced. Neither is changed.
 */
export function mergeValues(current: Values, addition: Values): Values {
  const merged: Values = { ...current };

  for (const [key, value] of Object.entries(addition)) {
    const before = merged[key];

    if (value === null) {
      delete merged[key];
    } else {
      merged[key] = isObject(before) && isObject(value) ? mergeValues(before, value) : value;
    }
  }

  return merged;
}

/** Whether laying `addition` over `current` would change nothing. An empty text is what a chart has by default: not there is the same. */
export function hasValues(current: Values, addition: Values): boolean {
  return Object.entries(addition).every(([key, value]) => {
    const before = current[key];

    if (isObject(value)) {
      return hasValues(isObject(before) ? before : {}, value);
    }

    return samePolicy(before, value) || (before === undefined && (value === '' || value === false));
  });
}

/** Texts of the admin's that ours take the place of, with where they stand: nobody shall lose a folder unseen. */
export function replacedValues(current: Values, addition: Values, path: string[] = []): { path: string; before: string; after: string }[] {
  return Object.entries(addition).flatMap(([key, value]) => {
    const before = current[key];

    if (isObject(value) && isObject(before)) {
      return replacedValues(before, value, [...path, key]);
    }

    return typeof before === 'string' && typeof value === 'string' && before !== '' && before !== value ? [{ path: [...path, key].join('.'), before, after: value }] : [];
  });
}

/** Whether an upgrade of the App through Rancher can be asked for. */
export function isUpgradable(app: InstalledApp): app is InstalledApp & { repo: { type: string; name: string } } {
  return Boolean(app.repo?.name && app.repo.type !== 'namespace');
}

/**
 * The upgrade of an App to the version it has, with other values: the body that Rancher's own form sends (shell
 * pages/c/_cluster/apps/charts/install.vue actionInput). Helm gets what is sent and nothing of what it had, so the request holds the
 * admin's values with ours merged in; the charts of custom resource definitions go along, first, in the same version.
 */
export function upgradeApp(observed: ObservedCluster, app: InstalledApp & { repo: { type: string; name: string } }, preset: Preset, addition: Values, ...role: Later[]): Step {
  const values = mergeValues(app.values, addition);
  const clusterId = observed.cluster.id;
  const annotations = { 'catalog.cattle.io/ui-source-repo-type': app.repo.type, 'catalog.cattle.io/ui-source-repo': app.repo.name };
  const global = isObject(values.global) ? { global: values.global } : {};
  // Rancher packs a chart's definitions apart and writes so into its version (`104.2.0+up1.7.1`); the project's own chart has them in it.
  const isRanchers = preset.origin === 'rancher' || app.version.includes('+up');
  const crd = preset.chart.crd && isRanchers ? [{ chartName: preset.chart.crd, version: app.version, releaseName: preset.chart.crd, annotations, values: global, resetValues: false }] : [];

  return {
    id:     'upgrade-app',
    target: 'helm',
    title:  text('irsa.step.upgrade-app.title', { release: app.release }),
    detail: text('irsa.step.upgrade-app.detail'),
    change: 'change',
    call:   {
      rancher: {
        verb: 'POST',
        path: `/k8s/clusters/${ segment(clusterId) }/v1/catalog.cattle.io.clusterrepos/${ segment(app.repo.name) }?action=upgrade`,
        body: withLater({
          charts:        [...crd, { chartName: app.chart, version: app.version, releaseName: app.release, description: '', annotations, values, resetValues: false }],
          noHooks:       false,
          timeout:       '600s',
          wait:          true,
          namespace:     app.namespace,
          projectId:     '',
          force:         false,
          historyMax:    5,
          cleanupOnFail: false,
          // On the server's side Helm 4 fails by a conflict where a role that somebody else annotated is to be another one (tests/real/chart/annotations.test.ts).
          // Rancher hands this on as `--server-side` (pkg/catalogv2/helmop/operation.go); one that does not know it yet passes it over.
          serverSide:    false,
        }, ...role),
      },
    },
    until: { helmOperation: { clusterId, app: { namespace: app.namespace, name: app.release } } },
    helm:  {
      release:   app.release,
      namespace: app.namespace,
      chart:     app.chart,
      version:   app.version,
      repo:      app.repo.name,
      ...(app.revision === undefined ? {} : { revision: app.revision }),
      values:    withLater(addition, ...role),
      changes:   valueChanges(app.values, addition),
    },
  };
}

/** Names behind which something secret may stand; the name of a secret is none. */
const SECRET = /(password|passphrase|secret|token|credentials?|key)s?(contents?|data|value)?$/i;

/**
 * What laying `addition` over `current` changes, value by value, for people: whatever may be a secret is not said. An empty text is what a
 * chart has by default, and no change.
 */
export function valueChanges(current: Values, addition: Values, path: string[] = []): ValueChange[] {
  return Object.entries(addition).flatMap(([key, after]) => {
    const before = current[key];
    const at = [...path, key];

    if (isObject(after) && (isObject(before) || before === undefined)) {
      return valueChanges(before ?? {}, after, at);
    }
    if (hasValues(current, { [key]: after ?? undefined })) {
      return [];
    }
    const said = (value: unknown) => value === undefined || value === null ? undefined : SECRET.test(key) && value !== '' && typeof value !== 'boolean' ? HIDDEN : typeof value === 'string' ? value : JSON.stringify(value);

    // Objects may hold anything, at any depth.
    return [{ path: at.join('.'), before: isObject(before) ? HIDDEN : said(before), after: said(after) }];
  });
}

const HIDDEN = '•••';
