import type { ResourceType } from '../../contracts.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${ LABEL }(\\.${ LABEL })*`;
const DNS1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${ pattern }$`).test(text);
}

/** apimachinery util/validation: why a name is not one, in Kubernetes' words (recorded "invalid name"). */
function subdomain(name: string): string[] {
  return [
    ...name.length > 253 ? ['must be no more than 253 bytes'] : [],
    ...matches(SUBDOMAIN, name) ? [] : [`a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${ SUBDOMAIN }')`]
  ];
}

export function label(name: string): string[] {
  return [
    ...name.length > 63 ? ['must be no more than 63 bytes'] : [],
    ...matches(LABEL, name) ? [] : [`a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${ LABEL }')`]
  ];
}

function dns1035(name: string): string[] {
  return [
    ...name.length > 63 ? ['must be no more than 63 bytes'] : [],
    ...matches(DNS1035, name) ? [] : [`a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${ DNS1035 }')`]
  ];
}

function pathSegment(name: string): string[] {
  return [...['.', '..'].includes(name) ? [`may not be '${ name }'`] : [], ...['/', '%'].filter((one) => name.includes(one)).map((one) => `may not contain '${ one }'`)];
}

/** Why the name is refused for the type; each kind's ValidateName. */
export function nameFaults(type: ResourceType, name: string): string[] {
  if (type.group === 'rbac.authorization.k8s.io') {
    return pathSegment(name);
  }
  if (type.group === '' && type.resource === 'namespaces') {
    return label(name);
  }

  return type.group === '' && type.resource === 'services' ? dns1035(name) : subdomain(name);
}

/** Why a label's or annotation's key is refused. */
export function keyFaults(key: string): string[] {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length > 1 ? parts.slice(0, -1).join('/') : undefined;

  if (parts.length > 2) {
    return [`a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${ QUALIFIED }') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }

  return [
    ...prefix === '' ? ['prefix part must be non-empty'] : [],
    ...prefix ? subdomain(prefix).map((fault) => `prefix part ${ fault }`) : [],
    ...name === '' ? ['name part must be non-empty'] : [],
    ...name.length > 63 ? ['name part must be no more than 63 bytes'] : [],
    ...name !== '' && !matches(QUALIFIED, name) ? [`name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${ QUALIFIED }')`] : []
  ];
}

/** Why a label's value is refused. */
export function labelValueFaults(value: string): string[] {
  const pattern = `(${ QUALIFIED })?`;

  return [
    ...value.length > 63 ? ['must be no more than 63 bytes'] : [],
    ...matches(pattern, value) ? [] : [`a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`]
  ];
}
