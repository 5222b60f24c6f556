import { beforeEach, expect, it, vi } from 'vitest';
import { usePlace } from './use-place';

let query: Record<string, string>;
const router = { push: vi.fn(), replace: vi.fn() };

vi.mock('vue-router', () => ({ useRoute: () => ({ path: '/c/_/irsa/clusters/c-1', hash: '', query }), useRouter: () => router }));

beforeEach(() => vi.clearAllMocks());

it.each<[string, string | undefined, boolean, object | string]>([
  ['the cluster’s page, where it began there', undefined, true, { path: '/c/_/irsa/clusters/c-1', query: { credential: 'aws' }, hash: '' }],
  ['the cluster’s page, where the address leads elsewhere', 'https://evil.example/c/', false, { path: '/c/_/irsa/clusters/c-1', query: { credential: 'aws' }, hash: '' }],
  ['Rancher’s page that it began on', '/c/local/backup/resources.cattle.io.backup/weekly?mode=edit', false, '/c/local/backup/resources.cattle.io.backup/weekly?mode=edit'],
  ['the form that was left', '/c/c-1/logging/logging.banzaicloud.io.output/create', false, '/c/c-1/logging/logging.banzaicloud.io.output/create'],
  ['the list, once it is made', '/c/c-1/logging/logging.banzaicloud.io.output/create?x=1#output', true, '/c/c-1/logging/logging.banzaicloud.io.output'],
])('a plan ends on %s', (_where, back, made, expected) => {
  query = { credential: 'aws', plan: 'create-output', 'p.bucket': 'acme', ...(back ? { back } : {}) };
  usePlace().leave(made);
  const went = [...router.push.mock.calls, ...router.replace.mock.calls];

  expect(went).toEqual([[expected]]);
  // The plan is not where the browser's Back leads.
  expect(router.replace).toHaveBeenCalledTimes(typeof expected === 'string' ? 1 : 0);
});
