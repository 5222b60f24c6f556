import { PROVIDER_URL_LENGTH } from '../aws/quotas';
import type { AwsAccount, Text } from '../facts';
import { explanation } from '../errors/catalogue';
import { IrsaError } from '../errors/irsa-error';
import { text } from '../text';

/**
 * What IAM calls the issuer: host and path, as written. AWS compares it with the token's `iss` byte for byte, so case and a
 * trailing slash are kept (peers-and-aws.md §3.2).
 */
export function issuerPath(issuer: string): string {
  return issuer.startsWith('https://') ? issuer.slice('https://'.length) : issuer;
}

/** The ARN that IAM gives the provider of an issuer. */
export function providerArn(account: AwsAccount, issuer: string): string {
  return `arn:${ account.partition }:iam::${ account.id }:oidc-provider/${ issuerPath(issuer) }`;
}

/** Takes a provider's ARN apart; undefined when it is none. `host` is the issuer without `https://`. */
export function parseProviderArn(arn: string): { partition: string; accountId: string; host: string } | undefined {
  const match = /^arn:([\w-]+):iam::(\d{12}):oidc-provider\/(.+)$/.exec(arn);

  return match ? { partition: match[1]!, accountId: match[2]!, host: match[3]! } : undefined;
}

/** The issuer a provider's ARN stands for; undefined when it is no provider's ARN. */
export function issuerOfProviderArn(arn: string): string | undefined {
  const provider = parseProviderArn(arn);

  return provider && `https://${ provider.host }`;
}

/** The region of an EKS cluster's issuer, or undefined when it is not EKS'. China and the newer partitions have hosts of their own. */
export function eksIssuerRegion(issuer: string): string | undefined {
  const host = '(?:amazonaws\\.com(?:\\.cn)?|amazonaws\\.eu|c2s\\.ic\\.gov|sc2s\\.sgov\\.gov|cloud\\.adc-e\\.uk|csp\\.hci\\.ic\\.gov)';

  return new RegExp(`^https://oidc\\.eks\\.([a-z0-9-]+)\\.${ host }/id/[0-9A-Za-z]+$`).exec(issuer)?.[1] ??
    /^https:\/\/oidc-eks\.([a-z0-9-]+)\.api\.(?:aws|amazonwebservices\.com\.cn)\/id\/[0-9A-Za-z]+$/.exec(issuer)?.[1];
}

export function isEksIssuer(issuer: string): boolean {
  return eksIssuerRegion(issuer) !== undefined;
}

export type IssuerProblem = 'not-https' | 'port' | 'query' | 'user' | 'malformed' | 'private' | 'too-long';

/**
 * Why AWS cannot use an issuer: IAM refuses anything but https without port, query and user, and STS must reach it from the
 * internet. Undefined when nothing stands against it; whether the documents are really there is another question.
 */
export function issuerProblem(issuer: string): IssuerProblem | undefined {
  const match = /^(https?):\/\/([^/?#]*)([^?#]*)(.*)$/.exec(issuer);

  if (!match) {
    return 'malformed';
  }
  const [, scheme, authority = '', path = '', rest] = match;

  if (scheme !== 'https') {
    return 'not-https';
  }
  if (rest) {
    return 'query';
  }
  if (authority.includes('@')) {
    return 'user';
  }
  const address = /^\[(.*)\](:\d*)?$/.exec(authority);
  const host = (address ? address[1]! : authority.replace(/:\d*$/, '')).toLowerCase();

  // With a dot at its end, a name is the same name.
  if (isPrivateHost(host.replace(/\.$/, ''), Boolean(address))) {
    return 'private';
  }
  if (host !== authority.toLowerCase() && !address) {
    return 'port';
  }
  // The path, too, is only what an address may be made of (RFC 3986): nothing invisible, nothing that reads as another address.
  if (!/^[a-z0-9.-]+$/.test(host) || !/^[\w.~!$&'()*+,;=:@%/-]*$/.test(path)) {
    return 'malformed';
  }

  return issuer.length > PROVIDER_URL_LENGTH ? 'too-long' : undefined;
}

export type FormProblem = 'scheme' | 'port' | 'case' | 'double' | 'dots' | 'slash';

/**
 * Why no token and no address looks like this: STS compares byte for byte, and whatever fetches the documents writes the address in its own
 * way. Paths may have capitals; hosts may not.
 * @param host  the issuer without `https://`
 */
export function formProblem(host: string): FormProblem | undefined {
  const address = host.replace(/^https?:\/\//i, '');
  // Not taken apart: it may be a megabyte of slashes.
  const slash = address.indexOf('/');
  const [authority, path] = slash < 0 ? [address, ''] : [address.slice(0, slash), address.slice(slash)];

  if (/^https?:/i.test(host)) {
    return 'scheme';
  }
  if (authority.includes(':')) {
    return 'port';
  }
  if (authority !== authority.toLowerCase()) {
    return 'case';
  }
  if (path.includes('//')) {
    return 'double';
  }
  // `%2e` is a dot to those who read addresses.
  if (authority.endsWith('.') || /\/(\.|%2e){1,2}(\/|$)/i.test(path)) {
    return 'dots';
  }

  return path.endsWith('/') ? 'slash' : undefined;
}

/**
 * Refuses what AWS cannot use as an issuer, and what it, or whoever serves the documents, would take for another one: a slash at the end,
 * capitals in the host, empty or dotted pieces of the path.
 * @throws IrsaError ISSUER_UNUSABLE
 */
export function usablePublicly(issuer: string): void {
  const problem = issuerProblem(issuer);
  const form = formProblem(issuerPath(issuer));

  if (problem || form) {
    throw new IrsaError('ISSUER_UNUSABLE', { ...explanation('ISSUER_UNUSABLE', { issuer }), why: problem ? issuerProblemText(issuer, problem) : form === 'slash' ? text('irsa.issuer.slash', { issuer }) : text('irsa.issuer.form', { issuer }) });
  }
}

/** The problem in words. */
export function issuerProblemText(issuer: string, problem: IssuerProblem): Text {
  switch (problem) {
  case 'not-https': return text('irsa.issuer.not-https', { issuer });
  case 'port': return text('irsa.issuer.port', { issuer });
  case 'query': return text('irsa.issuer.query', { issuer });
  case 'user': return text('irsa.issuer.user', { issuer });
  case 'private': return text('irsa.issuer.private', { issuer });
  case 'too-long': return text('irsa.issuer.too-long', { issuer, limit: PROVIDER_URL_LENGTH });
  case 'malformed': return text('irsa.issuer.malformed', { issuer });
  }
}

/** Hosts that only answer inside a cluster or a private network. */
function isPrivateHost(host: string, isAddress: boolean): boolean {
  if (isAddress) {
    return true;
  }
  if (!host.includes('.') || /(^|\.)(localhost|svc|local|internal|lan|test|invalid)$/.test(host) || /\.svc\./.test(host)) {
    return true;
  }
  const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);

  if (!octets) {
    return false;
  }
  const [first, second] = [Number(octets[1]), Number(octets[2])];

  return first === 10 || first === 127 || first === 0 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168) ||
    (first === 169 && second === 254) || (first === 100 && second >= 64 && second < 128);
}
