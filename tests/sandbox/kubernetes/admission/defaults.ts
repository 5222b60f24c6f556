import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at, fieldsIn, fieldsOf, numberOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';

type Defaults = (object: KubeObject) => KubeObject;

/** What the API server fills in where the client said nothing (pkg/apis/<group>/v1/defaults.go and the strategies). */
export function withDefaults(type: ResourceType, object: KubeObject): KubeObject {
  const byKind = BY_KIND[`${ type.group }/${ type.kind }`];

  return byKind ? byKind(object) : object;
}

const BY_KIND: Record<string, Defaults> = {
  '/Namespace': (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name } },
    spec:     { finalizers: ['kubernetes'], ...fieldsOf(object.spec) },
    status:   { phase: 'Active', ...fieldsOf(object.status) }
  }),
  '/Pod':     (object) => ({ ...object, spec: podSpec(fieldsOf(object.spec)) }),
  '/Secret':  (object) => secret(object),
  '/Service': (object) => ({ ...object, spec: serviceSpec(fieldsOf(object.spec), object.metadata.uid ?? '') }),
  '/PersistentVolumeClaim': (object) => ({ ...object, spec: { volumeMode: 'Filesystem', ...fieldsOf(object.spec) }, status: { phase: 'Pending', ...fieldsOf(object.status) } }),
  'apps/Deployment': (object) => withTemplate(object, {
    replicas: 1, strategy: strategy(at(object, 'spec', 'strategy')), revisionHistoryLimit: 10, progressDeadlineSeconds: 600
  }, ['strategy']),
  'apps/ReplicaSet':  (object) => withTemplate(object, { replicas: 1 }),
  'apps/StatefulSet': (object) => withTemplate(object, {
    replicas: 1, serviceName: '', podManagementPolicy: 'OrderedReady', updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' }
  }),
  // The counts are numbers in Go, so that they are there from the start.
  'apps/DaemonSet': (object) => withTemplate({ ...object, status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, ...fieldsOf(object.status) } }, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, revisionHistoryLimit: 10 }),
  'batch/Job':      job,
  'batch/CronJob':  (object) => ({
    ...object, spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1, ...fieldsOf(object.spec) }
  }),
  'rbac.authorization.k8s.io/RoleBinding':        binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'apiextensions.k8s.io/CustomResourceDefinition': (object) => ({ ...object, spec: { conversion: { strategy: 'None' }, ...fieldsOf(object.spec) } }),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration':   webhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
};

function withTemplate(object: KubeObject, defaults: Fields, forced: string[] = []): KubeObject {
  const spec = fieldsOf(object.spec);
  const template = fieldsOf(spec.template);
  const overriding = Object.fromEntries(forced.map((field) => [field, defaults[field]]));

  return { ...object, spec: { ...defaults, ...spec, ...overriding, ...spec.template === undefined ? {} : { template: { ...template, spec: podSpec(fieldsOf(template.spec), false) } } } };
}

function strategy(given: unknown): Fields {
  return textOf(at(given, 'type')) === 'Recreate' ? fieldsOf(given) : { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%', ...fieldsOf(at(given, 'rollingUpdate')) } };
}

/** Secrets: `stringData` is written only; what it says goes into `data`. */
function secret(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  const encoded = Object.fromEntries(Object.entries(fieldsOf(stringData)).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')]));
  const data = { ...fieldsOf(rest.data), ...encoded };

  return { ...rest, ...Object.keys(data).length ? { data } : {}, type: rest.type ?? 'Opaque' };
}

/** Services also get an address; ours is made of the uid. */
function serviceSpec(spec: Fields, uid: string): Fields {
  const ports = fieldsIn(spec.ports).map((port) => ({ protocol: 'TCP', targetPort: port.port, ...port }));
  const clusterIP = textOf(spec.clusterIP) || addressOf(uid, '10.43');
  const address = spec.type === 'ExternalName' ? {} : { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' };

  return { type: 'ClusterIP', sessionAffinity: 'None', ...address, ...spec, ...ports.length ? { ports } : {} };
}

/** An IPv4 address made of a uid; two objects may share one, nothing is routed by it. */
export function addressOf(uid: string, network: string): string {
  const hex = uid.replaceAll('-', '');

  return `${ network }.${ parseInt(hex.slice(0, 2), 16) || 0 }.${ parseInt(hex.slice(2, 4), 16) || 1 }`;
}

/** registry/batch/job/strategy.go: a job's pods are known by the job's uid. */
function job(object: KubeObject): KubeObject {
  const uid = object.metadata.uid ?? '';
  const spec = fieldsOf(object.spec);
  const marks = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': object.metadata.name, 'controller-uid': uid, 'job-name': object.metadata.name };
  const template = fieldsOf(spec.template);
  const metadata = fieldsOf(template.metadata);
  const labels = spec.manualSelector === true ? fieldsOf(metadata.labels) : { ...fieldsOf(metadata.labels), ...marks };

  return withTemplate({
    ...object, spec: {
      ...spec, ...spec.manualSelector === true || spec.selector ? {} : { selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } } },
      template: { ...template, metadata: { ...metadata, labels } }
    }
  }, { parallelism: 1, completions: numberOf(spec.parallelism, 1), backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed' });
}

const RBAC = 'rbac.authorization.k8s.io';

function binding(object: KubeObject): KubeObject {
  const subjects = fieldsIn(object.subjects).map((subject) => (subject.kind === 'ServiceAccount' || subject.apiGroup ? subject : { ...subject, apiGroup: RBAC }));

  return { ...object, roleRef: { apiGroup: RBAC, ...fieldsOf(object.roleRef) }, ...subjects.length ? { subjects } : {} };
}

function webhooks(object: KubeObject): KubeObject {
  const mutating = object.kind === 'MutatingWebhookConfiguration' ? { reinvocationPolicy: 'Never' } : {};

  return {
    ...object, webhooks: fieldsIn(object.webhooks).map((webhook) => {
      const clientConfig = fieldsOf(webhook.clientConfig);
      const service = clientConfig.service === undefined ? {} : { service: { port: 443, ...fieldsOf(clientConfig.service) } };

      return {
        failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10, ...mutating, ...webhook, clientConfig: { ...clientConfig, ...service },
        rules: fieldsIn(webhook.rules).map((rule) => ({ scope: '*', ...rule }))
      };
    })
  };
}

function container(given: Fields): Fields {
  const image = textOf(given.image);
  const tag = /:([^/]+)$/.exec(image)?.[1];
  const ports = fieldsIn(given.ports).map((port) => ({ protocol: 'TCP', ...port }));

  return {
    resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File',
    imagePullPolicy: (tag === undefined && !image.includes('@')) || tag === 'latest' ? 'Always' : 'IfNotPresent', ...given, ...ports.length ? { ports } : {}
  };
}

function volume(given: Fields): Fields {
  const modes = ['projected', 'secret', 'configMap', 'downwardAPI'].filter((source) => given[source] !== undefined);

  return { ...given, ...Object.fromEntries(modes.map((source) => [source, { ...fieldsOf(given[source]), defaultMode: numberOf(at(given, source, 'defaultMode'), 420) }])) };
}

/** A pod's own defaults; in a template the service account stays unsaid (admission sets it on pods). */
export function podSpec(spec: Fields, isPod = true): Fields {
  const account = textOf(spec.serviceAccountName) || textOf(spec.serviceAccount);
  const lists = Object.fromEntries(['containers', 'initContainers'].filter((field) => spec[field] !== undefined).map((field) => [field, fieldsIn(spec[field]).map(container)]));

  return {
    restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler', ...isPod ? { enableServiceLinks: true } : {},
    ...spec, ...lists, ...account ? { serviceAccountName: account, serviceAccount: account } : {}, ...spec.volumes === undefined ? {} : { volumes: fieldsIn(spec.volumes).map(volume) }
  };
}
