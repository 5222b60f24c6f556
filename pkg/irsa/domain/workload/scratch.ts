import type { PodSpec } from './pod';

/** Names of places where programs keep what they have not handed on yet; fluentd mounts `/buffers` (logging-operator). */
const KEEPS = /buffer|data|queue|spool|storage|wal/i;

interface EmptyDir { medium?: string }

/**
 * Where a pod keeps something that goes with it: volumes of its own (emptyDir) that are named, or mounted, like a place for data. A cache or
 * a socket is no loss, and what is in memory is meant to go.
 * @returns paths in its containers, each once
 */
export function losablePaths({ volumes, containers }: PodSpec): string[] {
  const own = new Set((volumes ?? []).filter(({ emptyDir }) => typeof emptyDir === 'object' && emptyDir !== null && (emptyDir as EmptyDir).medium !== 'Memory').map(({ name }) => name));
  const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts ?? []).filter(({ name, mountPath }) => own.has(name) && (KEEPS.test(name) || KEEPS.test(mountPath)));

  return [...new Set(mounts.map(({ mountPath }) => mountPath))];
}
