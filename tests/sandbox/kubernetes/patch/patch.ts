import fastJsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { parse as parseYaml } from 'yaml';
import type { KubeObject, ResourceType } from '../../contracts.ts';
import { isFields } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { badRequest, noRouteForMediaType, unprocessable, unsupportedMediaType } from '../errors.ts';
import { strategicMerge } from './strategic.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

/** Content types of a PATCH that the type's endpoint takes; custom resources know no strategic merge. */
export function patchTypes(isCustom: boolean): string[] {
  return isCustom ? [JSON_PATCH, MERGE_PATCH, APPLY_PATCH] : [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH];
}

/** Refuses a content type, in the words of the endpoint that serves the type. */
export function checkPatchType(isCustom: boolean, contentType: string): void {
  if (!patchTypes(isCustom).includes(contentType)) {
    throw isCustom ? unsupportedMediaType(patchTypes(true)) : noRouteForMediaType();
  }
}

/** What a patch makes of an object; the object given may be changed. */
export function patched(type: ResourceType, isCustom: boolean, object: KubeObject, contentType: string, patch: unknown): KubeObject {
  checkPatchType(isCustom, contentType);
  if (contentType === JSON_PATCH) {
    return jsonPatch(object, patch);
  }
  const body = contentType === APPLY_PATCH && typeof patch === 'string' ? parseYaml(patch) as unknown : patch;

  if (!isFields(body)) {
    throw badRequest(`error decoding patch: json: cannot unmarshal ${ Array.isArray(body) ? 'array' : typeof body } into Go value of type map[string]interface {}`);
  }
  if (contentType === MERGE_PATCH || isCustom) {
    return mergePatch(object, body) as KubeObject;
  }

  return strategicMerge(object as Fields, body) as KubeObject;
}

/** RFC 6902. Everything that does not apply, a failing `test` included, is the same 422 (recorded). */
function jsonPatch(object: KubeObject, patch: unknown): KubeObject {
  if (!Array.isArray(patch)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  try {
    return fastJsonPatch.applyPatch(object, patch as Operation[], true).newDocument;
  } catch {
    throw unprocessable();
  }
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) {
    return patch;
  }
  const result: Fields = isFields(target) ? { ...target } : {};

  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[key];
    } else {
      result[key] = mergePatch(result[key], value);
    }
  }

  return result;
}
