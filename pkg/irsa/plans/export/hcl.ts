/** Pieces of HCL in which every value stands for itself, whatever is in it. */
import { longEscape, withoutInvisible } from '../../domain/text';
import type { Ref, Value } from '../plan';
import { isData, isJsonText, isRef } from '../value';

/** Turns a reference into an expression: `aws_iam_role.create_role.arn`. */
export type Reference = (ref: Ref) => string;

/**
 * A quoted string (HCL spec, Template Expressions): beside the usual escapes, `${` and `%{` would begin an expression. Lone surrogates,
 * which UTF-8 cannot hold, become U+FFFD.
 */
export function hclString(value: string): string {
  const escaped = withoutInvisible(value.toWellFormed().replace(/["\\]/g, '\\$&'), longEscape).replace(/\n/g, '\\n').replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t')
    .replace(/[$%](?=\{)/g, '$&$&');

  return `"${ escaped }"`;
}

/** A name for a resource, from a step's id. */
export function label(id: string): string {
  return id.replace(/\W/g, '_').replace(/^(?=[^a-zA-Z_])/, '_');
}

/** Any value of a plan as an expression. */
export function expression(value: Value, reference: Reference, indent = ''): string {
  if (isRef(value)) {
    return reference(value);
  }
  if (isJsonText(value)) {
    return `jsonencode(${ expression(value.$json, reference, indent) })`;
  }
  const deeper = `${ indent }  `;

  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[\n${ value.map((item) => `${ deeper }${ expression(item, reference, deeper) },`).join('\n') }\n${ indent }]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries((isData(value) ? value.$data : value) as Record<string, Value>).map(([key, item]) => `${ deeper }${ hclString(key) } = ${ expression(item, reference, deeper) }`);

    return members.length === 0 ? '{}' : `{\n${ members.join('\n') }\n${ indent }}`;
  }

  return typeof value === 'string' ? hclString(value) : String(value);
}

/** `name = value` lines of a block; what is undefined is left out. */
export function attributes(values: Record<string, string | undefined>): string[] {
  return Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [`  ${ name } = ${ value }`]);
}

export function block(head: string, ...lines: string[]): string {
  return `${ head } {\n${ lines.join('\n') }\n}`;
}
