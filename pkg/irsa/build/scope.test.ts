import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { shortScope, withoutHelper } from './scope';

const at = (file: string) => path.resolve(import.meta.dirname, '..', file);
const mark = (file: string) => shortScope('[data-v-0123abcd]', at(file));

describe('marks of scoped styles', () => {
  it('are the same in a component’s code and styles, and no other component’s', () => {
    expect(mark('pages/Bindings.vue')).toMatch(/^\[v-[0-9a-z]{1,2}\]$/);
    expect(shortScope('.a[data-v-0123abcd],.b[data-v-0123abcd]', at('pages/Bindings.vue'))).toBe(`.a${ mark('pages/Bindings.vue') },.b${ mark('pages/Bindings.vue') }`);
    expect(mark('pages/Clusters.vue')).not.toBe(mark('pages/Bindings.vue'));
  });

  it('stop the build where nobody knows whose they are', () => {
    expect(() => mark('elsewhere.vue')).toThrow('no component of ours');
  });

  it('are set without vue-loader’s helper, where nothing else is set', () => {
    const code = (props: string) => `import script from "./A.vue?vue"\n\nimport exportComponent from "../exportHelper.js"\nconst __exports__ = /*#__PURE__*/exportComponent(script, [${ props }])\n\nexport default __exports__`;

    expect(withoutHelper(code('[\'__scopeId\',"v-1a"]')).split('\n').filter(Boolean)).toEqual(['import script from "./A.vue?vue"', 'script.__scopeId = "v-1a";', 'const __exports__ = script', 'export default __exports__']);
    expect(withoutHelper(code('[\'render\',render],[\'__scopeId\',"v-1a"]'))).toBe(code('[\'render\',render],[\'__scopeId\',"v-1a"]'));
  });
});
