import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import type { World } from '../sandbox/scenario/world.ts';
import type { Target } from './target';

/** The sandbox, in this process; nothing in it calls AWS but who is tested. */
export async function sandboxTarget(): Promise<Target & { world(): World }> {
  return targetOf(await startSandbox({ pace: 5, backups: false }));
}

/** A running sandbox, for cases that look into it. */
export function targetOf(sandbox: Sandbox): Target & { world(): World } {
  return {
    name:        'sandbox',
    /** Another one after each reset. */
    world:       () => sandbox.world,
    url:         sandbox.url,
    users:       Object.fromEntries(SANDBOX_USERS.map(({ username, password }) => [username, password])),
    awsCalls:    () => sandbox.world.aws.calls().map(({ service, action, write, errorCode }) => ({ service, action, write, errorCode })),
    fault:       (fault) => sandbox.world.faults.add({ id: fault.match, ...fault } as Parameters<typeof sandbox.world.faults.add>[0]),
    clearFaults: () => sandbox.world.faults.clear(),
    reset:       () => sandbox.reset(),
    stop:        () => sandbox.stop(),
  };
}
