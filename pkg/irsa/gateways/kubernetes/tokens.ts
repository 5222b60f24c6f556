import type { Transport } from '../transport';
import { kube } from './client';

/** AWS is never registered for this audience, so a token for it is worth nothing there. */
export const PROBE_AUDIENCE = 'rancher-irsa-issuer-probe';

/** The API server's minimum, in seconds. */
const SHORTEST = 600;

/**
 * A token of a service account. Keep it in a local variable and let it go.
 * @throws IrsaError when the API server refuses
 */
export async function requestToken(transport: Transport, clusterId: string, account: { namespace: string; name: string }, audience: string, signal?: AbortSignal): Promise<string> {
  const { status } = await kube<{ status?: { token?: string } }>(transport, clusterId, {
    method: 'POST',
    path:   `/api/v1/namespaces/${ encodeURIComponent(account.namespace) }/serviceaccounts/${ encodeURIComponent(account.name) }/token`,
    body:   { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [audience], expirationSeconds: SHORTEST } },
    signal,
  });

  return status?.token ?? '';
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

/** Reads a JWT's header and claims; undefined when it is none. */
export function readToken(token: string): TokenClaims | undefined {
  const [header, claims] = token.split('.');

  try {
    const { kid } = decode(header ?? '') as { kid?: string };
    const { iss, sub, aud, exp } = decode(claims ?? '') as { iss: string; sub: string; aud: string | string[]; exp: number };

    return { iss, sub, aud: Array.isArray(aud) ? aud : [aud], exp, kid };
  } catch {
    // The caller says what an unreadable token means for it.
    return undefined;
  }
}

function decode(part: string): unknown {
  const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));

  return JSON.parse(new TextDecoder().decode(bytes));
}
