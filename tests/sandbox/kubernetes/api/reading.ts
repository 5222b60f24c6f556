import type { HttpAnswer, HttpRequest, KubeObject, ResourceType } from '../../contracts.ts';
import { copy } from '../copy.ts';
import { badRequest, expired } from '../errors.ts';
import { apiVersionOf } from '../registry.ts';
import { predicate } from '../selectors.ts';
import type { Predicate } from '../selectors.ts';
import type { MemoryStore } from '../store.ts';
import { formOf, json } from './answers.ts';
import type { Form } from './answers.ts';
import { partialOf, tableOf } from './tables.ts';

/** Both selectors of a request. */
export function chosenBy(request: HttpRequest, type: ResourceType): Predicate | undefined {
  const label = request.query.get('labelSelector') ?? '';
  const field = request.query.get('fieldSelector') ?? '';

  return label || field ? predicate(type.kind, label, field) : undefined;
}

interface ContinueToken {
  rv: number;
  /** The key the page before ended with. */
  after: string;
}

/** apiserver storage.EncodeContinue: the key, and a zero so that the next page begins behind it. */
function encodeContinue({ rv, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start: `${ after }\u0000` })).toString('base64url');
}

function decodeContinue(token: string): ContinueToken {
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { v?: string; rv?: number; start?: string };

    if (v === 'meta.k8s.io/v1' && typeof rv === 'number' && typeof start === 'string') {
      return { rv, after: start.replace(/\0$/, '') };
    }
  } catch {
    // said below
  }
  throw badRequest('invalid continue token: continue key is not valid: illegal base64 data at input byte 0');
}

/** GET of a collection: chunks by `limit` and `continue`; whole objects, metadata alone, or a Table. */
export function listAnswer(store: MemoryStore, type: ResourceType, request: HttpRequest, namespace?: string): HttpAnswer {
  const form = formOf(request);
  const limit = Number(request.query.get('limit') ?? 0) || undefined;
  const token = request.query.get('continue');
  const from = token ? decodeContinue(token) : undefined;

  if (from && from.rv !== -1 && store.changesSince(String(from.rv)) === undefined) {
    // Revision -1: whatever there is now.
    throw expired('The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list. This may be acceptable and you must explicitly handle that.', encodeContinue({ rv: -1, after: from.after }));
  }
  const page = store.page(type, { namespace, chosen: chosenBy(request, type), limit, after: from?.after });
  const revision = from && from.rv !== -1 ? String(from.rv) : store.revision();
  const metadata = {
    resourceVersion: revision,
    ...page.last === undefined ? {} : { continue: encodeContinue({ rv: Number(revision), after: page.last }) },
    ...page.remaining === undefined ? {} : { remainingItemCount: page.remaining }
  };

  if (form === 'table') {
    return json(200, tableOf(type, page.items, metadata, store.now(), request.query.get('includeObject')));
  }
  if (form === 'partial') {
    return json(200, { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: page.items.map(partialOf) });
  }

  return json(200, { kind: `${ type.kind }List`, apiVersion: apiVersionOf(type), metadata, items: page.items.map((object) => listed(object, store.isCustom(type))) });
}

/** In lists of built-in types the members do not repeat what they are. */
function listed(object: KubeObject, isCustom: boolean): object {
  const { apiVersion, kind, ...rest } = copy(object);

  return isCustom ? { apiVersion, kind, ...rest } : rest;
}

/** One object in the form the client asked for. */
export function shown(store: MemoryStore, type: ResourceType, object: KubeObject, request: HttpRequest, form: Form = formOf(request)): object {
  if (form === 'table') {
    return tableOf(type, [object], { resourceVersion: object.metadata.resourceVersion }, store.now(), request.query.get('includeObject'));
  }

  return form === 'partial' ? partialOf(object) : whole(object);
}

/** An object as JSON comes from Go: kind, apiVersion, metadata first. */
export function whole(object: KubeObject): object {
  const { kind, apiVersion, metadata, ...rest } = copy(object);

  return { kind, apiVersion, metadata, ...rest };
}
