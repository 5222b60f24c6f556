import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, isFields, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { badRequest, invalid, invalidValue, notSupported, requiredValue } from '../errors.ts';
import type { Cause } from '../errors.ts';
import { matchesSelector } from '../selectors.ts';
import { keyFaults, label, labelValueFaults, nameFaults } from './names.ts';
import { immutableFaults } from './immutable.ts';

/** Refuses (422) what the API server would not store. `before` is what stands there when this is an update. */
export function validate(type: ResourceType, object: KubeObject, before?: KubeObject): void {
  checkStrings(type, object, before);
  const causes = [...metadataFaults(type, object), ...BY_KIND[`${ type.group }/${ type.kind }`]?.(object) ?? [], ...before ? immutableFaults(type, object, before) : []];

  if (causes.length) {
    throw invalid(type, object.metadata.name, causes);
  }
}

/** Labels and annotations are strings; a number or boolean does not even decode. */
function checkStrings(type: ResourceType, object: KubeObject, before?: KubeObject): void {
  for (const field of ['labels', 'annotations'] as const) {
    const wrong = Object.values(object.metadata[field] ?? {} as Record<string, unknown>).find((value) => typeof value !== 'string');

    if (wrong !== undefined) {
      const word = typeof wrong === 'boolean' ? 'bool' : Array.isArray(wrong) ? 'array' : typeof wrong;

      const why = `json: cannot unmarshal ${ word } into Go struct field ObjectMeta.metadata.${ field } of type string`;

      // What a patch makes of the object is read anew, and told otherwise (asked of kube-apiserver 1.33 and 1.36).
      throw before ? invalid({ group: '', kind: '' }, '', [invalidValue('patch', JSON.stringify(object), why)]) : badRequest(`${ type.kind } in version "${ type.version }" cannot be handled as a ${ type.kind }: ${ why }`);
    }
  }
}

function webhookFaults({ webhooks }: KubeObject): Cause[] {
  return fieldsIn(webhooks).flatMap(({ sideEffects }, index) => (sideEffects ? [] : [requiredValue(`webhooks[${ index }].sideEffects`, 'must specify one of None, NoneOnDryRun')]));
}

/** apimachinery api/validation.ValidateObjectMeta. */
function metadataFaults(type: ResourceType, object: KubeObject): Cause[] {
  const { name, labels, annotations } = object.metadata;
  const size = Object.entries(annotations ?? {}).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);

  if (!name) {
    return [requiredValue('metadata.name', 'name or generateName is required')];
  }

  return [
    ...nameFaults(type, name).map((why) => invalidValue('metadata.name', name, why)),
    ...Object.entries(labels ?? {}).flatMap(([key, value]) => [
      ...keyFaults(key).map((why) => invalidValue('metadata.labels', key, why)), ...labelValueFaults(value).map((why) => invalidValue('metadata.labels', value, why))
    ]),
    ...Object.keys(annotations ?? {}).flatMap((key) => keyFaults(key.toLowerCase()).map((why) => invalidValue('metadata.annotations', key, why))),
    ...size > 256 * 1024 ? [{ reason: 'FieldValueTooLong', message: 'Too long: may not be more than 262144 bytes', field: 'metadata.annotations' } satisfies Cause] : []
  ];
}

const BY_KIND: Record<string, (object: KubeObject) => Cause[]> = {
  'admissionregistration.k8s.io/MutatingWebhookConfiguration':   webhookFaults,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookFaults,
  '/Pod':             (object) => podFaults(fieldsOf(object.spec), 'spec'),
  '/Service':         (object) => serviceFaults(fieldsOf(object.spec)),
  'apps/Deployment':  workloadFaults,
  'apps/ReplicaSet':  workloadFaults,
  'apps/StatefulSet': workloadFaults,
  'apps/DaemonSet':   workloadFaults,
  'batch/Job':        (object) => jobFaults(fieldsOf(at(object, 'spec', 'template', 'spec')), 'spec.template.spec'),
  'batch/CronJob':    (object) => [
    ...textOf(at(object, 'spec', 'schedule')) ? [] : [requiredValue('spec.schedule')],
    ...jobFaults(fieldsOf(at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec')), 'spec.jobTemplate.spec.template.spec')
  ],
  'rbac.authorization.k8s.io/Role':               roleFaults,
  'rbac.authorization.k8s.io/ClusterRole':        roleFaults,
  'rbac.authorization.k8s.io/RoleBinding':        (object) => bindingFaults(object, ['ClusterRole', 'Role']),
  'rbac.authorization.k8s.io/ClusterRoleBinding': (object) => bindingFaults(object, ['ClusterRole']),
  'apiextensions.k8s.io/CustomResourceDefinition': (object) => definitionFaults(object),
};

/** apis/core/validation: the parts of a pod that its containers cannot do without. */
function podFaults(spec: Fields, path: string): Cause[] {
  const volumes = fieldsIn(spec.volumes);
  const names = volumes.map((volume) => textOf(volume.name));
  const containers = fieldsIn(spec.containers);

  return [
    ...containers.length ? [] : [requiredValue(`${ path }.containers`)],
    ...duplicates(names, (index) => `${ path }.volumes[${ index }].name`),
    ...duplicates([...containers, ...fieldsIn(spec.initContainers)].map((one) => textOf(one.name)), (index) => `${ path }.containers[${ index }].name`),
    ...(['initContainers', 'containers'] as const).flatMap((list) => fieldsIn(spec[list]).flatMap((container, index) => containerFaults(container, names, `${ path }.${ list }[${ index }]`))),
    ...['Always', 'OnFailure', 'Never'].includes(textOf(spec.restartPolicy)) ? [] : [notSupported(`${ path }.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never'])]
  ];
}

function containerFaults(container: Fields, volumes: string[], path: string): Cause[] {
  const name = textOf(container.name);

  return [
    ...name ? label(name).map((why) => invalidValue(`${ path }.name`, name, why)) : [requiredValue(`${ path }.name`)],
    ...textOf(container.image) ? [] : [requiredValue(`${ path }.image`)],
    ...fieldsIn(container.env).flatMap((variable, index) => (textOf(variable.name) ? envFaults(variable, `${ path }.env[${ index }]`) : [requiredValue(`${ path }.env[${ index }].name`)])),
    ...fieldsIn(container.volumeMounts).flatMap((mount, index) => [
      ...textOf(mount.mountPath) ? [] : [requiredValue(`${ path }.volumeMounts[${ index }].mountPath`)],
      ...volumes.includes(textOf(mount.name)) ? [] : [{ reason: 'FieldValueNotFound' as const, message: `Not found: ${ JSON.stringify(mount.name) }`, field: `${ path }.volumeMounts[${ index }].name` }]
    ])
  ];
}

function envFaults(variable: Fields, path: string): Cause[] {
  return variable.value && variable.valueFrom ? [invalidValue(`${ path }.valueFrom`, '', 'may not be specified when `value` is not empty')] : [];
}

function duplicates(names: string[], field: (index: number) => string): Cause[] {
  return names.flatMap((name, index) => (name && names.indexOf(name) < index ? [{ reason: 'FieldValueDuplicate' as const, message: `Duplicate value: ${ JSON.stringify(name) }`, field: field(index) }] : []));
}

function workloadFaults(object: KubeObject): Cause[] {
  const selector = at(object, 'spec', 'selector');
  const labels = fieldsOf(at(object, 'spec', 'template', 'metadata', 'labels')) as Record<string, string>;
  const pod = fieldsOf(at(object, 'spec', 'template', 'spec'));

  return [
    ...isFields(selector) ? [] : [requiredValue('spec.selector')],
    ...isFields(selector) && !matchesSelector(selector, labels) ? [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')] : [],
    ...podFaults({ restartPolicy: 'Always', ...pod }, 'spec.template.spec'),
    ...pod.restartPolicy === undefined || pod.restartPolicy === 'Always' ? [] : [notSupported('spec.template.spec.restartPolicy', pod.restartPolicy, ['Always'])]
  ];
}

function jobFaults(pod: Fields, path: string): Cause[] {
  return [
    ...podFaults({ restartPolicy: 'Never', ...pod }, path),
    ...pod.restartPolicy === 'Always' || pod.restartPolicy === undefined ? [notSupported(`${ path }.restartPolicy`, 'Always', ['OnFailure', 'Never'])] : []
  ];
}

function serviceFaults(spec: Fields): Cause[] {
  const isHeadless = spec.clusterIP === 'None' || spec.type === 'ExternalName';

  return fieldsIn(spec.ports).length || isHeadless ? [] : [requiredValue('spec.ports')];
}

function roleFaults(object: KubeObject): Cause[] {
  return fieldsIn(object.rules).flatMap((rule, index) => [
    ...Array.isArray(rule.verbs) && rule.verbs.length ? [] : [requiredValue(`rules[${ index }].verbs`, 'verbs must contain at least one value')],
    ...object.kind === 'Role' && rule.nonResourceURLs ? [invalidValue(`rules[${ index }].nonResourceURLs`, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')] : [],
    ...rule.nonResourceURLs || (Array.isArray(rule.resources) && rule.resources.length) ? [] : [requiredValue(`rules[${ index }].resources`, 'resource rules must supply at least one resource')]
  ]);
}

function bindingFaults(object: KubeObject, kinds: string[]): Cause[] {
  const role = fieldsOf(object.roleRef);

  return [
    ...kinds.includes(textOf(role.kind)) ? [] : [notSupported('roleRef.kind', role.kind ?? '', kinds)],
    ...textOf(role.name) ? [] : [requiredValue('roleRef.name')],
    ...fieldsIn(object.subjects).flatMap((subject, index) => [
      ...textOf(subject.name) ? [] : [requiredValue(`subjects[${ index }].name`)],
      ...subject.kind === 'ServiceAccount' && !textOf(subject.namespace) ? [requiredValue(`subjects[${ index }].namespace`)] : []
    ])
  ];
}

function definitionFaults(object: KubeObject): Cause[] {
  const wanted = `${ textOf(at(object, 'spec', 'names', 'plural')) }.${ textOf(at(object, 'spec', 'group')) }`;

  return object.metadata.name === wanted ? [] : [invalidValue('metadata.name', object.metadata.name, `must be spec.names.plural+"."+spec.group`)];
}

