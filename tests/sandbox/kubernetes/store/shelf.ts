import type { KubeObject } from '../../contracts.ts';

/** A key as etcd orders it: `namespace/name`, or `name`. */
export function keyOf(namespace: string | undefined, name: string): string {
  return namespace ? `${ namespace }/${ name }` : name;
}

/** The objects of one type, in key order. What stands here is never changed in place; every write puts a new object. */
export class Shelf {
  private readonly objects = new Map<string, KubeObject>();
  private sorted: string[] | undefined = [];

  get size(): number {
    return this.objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.objects.get(key);
  }

  set(key: string, object: KubeObject): void {
    if (!this.objects.has(key)) {
      this.inserted(key);
    }
    this.objects.set(key, object);
  }

  delete(key: string): void {
    if (this.objects.delete(key)) {
      this.sorted = undefined;
    }
  }

  /** Objects of a namespace (or all), in order, those after a key. */
  *scan(namespace?: string, after?: string): Generator<KubeObject> {
    const keys = this.keys();
    const prefix = namespace ? `${ namespace }/` : '';
    const start = after !== undefined && after >= prefix ? firstAfter(keys, after, true) : firstAfter(keys, prefix, false);

    for (let index = start; index < keys.length; index++) {
      const key = keys[index] ?? '';

      if (!key.startsWith(prefix)) {
        return;
      }
      const object = this.objects.get(key);

      if (object) {
        yield object;
      }
    }
  }

  /** Appending in order, as a bulk load does, keeps the order without sorting again. */
  private inserted(key: string): void {
    const last = this.sorted?.at(-1);

    if (this.sorted && (last === undefined || last < key)) {
      this.sorted.push(key);
    } else {
      this.sorted = undefined;
    }
  }

  private keys(): string[] {
    this.sorted ??= [...this.objects.keys()].sort();

    return this.sorted;
  }
}

/** The first index whose key is ≥ `key`, or > `key` when it is to be left out. */
function firstAfter(keys: string[], key: string, leaveOut: boolean): number {
  let low = 0;
  let high = keys.length;

  while (low < high) {
    const middle = (low + high) >> 1;
    const here = keys[middle] ?? '';

    if (here < key || (leaveOut && here === key)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }

  return low;
}
