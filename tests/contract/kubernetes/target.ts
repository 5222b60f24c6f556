import { expect } from 'vitest';
import type { Transport } from '../../../pkg/irsa/gateways/transport';

export interface KubeAsked {
  method?: string;
  path: string;
  body?: unknown;
  contentType?: string;
  accept?: string;
  /** How the client calls itself. */
  agent?: string;
  /** Who asks: somebody who may do everything (also when left out), somebody who may do what a case grants, or the bearer of a token. */
  as?: 'admin' | 'olivia' | { token: string };
}

export interface KubeAnswer {
  status: number;
  headers: Record<string, string | undefined>;
  /** The body as sent. */
  text: string;
  /** The body read as JSON; undefined where it is none. */
  json: Fields | undefined;
}

// What an API answers is looked at field by field; `unknown` at each step would say no more.
export type Fields = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** A watch under way. */
export interface Watch {
  /** Waits until `count` events have come, or the answer has ended. */
  events(count: number): Promise<{ type: string; object: Fields }[]>;
  stop(): void;
}

/** A Kubernetes API that the cases run against: the sandbox's, and kube-apiserver. */
export interface KubeTarget {
  readonly name: string;
  readonly version: string;
  readonly issuer: string;
  /** Whether controllers and, in the sandbox, kubelets are at work. */
  readonly controllers: boolean;
  ask(asked: KubeAsked): Promise<KubeAnswer>;
  watch(asked: KubeAsked): Promise<Watch>;
  /** Forgets all revisions before now, in etcd and in the API server's cache: etcd is told to every five minutes, and servers restart. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

/** Our gateways' way to the cluster CLUSTER; refuses what asks for another. */
export const CLUSTER = 'c-real';

/** The minor version; where the older server is known to do otherwise. */
export function minorOf({ version }: KubeTarget): number {
  return Number(version.split('.')[1]);
}

export function transportOf(target: KubeTarget, as: KubeAsked['as'] = 'admin'): Transport {
  const root = `/k8s/clusters/${ CLUSTER }`;

  return {
    async request({ method, url, headers = {}, body }) {
      if (!url.startsWith(`${ root }/`)) {
        throw new Error(`nothing but the cluster is here: ${ url }`);
      }
      const answer = await target.ask({ method, path: url.slice(root.length), body, contentType: headers['content-type'], accept: headers.accept, as });

      return { status: answer.status, headers: Object.fromEntries(Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))), body: answer.text };
    },
  };
}

export interface Refusal { code: number; reason?: string; message?: unknown; details?: unknown }

/** Counts what was compared, so that a run says what it has seen. */
export class Comparison {
  readonly target: KubeTarget;
  compared = 0;
  private namespaces = 0;

  constructor(target: KubeTarget) {
    this.target = target;
  }

  /** Fails, at the end of the case, unless the answer has what Kubernetes gives. */
  gives(what: string, actual: unknown, kubernetes: unknown): void {
    this.compared += 1;
    expect.soft(actual, what).toEqual(kubernetes);
  }

  /** Fails unless the request is refused with this Status. */
  async refuses(what: string, asked: KubeAsked, { code, ...refusal }: Refusal): Promise<void> {
    const { status, json } = await this.target.ask(asked);

    this.compared += 1;
    expect.soft({ status, body: json }, what).toMatchObject({ status: code, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, ...refusal } });
  }

  /** What is asked must succeed. */
  async done(asked: KubeAsked): Promise<Fields> {
    const { status, text, json } = await this.target.ask(asked);

    if (status >= 300 || !json) {
      throw new Error(`${ asked.method ?? 'GET' } ${ asked.path }: ${ status } ${ text.slice(0, 500) }`);
    }

    return json;
  }

  post(path: string, body: unknown): Promise<Fields> {
    return this.done({ method: 'POST', path, body });
  }

  /** A namespace of its own for a case, so that none sees another's. */
  async namespace(): Promise<string> {
    const name = `case-${ ++this.namespaces }`;

    await this.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

    return name;
  }

  account(namespace: string, name: string, annotations?: Record<string, string>): Promise<Fields> {
    return this.post(`/api/v1/namespaces/${ namespace }/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, annotations } });
  }
}
