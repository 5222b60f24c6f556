import type { AccessQuestion, HttpAnswer, KubeUser } from '../../contracts.ts';
import { at, fieldsOf, isFields, listOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { badRequest, invalid, invalidValue } from '../errors.ts';
import { authenticated } from '../rbac/authorizer.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import { json } from './answers.ts';

export interface ReviewCall {
  authorizer: Authorizer;
  /** Who bears a token, as the serving API server sees it. */
  bearer(token: string, audiences: string[]): KubeUser | undefined;
  user: KubeUser;
  namespace?: string;
  body: Fields;
}

/** POST of a review: asked and answered, never stored (recorded "ssar token", "ssar nonresource"). */
export function reviewAnswer(kind: string, call: ReviewCall): HttpAnswer {
  const spec = fieldsOf(call.body.spec);

  switch (kind) {
  case 'SelfSubjectAccessReview':
    return accessAnswer(kind, call, call.user, spec);
  case 'SubjectAccessReview':
  case 'LocalSubjectAccessReview':
    return accessAnswer(kind, call, { name: textOf(spec.user), groups: listOf(spec.groups).map(String) }, spec);
  case 'SelfSubjectRulesReview':
    return rulesAnswer(call, spec);
  case 'SelfSubjectReview': {
    const { name, groups } = authenticated(call.user);

    return json(201, { kind, apiVersion: 'authentication.k8s.io/v1', metadata: { creationTimestamp: null }, status: { userInfo: { username: name, groups } } });
  }
  default:
    return tokenAnswer(call, spec);
  }
}

function accessAnswer(kind: string, call: ReviewCall, user: KubeUser, spec: Fields): HttpAnswer {
  const question = questionOf(spec);

  if (kind === 'LocalSubjectAccessReview' && question.namespace !== call.namespace) {
    throw badRequest(`spec.resourceAttributes.namespace must match metadata.namespace`);
  }
  const { allowed, reason } = call.authorizer.decide(user, question);

  return json(201, { kind, apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec, status: { allowed, ...reason ? { reason } : {} } });
}

function questionOf(spec: Fields): AccessQuestion {
  const resource = spec.resourceAttributes;
  const path = spec.nonResourceAttributes;

  if (isFields(resource) === isFields(path)) {
    const why = isFields(resource) ? 'cannot be specified in combination with resourceAttributes' : 'exactly one of nonResourceAttributes or resourceAttributes must be specified';

    const given = isFields(path) ? { Path: textOf(path.path), Verb: textOf(path.verb) } : null;

    // Asked of kube-apiserver 1.33 and 1.36: the refusal names no kind, and the value as Go has it.
    throw invalid({ group: 'authorization.k8s.io', kind: '' }, '', [invalidValue(isFields(resource) ? 'spec.nonResourceAttributes' : 'spec.resourceAttributes', isFields(resource) ? given : null, why)]);
  }
  if (isFields(path)) {
    return { verb: textOf(path.verb), nonResourcePath: textOf(path.path) };
  }
  const text = (field: string): string | undefined => textOf(at(resource, field)) || undefined;

  return { verb: text('verb') ?? '', group: text('group') ?? '', resource: text('resource') ?? '', subresource: text('subresource'), namespace: text('namespace'), name: text('name') };
}

function rulesAnswer(call: ReviewCall, spec: Fields): HttpAnswer {
  const namespace = textOf(spec.namespace);

  if (!namespace) {
    throw badRequest('no namespace on request');
  }
  const user = authenticated(call.user);
  const isMaster = user.groups.includes('system:masters');
  const rules = isMaster ? [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }] : [...call.authorizer.grants(user, namespace)].map((grant) => grant.rule);
  const pick = (rule: Fields, fields: string[]): Fields => Object.fromEntries(fields.filter((field) => rule[field] !== undefined).map((field) => [field, rule[field]]));

  return json(201, {
    kind:       'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata:   { creationTimestamp: null },
    spec:       {},
    status:     {
      resourceRules:    rules.filter((rule) => listOf(fieldsOf(rule).resources).length).map((rule) => pick(rule, ['verbs', 'apiGroups', 'resources', 'resourceNames'])),
      nonResourceRules: rules.filter((rule) => listOf(fieldsOf(rule).nonResourceURLs).length).map((rule) => pick(rule, ['verbs', 'nonResourceURLs'])),
      incomplete:       false
    }
  });
}

function tokenAnswer(call: ReviewCall, spec: Fields): HttpAnswer {
  const audiences = listOf(spec.audiences).map(String);
  const user = call.bearer(textOf(spec.token), audiences);
  const status = user ? { authenticated: true, user: { username: user.name, groups: user.groups }, ...audiences.length ? { audiences } : {} } : { user: {}, error: '[invalid bearer token, service account token is not valid]' };

  return json(201, { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', metadata: { creationTimestamp: null }, spec: { token: spec.token, ...audiences.length ? { audiences } : {} }, status });
}
