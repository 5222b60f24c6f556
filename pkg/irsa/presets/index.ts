import type { Preset } from './preset';

/** The charts the product knows, in the order they are offered. */
export const presets: Preset[] = [];
