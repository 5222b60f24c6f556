import type { Text } from '../facts';

/** A secret of Kubernetes, by name alone: what is in it is never read. */
export interface SecretRef {
  namespace: string;
  name: string;
}

/** `chart`: the values of a release, which its own questions mend. */
export type KeyUseKind = 'chart' | 'clusteroutput' | 'output' | 'backup' | 'restore' | 'deployment' | 'statefulset' | 'daemonset' | 'cronjob' | 'job';

/** Something in a cluster that talks to AWS with an access key, and how it is taken off it. */
export interface KeyUse {
  kind: KeyUseKind;
  /** Backups are in no namespace. */
  namespace?: string;
  name: string;
  /** The service accounts that it runs as, once it has no key: one as a rule, and of an output all that send it. */
  accounts: { namespace: string; name: string }[];
  /** Where the key is referred to, for people: `spec.s3.aws_key_id`. */
  fields: string[];
  secrets: SecretRef[];
  /** The request that takes the reference away; undefined where that cannot be done without harm, and `obstacles` say why. */
  removal?: KeyRemoval;
  obstacles: Text[];
  /** What else changes along with it. */
  mends: Text[];
  /** ARN of a role that it goes on to, and all that its own has to allow then; '' where it does not say which. */
  assumes?: string;
  /** A preset's answers that say what it does with AWS, where that can be read. */
  preset?: { id: string; answers: Record<string, string> };
}

/** A patch of the object; what it expects to find never holds a key itself. */
export interface KeyRemoval {
  path: string;
  contentType: string;
  body: Record<string, unknown>;
  expects?: { field: string[]; is: unknown };
}

/** As it stands in an address: `clusteroutput/cattle-logging-system/logs`, `backup//nightly`. */
export function keyUseId({ kind, namespace = '', name }: Pick<KeyUse, 'kind' | 'namespace' | 'name'>): string {
  return [kind, namespace, name].join('/');
}

/** For people: `clusteroutput cattle-logging-system/logs`. */
export function keyUseName({ kind, namespace, name }: Pick<KeyUse, 'kind' | 'namespace' | 'name'>): string {
  return `${ kind } ${ namespace ? `${ namespace }/` : '' }${ name }`;
}

/** Those that have a plan here; a Job is only told how. */
const KINDS: KeyUseKind[] = ['clusteroutput', 'output', 'backup', 'deployment', 'statefulset', 'daemonset', 'cronjob', 'job'];

/** The other way round; undefined for what is none. */
export function parseKeyUseId(id: string | undefined): Pick<KeyUse, 'kind' | 'namespace' | 'name'> | undefined {
  const [kind, namespace, name, ...more] = (id ?? '').split('/');
  const known = KINDS.find((one) => one === kind);

  return known && name && !more.length ? { kind: known, ...(namespace ? { namespace } : {}), name } : undefined;
}
