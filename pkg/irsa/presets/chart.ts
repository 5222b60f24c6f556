import { isObject } from '../domain/json/same';
import { bindingAnnotations } from './annotations';
import type { Preset } from './preset';

type Values = Record<string, unknown>;
type Answers = Record<string, string>;

/** What a chart makes its names of. */
export interface Names {
  release: string;
  values: Values;
  /** Of the chart; charts change how they name. */
  version?: string;
  parameters: Answers;
}

export interface ChartFacts extends Omit<Preset, 'subject' | 'values'> {
  /** Dotted path of the values that describe the account: `annotations` goes there, and `name` stands there when a person chose one. */
  at: string | ((parameters: Answers) => string);
  /** The account's name where nobody chose one; the full name when left out. */
  account?: (fullName: string, names: Names) => string;
  /** The full name of a release that is not called as `helm create` lays it out. */
  fullName?: (names: Names) => string;
  /**
   * What becomes of the account's values. `created` when left out: `name` is its name, and `default` is used where neither `create` nor
   * `name` is set (`helm create`). `named`: `name` whether it is created or not. `fixed`: neither is read.
   */
  naming?: 'created' | 'named' | 'fixed';
  /** The namespace that its values put it into, where they can; that of the release when it gives none. */
  elsewhere?: (names: Names) => unknown;
  /** Values beside the annotation, without which it would have no effect. */
  also?: (parameters: Answers) => Values;
}

/** A preset for a chart that makes its accounts as `helm create` lays charts out: names from the release, annotations from the values. */
export function chartPreset({
  at, account = (full) => full, fullName, naming, elsewhere, also, ...preset
}: ChartFacts): Preset {
  const { name, namespace, release } = preset.chart;
  const path = (parameters: Answers): string[] => (typeof at === 'string' ? at : at(parameters)).split('.');

  return {
    ...preset,

    subject(options = {}) {
      const names = { release, values: {}, parameters: {}, ...options };
      const own = naming === 'fixed' ? {} : path(names.parameters).reduce<Values>(within, names.values);
      const usual = () => account(fullName?.(names) ?? fullNameOf(names, name), names);

      return {
        namespace:      said(elsewhere?.(names)) || (options.namespace ?? namespace),
        serviceAccount: said(own.name) || (own.create === false && !naming ? 'default' : usual()),
      };
    },

    values({ roleArn, audience, ...parameters }) {
      const bound = path(parameters).reduceRight<Values>((inner, key) => ({ [key]: inner }), { annotations: bindingAnnotations(roleArn, audience) });

      return { ...bound, ...also?.(parameters) };
    },
  };
}

/** `<chart>.fullname` of `helm create`: what is overridden, else the release's name when it has the chart's in it, else both. */
export function fullNameOf({ release, values }: Pick<Names, 'release' | 'values'>, chart: string, most?: number): string {
  const name = said(values.nameOverride) || chart;

  return cut(said(values.fullnameOverride) || (release.includes(name) ? release : `${ release }-${ name }`), most);
}

/** `trunc 63 | trimSuffix "-"` */
export const cut = (name: string, most = 63): string => name.slice(0, most).replace(/-$/, '');

/** A text among values; nothing where something else stands there. */
export const said = (value: unknown): string => typeof value === 'string' ? value : '';

/** Values under a key; none where something else stands there. */
export const within = (values: Values, key: string): Values => isObject(values[key]) ? values[key] : {};

/** For `elsewhere`: the value's usual name. */
export const namespaceOverride = ({ values }: Names): unknown => values.namespaceOverride;
