import { irsaError } from '../../domain/errors';
import type { Right } from '../../domain/facts';
import { parseKeySet } from '../../domain/issuer/jwks';
import { queryValue, segment } from '../../domain/names/segment';
import { readSetting } from '../rancher/settings';
import { list, object, optional, string } from '../shape';
import type { Transport } from '../transport';
import { clusterPath, kube, kubernetesError, listAll, type KubeObject } from './client';
import { askRights } from './rights';

/** Where Rancher itself runs, so it is there. */
const NAMESPACE = 'cattle-system';
const LABEL = 'app.kubernetes.io/instance';
const JOBS = `/apis/batch/v1/namespaces/${ NAMESPACE }/jobs`;
const PODS = `/api/v1/namespaces/${ NAMESPACE }/pods`;
/** Seconds until the cluster itself ends the Job, and until it deletes what has ended: nobody has to be there for either. */
const [DEADLINE, KEPT] = [90, 30];

/** A Job that prints a cluster's public keys, as it will be sent. */
export interface KeysJob {
  name: string;
  manifest: object;
}

interface Pod extends KubeObject {
  status?: { phase?: string; containerStatuses?: { state?: { waiting?: { reason?: string; message?: string } } }[] };
}

const STATE = optional(object({ waiting: optional(object({ reason: optional(string), message: optional(string) })) }));
const STATUS = optional(object({ phase: optional(string), containerStatuses: optional(list(object({ state: STATE }))) }));

/**
 * What reads the keys of the cluster that Rancher runs in, which Rancher gives out to nobody: every service account may read them inside
 * (ClusterRole `system:service-account-issuer-discovery`). The image is the one that Rancher's own shell runs in.
 * @throws IrsaError KEYS_JOB_FAILED where Rancher names no image
 */
export async function planKeysJob(transport: Transport, signal?: AbortSignal): Promise<KeysJob> {
  const [image, registry] = await Promise.all(['shell-image', 'system-default-registry'].map((key) => readSetting(transport, key, signal)));

  if (!image) {
    throw irsaError('KEYS_JOB_FAILED', { problem: 'image', detail: '' });
  }
  // Chosen here: it can be deleted also when the answer to its creation got lost.
  const name = `irsa-keys-${ Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join('') }`;
  const labels = { 'app.kubernetes.io/name': 'irsa-keys', [LABEL]: name };

  return {
    name,
    manifest: {
      apiVersion: 'batch/v1',
      kind:       'Job',
      metadata:   { name, namespace: NAMESPACE, labels },
      spec:       {
        backoffLimit: 0, activeDeadlineSeconds: DEADLINE, ttlSecondsAfterFinished: KEPT,
        template: {
          metadata: { labels },
          spec:     {
            restartPolicy:   'Never',
            // Hardened clusters (CIS 5.1.5) take the token away from default accounts.
            automountServiceAccountToken: true,
            nodeSelector:    { 'kubernetes.io/os': 'linux' },
            tolerations:     [{ operator: 'Exists' }],
            securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
            containers:      [{
              name: 'keys', image: registry ? `${ registry }/${ image }` : image, command: ['kubectl', 'get', '--raw', '/openid/v1/jwks'],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            }],
          },
        },
      },
    },
  };
}

/**
 * Runs the Job and gives what it printed. It is deleted whatever comes of it; where nobody is left to do that, the cluster does.
 * @throws IrsaError KEYS_JOB_DENIED before anything is made, KEYS_JOB_FAILED, KEYS_UNREADABLE, or what Kubernetes says; TransportError
 */
export async function runKeysJob(transport: Transport, clusterId: string, { name, manifest }: KeysJob, { signal, pace = 1000 }: { signal?: AbortSignal; pace?: number } = {}): Promise<string> {
  const missing = (await askRights(transport, rightsFor(clusterId), signal)).find(({ allowed }) => !allowed)?.right;

  if (missing) {
    throw irsaError('KEYS_JOB_DENIED', { right: `${ missing.verb } ${ [missing.resource, missing.subresource].filter(Boolean).join('/') }${ missing.group && `.${ missing.group }` }` });
  }
  try {
    await kube(transport, clusterId, { method: 'POST', path: JOBS, body: manifest, signal });
    const pod = await ended(transport, clusterId, name, pace, signal);
    const text = await logOf(transport, clusterId, pod.metadata.name, signal);

    if (pod.status?.phase !== 'Succeeded') {
      throw irsaError('KEYS_JOB_FAILED', { problem: 'failed', detail: text.trim().slice(-300) });
    }
    // What kubectl warns of stands in the same log.
    const keys = /\{[\s\S]*\}/.exec(text)?.[0] ?? text;

    parseKeySet(keys);

    return keys;
  } finally {
    // Not with the caller's signal: who leaves the page wants it gone, too.
    await kube(transport, clusterId, { method: 'DELETE', path: `${ JOBS }/${ segment(name) }`, body: { propagationPolicy: 'Background' } }).catch(() => undefined);
  }
}

function rightsFor(clusterId: string): Right[] {
  const within = { clusterId, namespace: NAMESPACE };

  return [
    ...['create', 'delete'].map((verb) => ({ ...within, verb, group: 'batch', resource: 'jobs' })),
    { ...within, verb: 'list', group: '', resource: 'pods' }, { ...within, verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ];
}

/** The Job's pod once it has run; a pod that cannot start is not waited for. */
async function ended(transport: Transport, clusterId: string, name: string, pace: number, signal?: AbortSignal): Promise<Pod> {
  const until = Date.now() + DEADLINE * 1000;

  while (Date.now() < until) {
    const [pod] = await listAll<Pod>(transport, clusterId, `${ PODS }?labelSelector=${ queryValue(`${ LABEL }=${ name }`) }`, { fields: { status: STATUS }, signal });
    const { phase = '', containerStatuses = [] } = pod?.status ?? {};
    const waiting = containerStatuses.map(({ state }) => state?.waiting).find((one) => /Image|CreateContainer/.test(one?.reason ?? ''));

    if (pod && /^(Succeeded|Failed)$/.test(phase)) {
      return pod;
    }
    if (waiting) {
      throw irsaError('KEYS_JOB_FAILED', { problem: 'failed', detail: `${ waiting.reason }: ${ waiting.message ?? '' }`.slice(0, 300) });
    }
    await new Promise((resolve) => setTimeout(resolve, pace));
  }
  throw irsaError('KEYS_JOB_FAILED', { problem: 'time', detail: '' });
}

async function logOf(transport: Transport, clusterId: string, pod: string, signal?: AbortSignal): Promise<string> {
  const path = `${ PODS }/${ segment(pod) }/log`;
  const answer = await transport.request({ method: 'GET', url: `${ clusterPath(clusterId, path) }?limitBytes=1000000`, headers: { accept: '*/*' }, signal });

  if (answer.status >= 400) {
    throw kubernetesError(answer, `GET ${ path }`);
  }

  return answer.body;
}
