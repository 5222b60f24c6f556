import { TAG_VALUE_LENGTH } from './quotas';

/**
 * How our objects are known again: by tags and, for roles, by the path. The path also lets the credential Rancher uses be kept to
 * `arn:*:iam::*:role/rancher-irsa/*` (peers-and-aws.md §6, least privilege).
 */
export const ROLE_PATH = '/rancher-irsa/';

export const TAG = {
  /** Value `managed`: made by this extension. `adopted`: made by somebody else, and taken into its care. `backups`: a bucket made for backups, never an issuer's. */
  owner:   'rancher.io/irsa',
  /** Shown name of the cluster, for people reading the IAM console. */
  cluster: 'rancher.io/irsa-cluster',
  /** The exact issuer: names the cluster for us, since shown names change and repeat. */
  issuer:  'rancher.io/irsa-issuer',
  /** `namespace/name` of the service account a role was made for. */
  account: 'rancher.io/irsa-account',
} as const;

/** Annotation of the setting `whitelist-domain`: the entries that were made here, with commas between them. */
export const MADE = 'rancher.io/irsa-allowed';

export const MANAGED = 'managed';
export const ADOPTED = 'adopted';
export const BACKUPS = 'backups';

/** The tags of the IAM OIDC provider of a cluster. */
export function providerTags(cluster: { name: string }): Record<string, string> {
  return { [TAG.owner]: MANAGED, [TAG.cluster]: tagValue(cluster.name) };
}

/** The tags of a bucket for backups: it is never taken for an issuer's, whose policy lets everybody read. */
export function backupTags(cluster: { name: string }): Record<string, string> {
  return { ...providerTags(cluster), [TAG.owner]: BACKUPS };
}

/** The tags of a role made for one binding. */
export function roleTags(cluster: { name: string }, issuer: string, account: { namespace: string; name: string }): Record<string, string> {
  return {
    ...providerTags(cluster),
    [TAG.issuer]:  tagValue(issuer),
    [TAG.account]: tagValue(`${ account.namespace }/${ account.name }`),
  };
}

/** The tags that a role of somebody else gets when it is adopted; whom it was made for, they do not claim. */
export function adoptionTags(cluster: { name: string }): Record<string, string> {
  return { ...providerTags(cluster), [TAG.owner]: ADOPTED };
}

/**
 * Whose a role is: `binding`: made by us for exactly this binding; `ours`: made by us for another; `adopted`: by someone else, and
 * taken into our care: it may be changed, and is never deleted; `foreign`: by someone else, or its tags were not read.
 */
export function ownership(tags: Record<string, string> | undefined, issuer: string, account: { namespace: string; name: string }): 'binding' | 'ours' | 'adopted' | 'foreign' {
  if (tags?.[TAG.owner] === ADOPTED) {
    return 'adopted';
  }
  if (tags?.[TAG.owner] !== MANAGED) {
    return 'foreign';
  }
  const mine = madeFor(tags, issuer) && tags[TAG.account] === tagValue(`${ account.namespace }/${ account.name }`);

  return mine ? 'binding' : 'ours';
}

/** Made by us for an account of this cluster, whichever. */
export function madeFor(tags: Record<string, string> | undefined, issuer: string): boolean {
  return tags?.[TAG.owner] === MANAGED && tags[TAG.issuer] === tagValue(issuer);
}

/** Tags as IAM's calls take them. */
export function tagList(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** A tag's value: what IAM does not allow in it becomes `_`, what is too long is cut. */
function tagValue(value: string): string {
  return Array.from(value.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_')).slice(0, TAG_VALUE_LENGTH).join('');
}
