import type { KubeObject, WatchEvent } from '../../contracts.ts';

/** A change as the store remembers it. Objects in it are the stored ones: not to be changed. */
export interface Change extends WatchEvent {
  revision: number;
  /** What stood there before; selectors need it to tell when an object leaves a watch. */
  previous?: KubeObject;
}

/** The latest changes, oldest first; older ones are compacted away. */
export class History {
  private readonly changes: Change[] = [];
  private readonly limit: number;
  private compacted = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(change: Change): void {
    this.changes.push(change);
    // Drop in batches: shifting an array on every write would cost as much as the write.
    if (this.changes.length > this.limit * 2) {
      this.compact(this.changes.length - this.limit);
    }
  }

  /** Changes after the revision, or undefined when some of them are gone. */
  since(revision: number): Change[] | undefined {
    if (revision < this.compacted) {
      return undefined;
    }

    return this.changes.filter((change) => change.revision > revision);
  }

  /** Forgets all but the newest `keep` changes. */
  forget(keep = 0): void {
    this.compact(this.changes.length - keep);
  }

  private compact(count: number): void {
    this.compacted = this.changes[count - 1]?.revision ?? this.compacted;
    this.changes.splice(0, count);
  }
}
