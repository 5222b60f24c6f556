import type { ResourceType } from '../contracts.ts';

function custom(group: string, version: string, namespaced: boolean, kinds: Record<string, string>): ResourceType[] {
  return Object.entries(kinds).map(([kind, resource]) => ({ group, version, kind, resource, namespaced, subresources: ['status'] }));
}

const CATALOG = [
  ...custom('catalog.cattle.io', 'v1', false, { ClusterRepo: 'clusterrepos' }),
  ...custom('catalog.cattle.io', 'v1', true, { App: 'apps', Operation: 'operations' }),
  ...custom('ui.cattle.io', 'v1', false, { NavLink: 'navlinks' }),
];

/** What Rancher brings into every cluster it manages. */
export const DOWNSTREAM_TYPES: ResourceType[] = CATALOG;

/** What Rancher brings into the cluster it runs in. */
export const LOCAL_TYPES: ResourceType[] = [
  ...CATALOG,
  ...custom('catalog.cattle.io', 'v1', true, { UIPlugin: 'uiplugins' }),
  ...custom('management.cattle.io', 'v3', false, {
    AuthConfig:                                'authconfigs',
    Cluster:                                   'clusters',
    Feature:                                   'features',
    FleetWorkspace:                            'fleetworkspaces',
    GlobalRole:                                'globalroles',
    GlobalRoleBinding:                         'globalrolebindings',
    KontainerDriver:                           'kontainerdrivers',
    NodeDriver:                                'nodedrivers',
    PodSecurityAdmissionConfigurationTemplate: 'podsecurityadmissionconfigurationtemplates',
    ProxyEndpoint:                             'proxyendpoints',
    RancherUserNotification:                   'rancherusernotifications',
    RoleTemplate:                              'roletemplates',
    Setting:                                   'settings',
    Token:                                     'tokens',
    User:                                      'users',
    UserAttribute:                             'userattributes',
  }),
  ...custom('management.cattle.io', 'v3', true, {
    ClusterRegistrationToken:   'clusterregistrationtokens',
    ClusterRoleTemplateBinding: 'clusterroletemplatebindings',
    Node:                       'nodes',
    NodePool:                   'nodepools',
    Project:                    'projects',
    ProjectRoleTemplateBinding: 'projectroletemplatebindings',
  }),
  ...custom('provisioning.cattle.io', 'v1', true, { Cluster: 'clusters' }),
  ...custom('rke.cattle.io', 'v1', true, { ETCDSnapshot: 'etcdsnapshots', RKECluster: 'rkeclusters', RKEControlPlane: 'rkecontrolplanes' }),
  ...custom('rke-machine-config.cattle.io', 'v1', true, { Amazonec2Config: 'amazonec2configs' }),
  ...custom('rke-machine.cattle.io', 'v1', true, { Amazonec2Machine: 'amazonec2machines', Amazonec2MachineTemplate: 'amazonec2machinetemplates' }),
  ...custom('cluster.x-k8s.io', 'v1beta1', true, { Cluster: 'clusters', Machine: 'machines', MachineDeployment: 'machinedeployments', MachineSet: 'machinesets' }),
  ...custom('fleet.cattle.io', 'v1alpha1', true, {
    Bundle: 'bundles', BundleDeployment: 'bundledeployments', Cluster: 'clusters', ClusterGroup: 'clustergroups', ClusterRegistrationToken: 'clusterregistrationtokens', GitRepo: 'gitrepos', GitRepoRestriction: 'gitreporestrictions', HelmOp: 'helmops'
  }),
  ...custom('ext.cattle.io', 'v1', false, { SelfUser: 'selfusers' }),
];
