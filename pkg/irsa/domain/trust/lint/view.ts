import { parseProviderArn } from '../../issuer/issuer';
import type { Path } from '../../json/located';
import { parseOperator, type Operator } from '../conditions';
import { many, type OneOrMany, type TrustDocument, type TrustStatement } from '../document';
import { namesAssume } from '../statement';
import { breadthOf, type Breadth } from './breadth';

/** A value and where it stands. */
export interface Placed {
  text: string;
  path: Path;
}

/** A condition on `<issuer>:sub` or `<issuer>:aud`. */
export interface ClaimCondition {
  /** As written. */
  written: string;
  operator: Operator;
  key: string;
  /** Issuer without `https://`, as written. */
  host: string;
  claim: 'sub' | 'aud';
  values: Placed[];
  path: Path;
}

/** An OIDC provider that a statement trusts. */
export interface TrustedProvider extends Placed {
  /** Issuer without `https://`. */
  host: string;
  /** Its partition may be one that is not known. */
  account: { id: string; partition: string };
}

/** A statement, taken apart once for all rules. */
export interface StatementView {
  index: number;
  path: Path;
  statement: TrustStatement;
  allows: boolean;
  /** AssumeRoleWithWebIdentity is among its actions. */
  isWebIdentity: boolean;
  /** OIDC providers of clusters. */
  providers: TrustedProvider[];
  claims: ClaimCondition[];
  /** Issuers whose claims it asks for, in small letters, each once. */
  hosts: string[];
  /** Subjects that are let in by a positive comparison; how much they let in, where they are patterns. */
  subjects: (Placed & { breadth?: Breadth })[];
}

export interface TrustView {
  document: TrustDocument;
  /** `${…}` are variables. */
  hasVariables: boolean;
  statements: StatementView[];
  /** Those that let somebody in. */
  allows: StatementView[];
  /** Providers of clusters that are let in, wherever they stand. */
  everyTrusted: (TrustedProvider & { statement: number })[];
  /** The same, each once. */
  trusted: (TrustedProvider & { statement: number })[];
}

/** Issuers of others than clusters: what a subject is there is not for us to judge. */
const NO_CLUSTERS = /^(token\.actions\.githubusercontent\.com|vstoken\.dev\.azure\.com|gitlab\.com|app\.terraform\.io|oidc\.circleci\.com|accounts\.google\.com|cognito-identity\.amazonaws\.com|agent\.buildkite\.com|api\.bitbucket\.org|login\.microsoftonline\.com|sts\.windows\.net|oidc\.vercel\.com|[\w-]+\.(auth0|okta)\.com)(\/|$)/i;

/** Takes a document apart. */
export function viewOf(document: TrustDocument): TrustView {
  const isList = Array.isArray(document.Statement);
  const statements = many(document.Statement).map((statement, index) => statementView(statement, index, isList ? ['Statement', index] : ['Statement'], document.Version === '2012-10-17'));
  const allows = statements.filter((one) => one.allows);
  const seen = new Set<string>();
  const everyTrusted = allows.flatMap(({ providers, index }) => providers.map((provider) => ({ ...provider, statement: index })));
  const trusted = everyTrusted.filter(({ text }) => !seen.has(text) && seen.add(text));

  return { document, hasVariables: document.Version === '2012-10-17', statements, allows, everyTrusted, trusted };
}

function statementView(statement: TrustStatement, index: number, path: Path, hasVariables: boolean): StatementView {
  const federated = statement.Principal !== '*' ? statement.Principal?.Federated : undefined;
  const providers = placed(federated, [...path, 'Principal', 'Federated']).flatMap(({ text, path: at }): TrustedProvider[] => {
    const provider = parseProviderArn(text);

    return provider && !NO_CLUSTERS.test(provider.host) ? [{ text, path: at, host: provider.host, account: { id: provider.accountId, partition: provider.partition } }] : [];
  });

  const claims = claimsOf(statement, path, providers);

  return { index, path, statement, allows: statement.Effect === 'Allow', isWebIdentity: namesAssume(statement), providers, claims, hosts: hostsOf(claims), subjects: providers.length > 0 ? subjectsOf(claims, hasVariables) : [] };
}

function subjectsOf(claims: ClaimCondition[], hasVariables: boolean): StatementView['subjects'] {
  return claims.filter((claim) => claim.claim === 'sub' && comparesText(claim) && !claim.operator.isNegative).flatMap(({ values, operator }) => values.map((value) => {
    const breadth = operator.name === 'stringlike' ? breadthOf(withoutVariables(value.text, hasVariables)) : undefined;

    return breadth ? { ...value, breadth } : value;
  }));
}

function claimsOf(statement: TrustStatement, path: Path, providers: TrustedProvider[]): ClaimCondition[] {
  const claims: ClaimCondition[] = [];
  const trusted = new Set(providers.map(({ host }) => host));

  for (const [written, keys] of Object.entries(statement.Condition ?? {})) {
    const operator = parseOperator(written);

    for (const [key, values] of Object.entries(keys)) {
      const colon = key.lastIndexOf(':');
      const host = key.slice(0, colon);
      const claim = key.slice(colon + 1).toLowerCase();

      // Keys of AWS' own (`aws:…`, `sts:…`, `saml:aud`) have no dot in front.
      if ((claim === 'sub' || claim === 'aud') && host.includes('.') && (trusted.has(host) || !NO_CLUSTERS.test(host))) {
        const at = [...path, 'Condition', written, key];

        claims.push({ written, operator, key, host, claim, values: placed(values, at), path: at });
      }
    }
  }

  return claims;
}

function hostsOf(claims: ClaimCondition[]): string[] {
  const hosts = new Set<string>();

  for (const { host } of claims) {
    hosts.add(host.toLowerCase());
  }

  return [...hosts];
}

/** The values behind one that may stand alone, each with its place. */
export function placed(values: OneOrMany<string | number | boolean> | undefined, path: Path): Placed[] {
  return Array.isArray(values) ? values.map((value, index) => ({ text: String(value), path: [...path, index] })) : values === undefined ? [] : [{ text: String(values), path }];
}

/** Whether a condition compares texts, so that it can limit who comes in. */
export function comparesText({ operator }: ClaimCondition): boolean {
  return operator.name.startsWith('string');
}

/** A text without its policy variables: `${*}` is a star that means itself. */
export function withoutVariables(text: string, hasVariables: boolean): string {
  return hasVariables && text.includes('${') ? text.replace(/\$\{[^{}]*\}/g, '~') : text;
}
