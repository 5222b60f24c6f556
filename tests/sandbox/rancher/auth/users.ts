import type { KubeObject, KubeUser, ObjectStore, ResourceType } from '../../contracts.ts';
import { randomName, stringOf, timestamp } from '../values.ts';

/** Somebody who can log in. */
export interface RancherUser {
  id: string;
  username: string;
  displayName: string;
}

export interface NewUser {
  id?: string;
  username: string;
  displayName: string;
  password: string;
}

/** Groups every logged-in user is in. */
const GROUPS = ['system:authenticated', 'system:cattle:authenticated'];

/** Rancher's users: objects of the local cluster; the passwords stay here. */
export class Users {
  private readonly store: ObjectStore;
  private readonly type: ResourceType;
  private readonly passwords = new Map<string, string>();

  constructor(store: ObjectStore) {
    const type = store.findType('management.cattle.io', 'users');

    if (!type) {
      throw new Error('the local cluster does not serve users.management.cattle.io');
    }
    this.store = store;
    this.type = type;
  }

  add(user: NewUser): RancherUser {
    const id = user.id ?? `u-${ randomName() }`;

    const created = this.store.create(this.type, {
      apiVersion:  'management.cattle.io/v3',
      kind:        'User',
      metadata:    { name: id, annotations: { 'lifecycle.cattle.io/create.mgmt-auth-users-controller': 'true' }, labels: { 'cattle.io/creator': 'norman' } },
      description: '',
      displayName: user.displayName,
      enabled:     true,
      principalIds: [`local://${ id }`],
      username:    user.username,
    });

    this.store.update(this.type, { ...created, status: { conditions: [{ type: 'InitialRolesPopulated', status: 'True', lastUpdateTime: timestamp() }] } }, 'status');
    this.passwords.set(id, user.password);

    return { id, username: user.username, displayName: user.displayName };
  }

  get(id: string): RancherUser | undefined {
    const object = this.store.get(this.type, undefined, id);

    return object && read(object);
  }

  all(): RancherUser[] {
    return this.store.list(this.type).map(read);
  }

  /** The user, if name and password are right. */
  check(username: string, password: string): RancherUser | undefined {
    return this.all().find((user) => user.username === username && this.passwords.get(user.id) === password);
  }

  setPassword(id: string, password: string): void {
    this.passwords.set(id, password);
  }
}

function read(object: KubeObject): RancherUser {
  return { id: object.metadata.name, username: stringOf(object.username), displayName: stringOf(object.displayName) };
}

/** Whom Kubernetes sees when Rancher impersonates the user. */
export function kubeUser(user: RancherUser): KubeUser {
  return { name: user.id, groups: [...GROUPS, `local://${ user.id }`] };
}
