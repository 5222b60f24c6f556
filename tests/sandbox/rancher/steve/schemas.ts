import type { KubeCluster, ResourceType } from '../../contracts.ts';
import type { AccessSet } from '../access-set.ts';
import type { Fields } from '../values.ts';
import { columnsOf, isCustom } from './columns.ts';
import { pluralName, schemaId, steveTypes } from './type-ids.ts';

/** Where Steve's links of one cluster begin: `http://host/v1` or `http://host/k8s/clusters/<id>/v1`. */
export interface SteveBase {
  /** Scheme and host. */
  origin: string;
  /** '' or `/k8s/clusters/<id>`. */
  prefix: string;
}

export function steveUrl(base: SteveBase, ...parts: string[]): string {
  return `${ base.origin }${ base.prefix }/v1/${ parts.join('/') }`;
}

/** Methods Rancher takes away from a type for everyone; they show as `blocked-…`. */
const DISALLOWED: Record<string, string[]> = {
  'management.cattle.io.setting':        ['DELETE', 'PATCH'],
  'management.cattle.io.feature':        ['DELETE', 'PATCH', 'POST'],
  'management.cattle.io.user':           [],
  'management.cattle.io.token':          ['POST', 'PUT', 'PATCH'],
  'management.cattle.io.proxyendpoint':  [],
  'management.cattle.io.oidcclient':     [],
  'management.cattle.io.clusterproxyconfig': [],
};

/** Which methods are blocked: management types are read-only through Steve unless Rancher says otherwise. */
export function disallowedMethods(type: ResourceType): string[] {
  const listed = DISALLOWED[schemaId(type)];

  return listed ?? (type.group === 'management.cattle.io' ? ['DELETE', 'PATCH', 'POST', 'PUT'] : []);
}

/** Types without objects: only create. */
const CREATE_ONLY = /review$|^ext\.cattle\.io\.(selfuser|groupmembershiprefreshrequest|passwordchangerequest)$/;

export function isCreateOnly(type: ResourceType): boolean {
  return CREATE_ONLY.test(schemaId(type));
}

interface Actions {
  resourceActions?: Fields;
}

const ACTIONS: Record<string, Actions> = {
  'catalog.cattle.io.clusterrepo': {
    resourceActions: {
      install: { input: 'chartInstallAction', output: 'chartActionOutput' },
      upgrade: { input: 'chartUpgradeAction', output: 'chartActionOutput' }
    }
  },
  'catalog.cattle.io.app':        { resourceActions: { uninstall: { input: 'chartUninstallAction', output: 'chartActionOutput' } } },
  'management.cattle.io.cluster': {
    resourceActions: { apply: { input: 'applyInput', output: 'applyOutput' }, generateKubeconfig: { output: 'generateKubeconfigOutput' } }
  },
};

/** Custom types whose definition carries a description. */
const DESCRIBED = ['catalog.cattle.io.clusterrepo', 'ext.cattle.io.selfuser', 'management.cattle.io.proxyendpoint', 'management.cattle.io.roletemplate', 'provisioning.cattle.io.cluster'];
/** Custom types that say which generation they have seen. */
const OBSERVED = ['catalog.cattle.io.app', 'catalog.cattle.io.clusterrepo', 'catalog.cattle.io.operation', 'catalog.cattle.io.uiplugin', 'provisioning.cattle.io.cluster'];
const ALL_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** The schema of a type as the asker may see it; undefined where they may do nothing with it. */
export function schemaOf(type: ResourceType, access: AccessSet, base: SteveBase): Fields | undefined {
  const blocked = disallowedMethods(type);
  const method = (name: string): string => (blocked.includes(name) ? `blocked-${ name }` : name);
  const verbs = ALL_VERBS.filter((verb) => access.any(verb, type));

  if (!verbs.length) {
    return undefined;
  }
  const createOnly = isCreateOnly(type);
  const resourceMethods = createOnly ? [] : [
    'GET',
    ...verbs.includes('delete') ? [method('DELETE')] : [],
    ...verbs.includes('update') ? [method('PUT')] : [],
    ...verbs.includes('patch') || verbs.includes('update') ? [method('PATCH')] : [],
  ];
  const collectionMethods = [...createOnly ? [] : ['GET'], ...verbs.includes('create') ? [method('POST')] : []];
  const id = schemaId(type);
  const custom = isCustom(type);

  return {
    id,
    type:        'schema',
    links:       { collection: steveUrl(base, pluralName(type)), self: steveUrl(base, 'schemas', id) },
    ...!custom || DESCRIBED.includes(id) ? { description: `${ type.kind } of ${ type.group || 'core' }/${ type.version }.` } : {},
    pluralName:  pluralName(type),
    ...createOnly ? {} : { resourceMethods },
    resourceFields: null,
    ...ACTIONS[id],
    collectionMethods,
    attributes:  {
      ...createOnly ? {} : {
        columns: columnsOf(type).map((column, index) => ({
          name: column.name, type: column.type, format: column.name === 'Name' ? 'name' : '', description: column.name, priority: column.priority, field: `$.metadata.fields[${ index }]`
        }))
      },
      ...type.group === 'ext.cattle.io' ? { aggregated: true } : {},
      ...custom && !createOnly ? { crd: true, crdJSONPathParsers: Object.fromEntries(columnsOf(type).map((column) => [column.name, `{.${ column.path ?? '' }}`])) } : {},
      ...blocked.length ? { disallowMethods: Object.fromEntries(blocked.map((name) => [name, true])) } : {},
      group:      type.group,
      ...OBSERVED.includes(id) ? { hasObservedGeneration: true } : {},
      kind:       type.kind,
      namespaced: type.namespaced,
      resource:   type.resource,
      verbs:      createOnly ? ['create'] : verbs,
      version:    type.version,
    },
  };
}

const VIRTUAL: Record<string, Fields> = {
  count: {
    pluralName: 'counts', resourceMethods: ['GET'], collectionMethods: ['GET'], resourceFields: { counts: { type: 'map[itemCount]', create: true, update: true }, id: { type: 'string', create: true, update: true } }
  },
  userpreference:      { pluralName: 'userpreferences', resourceMethods: ['GET', 'PUT', 'DELETE'], collectionMethods: ['GET'], resourceFields: { data: { type: 'map[string]', create: true, update: true } } },
  schema:              { pluralName: 'schemas', resourceMethods: ['GET'], collectionMethods: ['GET'], resourceFields: null },
  schemaDefinition:    { pluralName: 'schemaDefinitions', resourceMethods: ['GET'], collectionMethods: ['GET'], resourceFields: null },
  subscribe:           { pluralName: 'subscribes', resourceMethods: ['GET'], collectionMethods: ['GET'], resourceFields: null },
  apiRoot:             { pluralName: 'apiRoots', resourceMethods: ['GET'], collectionMethods: ['GET'], resourceFields: null },
  chartActionOutput:   { pluralName: 'chartActionOutputs', resourceFields: { operationName: { type: 'string' }, operationNamespace: { type: 'string' } } },
  chartInstallAction:  { pluralName: 'chartInstallActions', resourceFields: { charts: { type: 'array[chartInstall]' }, namespace: { type: 'string' } } },
  chartUpgradeAction:  { pluralName: 'chartUpgradeActions', resourceFields: { charts: { type: 'array[chartUpgrade]' }, namespace: { type: 'string' } } },
  chartUninstallAction: { pluralName: 'chartUninstallActions', resourceFields: { noHooks: { type: 'boolean' }, timeout: { type: 'string' } } },
};

/** Schemas that stand for no Kubernetes resource. `userpreference` exists only in Rancher's own cluster. */
export function virtualSchemas(base: SteveBase): Fields[] {
  return Object.entries(VIRTUAL).filter(([id]) => !base.prefix || id !== 'userpreference').map(([id, schema]) => ({
    id, type: 'schema', links: { collection: steveUrl(base, String(schema.pluralName)), self: steveUrl(base, 'schemas', id) }, ...schema
  }));
}

/** All schemas the asker sees in a cluster. */
export function schemasOf(kube: KubeCluster, access: AccessSet, base: SteveBase): Fields[] {
  const schemas = steveTypes(kube.store).map((type) => schemaOf(type, access, base)).filter((schema) => schema !== undefined);

  return [...schemas, ...virtualSchemas(base)];
}

/** `/v1/schemaDefinitions/<id>`: the fields of a type, as far as forms need them. */
export function schemaDefinition(type: ResourceType, base: SteveBase): Fields {
  const id = schemaId(type);
  const name = type.group ? `${ type.group.split('.').reverse().join('.') }.${ type.version }.${ type.kind }` : `io.k8s.api.core.v1.${ type.kind }`;
  const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
  const field = (fieldType: string, description: string): Fields => ({ type: fieldType, description });

  return {
    id,
    type:           'schemaDefinition',
    links:          { self: steveUrl(base, 'schemaDefinitions', id) },
    definitionType: name,
    definitions:    {
      [meta]: {
        resourceFields: {
          annotations: { ...field('map', 'Annotations of the object.'), subtype: 'string' }, labels: { ...field('map', 'Labels of the object.'), subtype: 'string' }, name: field('string', 'Name.'), namespace: field('string', 'Namespace.')
        },
        type:        meta,
        description: 'ObjectMeta is metadata that all persisted resources must have.'
      },
      [name]: {
        resourceFields: { apiVersion: field('string', 'API version.'), kind: field('string', 'Kind.'), metadata: field(meta, 'Standard metadata.') },
        type:           name,
        description:    `${ type.kind } of ${ type.group || 'core' }/${ type.version }.`
      }
    }
  };
}
