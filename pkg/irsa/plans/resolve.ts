import { isJsonText, isRef } from './value';
import type { Value } from './plan';

/** Outputs of the steps that ran, by step id. */
export type Outputs = ReadonlyMap<string, unknown>;

/**
 * The value as it is sent: references replaced by what the earlier step answered, JSON texts made.
 * @throws Error when a step refers to what no earlier step answered; that is a fault of the plan
 */
export function resolve(value: Value, outputs: Outputs): unknown {
  if (isRef(value)) {
    const { step, path } = value.$ref;
    const found = path.reduce<unknown>((inside, key) => (inside as Record<string, unknown> | undefined)?.[key], outputs.get(step));

    if (found === undefined) {
      throw new Error(`${ step } gave no ${ path.join('.') }`);
    }

    return found;
  }
  if (isJsonText(value)) {
    return JSON.stringify(resolve(value.$json, outputs));
  }
  if (Array.isArray(value)) {
    return value.map((one) => resolve(one, outputs));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, resolve(inside as Value, outputs)]));
  }

  return value;
}
