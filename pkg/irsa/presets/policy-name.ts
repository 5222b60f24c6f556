import { placedPolicyName } from '../domain/names/names';
import type { Preset } from './preset';

/** The inline policy that holds what a preset's answers take: one for each place, where the account may serve several. */
export function policyNameOf({ policyName, place }: Pick<Preset, 'policyName' | 'place'>, answers: Record<string, string>): string {
  const where = place?.(answers);

  return where ? placedPolicyName(policyName, where) : policyName;
}
