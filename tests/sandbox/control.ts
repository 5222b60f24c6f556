import { endSessions, issueSession } from './aws/sessions.ts';
import type { Fault, HttpAnswer, HttpRequest } from './contracts.ts';
import { fieldsOf } from './rancher/values.ts';
import type { Sandbox } from './server.ts';
import { SANDBOX_USERS } from './scenario/users.ts';

function json(status: number, body: object): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body };
}

/**
 * The sandbox's own API, for tests in another process; answers the loopback only.
 * `GET /sandbox/state` · `POST /sandbox/reset` · `GET|POST|DELETE /sandbox/faults` · `GET|DELETE /sandbox/aws/calls` ·
 * `POST /sandbox/aws/credentials` `{ "seconds": 900 }` gives temporary credentials as `aws sts assume-role` prints them, `DELETE` ends all ·
 * `POST /sandbox/clusters/<name>` `{ "connected": false }`, or `{ "machines": 3 }` for one that was made on Rancher's page and waits for them
 */
export async function controlAnswer(sandbox: Sandbox, request: HttpRequest, from: string): Promise<HttpAnswer> {
  if (!/^(::1|127\.|::ffff:127\.)/.test(from)) {
    return json(403, { message: 'the control API answers the loopback only' });
  }
  const { world } = sandbox;

  switch (`${ request.method } ${ request.path.replace(/\/$/, '') }`) {
  case 'GET /sandbox/state':
    return json(200, state(sandbox));
  case 'POST /sandbox/reset':
    await sandbox.reset();

    return json(200, state(sandbox));
  case 'POST /sandbox/faults': {
    const fault = fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);

    if (typeof fault.match !== 'string' || typeof fault.kind !== 'string') {
      return json(422, { message: 'a fault needs match and kind' });
    }
    world.faults.add({ id: `fault-${ Date.now() }`, ...fault } as unknown as Fault);

    return json(201, fault);
  }
  case 'DELETE /sandbox/faults':
    world.faults.clear();

    return json(200, {});
  case 'GET /sandbox/aws/calls':
    return json(200, { calls: world.aws.calls() });
  case 'DELETE /sandbox/aws/calls':
    world.aws.clearCalls();

    return json(200, {});
  case 'POST /sandbox/aws/credentials': {
    const { seconds = 3600 } = fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);

    return typeof seconds === 'number' && seconds > 0 ? json(200, issueSession(world.aws.state, seconds)) : json(422, { message: 'seconds must be a positive number' });
  }
  case 'DELETE /sandbox/aws/credentials':
    return json(200, { ended: endSessions(world.aws.state) });
  default:
  }
  const name = /^\/sandbox\/clusters\/([^/]+)$/.exec(request.path)?.[1];
  const cluster = name && (world.clusters.get(name) ?? world.clusters.find(name));

  if (cluster && request.method === 'POST') {
    const { connected, machines } = fieldsOf(JSON.parse(request.body.toString() || '{}') as unknown);

    if (typeof machines === 'number' && !cluster.provisioned) {
      await world.startMachines(cluster.name, machines);
    }
    cluster.connected = connected !== false;

    return json(200, { id: cluster.id, connected: cluster.connected });
  }

  return json(404, { message: `no control at ${ request.method } ${ request.path }` });
}

function state(sandbox: Sandbox): object {
  return {
    url:      sandbox.url,
    users:    SANDBOX_USERS.map(({ id, username, password, what }) => ({ id, username, password, what })),
    clusters: sandbox.world.clusters.all().slice(0, 50).map((cluster) => ({ id: cluster.id, name: cluster.name, connected: cluster.connected })),
  };
}
