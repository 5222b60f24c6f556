import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { KubeObject } from '../../sandbox/contracts.ts';
import type { World } from '../../sandbox/scenario/world.ts';
import { picture, Stage, type StageOptions, type Visit, type VisitOptions } from './stage';

/** The stage of a file's tests, which begin with the scenario as it is written and end with nobody there. */
export interface Theatre {
  readonly stage: Stage;
  /** Another one in each test. */
  readonly world: World;
  /** Ends with the test; of one that fails a picture is kept. */
  visit(options?: VisitOptions): Promise<Visit>;
  /** An object as its cluster has it now. */
  find(cluster: string, group: string, resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
}

/** Opens a stage for the tests of the suite (or file) that it is called in, and closes it behind them. */
export function useStage(options?: StageOptions): Theatre {
  let opened: Stage | undefined;
  let isFresh = true;
  const visits: Visit[] = [];

  function stage(): Stage {
    if (!opened) {
      throw new Error('the stage opens with the first test');
    }

    return opened;
  }

  beforeAll(async() => {
    opened = await Stage.open(options);
  });
  afterAll(() => opened?.close());
  beforeEach(async() => {
    if (!isFresh) {
      await stage().sandbox.reset();
    }
    isFresh = false;
  });
  afterEach(async({ task }) => {
    const present = visits.splice(0);

    try {
      for (const { page } of task.result?.state === 'fail' ? present : []) {
        if (!page.isClosed()) {
          await picture(page, `failed-${ task.name.replace(/\W+/g, '-').slice(0, 60) }`);
        }
      }
    } finally {
      for (const visit of present) {
        await visit.leave();
      }
    }
  });

  return {
    get stage() {
      return stage();
    },
    get world() {
      return stage().sandbox.world;
    },
    async visit(wishes) {
      const visit = await stage().visit(wishes);

      visits.push(visit);

      return visit;
    },
    find(cluster, group, resource, namespace, name) {
      const { store } = stage().sandbox.world.kube(cluster);
      const type = store.findType(group, resource);

      return type && store.get(type, namespace, name);
    },
  };
}
