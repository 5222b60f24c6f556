/** One type of Rancher's older API (`/v3`), as far as the dashboard asks. */
export interface NormanType {
  /** `cloudCredential` */
  id: string;
  plural: string;
  /** The management resource behind it; those without have code of their own. */
  resource?: string;
  /** Stored names that this API gives other names: Kubernetes' first. */
  renames?: Record<string, string>;
  /** Fields that collections can be sorted by. */
  sort: string[];
  collectionMethods: string[];
  resourceMethods: string[];
  /** Writable fields, for the schema. */
  fields: Record<string, string>;
}

const ROLE_BINDING = { clusterName: 'clusterId', projectName: 'projectId', roleTemplateName: 'roleTemplateId', userName: 'userId', userPrincipalName: 'userPrincipalId', groupName: 'groupId', groupPrincipalName: 'groupPrincipalId' };

function type(id: string, plural: string, rest: Partial<NormanType>): NormanType {
  return {
    id, plural, sort: ['name', 'uuid'], collectionMethods: ['POST', 'GET'], resourceMethods: ['PUT', 'DELETE', 'GET'], fields: { name: 'string', annotations: 'map[string]', labels: 'map[string]' }, ...rest
  };
}

export const NORMAN_TYPES: NormanType[] = [
  type('cloudCredential', 'cloudCredentials', {
    sort:   ['description', 'name', 'uuid'],
    fields: {
      amazonec2credentialConfig: 'amazonec2credentialconfig', annotations: 'map[string]', description: 'string', labels: 'map[string]', name: 'string', s3credentialConfig: 's3CredentialConfig'
    }
  }),
  type('amazonec2credentialconfig', 'amazonec2credentialconfigs', {
    collectionMethods: [], resourceMethods: [], fields: { accessKey: 'string', secretKey: 'password', defaultRegion: 'string' }
  }),
  type('s3CredentialConfig', 's3CredentialConfigs', { collectionMethods: [], resourceMethods: [], fields: { accessKey: 'string', secretKey: 'password', defaultBucket: 'string', defaultEndpoint: 'string', defaultRegion: 'string' } }),
  type('user', 'users', { sort: ['description', 'name', 'password', 'username', 'uuid'], fields: { name: 'string', username: 'string', password: 'password', enabled: 'boolean', mustChangePassword: 'boolean', description: 'string' } }),
  type('principal', 'principals', { sort: ['loginName', 'name', 'principalType', 'profilePicture', 'profileURL', 'provider', 'uuid'], collectionMethods: ['GET'], resourceMethods: ['GET'] }),
  type('token', 'tokens', { sort: ['description', 'name', 'uuid'], fields: { description: 'string', ttl: 'int', clusterId: 'reference[cluster]' } }),
  type('setting', 'settings', { resource: 'settings', sort: ['name', 'uuid', 'value'], collectionMethods: ['GET'], resourceMethods: ['GET', 'PUT'], fields: { value: 'string' } }),
  type('feature', 'features', { resource: 'features', collectionMethods: ['GET'], resourceMethods: ['GET', 'PUT'] }),
  type('cluster', 'clusters', { resource: 'clusters', renames: { displayName: 'name' }, sort: ['description', 'name', 'state', 'transitioning', 'uuid'] }),
  type('project', 'projects', { resource: 'projects', renames: { displayName: 'name', clusterName: 'clusterId' } }),
  type('node', 'nodes', { resource: 'nodes', collectionMethods: ['GET'] }),
  type('nodePool', 'nodePools', { resource: 'nodepools', collectionMethods: ['GET'] }),
  type('nodeDriver', 'nodeDrivers', { resource: 'nodedrivers', renames: { displayName: 'name' } }),
  type('kontainerDriver', 'kontainerDrivers', { resource: 'kontainerdrivers', renames: { displayName: 'name' } }),
  type('globalRole', 'globalRoles', { resource: 'globalroles', renames: { displayName: 'name' } }),
  type('globalRoleBinding', 'globalRoleBindings', { resource: 'globalrolebindings', renames: { globalRoleName: 'globalRoleId', userName: 'userId', userPrincipalName: 'userPrincipalId', groupPrincipalName: 'groupPrincipalId' } }),
  type('roleTemplate', 'roleTemplates', { resource: 'roletemplates', renames: { displayName: 'name', roleTemplateNames: 'roleTemplateIds' } }),
  type('clusterRoleTemplateBinding', 'clusterRoleTemplateBindings', { resource: 'clusterroletemplatebindings', renames: ROLE_BINDING, fields: { clusterId: 'reference[cluster]', roleTemplateId: 'reference[roleTemplate]', userPrincipalId: 'reference[principal]' } }),
  type('projectRoleTemplateBinding', 'projectRoleTemplateBindings', { resource: 'projectroletemplatebindings', renames: ROLE_BINDING, fields: { projectId: 'reference[project]', roleTemplateId: 'reference[roleTemplate]', userPrincipalId: 'reference[principal]' } }),
  type('clusterRegistrationToken', 'clusterRegistrationTokens', { resource: 'clusterregistrationtokens', renames: { clusterName: 'clusterId' } }),
  type('authConfig', 'authConfigs', { resource: 'authconfigs', collectionMethods: ['GET'], resourceMethods: ['GET', 'PUT'] }),
  type('fleetWorkspace', 'fleetWorkspaces', { resource: 'fleetworkspaces' }),
];

/** Finds a type by id or plural, any case. */
export function normanType(name: string): NormanType | undefined {
  const wanted = name.toLowerCase();

  return NORMAN_TYPES.find((one) => one.id.toLowerCase() === wanted || one.plural.toLowerCase() === wanted);
}
