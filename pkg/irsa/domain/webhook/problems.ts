import { isRegion } from '../aws/partitions';
import type { Text } from '../facts';
import { text } from '../text';

/** The values of the chart that people type. */
export interface TypedValues {
  region: string;
  audience: string;
  replicaCount: unknown;
  image: { registry: string };
  tls: { mode: string; existingSecret: string };
}

export type TypedField = 'region' | 'audience' | 'replicaCount' | 'registry' | 'existingSecret';

const MOST_REPLICAS = 9;

/**
 * What Helm would refuse of the values, field by field: the chart's `values.schema.json` says the same, but in a log, and once the
 * installation has begun.
 */
export function problemsOf({ region, audience, replicaCount, image, tls }: TypedValues): Partial<Record<TypedField, Text>> {
  const replicas = Number(replicaCount);
  const is = (bad: boolean, field: TypedField, why: Text) => bad ? { [field]: why } : {};

  return {
    ...is(region !== '' && !isRegion(region), 'region', text('irsa.webhookForm.regionProblem')),
    ...is(!/^\S{1,255}$/.test(audience), 'audience', text('irsa.webhookForm.audienceProblem')),
    ...is(!Number.isInteger(replicas) || replicas < 1 || replicas > MOST_REPLICAS, 'replicaCount', text('irsa.webhookForm.replicasProblem', { most: MOST_REPLICAS })),
    ...is(!/^$|^[a-zA-Z0-9.-]+(:[0-9]+)?(\/[a-zA-Z0-9._/-]+)?$/.test(image.registry), 'registry', text('irsa.webhookForm.registryProblem')),
    ...is(tls.mode === 'existing' && !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(tls.existingSecret), 'existingSecret', text('irsa.webhookForm.secretProblem')),
  };
}
