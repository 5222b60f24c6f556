import { accountOfArn } from '../domain/aws/arn';
import type { AwsAccount, Known } from '../domain/facts';
import { mergeValues } from '../plans/index';

type Values = Record<string, unknown>;

export interface ChartValues {
  /** In place, and with the objects inside replaced: what the form holds on to it reads from the values again. */
  apply(addition: Values): void;
  /** Remembers what the role's location is about to take the place of, unless that is remembered already. */
  setAside(): void;
  /** Puts it back. */
  bringBack(): void;
}

/**
 * A chart's values under Rancher's form, which forms change in place.
 * @param parts  the top-level keys that the role's location is written to
 */
export function chartValues(value: Values, parts: string[]): ChartValues {
  let aside: Values | undefined;

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
  };
}

/** The role is in an account that the credential is not of. */
export function isElsewhere(roleArn: string, account: Known<AwsAccount>): boolean {
  return account.known && accountOfArn(roleArn)?.id !== account.value.id;
}
