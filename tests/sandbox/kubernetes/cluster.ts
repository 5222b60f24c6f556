import type { KeyObject } from 'node:crypto';
import type { AccessQuestion, HttpAnswer, HttpRequest, Json, KubeCluster, KubeObject, KubeUser } from '../contracts.ts';
import { ApiServerAdmission } from './admission/admission.ts';
import { KubeApi } from './api/api.ts';
import { Logs } from './api/logs.ts';
import { typed } from './controllers/context.ts';
import { Controllers } from './controllers/controllers.ts';
import { runProgram } from './programs.ts';
import { Authorizer } from './rbac/authorizer.ts';
import { bootstrapRoles } from './rbac/bootstrap.ts';
import { MemoryStore } from './store.ts';
import { managedBy } from './store/metadata.ts';
import { jwkOf, signingKey } from './tokens/keys.ts';
import type { SigningKey } from './tokens/keys.ts';
import { RollingServers } from './tokens/servers.ts';
import type { ApiServer } from './tokens/servers.ts';
import { TokenAuthority } from './tokens/tokens.ts';
import { PodIdentityDispatch } from './webhook/dispatch.ts';
import { registerEksWebhook } from './webhook/eks.ts';

export interface ClusterOptions {
  id: string;
  /** e.g. `v1.34.2-eks-1234567` */
  version: string;
  /** What the API servers accept with no arguments; the first signs. */
  issuers: string[];
  /** `--api-audiences`; without it the issuers are the audiences, as in Kubernetes. */
  audiences?: string[];
  /** EKS runs the pod identity webhook itself. */
  builtInWebhook?: { region: string };
  /** Lets everybody who is logged in read the issuer's documents; Kubernetes lets service accounts and admins only. */
  discoveryAllowed?: boolean;
  /** Milliseconds a visible step of a controller takes; 0 is at once, though never within the call that caused it. */
  pace?: number;
  /** A key made beforehand (RSA 2048), or one of a `KeyPool`. */
  rsaKey?: KeyObject | SigningKey;
  /** The API servers and their `kube-apiserver-arg` values; one with none when left out. */
  servers?: { name: string; args: string[] }[];
  /** Milliseconds one API server takes to restart with new arguments. */
  restart?: number;
  now?: () => Date;
}

/** A modelled cluster with what tests and scenarios need beyond the contract. */
export interface SandboxCluster extends KubeCluster {
  readonly store: MemoryStore;
  readonly servers: RollingServers;
  /** Who bears a token, as the next API server sees it; undefined where it answers 401. */
  authenticate(token: string): KubeUser | undefined;
  /** When every controller has come to rest. */
  idle(): Promise<void>;
  /** A new key signs from now on; the old ones still verify and stay published. */
  rotateKey(key: SigningKey): void;
}

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Makes a running cluster: API servers, store, RBAC defaults, system namespaces, controllers. */
export function createCluster(options: ClusterOptions): SandboxCluster {
  return new ModelledCluster(options);
}

class ModelledCluster implements SandboxCluster {
  readonly id: string;
  readonly version: string;
  readonly store: MemoryStore;
  readonly servers: RollingServers;
  private readonly keys: SigningKey[];
  private readonly authorizer: Authorizer;
  private readonly tokens: TokenAuthority;
  private readonly logs = new Logs();
  private readonly api: KubeApi;
  private readonly controllers: Controllers;

  constructor(options: ClusterOptions) {
    const { rsaKey } = options;
    const keys = (): SigningKey[] => this.keys;
    const { logs } = this;

    this.id = options.id;
    this.version = options.version;
    this.keys = [rsaKey && 'kid' in rsaKey ? rsaKey : signingKey(rsaKey)];
    this.store = new MemoryStore({ now: options.now });
    this.authorizer = new Authorizer(this.store);
    this.servers = new RollingServers({
      onStarted: (server) => this.tellArguments(server),
      servers: options.servers ?? [{ name: `${ options.id }-1`, args: [] }], defaults: { issuers: options.issuers, audiences: options.audiences ?? [] }, restart: options.restart
    });
    this.tokens = new TokenAuthority({ store: this.store, keys });
    this.api = new KubeApi({ version: options.version, store: this.store, authorizer: this.authorizer, servers: this.servers, tokens: this.tokens, keys, logs });
    this.controllers = new Controllers({
      store: this.store, logs, pace: options.pace ?? 400, program: (pod, container) => runProgram(pod, container, (request, user) => this.handle(request, user))
    });
    const webhooks = new PodIdentityDispatch(this.store, options.builtInWebhook);

    this.store.admission = new ApiServerAdmission(this.store, [(pod) => webhooks.mutate(pod)]);
    bootstrapRoles(this.store, options);
    this.makeNamespaces();
    if (options.builtInWebhook) {
      registerEksWebhook(this.store);
    }
  }

  issuer(): string {
    return this.servers.first()?.config.issuers[0] ?? '';
  }

  jwks(): { keys: Json[] } {
    return { keys: this.keys.map(jwkOf) };
  }

  authorize(user: KubeUser, question: AccessQuestion): boolean {
    return this.authorizer.decide(user, question).allowed;
  }

  handle(request: HttpRequest, user: KubeUser | undefined): Promise<HttpAnswer> {
    return this.api.handle(request, user);
  }

  authenticate(token: string): KubeUser | undefined {
    const server = this.servers.serving();

    return server && this.tokens.verify(server.config, token);
  }

  idle(): Promise<void> {
    return this.controllers.idle();
  }

  writeLog(pod: KubeObject, container: string, text: string): void {
    this.logs.write(pod, container, text);
  }

  rotateKey(key: SigningKey): void {
    this.keys.unshift(key);
  }

  stop(): void {
    this.controllers.stop();
    this.servers.stop();
  }

  /** A server writes its own command line on its node when it starts (k3s pkg/nodeconfig: `<distribution>.io/node-args`). */
  private tellArguments({ name, args }: ApiServer): void {
    const type = typed(this.store, '', 'nodes');

    if (this.store.get(type, undefined, name)) {
      const line = JSON.stringify(['server', ...args.flatMap((arg) => ['--kube-apiserver-arg', arg])]);

      const distribution = this.version.includes('k3s') ? 'k3s' : 'rke2';
      const annotation = `${ distribution }.io/node-args`;

      this.store.patch(type, undefined, name, 'application/merge-patch+json', { metadata: { annotations: { [annotation]: line }, managedFields: managedBy(distribution, annotation, new Date()) } as object });
    }
  }

  private makeNamespaces(): void {
    const type = typed(this.store, '', 'namespaces');

    SYSTEM_NAMESPACES.forEach((name) => this.store.create(type, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }
}
