import type { HttpAnswer, HttpRequest, KubeObject, ResourceType } from '../../contracts.ts';
import { expired } from '../errors.ts';
import type { Change } from '../store/history.ts';
import type { MemoryStore } from '../store.ts';
import type { Predicate } from '../selectors.ts';
import { apiVersionOf } from '../registry.ts';
import { formOf } from './answers.ts';
import { chosenBy, shown } from './reading.ts';
import { isTrue } from './request-info.ts';

interface Sent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: object;
}

/** What a change is to somebody who watches a selection: an object that enters it is added, one that leaves it deleted. */
function seenAs(change: Change, chosen: Predicate | undefined): Change['type'] | undefined {
  const before = change.previous !== undefined && (!chosen || chosen(change.previous));
  const now = change.type !== 'DELETED' && (!chosen || chosen(change.object));

  if (now) {
    return before ? 'MODIFIED' : 'ADDED';
  }

  return before ? 'DELETED' : undefined;
}

/** GET with `watch`: an answer that goes on, one JSON event a line (apiserver endpoints/handlers/watch.go, storage/cacher). */
export function watchAnswer(store: MemoryStore, type: ResourceType, request: HttpRequest, namespace?: string): HttpAnswer {
  const form = formOf(request);
  const chosen = chosenBy(request, type);
  const from = request.query.get('resourceVersion') ?? '';
  const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
  const sendsInitial = request.query.get('sendInitialEvents') === 'true' || from === '' || from === '0';
  const headers = { 'cache-control': 'no-cache, private', 'content-type': 'application/json' };

  const stream = (write: (chunk: string) => void, end: () => void): (() => void) => {
    const send = (sent: Sent): void => write(`${ JSON.stringify(sent) }\n`);
    const show = (object: KubeObject): object => shown(store, type, object, request, form);
    const tell = (change: Change): void => {
      const as = isWatched(change, type, namespace) ? seenAs(change, chosen) : undefined;

      if (as) {
        send({ type: as, object: show(change.object) });
      }
    };
    const missed = sendsInitial ? [] : store.changesSince(from);

    if (!missed) {
      send({ type: 'ERROR', object: expired(`too old resource version: ${ from } (${ store.revision() })`).status });
      end();

      return () => undefined;
    }
    if (sendsInitial) {
      store.page(type, { namespace, chosen }).items.forEach((object) => send({ type: 'ADDED', object: show(object) }));
      if (isTrue(request.query.get('allowWatchBookmarks')) && request.query.get('sendInitialEvents') === 'true') {
        send(bookmark(store, type));
      }
    }
    missed.forEach(tell);
    const stop = store.onChange(tell);
    const timer = seconds > 0 ? setTimeout(() => {
      stop();
      end();
    }, seconds * 1000) : undefined;

    timer?.unref();

    return () => {
      clearTimeout(timer);
      stop();
    };
  };

  return { status: 200, headers, stream };
}

function isWatched(change: Change, type: ResourceType, namespace: string | undefined): boolean {
  const { group, resource } = change.resourceType;

  return group === type.group && resource === type.resource && (!namespace || !type.namespaced || change.object.metadata.namespace === namespace);
}

function bookmark(store: MemoryStore, type: ResourceType): Sent {
  return {
    type: 'BOOKMARK', object: { kind: type.kind, apiVersion: apiVersionOf(type), metadata: { resourceVersion: store.revision(), creationTimestamp: null, annotations: { 'k8s.io/initial-events-end': 'true' } } }
  };
}
