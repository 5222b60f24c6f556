import type { ClusterRef } from '../domain/facts';
import { useEngine, type Engine } from './use-engine';

/** One engine for each credential: clusters of one account share what it answers. */
export function useEngines(credentialOf: (cluster: ClusterRef) => string | undefined): (cluster: ClusterRef) => Promise<Engine> {
  const createEngine = useEngine();
  const engines = new Map<string | undefined, Promise<Engine>>();

  return (cluster) => {
    const credential = credentialOf(cluster);
    const engine = engines.get(credential) ?? createEngine(credential);

    engines.set(credential, engine);

    return engine;
  };
}
