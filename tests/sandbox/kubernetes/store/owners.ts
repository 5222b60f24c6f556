import type { KubeObject, ResourceType } from '../../contracts.ts';

export interface Dependent {
  type: ResourceType;
  key: string;
}

/** Who owns whom, by uid: what the garbage collector needs to know. */
export class Owners {
  private readonly byOwner = new Map<string, Map<string, Dependent>>();
  private readonly alive = new Set<string>();

  /** Notes what an object refers to now; undefined when it is gone. */
  note(type: ResourceType, key: string, object: KubeObject | undefined, previous: KubeObject | undefined): void {
    const id = `${ type.group }/${ type.resource }/${ key }`;

    for (const reference of previous?.metadata.ownerReferences ?? []) {
      const owned = this.byOwner.get(reference.uid);

      owned?.delete(id);
      if (owned?.size === 0) {
        this.byOwner.delete(reference.uid);
      }
    }
    for (const reference of object?.metadata.ownerReferences ?? []) {
      const owned = this.byOwner.get(reference.uid) ?? new Map<string, Dependent>();

      owned.set(id, { type, key });
      this.byOwner.set(reference.uid, owned);
    }
    const uid = object?.metadata.uid ?? previous?.metadata.uid;

    if (uid) {
      if (object) {
        this.alive.add(uid);
      } else {
        this.alive.delete(uid);
      }
    }
  }

  dependents(owner: KubeObject): Dependent[] {
    return [...this.byOwner.get(owner.metadata.uid ?? '')?.values() ?? []];
  }

  isAlive(uid: string): boolean {
    return this.alive.has(uid);
  }
}
