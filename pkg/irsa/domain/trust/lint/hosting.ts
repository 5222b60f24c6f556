import { issuerPath } from '../../issuer/issuer';
import type { LintContext, LintIssuer } from './context';
import { rule, type Hit } from './rule';
import type { TrustView } from './view';

/** Issuers that the document trusts, among those that were looked at. */
function each({ trusted }: TrustView, { issuers = [] }: LintContext, judge: (issuer: LintIssuer, account: string) => Pick<Hit, 'severity' | 'args'> | undefined): Hit[] {
  return trusted.flatMap(({ host, path, statement, account }) => {
    const issuer = issuers.find((one) => issuerPath(one.issuer) === host);
    const hit = issuer && judge(issuer, account.id);

    return hit ? [{ path, statement, ...hit }] : [];
  });
}

const hostOf = (url: string): string => issuerPath(url).split('/')[0]!.toLowerCase();

/** What serves the issuer's documents. Whoever can change them can mint tokens. */
export const HOSTING_RULES = [
  rule({
    code:     'ISSUER_BUCKET_PUBLIC_WRITE',
    severity: 'critical',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ bucket }) => bucket?.publicWrite ? { args: { bucket: bucket.name } } : undefined),
  }),
  rule({
    code:     'ISSUER_BUCKET_FOREIGN',
    severity: 'critical',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ bucket }, account) => {
      const isOthers = bucket?.owner !== undefined && bucket.owner !== account;

      return isOthers ? { args: { bucket: bucket.name, owner: bucket.owner!, account } } : undefined;
    }),
  }),
  rule({
    code:     'ISSUER_BUCKET_ACL',
    severity: 'medium',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ bucket }) => bucket && (bucket.acls || bucket.publicList || bucket.publicObjects) ? { args: { bucket: bucket.name, what: bucket.acls ? 'acls' : bucket.publicList ? 'list' : 'objects' } } : undefined),
  }),
  rule({
    code:     'NO_VERSIONING',
    severity: 'low',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ bucket }) => bucket?.versioning === false ? { args: { bucket: bucket.name } } : undefined),
  }),
  rule({
    code:     'JWKS_DRIFT',
    severity: 'high',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ keys }) => {
      const extra = keys?.published.filter((kid) => !keys.live.includes(kid)) ?? [];
      const missing = keys?.live.filter((kid) => !keys.published.includes(kid)) ?? [];

      if (extra.length > 0) {
        return { severity: 'critical', args: { kind: 'extra', keys: extra.join(', ') } };
      }

      return missing.length > 0 ? { args: { kind: 'missing', keys: missing.join(', ') } } : undefined;
    }),
  }),
  rule({
    code:     'DISCOVERY_MISMATCH',
    severity: 'high',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ issuer, discovery }) => {
      if (discovery && discovery.issuer !== issuer) {
        return { args: { kind: 'issuer', expected: issuer, found: discovery.issuer } };
      }

      return discovery && hostOf(discovery.jwksUri) !== hostOf(issuer) ? { args: { kind: 'keys', expected: hostOf(issuer), found: discovery.jwksUri } } : undefined;
    }),
  }),
  rule({
    code:     'THUMBPRINT_STALE',
    severity: 'high',
    needs:    'issuers',
    check:    (view, context) => each(view, context, ({ issuer, thumbprint }) => thumbprint && !thumbprint.meets ? { args: { issuer, authority: thumbprint.publicAuthority ? 'public' : 'private' }, ...(thumbprint.publicAuthority ? { severity: 'low' as const } : {}) } : undefined),
  }),
] as const;
