import type { Right, StsReach } from '../../domain/facts';
import { askRights } from '../kubernetes/rights';
import { kube } from '../kubernetes/client';
import type { Transport } from '../transport';
import { list, object, optional, string } from '../shape';
import { rancher } from './client';

const GROUP = 'management.cattle.io';

const proxyEndpoints = (verb: string): Right => ({ clusterId: 'local', verb, group: GROUP, resource: 'proxyendpoints' });
const whitelist = (verb: string): Right => ({ clusterId: 'local', verb, group: GROUP, resource: 'settings', name: 'whitelist-domain' });

/** The right that is missing when nobody can tell whether a host is allowed. */
export const READ_PROXY_ENDPOINTS = proxyEndpoints('list');

const DISCOVERY = object({ resources: optional(list(object({ name: string }))) });
const ENDPOINTS = object({ data: optional(list(object({ spec: optional(object({ routes: optional(list(object({ domain: string }))) })) }))) });
const SETTING = object({ value: optional(string), default: optional(string), metadata: optional(object({ resourceVersion: optional(string) })) });

interface Discovery { resources?: { name: string }[] }
interface ProxyEndpoint { spec?: { routes?: { domain: string }[] } }
interface Setting { value?: string; default?: string; metadata?: { resourceVersion?: string } }

/**
 * Whether Rancher's proxy forwards to a host, and whether this person may make it so; undefined when they may not even look.
 * Each question is asked only where it will be answered: the rights first, then whether this Rancher has ProxyEndpoints (≥ 2.14).
 */
export async function observeProxyHost(transport: Transport, host: string, signal?: AbortSignal): Promise<StsReach | undefined> {
  const [mayList, mayCreate, maySetting, mayChange] = (await askRights(transport, [proxyEndpoints('list'), proxyEndpoints('create'), whitelist('get'), whitelist('patch')], signal)).map(({ allowed }) => allowed);
  const endpoints = mayList || mayCreate ? await hasProxyEndpoints(transport, signal) : false;
  const [routes, setting] = await Promise.all([
    endpoints && mayList ? routesOf(transport, signal) : undefined,
    maySetting ? rancher<Setting>(transport, { path: `/v1/${ GROUP }.settings/whitelist-domain`, shape: SETTING, signal }) : undefined,
  ]);
  const listed = setting ? setting.value || setting.default || '' : '';

  if (isAllowed(host, [...routes ?? [], ...listed.split(',').map((one) => one.trim()).filter(Boolean)])) {
    return { host, state: 'allowed' };
  }
  if (endpoints ? !mayList : !setting) {
    return undefined;
  }
  if (endpoints && mayCreate) {
    return { host, state: 'openable', via: { kind: 'proxyEndpoint' } };
  }
  if (!endpoints && mayChange) {
    return { host, state: 'openable', via: { kind: 'whitelistDomain', value: listed, resourceVersion: setting?.metadata?.resourceVersion } };
  }

  return { host, state: 'closed', missing: endpoints ? proxyEndpoints('create') : whitelist('patch') };
}

async function hasProxyEndpoints(transport: Transport, signal?: AbortSignal): Promise<boolean> {
  const { resources } = await kube<Discovery>(transport, 'local', { path: `/apis/${ GROUP }/v3`, shape: DISCOVERY, signal });

  return resources?.some(({ name }) => name === 'proxyendpoints') ?? false;
}

async function routesOf(transport: Transport, signal?: AbortSignal): Promise<string[]> {
  const { data } = await rancher<{ data?: ProxyEndpoint[] }>(transport, { path: `/v1/${ GROUP }.proxyendpoints`, shape: ENDPOINTS, signal });

  return (data ?? []).flatMap(({ spec }) => spec?.routes ?? []).map(({ domain }) => domain);
}

/**
 * The proxy's own rule (rancher pkg/httpproxy/proxy.go `isAllowed`): equal, or a leading `*` for any beginning, or `%` for exactly
 * one label.
 */
export function isAllowed(host: string, patterns: string[]): boolean {
  return patterns.some((pattern) => {
    if (pattern.startsWith('*')) {
      return host.endsWith(pattern.slice(1));
    }
    if (pattern.includes('%')) {
      const expression = pattern.split('.').map((label) => label === '%' ? '[A-Za-z0-9-]+' : label.replace(/[^A-Za-z0-9_-]/g, '\\$&')).join('\\.');

      return new RegExp(`^${ expression }$`).test(host);
    }

    return host === pattern;
  });
}
