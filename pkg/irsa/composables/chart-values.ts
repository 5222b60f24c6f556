import { accountOfArn } from '../domain/aws/arn';
import type { AwsAccount, Known, ObservedCluster } from '../domain/facts';
import { webhookSettings, withDefaults } from '../domain/workload/settings';
import { annotationsOut, mergeValues } from '../plans/index';
import { forWebhook } from '../presets/annotations';
import type { FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';

type Values = Record<string, unknown>;

export interface ChartValues {
  /** In place, and with the objects inside replaced: what the form holds on to it reads from the values again. */
  apply(addition: Values): void;
  /** Remembers what the role's location is about to take the place of, unless that is remembered already. */
  setAside(): void;
  /** Puts it back. */
  bringBack(): void;
  /** What is remembered. */
  aside(): Values | undefined;
}

/**
 * A chart's values under Rancher's form, which forms change in place.
 * @param parts  the top-level keys that the role's location is written to
 * @param aside  what was remembered before
 */
export function chartValues(value: Values, parts: string[], aside?: Values): ChartValues {
  return {
    apply(addition) {
      const merged = mergeValues(value, addition);

      for (const key of Object.keys(value).filter((one) => !(one in merged))) {
        delete value[key];
      }
      Object.assign(value, merged);
    },
    setAside() {
      aside ??= JSON.parse(JSON.stringify(Object.fromEntries(parts.map((key) => [key, value[key]])))) as Values;
    },
    bringBack() {
      if (aside) {
        parts.forEach((key) => delete value[key]);
        Object.assign(value, aside);
        aside = undefined;
      }
    },
    aside: () => aside,
  };
}

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

/** The role is in an account that the credential is not of. */
export function isElsewhere(roleArn: string, account: Known<AwsAccount>): boolean {
  return account.known && accountOfArn(roleArn)?.id !== account.value.id;
}
