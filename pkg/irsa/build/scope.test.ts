import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { shortScope } from './scope';

const at = (file: string) => path.resolve(import.meta.dirname, '..', file);
const mark = (file: string) => shortScope('[data-v-0123abcd]', at(file));

describe('marks of scoped styles', () => {
  it('are the same in a component’s code and styles, and no other component’s', () => {
    expect(mark('pages/Bindings.vue')).toMatch(/^\[data-v-[0-9a-z]{1,2}\]$/);
    expect(shortScope('.a[data-v-0123abcd],.b[data-v-0123abcd]', at('pages/Bindings.vue'))).toBe(`.a${ mark('pages/Bindings.vue') },.b${ mark('pages/Bindings.vue') }`);
    expect(mark('pages/Clusters.vue')).not.toBe(mark('pages/Bindings.vue'));
  });

  it('stop the build where nobody knows whose they are', () => {
    expect(() => mark('elsewhere.vue')).toThrow('no component of ours');
  });
});
