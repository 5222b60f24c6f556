import { beforeAll, describe, it } from 'vitest';
import { listAll } from '../../../pkg/irsa/gateways/kubernetes/client';
import { CLUSTER, minorOf, transportOf, type Comparison, type Fields } from './target';

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json';

/** Lists in chunks, metadata alone, and watches. */
export function readingCases(comparison: () => Comparison): void {
  describe('reading', () => {
    let see: Comparison;
    let namespace: string;
    const maps = () => `/api/v1/namespaces/${ namespace }/configmaps`;
    const make = (name: string, data?: object) => see.post(maps(), { metadata: { name, labels: { case: 'reading' } }, data });
    const names = (list: Fields) => list.items.map(({ metadata }: Fields) => metadata.name);
    // A controller puts the cluster's certificates into every namespace of a real cluster.
    const chosen = 'labelSelector=case%3Dreading';

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await make(name, { name });
      }
    });

    it('lists in chunks, with one revision and what is left', async() => {
      const accounts = `/api/v1/namespaces/${ namespace }/secrets`;

      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        await see.post(accounts, { metadata: { name }, data: { x: 'eA==' } });
      }
      const first = await see.done({ path: `${ accounts }?limit=2` });
      const second = await see.done({ path: `${ accounts }?limit=2&continue=${ encodeURIComponent(first.metadata.continue) }` });
      const third = await see.done({ path: `${ accounts }?limit=2&continue=${ encodeURIComponent(second.metadata.continue) }` });

      see.gives('chunks', [first, second, third].map(names), [['a', 'b'], ['c', 'd'], ['e']]);
      see.gives('remaining', [first, second, third].map(({ metadata }) => metadata.remainingItemCount), [3, 1, undefined]);
      see.gives('continue', [typeof first.metadata.continue, typeof second.metadata.continue, third.metadata.continue], ['string', 'string', undefined]);
      see.gives('one revision', [second, third].map(({ metadata }) => metadata.resourceVersion === first.metadata.resourceVersion), [true, true]);
      see.gives('kinds', [first.kind, first.apiVersion, Object.keys(first.items[0]).sort()], ['SecretList', 'v1', ['data', 'metadata', 'type']]);
      const selected = await see.done({ path: `${ maps() }?${ chosen }&limit=2` });

      see.gives('remaining of a selection', [names(selected), selected.metadata.remainingItemCount], [['a', 'b'], undefined]);
    });

    it('lists metadata alone', async() => {
      const list = await see.done({ path: `${ maps() }?${ chosen }&limit=2`, accept: METADATA_LIST });

      see.gives('PartialObjectMetadataList', [list.kind, list.apiVersion, names(list), typeof list.metadata.continue], ['PartialObjectMetadataList', 'meta.k8s.io/v1', ['a', 'b'], 'string']);
      see.gives('its items', Object.keys(list.items[0]).sort(), ['apiVersion', 'kind', 'metadata']);
      const one = await see.done({ path: `${ maps() }/a`, accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' });

      see.gives('PartialObjectMetadata', [one.kind, one.apiVersion, one.metadata.name, one.data], ['PartialObjectMetadata', 'meta.k8s.io/v1', 'a', undefined]);
      see.gives('listAll', (await listAll(transportOf(see.target), CLUSTER, `${ maps() }?${ chosen }`, { metadata: true })).map(({ metadata }) => metadata.name), ['a', 'b', 'c', 'd', 'e']);
      see.gives('one, by its name', names(await see.done({ path: `${ maps() }?fieldSelector=metadata.name%3Dc` })), ['c']);
    });

    it('watches from a revision on, and goes on where another ended', async() => {
      const { metadata: { resourceVersion } } = await see.done({ path: maps() });
      const watch = await see.target.watch({ path: `${ maps() }?watch=1&${ chosen }&resourceVersion=${ resourceVersion }` });

      await make('f', { x: '1' });
      await see.done({ method: 'PATCH', path: `${ maps() }/f`, contentType: 'application/merge-patch+json', body: { data: { x: '2' } } });
      await see.done({ method: 'DELETE', path: `${ maps() }/f` });
      const told = ({ type, object }: { type: string; object: Fields }) => [type, object.kind, object.metadata.name, object.data?.x];
      const events = await watch.events(3);
      const expected = [['ADDED', 'ConfigMap', 'f', '1'], ['MODIFIED', 'ConfigMap', 'f', '2'], ['DELETED', 'ConfigMap', 'f', '2']];

      watch.stop();
      see.gives('events', events.map(told), expected);
      see.gives('each has a revision', new Set(events.map(({ object }) => object.metadata.resourceVersion)).size, 3);
      const later = await see.target.watch({ path: `${ maps() }?watch=1&${ chosen }&resourceVersion=${ events[0]!.object.metadata.resourceVersion }` });

      see.gives('events from the first on', (await later.events(2)).map(told), expected.slice(1));
      later.stop();
    });

    it('watches from nothing, tells the end of the beginning, and what leaves a selection', async({ skip }) => {
      // Feature WatchList: on by default since 1.34.
      skip(minorOf(see.target) < 34, 'a watch that begins with a list is not served yet');
      const watch = await see.target.watch({ path: `${ maps() }?watch=1&${ chosen }&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true` });
      const events = await watch.events(6);

      see.gives('initial events', events.map(({ type, object }) => [type, object.metadata.name]), [...['a', 'b', 'c', 'd', 'e'].map((name) => ['ADDED', name]), ['BOOKMARK', undefined]]);
      see.gives('bookmark', [events[5]?.object.kind, events[5]?.object.metadata.annotations], ['ConfigMap', { 'k8s.io/initial-events-end': 'true' }]);
      await see.done({ method: 'PATCH', path: `${ maps() }/e`, contentType: 'application/merge-patch+json', body: { metadata: { labels: { case: 'other' } } } });
      see.gives('left the selection', (await watch.events(7)).slice(6).map(({ type, object }) => [type, object.metadata.name]), [['DELETED', 'e']]);
      watch.stop();
    });

    it('watches as long as asked', async() => {
      const { metadata: { resourceVersion } } = await see.done({ path: maps() });
      const watch = await see.target.watch({ path: `${ maps() }?watch=1&timeoutSeconds=1&resourceVersion=${ resourceVersion }` });
      const began = Date.now();

      see.gives('nothing came, and it ended', [await watch.events(1), Date.now() - began < 5000], [[], true]);
    });

    it('is gone for a chunk and a watch of a revision that is compacted away', async() => {
      const secrets = `/api/v1/namespaces/${ namespace }/secrets`;
      const list = await see.done({ path: `${ secrets }?limit=2` });

      await make('g');
      await see.target.compact();
      await see.refuses('an old continue', { path: `${ secrets }?limit=2&continue=${ encodeURIComponent(list.metadata.continue) }` }, { code: 410, reason: 'Expired' });
      const fresh = await see.target.ask({ path: `${ secrets }?limit=2&continue=${ encodeURIComponent(list.metadata.continue) }` });

      // The words promise a token to go on with; it goes on where the page ended, in another revision.
      see.gives('the token to go on with', typeof fresh.json?.metadata.continue, 'string');
      const rest = await see.done({ path: `${ secrets }?limit=5&continue=${ encodeURIComponent(fresh.json?.metadata.continue ?? '') }` });

      see.gives('the rest', names(rest), ['c', 'd', 'e']);
      const watch = await see.target.watch({ path: `${ maps() }?watch=1&resourceVersion=1` });
      const [event] = await watch.events(1);

      see.gives('an old watch', [event?.type, event?.object.kind, event?.object.code, event?.object.reason, /^too old resource version: 1 \(\d+\)$/.test(event?.object.message ?? '')], ['ERROR', 'Status', 410, 'Expired', true]);
      watch.stop();
    });
  });
}
