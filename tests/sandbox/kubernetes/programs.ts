import type { HttpAnswer, HttpRequest, KubeObject, KubeUser } from '../contracts.ts';
import { accountOf, MOUNT_PATH } from './admission/service-account.ts';
import { at, fieldsIn, listOf } from './copy.ts';
import type { Fields } from './copy.ts';
import type { Outcome } from './controllers/kubelet.ts';

/**
 * What a container that runs to its end does. Of all programs we know one, `kubectl get --raw <path>`: it asks the API server as the
 * pod's service account and writes what it answers; without a token it does not know whom to ask. Everything else succeeds in silence.
 */
export async function runProgram(pod: KubeObject, container: Fields, ask: (request: HttpRequest, user: KubeUser) => Promise<HttpAnswer>): Promise<Outcome> {
  const words = [...listOf(container.command), ...listOf(container.args)].join(' ');
  const path = /\bget\s+--raw[=\s]+['"]?(\/[^\s'"|>;&]*)/.exec(words)?.[1];

  if (!path) {
    return { exitCode: 0, log: '' };
  }
  if (!fieldsIn(container.volumeMounts).some(({ mountPath }) => mountPath === MOUNT_PATH)) {
    return { exitCode: 1, log: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?' };
  }
  const namespace = pod.metadata.namespace ?? '';
  const user = { name: `system:serviceaccount:${ namespace }:${ accountOf(pod) }`, groups: ['system:serviceaccounts', `system:serviceaccounts:${ namespace }`] };
  const { status, body } = await ask({ method: 'GET', path, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0), origin: '' }, user);
  const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body);

  return status < 400 ? { exitCode: 0, log: text } : { exitCode: 1, log: `Error from server (${ String(at(body, 'reason') ?? 'NotFound') }): ${ String(at(body, 'message') ?? text) }` };
}
