/** The questions that several presets ask. */
import type { Text } from '../domain/facts';
import { text } from '../domain/text';
import type { PresetParameter } from './preset';
import { bucketProblem, keysProblem, prefixProblem, regionProblem, zonesProblem } from './validators';

type When = PresetParameter['when'];

export const bucket = (help: Text, when?: When): PresetParameter => ({
  id: 'bucket', label: text('irsa.preset.parameter.bucket.label'), help, required: true, placeholder: 'acme-data', validate: bucketProblem, when
});

export const folder = (help: Text, when?: When): PresetParameter => ({
  id: 'folder', label: text('irsa.preset.parameter.folder.label'), help, required: false, placeholder: 'prod', validate: prefixProblem, when
});

export const region = (help: Text = text('irsa.preset.parameter.region.help')): PresetParameter => ({
  id: 'region', label: text('irsa.preset.parameter.region.label'), help, required: true, placeholder: 'eu-central-1', validate: regionProblem
});

export const zones = (): PresetParameter => ({
  id: 'zones', label: text('irsa.preset.parameter.zones.label'), help: text('irsa.preset.parameter.zones.help'), required: false, placeholder: 'Z0123456789ABCDEFGHIJ', validate: zonesProblem
});

export const keys = (help: Text = text('irsa.preset.parameter.keys.help')): PresetParameter => ({
  id: 'keys', label: text('irsa.preset.parameter.keys.label'), help, required: false, placeholder: '1234abcd-12ab-34cd-56ef-1234567890ab', validate: keysProblem
});

/** A choice; the first one is what it begins with. */
export function choice(id: string, label: Text, help: Text, options: { value: string; label: Text }[]): PresetParameter {
  return {
    id, label, help, options, required: true, default: options[0]!.value, validate: (value) => options.some((option) => option.value === value) ? undefined : text('irsa.preset.problem.option', { value })
  };
}

/** One name, asked for when a choice leads to it. */
export function named(id: string, label: Text, help: Text, placeholder: string, validate: PresetParameter['validate'], when?: When): PresetParameter {
  return { id, label, help, required: true, placeholder, validate, when };
}
