import type { Text } from './facts';

/** A message for people; the key must stand in l10n/engine.en-us.yaml (a test walks all of them). */
export function text(key: string, args?: Record<string, string | number>): Text {
  return args ? { key, args } : { key };
}
