import { expect } from 'vitest';
import type { AwsRoute } from '../../../pkg/irsa/gateways/aws/request';
import type { Transport } from '../../../pkg/irsa/gateways/transport';
import type { Internet } from '../../sandbox/contracts.ts';
import { createMetaProxy } from '../../sandbox/meta-proxy/meta-proxy.ts';

/** Where moto is known to answer otherwise than AWS. */
export interface Difference {
  /** What moto does, in place of what AWS does; for a refusal that moto does not know: `succeeds`. */
  moto: unknown;
  /** By what AWS is right: its reference, or who saw it. */
  source: string;
}

/** An AWS that the contract cases run against: the sandbox's, and one that we did not write. */
export interface AwsTarget {
  readonly name: 'sandbox' | 'moto';
  readonly accountId: string;
  /** Answers signed requests to any service, as `AWS_ENDPOINT_URL` has it. */
  readonly url: string;
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  /** What our gateways take: over a meta proxy that signs as Rancher does. */
  route(): AwsRoute;
  /** An account with nothing in it; `quotas` where the target has quotas that can be set. */
  reset(given?: { quotas?: Record<string, number> }): Promise<void>;
  /** A cluster that EKS knows. */
  seedCluster(name: string, region: string): Promise<void>;
  /** A token of the issuer ISSUER, for these claims. */
  mint(claims?: object): string;
  stop(): Promise<void>;
}

/** The issuer of all cases; both targets reach it, or believe so. */
export const ISSUER = 'https://oidc.eks.eu-central-1.amazonaws.com/id/ABC';
export const REGION = 'eu-central-1';

/** For the SDK's own clients: its own signer, straight to the target. */
export function clientOptions({ url, credentials }: AwsTarget, region = REGION) {
  return { endpoint: url, credentials, region, maxAttempts: 1 };
}

/** Rancher's proxy before some AWS, in this process; signs with the target's key. */
export function proxied(internet: Internet, { accessKeyId, secretAccessKey }: AwsTarget['credentials']): AwsRoute {
  const proxy = createMetaProxy({ internet, allowed: () => ['*.amazonaws.com'], credential: (id) => (id === 'cred' ? { accessKey: accessKeyId, secretKey: secretAccessKey } : undefined) });
  const transport: Transport = {
    async request({ method, url, headers = {}, body = '' }) {
      const { pathname, searchParams } = new URL(url, 'http://rancher.example');
      const answer = await proxy({ method, path: pathname, query: searchParams, headers, body: Buffer.from(body), origin: 'http://rancher.example' }, undefined);

      return { status: answer.status, headers: Object.fromEntries(Object.entries(answer.headers ?? {}).map(([name, value]) => [name, String(value)])), body: String(answer.body ?? '') };
    },
  };

  return { transport, credentialId: 'cred' };
}

/** A refusal as it came over the wire. */
export interface Refusal {
  status?: number;
  code: string;
  message?: string;
}

/** What was compared, and what differed: printed at the end, so that a run says what it has seen. */
export class Comparison {
  readonly target: AwsTarget;
  readonly differences: string[] = [];
  compared = 0;

  constructor(target: AwsTarget) {
    this.target = target;
  }

  /** Fails unless the answer has what AWS gives; against moto, what moto is known to give instead. */
  gives(what: string, actual: unknown, aws: unknown, differs?: Difference): void {
    this.note(what, differs);
    expect.soft(actual, what).toEqual(this.differing(differs) ? differs?.moto : aws);
  }

  /** Fails unless the call is refused as AWS refuses it. Strings of the expectation may be patterns. */
  async refuses(what: string, call: Promise<unknown>, aws: Refusal, differs?: Difference): Promise<void> {
    const seen = await call.then(() => 'succeeds', refusalOf);

    this.note(what, differs);
    if (this.differing(differs) && differs?.moto === 'succeeds') {
      expect.soft(seen, what).toBe('succeeds');

      return;
    }
    expect.soft(seen, what).toMatchObject({ ...aws, ...this.differing(differs) ? differs?.moto as object : {} });
  }

  private differing(differs: Difference | undefined): boolean {
    return differs !== undefined && this.target.name === 'moto';
  }

  private note(what: string, differs: Difference | undefined): void {
    this.compared += 1;
    if (differs && this.differing(differs)) {
      this.differences.push(`${ what }: moto ${ typeof differs.moto === 'string' ? differs.moto : JSON.stringify(differs.moto) } (AWS: ${ differs.source })`);
    }
  }
}

/** What of an SDK's exception came from the other side. */
function refusalOf(error: unknown): Refusal {
  const { name, message, Code, Error: inner, $metadata } = error as Error & { Code?: string; Error?: { Code?: string }; $metadata?: { httpStatusCode?: number } };

  if (!$metadata) {
    throw error;
  }

  return { status: $metadata.httpStatusCode, code: inner?.Code ?? Code ?? name, message };
}
