import type { ObservedCluster } from '../domain/facts';
import { webhookSettings, withDefaults } from '../domain/workload/settings';
import { annotationsOut, mergeValues } from '../plans/index';
import { forWebhook } from '../presets/annotations';
import type { FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';

type Values = Record<string, unknown>;

/** Takes what the values say of a role out of them, in whichever annotation it stands: `null` for each. */
export function roleOut(preset: Preset, present: Values, found: FoundAccess): Values {
  return annotationsOut(forWebhook(preset.values({ roleArn: '', audience: '' }), '', found), present, found);
}

/**
 * What goes into a chart's values for a role, as the webhook of the cluster reads it.
 * @param observed  undefined: everybody's webhook
 */
export function roleValues(preset: Preset, present: Values, role: { roleArn: string; answers: Record<string, string> }, observed: ObservedCluster | undefined): Values {
  const settings = observed ? webhookSettings(observed) : {};
  const { audience } = withDefaults(settings);

  return mergeValues(forWebhook(preset.values({ ...role.answers, roleArn: role.roleArn, audience }), audience, settings), preset.reconcile?.(present).values ?? {});
}
