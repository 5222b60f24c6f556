import type { KubeObject, KubeUser, ResourceType, WatchEvent } from '../../contracts.ts';
import type { ManagedCluster } from '../clusters.ts';
import { keepAlive } from '../socket.ts';
import type { Socket } from '../socket.ts';
import { fieldsOf, stringOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { countsResource } from './counts.ts';
import type { HookTable } from './hooks.ts';
import { steveResource } from './resource.ts';
import { schemasOf } from './schemas.ts';
import type { SteveBase } from './schemas.ts';
import { schemaId, typeOf } from './type-ids.ts';
import { maySee } from './visible.ts';

export interface SubscribeOptions {
  socket: Socket;
  cluster: ManagedCluster;
  user: KubeUser;
  base: SteveBase;
  hooks: HookTable;
}

/** What a client asked to watch; these are echoed on every frame. */
interface Wish {
  resourceType: string;
  namespace?: string;
  id?: string;
  selector?: string;
  mode?: string;
}

interface Subscription {
  wish: Wish;
  hears: (event: WatchEvent) => void;
  end: () => void;
}

const SUBSCRIBE = { type: 'subscribe', links: {} };
const FRAME_NAMES = { ADDED: 'resource.create', MODIFIED: 'resource.change', DELETED: 'resource.remove' };
const COUNTS_EVERY = 500;

/** One `/v1/subscribe` connection. */
export class SteveSubscription {
  private readonly options: SubscribeOptions;
  private readonly wishes = new Map<string, Subscription>();

  constructor(options: SubscribeOptions) {
    const { socket, cluster } = options;
    const stopWatch = cluster.kube.store.watch((event) => [...this.wishes.values()].forEach((subscription) => subscription.hears(event)));

    this.options = options;
    socket.on('message', (data) => this.receive(data.toString()));
    socket.on('close', () => {
      stopWatch();
      this.wishes.forEach((subscription) => subscription.end());
      this.wishes.clear();
    });
    keepAlive(socket, () => ({ name: 'ping', data: SUBSCRIBE }));
  }

  private receive(text: string): void {
    let sent: Fields;

    try {
      sent = fieldsOf(JSON.parse(text) as unknown);
    } catch {
      return;
    }
    const wish: Wish = { resourceType: stringOf(sent.resourceType) };

    (['namespace', 'id', 'selector', 'mode'] as const).forEach((key) => {
      if (sent[key]) {
        wish[key] = stringOf(sent[key]);
      }
    });
    if (sent.stop === true) {
      this.stop(wish);
    } else {
      this.start(wish, sent);
    }
  }

  private send(name: string, wish: Wish, data: object, revision?: string): void {
    this.options.socket.send(JSON.stringify({ name, ...wish, ...revision ? { revision } : {}, data }));
  }

  private stop(wish: Wish): void {
    const key = JSON.stringify(wish);

    this.wishes.get(key)?.end();
    this.wishes.delete(key);
    this.send('resource.stop', wish, SUBSCRIBE);
  }

  private start(wish: Wish, sent: Fields): void {
    const key = JSON.stringify(wish);

    if (this.wishes.has(key)) {
      return;
    }
    if (wish.resourceType === 'count') {
      this.add(key, this.counts(wish));

      return;
    }
    if (wish.resourceType === 'schema') {
      this.add(key, this.schemas(wish));

      return;
    }
    const { cluster, user } = this.options;
    const type = typeOf(cluster.kube.store, wish.resourceType);

    if (!type || !['list', 'get', 'watch'].some((verb) => cluster.accessOf(user).any(verb, type))) {
      this.send('resource.error', wish, { error: `failed to find schema ${ wish.resourceType }` });
      this.send('resource.stop', wish, SUBSCRIBE);

      return;
    }
    const from = stringOf(sent.resourceVersion);
    const missed = from && from !== '0' ? cluster.kube.store.since(from) : [];
    const subscription = wish.mode === 'resource.changes' ? this.changes(wish, type, Number(sent.debounceMs ?? 0)) : this.resources(wish, type);

    this.add(key, subscription);
    if (!missed) {
      this.send('resource.error', wish, { error: 'resourceversion too old' });
      this.stop(wish);

      return;
    }
    missed.forEach((event) => subscription.hears(event));
  }

  private add(key: string, subscription: Subscription): void {
    this.wishes.set(key, subscription);
    this.send('resource.start', subscription.wish, SUBSCRIBE);
  }

  private concerns(wish: Wish, type: ResourceType, event: WatchEvent): boolean {
    const { metadata } = event.object;

    return schemaId(event.resourceType) === schemaId(type) &&
      (!wish.namespace || metadata.namespace === wish.namespace) &&
      (!wish.id || isNamed(wish, metadata)) &&
      (!wish.selector || matchesSelector(event.object, wish.selector)) &&
      maySee(type, event.object, this.options.cluster.accessOf(this.options.user));
  }

  /** Every change, with the object. */
  private resources(wish: Wish, type: ResourceType): Subscription {
    const { base, cluster, hooks, user } = this.options;

    return {
      wish,
      end:   () => undefined,
      hears: (event) => {
        if (this.concerns(wish, type, event)) {
          const access = cluster.accessOf(user);
          const data = steveResource(type, event.object, {
            base, access, decorate: (ofType, object) => hooks.get(schemaId(ofType))?.decorate?.({ cluster, user, access, base, type: ofType, object })
          });

          this.send(FRAME_NAMES[event.type], wish, { ...data, _id: data.id }, event.object.metadata.resourceVersion);
        }
      }
    };
  }

  /** Only that something changed, at most once in `debounce` milliseconds. */
  private changes(wish: Wish, type: ResourceType, debounce: number): Subscription {
    let last = 0;
    let timer: NodeJS.Timeout | undefined;
    const tell = (): void => {
      timer = undefined;
      last = Date.now();
      this.send('resource.changes', wish, SUBSCRIBE, this.options.cluster.kube.store.revision());
    };

    return {
      wish,
      end:   () => clearTimeout(timer),
      hears: (event) => {
        if (timer || !this.concerns(wish, type, event)) {
          return;
        }
        timer = setTimeout(tell, Date.now() - last >= debounce ? 0 : debounce);
        timer.unref();
      }
    };
  }

  private counts(wish: Wish): Subscription {
    const changed = new Set<string>();
    let timer: NodeJS.Timeout | undefined;

    return {
      wish,
      end:   () => clearTimeout(timer),
      hears: (event) => {
        changed.add(schemaId(event.resourceType));
        timer ??= setTimeout(() => {
          const { base, cluster, user } = this.options;

          timer = undefined;
          this.send('resource.change', wish, countsResource(cluster.kube, cluster.accessOf(user), base, changed), cluster.kube.store.revision());
          changed.clear();
        }, COUNTS_EVERY);
        timer.unref();
      }
    };
  }

  /** Tells of types that come and go, with CRDs and with rights. */
  private schemas(wish: Wish): Subscription {
    const { base, cluster, user } = this.options;
    const read = (): Map<string, Fields> => new Map(schemasOf(cluster.kube, cluster.accessOf(user), base).map((schema) => [stringOf(schema.id), schema]));
    let known = read();
    let timer: NodeJS.Timeout | undefined;
    const compare = (): void => {
      const now = read();

      timer = undefined;
      now.forEach((schema, id) => {
        const before = known.get(id);

        if (!before || JSON.stringify(before) !== JSON.stringify(schema)) {
          this.send(before ? 'resource.change' : 'resource.create', wish, schema);
        }
      });
      known.forEach((schema, id) => !now.has(id) && this.send('resource.remove', wish, schema));
      known = now;
    };

    return {
      wish,
      end:   () => clearTimeout(timer),
      hears: (event) => {
        if (['apiextensions.k8s.io', 'rbac.authorization.k8s.io'].includes(event.resourceType.group)) {
          timer ??= setTimeout(compare, COUNTS_EVERY);
          timer.unref();
        }
      }
    };
  }
}

/**
 * As recorded ("namespace and id"): Steve takes `id` for the object's name, so `namespace/name` without a namespace beside it
 * never hears of anything.
 */
function isNamed(wish: Wish, metadata: KubeObject['metadata']): boolean {
  return wish.id === metadata.name || (!!wish.namespace && wish.id === `${ metadata.namespace }/${ metadata.name }`);
}

/** `a=b,c in (d,e),f,!g` against an object's labels. */
export function matchesSelector(object: KubeObject, selector: string): boolean {
  const labels = object.metadata.labels ?? {};

  return selector.split(/,(?![^(]*\))/).every((part) => {
    const set = /^\s*(\S+)\s+(in|notin)\s+\(([^)]*)\)\s*$/.exec(part);

    if (set) {
      return (set[3] ?? '').split(',').map((value) => value.trim()).includes(labels[set[1] ?? ''] ?? '') === (set[2] === 'in');
    }
    const [key = '', value] = part.split(/==?/);

    if (value === undefined) {
      return key.trim().startsWith('!') ? !(key.trim().slice(1) in labels) : key.trim() in labels;
    }

    return key.endsWith('!') ? labels[key.slice(0, -1).trim()] !== value.trim() : labels[key.trim()] === value.trim();
  });
}
