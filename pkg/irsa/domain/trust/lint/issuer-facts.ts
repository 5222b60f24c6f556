import type { ObservedCluster } from '../../facts';
import { isPublicWrite, publicReads } from '../../issuer/bucket-policy';
import type { ObservedBucket, ObservedHosting } from '../../issuer/hosting';
import { stageOf, type ObservedIssuer } from '../../issuer/setup';
import { isObject } from '../../json/same';
import type { LintIssuer } from './context';

/**
 * What a look at the issuer of a cluster that runs itself found, as the rules take it. Whose account a bucket is in and which certificate a
 * host shows, no such look tells. A bucket of ours keeps no old versions, on purpose: of these, nothing is said.
 */
export function lintIssuer(observed: ObservedCluster, setup: ObservedIssuer): LintIssuer {
  const { target: { issuer }, hosting, documents, drift } = setup;
  const seen = hosting?.seen.known ? hosting.seen.value : undefined;
  // Before all is published, what is not there yet is no finding; as `driftFindings` on the cluster's page.
  const compared = drift && drift.bucket !== 'foreign' && stageOf(observed, setup) !== 'publish' ? drift : undefined;
  const discovery = compared && discoveryOf(seen ? seen.discovery : documents?.known ? documents.value.discovery : undefined);

  return {
    issuer,
    ...(seen?.state === 'absent' ? { claimable: true } : {}),
    ...(hosting && seen?.state === 'here' ? { bucket: bucketOf(hosting, seen) } : {}),
    // By the keys themselves: one that is published under another name is not found by AWS, and nobody else's.
    ...(compared ? { keys: { live: [...compared.missing, ...compared.renamed.map(({ live }) => live)], published: compared.unknown } } : {}),
    ...(discovery ? { discovery } : {}),
  };
}

/** The same without what the drift tells, where both are shown on one page. */
export function besideDrift({ issuer, claimable, bucket }: LintIssuer): LintIssuer {
  const { name, publicList, publicObjects } = bucket ?? {};

  return { issuer, claimable, ...(name === undefined ? {} : { bucket: { name, publicList, publicObjects } }) };
}

function bucketOf({ bucket: { name } }: ObservedHosting, { policy, ownership }: ObservedBucket): LintIssuer['bucket'] {
  const { list, objects } = publicReads(policy);

  return {
    name,
    publicWrite:   isPublicWrite(policy),
    publicList:    list,
    publicObjects: objects,
    acls:          ownership !== 'BucketOwnerEnforced',
  };
}

/** What no JSON is, or says nothing of the two, is told as documents that do not serve. */
function discoveryOf(text: string | undefined): LintIssuer['discovery'] {
  try {
    const document: unknown = JSON.parse(text ?? '');

    return isObject(document) && typeof document.issuer === 'string' && typeof document.jwks_uri === 'string' ? { issuer: document.issuer, jwksUri: document.jwks_uri } : undefined;
  } catch {
    return undefined;
  }
}
