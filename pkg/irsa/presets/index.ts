import type { Preset } from './preset';
import { rancherBackup } from './rancher-backup';
import { rancherLogging } from './rancher-logging';

export { AUDIENCE_ANNOTATION, ROLE_ANNOTATION } from './annotations';
export { filledIn, isAskedFor, parameterProblems } from './parameters';
export type { PolicyDocument, PolicyFacts, PolicyStatement, Preset, PresetParameter } from './preset';

/** The charts the product knows, in the order they are offered. */
export const presets: Preset[] = [rancherBackup, rancherLogging];

/** The preset whose account this is. */
export function presetOfAccount(account: { namespace: string; name: string }): Preset | undefined {
  return presets.find((preset) => {
    const { namespace, serviceAccount } = preset.subject();

    return namespace === account.namespace && serviceAccount === account.name;
  });
}
