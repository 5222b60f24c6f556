import { allowPattern } from '../../domain/aws/hosts';
import { MADE, MANAGED, TAG } from '../../domain/aws/ownership';
import type { Right, StsReach } from '../../domain/facts';
import { askRights, hasRight } from '../kubernetes/rights';
import { kube } from '../kubernetes/client';
import type { Transport } from '../transport';
import { list, object, optional, record, string } from '../shape';
import { rancher } from './client';

const GROUP = 'management.cattle.io';

const proxyEndpoints = (verb: string): Right => ({ clusterId: 'local', verb, group: GROUP, resource: 'proxyendpoints' });
const whitelist = (verb: string): Right => ({ clusterId: 'local', verb, group: GROUP, resource: 'settings', name: 'whitelist-domain' });

/** The right that is missing when nobody can tell whether a host is allowed. */
export const READ_PROXY_ENDPOINTS = proxyEndpoints('list');

const DISCOVERY = object({ resources: optional(list(object({ name: string }))) });
const MARKED = object({ name: optional(string), uid: optional(string), resourceVersion: optional(string), labels: optional(record(string)) });
const ENDPOINTS = object({ data: optional(list(object({ metadata: optional(MARKED), spec: optional(object({ routes: optional(list(object({ domain: string }))) })) }))) });
const SETTING = object({ value: optional(string), default: optional(string), metadata: optional(object({ resourceVersion: optional(string), annotations: optional(record(string)) })) });

interface Discovery { resources?: { name: string }[] }
interface ProxyEndpoint { metadata?: { name?: string; uid?: string; resourceVersion?: string; labels?: Record<string, string> }; spec?: { routes?: { domain: string }[] } }
interface Setting { value?: string; default?: string; metadata?: { resourceVersion?: string; annotations?: Record<string, string> } }

/** What of the allow list this person may see. Each question is asked only where it will be answered. */
interface AllowList {
  /** This Rancher has ProxyEndpoints (≥ 2.14). */
  endpoints: boolean;
  /** All of them, when they may be listed. */
  all?: ProxyEndpoint[];
  /** The `whitelist-domain` setting, when it may be read. */
  setting?: Setting;
}

async function readAllowList(transport: Transport, may: { list: boolean; create: boolean; setting: boolean }, signal?: AbortSignal): Promise<AllowList> {
  const endpoints = may.list || may.create ? await hasProxyEndpoints(transport, signal) : false;
  const [all, setting] = await Promise.all([
    endpoints && may.list ? listEndpoints(transport, signal) : undefined,
    may.setting ? rancher<Setting>(transport, { path: `/v1/${ GROUP }.settings/whitelist-domain`, shape: SETTING, signal }) : undefined,
  ]);

  return { endpoints, setting, all };
}

function listed(setting: Setting | undefined): string {
  return setting ? setting.value || setting.default || '' : '';
}

const routesOf = (all: ProxyEndpoint[] = []): string[] => all.flatMap(({ spec }) => spec?.routes ?? []).map(({ domain }) => domain);
const entriesOf = (text = ''): string[] => text.split(',').map((one) => one.trim()).filter(Boolean);

/** Undefined where it cannot be told: something is hidden from this person and what they see does not cover the host. */
function covers({ endpoints, all, setting }: AllowList, host: string): boolean | undefined {
  if (isAllowed(host, [...routesOf(all), ...entriesOf(listed(setting))])) {
    return true;
  }

  return (endpoints ? all : setting) ? false : undefined;
}

/**
 * The entry that a plan of ours made for this host: a ProxyEndpoint with our label and this one route, or what our annotation on the setting
 * names. What others wrote into either is theirs.
 */
function entryFor({ all = [], setting }: AllowList, host: string): StsReach['entry'] {
  const domain = allowPattern(host);
  const endpoint = all.find(({ metadata, spec }) => metadata?.labels?.[TAG.owner] === MANAGED && spec?.routes?.length === 1 && spec.routes[0]!.domain === domain);
  const [value, made] = [listed(setting), entriesOf(setting?.metadata?.annotations?.[MADE])];
  const { name, uid, resourceVersion } = endpoint?.metadata ?? {};

  if (domain && name && uid) {
    const others = all.filter((one) => one !== endpoint);

    return { domain, name, uid, resourceVersion, stays: isAllowed(host, [...routesOf(others), ...entriesOf(value)]) };
  }

  const others = entriesOf(value).filter((one) => one !== domain);

  if (!domain || !made.includes(domain) || !entriesOf(value).includes(domain)) {
    return undefined;
  }

  return { domain, value, made, resourceVersion: setting?.metadata?.resourceVersion, stays: isAllowed(host, [...routesOf(all), ...others]) };
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
    const entry = entryFor(known, host);
    const mayClose = entry && ('uid' in entry ? await hasRight(transport, proxyEndpoints('delete'), signal) : change);

    return { host, state: 'allowed', ...(entry ? { entry, ...(mayClose ? {} : { missing: 'uid' in entry ? proxyEndpoints('delete') : whitelist('patch') }) } : {}) };
  }
  if (known.endpoints && create) {
    return { host, state: 'openable', via: { kind: 'proxyEndpoint', ...(known.all?.length ? { taken: known.all.flatMap(({ metadata }) => metadata?.name ?? []) } : {}) } };
  }
  if (!known.endpoints && change) {
    return { host, state: 'openable', via: { kind: 'whitelistDomain', value: listed(known.setting), resourceVersion: known.setting?.metadata?.resourceVersion, made: entriesOf(known.setting?.metadata?.annotations?.[MADE]) } };
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
