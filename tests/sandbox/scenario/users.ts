/** Somebody who can log in to the sandbox. The passwords are public on purpose: nothing real stands behind them. */
export interface SandboxUser {
  id: string;
  username: string;
  displayName: string;
  password: string;
  admin: boolean;
  /** Roles in clusters, by the cluster's name. */
  clusters: Record<string, 'cluster-owner' | 'cluster-member'>;
  /** Project roles: the Default project of a cluster. */
  projects: Record<string, 'project-owner' | 'read-only'>;
  what: string;
}

/**
 * `olivia` does not own `local`: an owner of the cluster Rancher runs in can change everything Rancher keeps there, so
 * real installations give that to admins only. `milo` reads the Default project of prod-eks (namespace `shop`).
 */
export const SANDBOX_USERS: SandboxUser[] = [
  {
    id: 'user-admin', username: 'admin', displayName: 'Default Admin', password: 'sandbox-admin-1', admin: true, clusters: {}, projects: {}, what: 'global admin'
  },
  {
    id: 'u-olivia', username: 'olivia', displayName: 'Olivia Owner', password: 'sandbox-olivia-1', admin: false, clusters: { 'prod-eks': 'cluster-owner', 'edge-rke2': 'cluster-owner' }, projects: {},
    what: 'standard user, owns prod-eks and edge-rke2'
  },
  {
    id: 'u-milo', username: 'milo', displayName: 'Milo Member', password: 'sandbox-milo-1', admin: false, clusters: { 'prod-eks': 'cluster-member' }, projects: { 'prod-eks': 'read-only' },
    what: 'standard user, member of prod-eks, reads its namespace shop'
  },
];
