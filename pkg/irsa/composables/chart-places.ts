import { judgeOutput } from '../domain/keys/output';
import { allows } from '../domain/permissions/allows';
import { parsePermissions } from '../domain/permissions/parse';
import type { SeenOutput } from '../gateways/observe/key-uses';
import { filledIn } from '../presets/index';
import type { PolicyFacts, Preset } from '../presets/preset';

/** A place that a chart's account serves: whether its role's inline policies let it write there, and which outputs send there. */
export interface PlaceSeen {
  answers: Record<string, string>;
  mayWrite: boolean;
  outputs: string[];
}

/**
 * The places of an account, from what its role allows and what its outputs say.
 * @param policies  the role's inline policies, as JSON text
 * @param facts     of the cluster; its region is what a bucket is taken to be in where nothing tells
 */
export function placesSeen(preset: Preset, policies: string[], outputs: Pick<SeenOutput, 'output'>[], facts: Pick<PolicyFacts, 'partition' | 'accountId' | 'region'>): PlaceSeen[] {
  const documents = policies.flatMap((json) => readable(json) ?? []);
  // A folder may be covered by the policy for a whole bucket, and anything by a star.
  const mayWrite = (answers: Record<string, string>) => preset.policy({ ...facts, ...answers }).Statement.every(({ Action, Resource }) => [Resource].flat().filter((resource) => resource !== '*')
    .every((resource) => [Action].flat().every((action) => allows(documents, action, resource.replace(/\*$/, 'x')).may !== 'no')));
  const found = new Map<string, PlaceSeen>();
  const add = (given: Record<string, string>, output?: string) => {
    const answers = filledIn(preset, { ...given, region: given.region || facts.region });
    const name = preset.place?.(answers);

    if (name) {
      const seen = found.get(name) ?? { answers, mayWrite: mayWrite(answers), outputs: [] };

      found.set(name, { ...seen, outputs: [...seen.outputs, ...output ? [output] : []] });
    }
  };

  policies.flatMap((json) => preset.answersInPolicy?.(json) ?? []).forEach((answers) => add(answers));
  outputs.forEach(({ output }) => {
    const { access, answers } = judgeOutput(output);

    if (access === 'role' || access === 'key') {
      add(answers, `${ output.namespace }/${ output.name }`);
    }
  });

  return [...found.values()];
}

/** What cannot be read is taken to allow nothing; the role's page says what is wrong with it. */
function readable(json: string): ReturnType<typeof parsePermissions> | undefined {
  try {
    return parsePermissions(json);
  } catch {
    return undefined;
  }
}
