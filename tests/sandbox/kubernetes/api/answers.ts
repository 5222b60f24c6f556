import { parse as parseYaml } from 'yaml';
import type { HttpAnswer, HttpRequest } from '../../contracts.ts';
import { isFields } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { badRequest, KubeError, notAcceptable } from '../errors.ts';
import { objectOfProtobuf, PROTOBUF } from './protobuf.ts';

/** Headers of every answer of the API server. */
const HEADERS = { 'cache-control': 'no-cache, private' };

export function json(status: number, body: object, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { ...HEADERS, 'content-type': 'application/json', ...headers }, body };
}

export function plainText(status: number, body: string): HttpAnswer {
  return { status, headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body };
}

/** What net/http says for a path nobody serves; unknown resources end here, too. */
export function pageNotFound(): HttpAnswer {
  return plainText(404, '404 page not found\n');
}

/** A thrown refusal as an answer; anything else is a defect and goes on up. */
export function refusalOf(error: unknown): HttpAnswer {
  if (!(error instanceof KubeError)) {
    throw error;
  }

  return json(error.status.code, error.status, error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) });
}

/** The body of a write, JSON, YAML or what Go clients send; nothing is an empty object. */
export function bodyOf(request: HttpRequest): unknown {
  const text = request.body.toString();

  if ((request.headers['content-type'] ?? '').startsWith(PROTOBUF)) {
    return objectOfProtobuf(request.body);
  }
  if (text.trim() === '') {
    return {};
  }
  try {
    return (request.headers['content-type'] ?? '').includes('yaml') ? parseYaml(text) as unknown : JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${ error instanceof Error ? error.message : String(error) }`);
  }
}

/** The body of a write that has to be an object. */
export function objectOf(request: HttpRequest): Fields {
  const body = bodyOf(request);

  if (!isFields(body)) {
    throw badRequest(`couldn't get version/kind; json parse error: json: cannot unmarshal ${ Array.isArray(body) ? 'array' : typeof body } into Go value of type struct`);
  }

  return body;
}

/** How objects are to be shown. */
export type Form = 'object' | 'partial' | 'table';

/** Reads Accept: the first entry that can be had (apiserver endpoints/handlers/negotiation). */
export function formOf(request: HttpRequest): Form {
  const accept = request.headers.accept?.trim() || '*/*';

  for (const entry of accept.split(',')) {
    const [media = '', ...parameters] = entry.split(';').map((part) => part.trim());
    const { as, g } = Object.fromEntries(parameters.map((parameter) => parameter.split('='))) as { as?: string; g?: string };

    if (!['application/json', '*/*', 'application/*', 'application/yaml'].includes(media)) {
      continue;
    }
    if (as === undefined || g === 'apidiscovery.k8s.io') {
      return 'object';
    }
    if (as === 'Table') {
      return 'table';
    }
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
      return 'partial';
    }
  }
  throw notAcceptable();
}
