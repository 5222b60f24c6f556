import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('.', import.meta.url));
const shell = `${ root }node_modules/@rancher/shell`;

/** What lies about but is not ours to test; `.shell` is the shell itself, linked in while the extension is built. */
const exclude = ['**/node_modules/**', '**/.shell/**', 'dist-pkg/**', '.cache/**'];

/** Parts of the extension that are Vue: they are tested in a DOM. */
const userInterface = 'pkg/irsa/{components,pages,surfaces,chart,composables}/**/*.test.ts';
const hostileInterface = 'tests/hostile/components/**/*.test.ts';

/** Imports of l10n files, as the build's own loader gives them. */
function yaml(): Plugin {
  return {
    name:      'yaml',
    transform: (code, id) => /\.ya?ml$/.test(id) ? `export default ${ JSON.stringify(parse(code)) };` : undefined,
  };
}

/** What runs for minutes, and would be alone at the end: a machine that never ran it goes by the size of files, and these are small. */
const LONG = /\/(fault-matrix-\d|chart-hooks|rights|scripts|script-guards|contract|issuer|issuer-journeys|hostile)\.(test|e2e)\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const all = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);

    return [...all.filter(isLong), ...all.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Unasked, a core stays free for the person at the keyboard: half of a machine with two.
    maxWorkers: availableParallelism(),
    projects:   [
      {
        plugins: [yaml()],
        test:    {
          name:        'unit',
          include:     ['pkg/irsa/**/*.test.ts', 'scripts/**/*.test.ts', 'tests/hostile/*.test.ts'],
          exclude:     [...exclude, userInterface],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [vue(), yaml()],
        resolve: {
          alias: {
            '@components': `${ shell }/rancher-components`,
            '@shell':      shell,
            '~shell':      shell,
          },
          extensions: ['.mjs', '.js', '.ts', '.json', '.vue'],
        },
        test: {
          name:        'component',
          environment: 'jsdom',
          include:     [userInterface, hostileInterface],
          setupFiles:  ['tests/component/setup.ts'],
          exclude,
          // The shell ships sources, not a library: they go through the same transforms as ours.
          server:      { deps: { inline: [/@rancher\/shell/] } },
        },
      },
      {
        plugins: [yaml()],
        test:    {
          name:        'contract',
          // Much of it waits for what sandboxes do at their own time.
          maxWorkers:  availableParallelism() + 2,
          include:     ['tests/contract/**/*.test.ts', 'tests/sandbox/**/*.test.ts', 'tests/charts/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          exclude,
        },
      },
      {
        plugins: [yaml()],
        test:    {
          name:        'real',
          include:     ['tests/real/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // Each file starts API servers or an AWS of its own, and waits for programs one after the other: two keep two cores busy.
          maxWorkers:  2,
          exclude,
        },
      },
      {
        plugins: [yaml()],
        test:    {
          name:            'e2e',
          include:         ['tests/e2e/**/*.e2e.ts'],
          testTimeout:     180_000,
          hookTimeout:     300_000,
          // Each file has a sandbox and a browser of its own, and a third of its time is waiting; more of them than this fill the memory.
          maxWorkers:      Math.min(4, availableParallelism() + 1),
          exclude,
        },
      },
    ],
  },
});
