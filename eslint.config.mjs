import shellConfig from '@rancher/shell/eslint.config.base.mjs';
import house from './scripts/eslint/house.mjs';

/** The shell leaves .mjs files out; ours are programs that people run, so they are held to the same rules. */
const shellRules = shellConfig.filter((entry) => !entry.ignores || entry.rules);

export default [
  {
    ignores: [
      '**/node_modules/', '**/.shell/', '**/dist/', 'dist-pkg/', '.cache/', 'coverage/', 'assets/', 'tests/fixtures/', 'tests/e2e/output/',
    ],
  },
  ...shellRules,
  {
    name:    'irsa/house',
    plugins: { house },
    rules:   {
      'house/rooms':                           'error',
      '@typescript-eslint/no-explicit-any':    'error',
      '@typescript-eslint/ban-ts-comment':     ['error', {
        'ts-ignore':       'allow-with-description',
        'ts-expect-error': 'allow-with-description',
        'ts-nocheck':      true,
      }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true }],
      'no-unused-vars':                    'off',
      // `void promise` says that nobody waits on purpose.
      'no-void':                           ['error', { allowAsStatement: true }],
      // A page is named by its place (pages/Clusters.vue); no component of ours is registered globally.
      'vue/multi-word-component-names':       'off',
      // Layout is the shell's, short of what it asks for objects: one with three short keys may stay on one line, unaligned.
      'object-curly-newline':              'off',
      'object-property-newline':           'off',
      'key-spacing':                       ['warn', { beforeColon: false, afterColon: true, mode: 'minimum' }],
      'max-len':                           ['warn', {
        code: 200, ignoreUrls: true, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true
      }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    name:  'irsa/text stays text',
    files: ['pkg/irsa/**'],
    rules: { 'house/plain-text': 'error' },
  },
  {
    name:  'irsa/typescript knows better',
    files: ['**/*.ts', '**/*.vue', '**/*.mjs'],
    rules: { 'no-undef': 'off', 'no-redeclare': 'off' },
  },
  {
    name:  'irsa/programs may print',
    files: ['scripts/**', 'tests/sandbox/main.ts', 'tests/bench/**', 'tests/e2e/pictures.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    name:  'irsa/tests',
    files: ['**/*.test.ts', 'tests/e2e/**', 'tests/hostile/**'],
    // Policies have variables of that form; they are meant as they stand.
    rules: { 'max-lines': 'off', 'no-template-curly-in-string': 'off' },
  },
];
