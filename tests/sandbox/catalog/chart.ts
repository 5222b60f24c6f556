import type { KubeObject } from '../contracts.ts';
import { isFields } from '../rancher/values.ts';
import type { Fields } from '../rancher/values.ts';

/** Where and as what a chart is installed. */
export interface ReleaseContext {
  release: string;
  namespace: string;
  /** Defaults and the asker's values, merged as Helm merges them. */
  values: Fields;
}

/** A stand-in chart: real names and value keys, its templates written as a function. */
export interface Chart {
  name: string;
  version: string;
  /** Chart.yaml beyond name and version. */
  metadata: Fields & { annotations: Record<string, string> };
  values: Fields;
  readme: string;
  /** `questions.yaml`, for Rancher's own form. */
  questions?: Fields;
  /** What the templates make; CRDs first. */
  render: (context: ReleaseContext) => KubeObject[];
}

/** Helm's merge of given values over defaults: maps merge, all else replaces, null removes. */
export function mergeValues(defaults: Fields, given: Fields): Fields {
  const merged: Fields = { ...defaults };

  for (const [key, value] of Object.entries(given)) {
    const before = merged[key];

    if (value === null) {
      delete merged[key];
    } else {
      merged[key] = isFields(value) && isFields(before) ? mergeValues(before, value) : value;
    }
  }

  return merged;
}

/** Labels Helm puts on what it makes. */
export function helmLabels(context: ReleaseContext, chart: Pick<Chart, 'name' | 'version'>): Record<string, string> {
  return {
    'app.kubernetes.io/instance': context.release, 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/name': chart.name, 'helm.sh/chart': `${ chart.name }-${ chart.version.replace('+', '_') }`
  };
}

/** Annotations Helm puts on what it makes. */
export function helmAnnotations(context: ReleaseContext): Record<string, string> {
  return { 'meta.helm.sh/release-name': context.release, 'meta.helm.sh/release-namespace': context.namespace };
}

/** A custom resource definition, as a CRD chart carries it. */
export function definition(group: string, version: string, kind: string, plural: string, scope: 'Cluster' | 'Namespaced'): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind:       'CustomResourceDefinition',
    metadata:   { name: `${ plural }.${ group }` },
    spec:       {
      group, scope, names: { kind, plural, singular: kind.toLowerCase(), listKind: `${ kind }List` },
      versions: [{ name: version, served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }]
    },
    status: { acceptedNames: { kind, plural }, conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }], storedVersions: [version] }
  };
}

/** The chart that only brings definitions. */
export function crdChart(name: string, version: string, namespace: string, definitions: KubeObject[], appVersion?: string): Chart {
  return {
    name,
    version,
    metadata: {
      apiVersion: 'v2', ...appVersion ? { appVersion } : {}, type: 'application', description: `Installs the CRDs for ${ name.replace(/-crd$/, '') }.`,
      annotations: { 'catalog.cattle.io/certified': 'rancher', 'catalog.cattle.io/hidden': 'true', 'catalog.cattle.io/namespace': namespace, 'catalog.cattle.io/release-name': name }
    },
    values: {},
    readme: `# ${ name }\n`,
    render: () => definitions
  };
}
