import { isObject } from '../domain/json/same';
import { bindingAnnotations } from './annotations';
import type { Preset } from './preset';

type Values = Record<string, unknown>;

export interface ChartFacts extends Omit<Preset, 'subject' | 'values'> {
  /** Dotted path of the values that describe the account: `annotations` goes there, and `name` stands there when a person chose one. */
  at: string | ((parameters: Record<string, string>) => string);
  /** The account's name, of the release's full name. */
  account: (fullName: string, parameters: Record<string, string>) => string;
  /** The full name of a release that is not called as usual. */
  fullName?: (release: string) => string;
  /** Values beside the annotation, without which it would have no effect. */
  also?: (parameters: Record<string, string>) => Values;
}

/** A preset for a chart that makes its accounts as `helm create` lays charts out: names from the release, annotations from the values. */
export function chartPreset({ at, account, fullName, also, ...preset }: ChartFacts): Preset {
  const { name, namespace, release } = preset.chart;
  const path = (parameters: Record<string, string>): string[] => (typeof at === 'string' ? at : at(parameters)).split('.');

  return {
    ...preset,

    subject(options = {}) {
      const { values = {}, parameters = {} } = options;
      const chosen = path(parameters).reduce<unknown>((value, key) => isObject(value) ? value[key] : undefined, values);
      const own = isObject(chosen) && typeof chosen.name === 'string' ? chosen.name : '';
      const override = typeof values.fullnameOverride === 'string' ? values.fullnameOverride : '';
      const actual = options.release ?? release;

      return {
        namespace:      options.namespace ?? namespace,
        serviceAccount: own || account(override || (fullName ?? defaultFullName(name))(actual), parameters),
      };
    },

    values({ roleArn, audience, ...parameters }) {
      const bound = path(parameters).reduceRight<Values>((inner, key) => ({ [key]: inner }), { annotations: bindingAnnotations(roleArn, audience) });

      return { ...bound, ...also?.(parameters) };
    },
  };
}

/** `helm create`: the release's name when it has the chart's in it, else both. */
function defaultFullName(chart: string): (release: string) => string {
  return (release) => release.includes(chart) ? release : `${ release }-${ chart }`;
}
