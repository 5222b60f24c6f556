import { isFields } from '../rancher/values.ts';

/**
 * Helm's three-way merge: what the new chart says is set, what the old chart said and the new one does not is removed,
 * everything else in the live object stays.
 */
export function threeWay(before: unknown, wanted: unknown, live: unknown): unknown {
  if (!isFields(wanted) || !isFields(live)) {
    return wanted;
  }
  const old = isFields(before) ? before : {};
  const merged = { ...live };

  for (const key of Object.keys(old)) {
    if (!(key in wanted)) {
      delete merged[key];
    }
  }
  for (const [key, value] of Object.entries(wanted)) {
    merged[key] = threeWay(old[key], value, merged[key]);
  }

  return merged;
}
