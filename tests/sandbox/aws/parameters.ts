import { AwsError, validationError } from './errors.ts';

/** What a policy document may hold (IAM API reference, CreateRole: pattern of AssumeRolePolicyDocument). */
export const DOCUMENT = /^[\t\n\r\u0020-\u00FF]+$/;

/** Parameters of a Query request: `Tags.member.1.Key=…`. */
export class Parameters {
  private readonly given: URLSearchParams;

  constructor(given: URLSearchParams) {
    this.given = given;
  }

  get(name: string): string | undefined {
    return this.given.get(name) ?? undefined;
  }

  /** @throws the ValidationError the Query APIs answer for an absent or unfit value */
  need(name: string, fits: { pattern?: RegExp; min?: number; max?: number } = {}): string {
    const value = this.get(name);
    const parameter = name.charAt(0).toLowerCase() + name.slice(1);

    if (value === undefined || value === '') {
      throw new AwsError(400, 'ValidationError', `1 validation error detected: Value null at '${ parameter }' failed to satisfy constraint: Member must not be null`);
    }
    if (fits.min !== undefined && value.length < fits.min) {
      throw validationError(`Member must have length greater than or equal to ${ fits.min }`, value, parameter);
    }
    if (fits.max !== undefined && value.length > fits.max) {
      throw validationError(`Member must have length less than or equal to ${ fits.max }`, value, parameter);
    }
    if (fits.pattern && !fits.pattern.test(value)) {
      throw validationError(`Member must satisfy regular expression pattern: ${ fits.pattern.source.replace(/^\^|\$$/g, '') }`, value, parameter);
    }

    return value;
  }

  number(name: string, bounds: { min: number; max: number; otherwise: number }): number {
    const text = this.get(name);
    const value = text === undefined ? bounds.otherwise : Number(text);
    const parameter = name.charAt(0).toLowerCase() + name.slice(1);

    if (!Number.isInteger(value) || value < bounds.min) {
      throw validationError(`Member must have value greater than or equal to ${ bounds.min }`, text ?? '', parameter);
    }
    if (value > bounds.max) {
      throw validationError(`Member must have value less than or equal to ${ bounds.max }`, text ?? '', parameter);
    }

    return value;
  }

  list(name: string): string[] {
    const found: string[] = [];

    for (let index = 1; this.given.has(`${ name }.member.${ index }`); index += 1) {
      found.push(this.get(`${ name }.member.${ index }`) ?? '');
    }

    return found;
  }

  /** Tags; keys that differ in case only are the same to IAM. */
  tags(): Map<string, string> {
    const tags = new Map<string, string>();

    for (let index = 1; this.given.has(`Tags.member.${ index }.Key`); index += 1) {
      const key = this.get(`Tags.member.${ index }.Key`) ?? '';
      const value = this.get(`Tags.member.${ index }.Value`) ?? '';

      if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key)) {
        throw validationError('Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+', key, `tags.${ index }.member.key`);
      }
      if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value)) {
        throw validationError('Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*', value, `tags.${ index }.member.value`);
      }
      if ([...tags.keys()].some((known) => known.toLowerCase() === key.toLowerCase())) {
        throw new AwsError(400, 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.');
      }
      tags.set(key, value);
    }
    // API reference, e.g. CreateRole: «Array Members: Maximum number of 50 items»; moto words it so.
    if (tags.size > 50) {
      throw validationError('Member must have length less than or equal to 50', `[${ [...tags.keys()].join(', ') }]`, 'tags');
    }

    return tags;
  }

  /** For the log of calls: everything but secrets. */
  visible(): Record<string, string> {
    return Object.fromEntries([...this.given].filter(([name]) => !/token|secret|^Action$|^Version$/i.test(name)));
  }
}
