import type { Fields } from '../values.ts';
import { valueAt } from '../values.ts';
import type { ListQuery } from './query.ts';

interface Count {
  total: number;
  namespace?: Record<string, number>;
}

/** `?summary=<field>`: how many objects hold each value of the field. */
export function summarize(resources: Fields[], query: ListQuery): { property: string; counts: Record<string, Count> }[] {
  return query.summary.map((property) => {
    const counts: Record<string, Count> = {};

    for (const resource of resources) {
      const value = String(valueAt(resource, property) ?? '');
      const count = counts[value] ??= { total: 0 };
      const namespace = String(valueAt(resource, 'metadata.namespace') ?? '');

      count.total++;
      if (query.summaryByNamespace && namespace) {
        count.namespace ??= {};
        count.namespace[namespace] = (count.namespace[namespace] ?? 0) + 1;
      }
    }

    return { property, counts };
  });
}
