import type { HttpRequest } from '../../contracts.ts';
import type { Identity } from '../auth/auth.ts';
import type { ManagedCluster } from '../clusters.ts';
import { keepAlive } from '../socket.ts';
import type { Socket } from '../socket.ts';
import { maySee } from '../steve/visible.ts';
import { normanResource } from './shapes.ts';
import { NORMAN_TYPES } from './types.ts';

/** One `/v3/subscribe` connection: changes of management objects, unasked. */
export function normanSubscription(socket: Socket, request: HttpRequest, identity: Identity, local: ManagedCluster): void {
  const stop = local.kube.store.watch((event) => {
    const { object, resourceType } = event;
    const type = resourceType.group === 'management.cattle.io' ? NORMAN_TYPES.find((one) => one.resource === resourceType.resource) : undefined;

    if (type && maySee(resourceType, object, local.accessOf(identity.kube))) {
      socket.send(JSON.stringify({ name: event.type === 'DELETED' ? 'resource.remove' : 'resource.change', resourceType: type.id, data: normanResource(request, type, object) }));
    }
  });

  socket.on('close', stop);
  keepAlive(socket, () => ({ name: 'ping' }));
}
