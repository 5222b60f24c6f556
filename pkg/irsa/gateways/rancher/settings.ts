import { segment } from '../../domain/names/segment';
import { look } from '../observe/known';
import { object, optional, string } from '../shape';
import type { Transport } from '../transport';
import { rancher } from './client';

const SETTING = object({ value: optional(string), default: optional(string) });

/** One of Rancher's settings; undefined where it is empty or may not be read. */
export async function readSetting(transport: Transport, key: string, signal?: AbortSignal): Promise<string | undefined> {
  const found = await look(() => rancher<{ value?: string; default?: string }>(transport, { path: `/v1/management.cattle.io.settings/${ segment(key) }`, shape: SETTING, signal }));

  return found.known ? found.value.value || found.value.default || undefined : undefined;
}
