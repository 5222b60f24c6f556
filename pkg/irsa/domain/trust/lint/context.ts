import type { Path, Range } from '../../json/located';

/** What is known of a cluster whose issuer a role may trust. */
export interface LintCluster {
  name: string;
  /** The exact `iss` of its tokens. */
  issuer: string;
  /** All namespaces. */
  namespaces?: string[];
  /** All service accounts. */
  accounts?: { namespace: string; name: string }[];
  /** By namespace: who, beside administrators, may create pods or tokens there, or annotate its service accounts. */
  creators?: Record<string, string[]>;
  /** Instance metadata as its nodes serve it: the largest hop limit, and whether tokens are required (IMDSv2). */
  metadata?: { hopLimit: number; tokensRequired: boolean };
}

/** What is known of an issuer's documents and of what serves them. */
export interface LintIssuer {
  issuer: string;
  /** Nobody holds the host any more: a bucket that is gone, a name that does not resolve. Whoever takes it mints tokens. */
  claimable?: boolean;
  bucket?: {
    name: string;
    /** Account that owns it. */
    owner?: string;
    publicWrite?: boolean;
    publicList?: boolean;
    /** More objects than the two documents can be read by everybody. */
    publicObjects?: boolean;
    /** ACLs are in force (object ownership is not «bucket owner enforced»). */
    acls?: boolean;
    versioning?: boolean;
  };
  /** Key ids the API server signs with, and those in the published JWKS; what is in both may be left out. */
  keys?: { live: string[]; published: string[] };
  /** The published discovery document. */
  discovery?: { issuer: string; jwksUri: string };
  /** Whether a thumbprint of the provider meets the host's certificate, and whether AWS trusts its authority anyway. */
  thumbprint?: { meets: boolean; publicAuthority: boolean };
}

/** The role that the document belongs to. */
export interface LintRole {
  arn: string;
  /** ARNs of its managed policies. */
  managedPolicies?: string[];
  /** Texts of policies that were read: inline ones by their names, managed ones by their ARNs. */
  policies?: { name: string; json: string }[];
  hasBoundary?: boolean;
  /** Seconds. */
  maxSessionDuration?: number;
}

/** Live facts beside the document, each optional: rules that need one stay silent without. */
export interface LintContext {
  /** Where values stand in the text the document came from (`parseTrustSource`); findings then carry a range. */
  range?: (path: Path) => Range;
  role?: LintRole;
  /** Characters a trust policy may have in this account (`AssumeRolePolicySizeQuota`). */
  quota?: number;
  /** All OIDC providers of the role's account, with the audiences of those that were read. */
  providers?: { arn: string; audiences?: string[] }[];
  clusters?: LintCluster[];
  /** `clusters` holds every cluster that Rancher knows, so that an issuer that is not among them is gone. */
  isComplete?: boolean;
  issuers?: LintIssuer[];
}
