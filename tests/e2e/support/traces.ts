/** Runs in the page, so each function stands alone. Names of places with everything that is or was there. */
export type Traces = Record<string, string>;

interface Kept {
  written: string[];
  copied: string[];
  history: string[];
  shown: Set<string>;
  flat(root: unknown): string;
  now(): Traces;
  /** Set by who has looked just now, and will leave. */
  looked?: boolean;
}

interface Keeper { __traces: Kept }

/** Notes what is there for a moment only: values written to storage and removed again, texts shown and hidden, what was copied. */
export function keepTraces(): void {
  const kept = { written: [], copied: [], history: [], shown: new Set() } as unknown as Kept;

  (window as unknown as Keeper).__traces = kept;
  const { setItem } = Storage.prototype;

  Storage.prototype.setItem = function(key: string, value: string) {
    kept.written.push(`${ key } ${ value }`);

    return setItem.call(this, key, value);
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name].bind(history);

    history[name] = (data: unknown, unused: string, url?: string | URL | null) => {
      kept.history.push(`${ url ?? '' } ${ JSON.stringify(data) }`);
      original(data, unused, url);
    };
  }
  if (navigator.clipboard) {
    const writeText = navigator.clipboard.writeText.bind(navigator.clipboard);

    navigator.clipboard.writeText = (text: string) => {
      kept.copied.push(text);

      return writeText(text).catch(() => undefined);
    };
  }
  const createObjectURL = URL.createObjectURL.bind(URL);

  URL.createObjectURL = (object: Blob | MediaSource) => {
    if (object instanceof Blob) {
      void object.text().then((text) => kept.copied.push(text));
    }

    return createObjectURL(object);
  };
  // Only what could hold a secret: a run of letters without a blank.
  const keep = (text: string | null): void => {
    if (text && /\S{12}/.test(text)) {
      kept.shown.add(text.length > 20_000 ? text.slice(0, 20_000) : text);
    }
  };

  new MutationObserver((changes) => {
    for (const { type, target, attributeName, addedNodes } of changes) {
      if (type === 'attributes') {
        keep((target as Element).getAttribute(attributeName!));
      } else if (type === 'characterData') {
        keep(target.textContent);
      } else {
        addedNodes.forEach((node) => keep(node instanceof Element ? node.outerHTML : node.textContent));
      }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });

  /** Everything below an object, without going in circles; getters that throw are passed over. */
  function flat(root: unknown): string {
    const seen = new Set<unknown>();
    const words: string[] = [];
    const queue: unknown[] = [root];

    for (let next = queue.shift(); queue.length || next !== undefined; next = queue.shift()) {
      if (typeof next === 'string') {
        words.push(next);
      } else if (typeof next === 'object' && next !== null && !seen.has(next) && !(next instanceof Node) && next !== window) {
        seen.add(next);
        if (next instanceof Map) {
          queue.push(...next.keys(), ...next.values());
        } else if (next instanceof Set) {
          queue.push(...next);
        } else {
          for (const key of Object.keys(next)) {
            words.push(key);
            try {
              queue.push((next as Record<string, unknown>)[key]);
            } catch {
              // A getter that needs more than is there.
            }
          }
        }
      }
    }

    return words.join('\n');
  }

  /** What goes with the document; databases and caches stay. */
  function now(): Traces {
    const app = (document.querySelector('#app') as unknown as { __vue_app__?: { config: { globalProperties: { $store?: { state: Record<string, unknown> } } } } } | null)?.__vue_app__;
    const fields = [...document.querySelectorAll('input, textarea, select')].map((field) => (field as HTMLInputElement).value);

    return {
      localStorage:                       JSON.stringify({ ...localStorage }),
      sessionStorage:                     JSON.stringify({ ...sessionStorage }),
      'values ever written to storage':   kept.written.join('\n'),
      'cookies that scripts can read':    document.cookie,
      'history.state':                    flat(history.state),
      'entries ever put into history':    kept.history.join('\n'),
      'address, name and referrer':       `${ location.href }\n${ window.name }\n${ document.referrer }`,
      'Vuex state':                       flat(app?.config.globalProperties.$store?.state),
      growls:                             flat(app?.config.globalProperties.$store?.state.growl),
      'text and attributes of the page':  document.documentElement.outerHTML,
      'text ever shown':                  [...kept.shown].join('\n'),
      'values of fields':                 fields.join('\n'),
      'what was copied or made to a file': kept.copied.join('\n'),
    };
  }

  kept.flat = flat;
  kept.now = now;
  // However a document is left: by the dashboard itself, too, and by Back. At `pagehide` nobody hears it any more.
  addEventListener('beforeunload', () => {
    if (window === top && location.protocol.startsWith('http') && !kept.looked) {
      (window as unknown as { __left(traces: Traces): void }).__left(now());
    }
  });
}

/** Reads out everything that scripts of the page can reach. */
export async function tracesIn(): Promise<Traces> {
  const { flat, now } = (window as unknown as Keeper).__traces;

  async function databases(): Promise<string> {
    const read: string[] = [];

    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name!);

        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });

      for (const store of database.objectStoreNames) {
        const request = database.transaction(store).objectStore(store).getAll();

        read.push(await new Promise<string>((resolve, reject) => {
          request.onsuccess = () => resolve(flat(request.result));
          request.onerror = () => reject(request.error);
        }));
      }
      database.close();
    }

    return read.join('\n');
  }

  async function cached(): Promise<string> {
    const read: string[] = [];

    for (const name of await caches.keys()) {
      const cache = await caches.open(name);

      for (const request of await cache.keys()) {
        read.push(request.url, await (await cache.match(request))?.text() ?? '');
      }
    }

    return read.join('\n');
  }

  return { ...now(), IndexedDB: await databases(), 'Cache API': await cached() };
}
