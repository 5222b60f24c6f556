import type { HttpAnswer, HttpRequest, KubeObject, KubeUser, ResourceType } from '../../contracts.ts';
import { at, fieldsOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { badRequest, invalid, invalidValue, notFound, notSupported, requiredValue, unsupportedMediaType } from '../errors.ts';
import { checkPatchType } from '../patch/patch.ts';
import { apiVersionOf } from '../registry.ts';
import { managerOf, MANAGER_LENGTH } from '../store/managed-fields.ts';
import type { DeleteOptions, MemoryStore, WriteOptions } from '../store.ts';
import { bodyOf, json, objectOf } from './answers.ts';
import { chosenBy, listAnswer, shown } from './reading.ts';
import type { ResourceRequest } from './request-info.ts';

/** A request for objects of one type, already authorized. */
export interface Call {
  store: MemoryStore;
  type: ResourceType;
  request: HttpRequest;
  info: ResourceRequest;
  user: KubeUser;
}

/** Who writes, as the API server calls them. */
function writingOf(call: Call, kind: string): WriteOptions {
  const asked = call.request.query.get('fieldManager');

  if (asked && Buffer.byteLength(asked) > MANAGER_LENGTH) {
    throw invalid({ group: 'meta.k8s.io', kind }, '', [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${ MANAGER_LENGTH } bytes`, field: 'fieldManager' }]);
  }

  return { dryRun: isDryRun(call), manager: managerOf(asked, call.request.headers['user-agent']) };
}

function isDryRun({ request, type }: Call): boolean {
  const asked = request.query.getAll('dryRun');
  const wrong = asked.find((value) => value !== 'All');

  if (wrong !== undefined) {
    throw invalid({ group: 'meta.k8s.io', kind: type.kind === '' ? 'Options' : 'CreateOptions' }, '', [notSupported('dryRun', wrong, ['All'])]);
  }

  return asked.length > 0;
}

const WRITTEN = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Bodies of a type that it cannot read (apiserver negotiation; no type named counts as JSON). */
function checkWritten({ request }: Call): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim();

  if (type && !WRITTEN.includes(type)) {
    throw unsupportedMediaType(WRITTEN);
  }
}

/** The object in a body, checked against what the path says it is. */
function objectIn(call: Call): KubeObject {
  const { type, info } = call;

  checkWritten(call);
  const body = objectOf(call.request);
  const expected = apiVersionOf(type);
  const metadata: Fields = fieldsOf(body.metadata);

  if (body.kind !== undefined && body.kind !== type.kind) {
    throw badRequest(`${ textOf(body.kind) } in version "${ type.version }" cannot be handled as a ${ type.kind }: converting (${ type.version }.${ textOf(body.kind) }) to (${ type.group.split('.')[0] || 'core' }.${ type.kind }): unknown conversion`);
  }
  if (body.apiVersion !== undefined && body.apiVersion !== expected) {
    throw badRequest(`the API version in the data (${ textOf(body.apiVersion) }) does not match the expected API version (${ expected })`);
  }
  if (metadata.namespace && type.namespaced && metadata.namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }

  return { ...body, apiVersion: expected, kind: type.kind, metadata: { ...metadata, name: textOf(metadata.name), ...type.namespaced ? { namespace: info.namespace } : {} } };
}

export function createAnswer(call: Call): HttpAnswer {
  return json(201, shown(call.store, call.type, call.store.create(call.type, objectIn(call), call.user, writingOf(call, 'CreateOptions')), call.request));
}

export function updateAnswer(call: Call): HttpAnswer {
  const object = objectIn(call);
  const name = call.info.name ?? '';

  if (!object.metadata.name) {
    throw badRequest('name must be provided');
  }
  if (object.metadata.name !== name) {
    throw badRequest(`the name of the object (${ object.metadata.name }) does not match the name on the URL (${ name })`);
  }
  // apiextensions: custom resources know no unconditional update.
  if (call.store.isCustom(call.type) && !object.metadata.resourceVersion) {
    throw invalid({ ...call.type, kind: call.type.resource }, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }

  return json(200, shown(call.store, call.type, call.store.update(call.type, object, statusOf(call), writingOf(call, 'UpdateOptions')), call.request));
}

function statusOf({ info }: Call): 'status' | undefined {
  return info.subresource === 'status' ? 'status' : undefined;
}

export function patchAnswer(call: Call): HttpAnswer {
  const { store, type, request, info, user } = call;
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const name = info.name ?? '';

  checkPatchType(store.isCustom(type), contentType);
  if (contentType === 'application/apply-patch+yaml' && !request.query.get('fieldManager')) {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [requiredValue('fieldManager', 'is required for apply patch')]);
  }
  const isThere = store.peek(type, info.namespace, name) !== undefined;
  const patched = store.patch(type, info.namespace, name, contentType, bodyOf(request), statusOf(call), { ...writingOf(call, 'PatchOptions'), user });

  return json(isThere ? 200 : 201, shown(store, type, patched, request));
}

/** registry: types whose DELETE answers the object itself (`ReturnDeletedObject`); all others answer a Status. */
const ANSWERS_OBJECT = ['persistentvolumeclaims', 'persistentvolumes', 'podtemplates', 'pods', 'resourcequotas', 'serviceaccounts', 'services'];

const JOB_WARNING = '299 - "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"';

function deleteOptions(call: Call): DeleteOptions {
  const { request } = call;
  const body = objectOf(request);
  const grace = body.gracePeriodSeconds ?? request.query.get('gracePeriodSeconds') ?? undefined;
  const policy = textOf(body.propagationPolicy) || request.query.get('propagationPolicy') || (body.orphanDependents === true ? 'Orphan' : '');
  const preconditions = fieldsOf(body.preconditions) as DeleteOptions['preconditions'];

  if (policy && !['Background', 'Foreground', 'Orphan'].includes(policy)) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [notSupported('propagationPolicy', policy, ['Background', 'Foreground', 'Orphan', 'nil'])]);
  }

  return {
    dryRun: isDryRun(call) || Array.isArray(body.dryRun), preconditions,
    ...grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }, ...policy ? { propagationPolicy: policy as DeleteOptions['propagationPolicy'] } : {}
  };
}

export function deleteAnswer(call: Call): HttpAnswer {
  const { store, type, info, request } = call;
  const name = info.name ?? '';
  const options = deleteOptions(call);
  // registry/batch/job/strategy.go: for old clients' sake the pods of a batch/v1 Job stay unless somebody says otherwise.
  const keepsPods = type.group === 'batch' && type.resource === 'jobs' && !options.propagationPolicy;
  const gone = store.delete(type, info.namespace, name, { ...options, ...keepsPods ? { propagationPolicy: 'Orphan' } : {} });
  const remains = store.peek(type, info.namespace, name) !== undefined && !options.dryRun;
  const status = {
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name, ...type.group ? { group: type.group } : {}, kind: type.resource, uid: gone.metadata.uid }
  };
  const isObject = remains || (type.group === '' && ANSWERS_OBJECT.includes(type.resource));

  return json(200, isObject ? shown(store, type, gone, request) : status, keepsPods ? { warning: JOB_WARNING } : {});
}

export function deleteCollectionAnswer(call: Call): HttpAnswer {
  const { store, type, info, request } = call;
  const options = deleteOptions(call);
  const answer = listAnswer(store, type, request, info.namespace);

  store.page(type, { namespace: info.namespace, chosen: chosenBy(request, type) }).items
    .forEach((object) => store.delete(type, object.metadata.namespace, object.metadata.name, options));

  return answer;
}

/** The `scale` subresource of workloads (autoscaling/v1). */
export function scaleAnswer(call: Call): HttpAnswer {
  const { store, type, info, request } = call;
  const name = info.name ?? '';

  if (request.method !== 'GET') {
    const replicas = at(objectOf(request), 'spec', 'replicas') ?? 0;

    store.patch(type, info.namespace, name, 'application/merge-patch+json', { spec: { replicas } }, undefined, { dryRun: isDryRun(call) });
  }
  const object = store.peek(type, info.namespace, name);

  if (!object) {
    throw notFound(type, name);
  }
  const { resourceVersion, uid, creationTimestamp } = object.metadata;

  return json(200, {
    kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name, namespace: info.namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: at(object, 'spec', 'replicas') ?? 0 }, status: { replicas: at(object, 'status', 'replicas') ?? 0 }
  });
}
