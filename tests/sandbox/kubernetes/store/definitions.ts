import type { KubeObject, ResourceType } from '../../contracts.ts';
import { at, fieldsIn, listOf, textOf } from '../copy.ts';

/** The type a CustomResourceDefinition brings, by its first served version; undefined for any other object. */
export function typeOfDefinition(object: KubeObject): ResourceType | undefined {
  if (object.kind !== 'CustomResourceDefinition' || !object.apiVersion.startsWith('apiextensions.k8s.io/')) {
    return undefined;
  }
  const versions = fieldsIn(at(object, 'spec', 'versions'));
  const served = versions.find((version) => version.storage === true) ?? versions.find((version) => version.served !== false);
  const shortNames = listOf(at(object, 'spec', 'names', 'shortNames')).map(String);
  const subresources = ['status', 'scale'].filter((name) => at(served, 'subresources', name) !== undefined);

  return {
    group:      textOf(at(object, 'spec', 'group')),
    version:    textOf(served?.name) || 'v1',
    kind:       textOf(at(object, 'spec', 'names', 'kind')),
    resource:   textOf(at(object, 'spec', 'names', 'plural')),
    namespaced: at(object, 'spec', 'scope') === 'Namespaced',
    ...shortNames.length ? { shortNames } : {},
    ...subresources.length ? { subresources } : {}
  };
}
