import { isSince } from '../domain/version';
import type { Preset } from './preset';

/**
 * Whether a chart of this version has the values that bind the account. Rancher packs charts of others under numbers of its own
 * (`102.3.0+up1.5.1`): what is in there counts, as the preset counts in its project's versions.
 */
export function takesRole({ origin, since }: Preset, version: string): boolean {
  return isSince(origin === 'rancher' ? version : version.replace(/^.*\+up/, ''), since);
}
