import type { KubeObject } from '../contracts.ts';
import { at } from './copy.ts';
import { badRequest } from './errors.ts';

/** Whether an object is chosen. */
export type Predicate = (object: KubeObject) => boolean;

type LabelTest = (labels: Record<string, string>) => boolean;

/** Splits on commas outside parentheses. */
function requirements(selector: string): string[] {
  return selector.split(/,(?![^(]*\))/).map((part) => part.trim()).filter((part) => part !== '');
}

function unparsable(selector: string): Error {
  return badRequest(`unable to parse requirement: found '${ selector }', expected: identifier`);
}

/** Label selectors as `labels.Parse` reads them: `a`, `!a`, `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a>1`, `a<1`. */
export function labelTest(selector: string): LabelTest {
  const tests = requirements(selector).map(labelRequirement);

  return (labels) => tests.every((test) => test(labels));
}

function labelRequirement(text: string): LabelTest {
  const set = /^([^\s=!<>()]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);

  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());

    return (labels) => (operator === 'in') === values.includes(labels[key] ?? '\u0000');
  }
  const compare = /^([^\s=!<>()]+)\s*(==|=|!=|>|<)\s*([^\s=!<>()]*)$/.exec(text);

  if (compare) {
    const [, key = '', operator, value = ''] = compare;

    if (operator === '>' || operator === '<') {
      return (labels) => labels[key] !== undefined && (operator === '>' ? Number(labels[key]) > Number(value) : Number(labels[key]) < Number(value));
    }

    return (labels) => (operator === '!=') !== (labels[key] === value);
  }
  const exists = /^(!?)\s*([^\s=!<>()]+)$/.exec(text);

  if (!exists) {
    throw unparsable(text);
  }
  const [, not, key = ''] = exists;

  return (labels) => (not === '!') !== (labels[key] !== undefined);
}

/** A `LabelSelector` object (`matchLabels`, `matchExpressions`); an empty one chooses everything. */
export function matchesSelector(selector: unknown, labels: Record<string, string> = {}): boolean {
  const wanted = at(selector, 'matchLabels') as Record<string, string> | undefined;
  const expressions = at(selector, 'matchExpressions') as { key: string; operator: string; values?: string[] }[] | undefined;

  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value) && (expressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];

    switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    default: return false;
    }
  });
}

/** Fields that may be selected, for every type or for one kind (each registry's `GetAttrs`/`ToSelectableFields`). */
const EVERYWHERE = ['metadata.name', 'metadata.namespace'];
const BY_KIND: Record<string, string[]> = {
  Pod:       ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
  Namespace: ['status.phase'],
  Node:      ['spec.unschedulable'],
  Secret:    ['type'],
  Service:   ['spec.clusterIP', 'spec.type'],
  Job:       ['status.successful'],
  ReplicaSet: ['status.replicas'],
  Event:     ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
};

/** Field selectors: `=`, `==` and `!=` on the fields the kind supports, else 400 as the API server says. */
export function fieldTest(selector: string, kind: string): Predicate {
  const tests = requirements(selector).map((text): Predicate => {
    const [, field = '', operator = '', value = ''] = /^([^=!]+?)\s*(!=|==|=)\s*(.*)$/.exec(text) ?? [];

    if (!field) {
      throw badRequest(`invalid selector: '${ text }'; can't understand '${ text }'`);
    }
    if (![...EVERYWHERE, ...BY_KIND[kind] ?? []].includes(field)) {
      throw badRequest(BY_KIND[kind] ? `field label not supported: ${ field }` : `"${ field }" is not a known field selector: only "metadata.name", "metadata.namespace"`);
    }

    return (object) => (operator === '!=') !== (String(at(object, ...field.split('.')) ?? '') === value);
  });

  return (object) => tests.every((test) => test(object));
}

/** Both selectors in one. */
export function predicate(kind: string, labelSelector?: string, fieldSelector?: string): Predicate {
  const labels = labelSelector ? labelTest(labelSelector) : undefined;
  const fields = fieldSelector ? fieldTest(fieldSelector, kind) : undefined;

  return (object) => (!labels || labels(object.metadata.labels ?? {})) && (!fields || fields(object));
}
