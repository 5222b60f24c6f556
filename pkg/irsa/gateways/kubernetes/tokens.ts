import { segment } from '../../domain/names/segment';
import type { Transport } from '../transport';
import { name, object } from '../shape';
import { kube } from './client';

/** AWS is never registered for this audience, so a token for it is worth nothing there. */
export const PROBE_AUDIENCE = 'rancher-irsa-issuer-probe';

/** The API server's minimum, in seconds. */
const SHORTEST = 600;

/**
 * A token of a service account. Keep it in a local variable and let it go.
 * @throws IrsaError when the API server refuses or answers no token
 */
export async function requestToken(transport: Transport, clusterId: string, account: { namespace: string; name: string }, audience: string, signal?: AbortSignal): Promise<string> {
  const { status } = await kube<{ status: { token: string } }>(transport, clusterId, {
    method: 'POST',
    path:   `/api/v1/namespaces/${ segment(account.namespace) }/serviceaccounts/${ segment(account.name) }/token`,
    body:   { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [audience], expirationSeconds: SHORTEST } },
    shape:  object({ status: object({ token: name }) }),
    signal,
  });

  return status.token;
}

/** What a token says of itself; nothing is verified. */
export interface TokenClaims {
  iss: string;
  sub: string;
  aud: string[];
  /** Seconds since the epoch. */
  exp: number;
  /** Id of the signing key, from the header. */
  kid?: string;
}

/** Reads a JWT's header and claims; undefined when it is none, or lacks what a service account's token has. */
export function readToken(token: string): TokenClaims | undefined {
  const [header, claims] = token.split('.');

  try {
    const { kid } = decode(header ?? '') as Record<string, unknown>;
    const { iss, sub, aud, exp } = decode(claims ?? '') as Record<string, unknown>;
    const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];

    if (!isText(iss) || !isText(sub) || !audiences.every(isText) || typeof exp !== 'number' || !(kid === undefined || isText(kid))) {
      return undefined;
    }

    return { iss, sub, aud: audiences, exp, kid };
  } catch {
    // The caller says what an unreadable token means for it.
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function decode(part: string): unknown {
  const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));

  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}
