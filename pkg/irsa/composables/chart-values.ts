import type { ObservedCluster } from '../domain/facts';
import { webhookSettings, withDefaults } from '../domain/workload/settings';
import { annotationsOut, mergeValues } from '../plans/index';
import { forWebhook } from '../presets/annotations';
import { roleOf, type FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';
import type { Account } from './accounts';

type Values = Record<string, unknown>;

export interface ChartValues {
  /** In place, and with the objects inside replaced: what the form holds on to it reads from the values again. */
  apply(addition: Values): void;
  /** Remembers what the role's location is about to take the place of, unless that is remembered already. */
  setAside(): void;
  /** Somebody put something else there. */
  forget(): void;
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
    forget: () => (aside = undefined),
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

/** The preset of a release: people give it other names than the chart's own. */
export function ofRelease(preset: Preset, { name: release, namespace }: { name?: string; namespace?: string } = {}): Preset {
  const { subject, beside } = preset;

  return { ...preset, subject: (options) => subject({ release, namespace, ...options }), beside: beside && ((options) => beside({ release, namespace, ...options })) };
}

/** The account that talks to AWS under these values. */
export function mainIn(preset: Preset, values: Values): Account {
  const { namespace, serviceAccount: name } = preset.subject({ values });

  return { namespace, name };
}

/** An account that does the same work beside a chart's own under these values, and how it comes to the role. */
export interface Beside {
  /** What runs as it, as the chart calls it. */
  part: string;
  account: Account;
  parameters?: Record<string, string>;
  /** `joins`: it has the role of the main one, or gets it. `own`: somebody gave it another. `cannot`: the values have no place for one. */
  how: 'joins' | 'own' | 'cannot';
  roleArn?: string;
}

export function besideIn(preset: Preset, values: Values): Beside[] {
  const { roleArn: main } = roleOf(values, preset) ?? {};

  return (preset.beside?.({ values }) ?? []).map(({ part, namespace, serviceAccount: name, parameters }) => {
    const roleArn = parameters && roleOf(values, preset, parameters)?.roleArn;

    return { part, account: { namespace, name }, parameters, how: !parameters ? 'cannot' : roleArn && roleArn !== main ? 'own' : 'joins', roleArn };
  });
}

/** Those that have the main one's role, or get it. */
export function joinsIn(preset: Preset, values: Values): Beside[] {
  return besideIn(preset, values).filter(({ how }) => how === 'joins');
}

/** Takes what the values say of a role out of them, in whichever annotation it stands: `null` for each. */
export function roleOut(preset: Preset, present: Values, found: FoundAccess): Values {
  return [{ parameters: {} }, ...joinsIn(preset, present)].map(({ parameters }) => annotationsOut(forWebhook(preset.values({ ...parameters, roleArn: '', audience: '' }), '', found), present, found)).reduce((all, one) => mergeValues(all, one));
}

/**
 * What goes into a chart's values for a role, as the webhook of the cluster reads it.
 * @param observed  undefined: everybody's webhook
 */
export function roleValues(preset: Preset, present: Values, role: { roleArn: string; answers: Record<string, string> }, observed: ObservedCluster | undefined): Values {
  const settings = observed ? webhookSettings(observed) : {};
  const { audience } = withDefaults(settings);

  const ours = [{ parameters: {} }, ...joinsIn(preset, present)]
    .map(({ parameters }) => forWebhook(preset.values({ ...preset.keeps?.(present), ...role.answers, ...parameters, roleArn: role.roleArn, audience }), audience, settings));

  return [...ours, preset.reconcile?.(present).values ?? {}].reduce((all, one) => mergeValues(all, one));
}
