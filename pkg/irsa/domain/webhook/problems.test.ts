import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { problemsOf, type TypedValues } from './problems';

const chart = `${ import.meta.dirname }/../../../../assets/charts/pod-identity-webhook`;
const defaults = parse(readFileSync(`${ chart }/values.yaml`, 'utf8')) as TypedValues & object;
const allowed = new Ajv({ strict: false }).compile({ ...JSON.parse(readFileSync(`${ chart }/values.schema.json`, 'utf8')) as object, $schema: undefined });
const values = (change: object, tls = {}) => ({ ...defaults, ...change, tls: { ...defaults.tls, ...tls } });

describe('problemsOf', () => {
  it('finds none in what the chart comes with', () => expect(problemsOf(defaults)).toEqual({}));

  it.each([
    ['region', { region: 'mars-1' }], ['region', { region: 'EU-central-1' }], ['audience', { audience: '' }], ['audience', { audience: 'two words' }], ['audience', { audience: 'a'.repeat(256) }],
    ['replicaCount', { replicaCount: 0 }], ['replicaCount', { replicaCount: 10 }], ['replicaCount', { replicaCount: 1.5 }], ['registry', { image: { ...defaults.image, registry: 'https://registry.example' } }],
  ])('%s: as the chart\'s schema does, %j', (field, change) => {
    expect(Object.keys(problemsOf(values(change)))).toEqual([field]);
    expect(allowed(values(change))).toBe(false);
  });

  it.each([{ region: '' }, { region: 'us-gov-west-1' }, { audience: 'https://sts.example/a' }, { replicaCount: 9 }, { image: { ...defaults.image, registry: 'r.example:5000/mirror' } }])('lets through what the schema does: %j', (change) => {
    expect(problemsOf(values(change))).toEqual({});
    expect(allowed(values(change))).toBe(true);
  });

  it('a number that a field gave as text counts as one', () => {
    expect(problemsOf(values({ replicaCount: '3' }))).toEqual({});
    expect(problemsOf(values({ replicaCount: '' }))).toHaveProperty('replicaCount');
  });

  it('asks for the secret only where it is used', () => {
    expect(problemsOf(values({}, { mode: 'existing' }))).toHaveProperty('existingSecret');
    expect(problemsOf(values({}, { mode: 'existing', existingSecret: 'mine' }))).toEqual({});
  });
});
