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
const ENDPOINTS = object({ data: optional(list(object({ metadata: optional(object({ name: optional(string) })), spec: optional(object({ routes: optional(list(object({ domain: string }))) })) }))) });
const SETTING = object({ value: optional(string), default: optional(string), metadata: optional(object({ resourceVersion: optional(string) })) });

interface Discovery { resources?: { name: string }[] }
interface ProxyEndpoint { metadata?: { name?: string }; spec?: { routes?: { domain: string }[] } }
interface Setting { value?: string; default?: string; metadata?: { resourceVersion?: string } }

/** What of the allow list this person may see. Each question is asked only where it will be answered. */
interface AllowList {
  /** This Rancher has ProxyEndpoints (≥ 2.14). */
  endpoints: boolean;
  /** Their domains, when they may be listed. */
  routes?: string[];
  /** And their names. */
  names?: string[];
  /** The `whitelist-domain` setting, when it may be read. */
  setting?: Setting;
}

async function readAllowList(transport: Transport, may: { list: boolean; create: boolean; setting: boolean }, signal?: AbortSignal): Promise<AllowList> {
  const endpoints = may.list || may.create ? await hasProxyEndpoints(transport, signal) : false;
  const [listed, setting] = await Promise.all([
    endpoints && may.list ? listEndpoints(transport, signal) : undefined,
    may.setting ? rancher<Setting>(transport, { path: `/v1/${ GROUP }.settings/whitelist-domain`, shape: SETTING, signal }) : undefined,
  ]);

  return { endpoints, setting, routes: listed?.flatMap(({ spec }) => spec?.routes ?? []).map(({ domain }) => domain), names: listed?.flatMap(({ metadata }) => metadata?.name ?? []) };
}

function listed(setting: Setting | undefined): string {
  return setting ? setting.value || setting.default || '' : '';
}

/** Undefined where it cannot be told: something is hidden from this person and what they see does not cover the host. */
function covers({ endpoints, routes, setting }: AllowList, host: string): boolean | undefined {
  if (isAllowed(host, [...routes ?? [], ...listed(setting).split(',').map((one) => one.trim()).filter(Boolean)])) {
    return true;
  }

  return (endpoints ? routes : setting) ? false : undefined;
}

/** Whether Rancher's proxy forwards to a host; undefined when this person may not look. */
export async function isForwarded(transport: Transport, host: string, signal?: AbortSignal): Promise<boolean | undefined> {
  const [list = false, setting = false] = (await askRights(transport, [proxyEndpoints('list'), whitelist('get')], signal)).map(({ allowed }) => allowed);

  return covers(await readAllowList(transport, { list, create: false, setting }, signal), host);
}

/** Whether Rancher's proxy forwards to a host, and whether this person may make it so; undefined when they may not even look. */
export async function observeProxyHost(transport: Transport, host: string, signal?: AbortSignal): Promise<StsReach | undefined> {
  const [list = false, create = false, setting = false, change = false] = (await askRights(transport, [proxyEndpoints('list'), proxyEndpoints('create'), whitelist('get'), whitelist('patch')], signal)).map(({ allowed }) => allowed);
  const known = await readAllowList(transport, { list, create, setting }, signal);
  const covered = covers(known, host);

  if (covered === undefined) {
    return undefined;
  }
  if (covered) {
    return { host, state: 'allowed' };
  }
  if (known.endpoints && create) {
    return { host, state: 'openable', via: { kind: 'proxyEndpoint', ...(known.names?.length ? { taken: known.names } : {}) } };
  }
  if (!known.endpoints && change) {
    return { host, state: 'openable', via: { kind: 'whitelistDomain', value: listed(known.setting), resourceVersion: known.setting?.metadata?.resourceVersion } };
  }

  return { host, state: 'closed', missing: known.endpoints ? proxyEndpoints('create') : whitelist('patch') };
}

async function hasProxyEndpoints(transport: Transport, signal?: AbortSignal): Promise<boolean> {
  const { resources } = await kube<Discovery>(transport, 'local', { path: `/apis/${ GROUP }/v3`, shape: DISCOVERY, signal });

  return resources?.some(({ name }) => name === 'proxyendpoints') ?? false;
}

async function listEndpoints(transport: Transport, signal?: AbortSignal): Promise<ProxyEndpoint[]> {
  const { data } = await rancher<{ data?: ProxyEndpoint[] }>(transport, { path: `/v1/${ GROUP }.proxyendpoints`, shape: ENDPOINTS, signal });

  return data ?? [];
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
