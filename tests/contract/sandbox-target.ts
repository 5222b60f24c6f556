import { SANDBOX_USERS } from '../sandbox/scenario/users.ts';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';
import type { Target } from './target';

/** The sandbox, in this process. */
export async function sandboxTarget(): Promise<Target> {
  return targetOf(await startSandbox({ pace: 5 }));
}

/** A running sandbox, for cases that look into it. */
export function targetOf(sandbox: Sandbox): Target {
  return {
    name:        'sandbox',
    url:         sandbox.url,
    users:       Object.fromEntries(SANDBOX_USERS.map(({ username, password }) => [username, password])),
    awsCalls:    () => sandbox.world.aws.calls().map(({ action, write, errorCode }) => ({ action, write, errorCode })),
    fault:       (fault) => sandbox.world.faults.add({ id: fault.match, ...fault } as Parameters<typeof sandbox.world.faults.add>[0]),
    clearFaults: () => sandbox.world.faults.clear(),
    reset:       () => sandbox.reset(),
    stop:        () => sandbox.stop(),
  };
}
