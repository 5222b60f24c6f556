import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { root } from '../../scripts/paths.mjs';
import type { Rendered } from './helm';

const { kinds, versions: published, schemas, foreign } = JSON.parse(readFileSync(path.join(root, 'tests/fixtures/kubernetes-schemas.json'), 'utf8')) as {
  kinds: Record<string, string>;
  versions: Record<string, Record<string, string>>;
  schemas: Record<string, object>;
  foreign: Record<string, object>;
};

/** Versions of Kubernetes that there are schemas of. */
export const versions = Object.keys(published);

/** What a Kubernetes of this version finds wrong with objects, as `kubectl --validate=strict`: unknown fields are wrong. */
export function validator(version: string): (object: Rendered) => string[] {
  // Kubernetes' own definitions say `format: int32` and the like; they are not in the file.
  const ajv = new Ajv({ strict: false, allErrors: true, schemas: [{ $id: 'kubernetes', definitions: Object.fromEntries(Object.entries(published[version]!).map(([name, hash]) => [name, schemas[hash]])) }] });

  return (object) => {
    const kind = `${ object.apiVersion }/${ object.kind }`;
    // Kinds of other projects are as their CRDs have them, whatever Kubernetes says.
    const schema = foreign[kind];
    const definition = kinds[kind];

    if (!schema && !definition) {
      return [`${ kind } is not a kind of Kubernetes ${ version }, nor of cert-manager or the Prometheus operator`];
    }
    const validate = schema ? ajv.compile(schema) : ajv.getSchema(`kubernetes#/definitions/${ definition }`)!;

    return validate(object) ? [] : validate.errors!.map(({ instancePath, message, params }) => `${ kind } ${ object.metadata.name }${ instancePath } ${ message } ${ JSON.stringify(params) }`);
  };
}
