/**
 * Writes `tests/fixtures/kubernetes-schemas.json`: the published OpenAPI definitions of the kinds that our charts render, for each version
 * of Kubernetes that we promise, and those of other projects out of their CRDs, as JSON schemas that know no other fields. Taken from the Go
 * modules (all Apache-2.0), by the Go proxy that this machine
 * is set up with. Run it when a version is added: `node scripts/with-toolchain.mjs node scripts/kubernetes-schemas.mjs`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from './paths.mjs';

const VERSIONS = ['v1.31.14', 'v1.32.13', 'v1.33.13', 'v1.34.4', 'v1.35.4', 'v1.36.3'];

/** apiVersion/kind → definition */
const KINDS = {
  'v1/ConfigMap':                                                'io.k8s.api.core.v1.ConfigMap',
  'v1/Secret':                                                   'io.k8s.api.core.v1.Secret',
  'v1/Service':                                                  'io.k8s.api.core.v1.Service',
  'v1/ServiceAccount':                                           'io.k8s.api.core.v1.ServiceAccount',
  'apps/v1/Deployment':                                          'io.k8s.api.apps.v1.Deployment',
  'batch/v1/Job':                                                'io.k8s.api.batch.v1.Job',
  'batch/v1/CronJob':                                            'io.k8s.api.batch.v1.CronJob',
  'policy/v1/PodDisruptionBudget':                               'io.k8s.api.policy.v1.PodDisruptionBudget',
  'networking.k8s.io/v1/NetworkPolicy':                          'io.k8s.api.networking.v1.NetworkPolicy',
  'rbac.authorization.k8s.io/v1/ClusterRole':                    'io.k8s.api.rbac.v1.ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding':             'io.k8s.api.rbac.v1.ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/Role':                           'io.k8s.api.rbac.v1.Role',
  'rbac.authorization.k8s.io/v1/RoleBinding':                    'io.k8s.api.rbac.v1.RoleBinding',
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': 'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration',
};

/** Kinds of other projects: module, version, and where in it the CRD stands. */
const FOREIGN = [
  ['github.com/cert-manager/cert-manager', 'v1.21.2', 'deploy/crds/cert-manager.io_certificates.yaml'],
  ['github.com/cert-manager/cert-manager', 'v1.21.2', 'deploy/crds/cert-manager.io_issuers.yaml'],
  ['github.com/prometheus-operator/prometheus-operator', 'v0.85.0', 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml'],
];

/** @typedef {Record<string, any>} Schema */

/** @type {Record<string, Schema>} */
const schemas = {};
/** @type {Record<string, Record<string, string>>} */
const versions = {};

for (const version of VERSIONS) {
  const definitions = JSON.parse(fetchFile('k8s.io/kubernetes', version, 'api/openapi-spec/swagger.json')).definitions;
  const names = new Set(Object.values(KINDS));

  // The set grows while it is walked.
  for (const name of names) {
    for (const [, other = ''] of JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      names.add(other);
    }
  }
  versions[version] = Object.fromEntries([...names].sort().map((name) => {
    const schema = strict(definitions[name] ?? {}, name);
    const hash = createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 12);

    schemas[hash] = schema;

    return [name, hash];
  }));
}

/** @type {Record<string, Schema>} */
const foreign = {};

for (const [name = '', version = '', file = ''] of FOREIGN) {
  const { spec: { group, names: { kind }, versions: served } } = parse(fetchFile(name, version, file));

  for (const { name: apiVersion, schema } of served) {
    const { openAPIV3Schema } = schema;

    // What every object has is Kubernetes' own; a CRD says only that it is there.
    foreign[`${ group }/${ apiVersion }/${ kind }`] = strict({ ...openAPIV3Schema, properties: { ...openAPIV3Schema.properties, metadata: { type: 'object' } } });
  }
}
writeFileSync(path.join(root, 'tests/fixtures/kubernetes-schemas.json'), `${ JSON.stringify({ about: 'See scripts/kubernetes-schemas.mjs', kinds: KINDS, versions, schemas, foreign }) }\n`);

/**
 * A file out of a Go module.
 * @param {string} name
 * @param {string} version
 * @param {string} file
 * @returns {string}
 */
function fetchFile(name, version, file) {
  const directory = mkdtempSync(path.join(tmpdir(), 'schemas-'));

  try {
    const [proxy] = execFileSync('go', ['env', 'GOPROXY'], { encoding: 'utf8' }).trim().split(/[,|]/);
    const archive = path.join(directory, 'module.zip');

    execFileSync('curl', ['--silent', '--fail', '--location', '--output', archive, `${ proxy }/${ name }/@v/${ version }.zip`]);

    return execFileSync('unzip', ['-p', archive, `${ name }@${ version }/${ file }`], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Only what is checked: no descriptions; an object knows no field beside its own, as `kubectl --validate=strict` has it.
 * @param {Schema} schema
 * @param {string} [name]
 * @returns {Schema}
 */
function strict(schema, name) {
  if (name === 'io.k8s.apimachinery.pkg.util.intstr.IntOrString') {
    return { type: ['string', 'integer'] };
  }
  if (name === 'io.k8s.apimachinery.pkg.api.resource.Quantity') {
    return { type: ['string', 'number'] };
  }
  if (schema['x-kubernetes-int-or-string']) {
    return { type: ['string', 'integer'] };
  }
  const { type, items, properties, additionalProperties, required, $ref, pattern, minimum, minItems } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'];

  return {
    ...($ref ? { $ref } : {}),
    ...(type ? { type } : {}),
    ...(required ? { required } : {}),
    ...(schema.enum ? { enum: schema.enum } : {}),
    ...(pattern ? { pattern } : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(minItems === undefined ? {} : { minItems }),
    ...(items ? { items: strict(items) } : {}),
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([key, inside]) => [key, strict(inside)])), ...(isOpen ? {} : { additionalProperties: false }) } : {}),
    ...(additionalProperties ? { additionalProperties: strict(additionalProperties) } : {}),
  };
}
