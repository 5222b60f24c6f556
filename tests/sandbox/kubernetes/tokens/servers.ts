/** What an API server does with tokens, by its arguments. */
export interface ServerConfig {
  /** The first signs, all are accepted. */
  issuers: string[];
  audiences: string[];
  /** Set where `--service-account-jwks-uri` says so. */
  jwksUri?: string;
}

/** One API server of a cluster. */
export interface ApiServer {
  readonly name: string;
  /** `kube-apiserver-arg` values, `flag=value` without dashes. */
  args: string[];
  config: ServerConfig;
  /** False while it restarts. */
  up: boolean;
}

/** Why a server would not start. */
export class StartError extends Error {}

/**
 * Reads `kube-apiserver-arg` values over the distribution's defaults, as K3s and RKE2 do (k3s pkg/util/args.go GetArgs): `flag=x`
 * replaces the default, repeats are kept in order, `flag-=x` puts x before the default, `flag+=x` after it.
 */
export function readServerArgs(args: string[], defaults: ServerConfig): ServerConfig {
  const issuers = valuesOf(args, 'service-account-issuer', defaults.issuers);
  const twice = issuers.find((issuer, index) => issuers.indexOf(issuer) < index);
  const jwksUri = valuesOf(args, 'service-account-jwks-uri', [])[0];

  if (twice !== undefined) {
    throw new StartError(`service-account-issuer "${ twice }" is already specified`);
  }
  const named = valuesOf(args, 'api-audiences', defaults.audiences).flatMap((list) => list.split(','));

  // pkg/kubeapiserver/options/authentication.go: without --api-audiences the issuers are the audiences.
  return { issuers, audiences: named.length ? named : issuers, ...jwksUri ? { jwksUri } : {} };
}

function valuesOf(args: string[], flag: string, defaults: string[]): string[] {
  let values: string[] | undefined;

  // One after the other: each sees what the ones before it left, and the first of them decides whether the default stays.
  for (const arg of args) {
    const [written = '', ...rest] = arg.replace(/^--/, '').split('=');
    const value = rest.length ? rest.join('=') : 'true';

    if (written.replace(/[-+]+$/, '') !== flag) {
      continue;
    }
    if (written.endsWith('+')) {
      values = [...values ?? defaults, value];
    } else if (written.endsWith('-')) {
      values = [value, ...values ?? defaults];
    } else {
      values = [...values ?? [], value];
    }
  }

  return values ?? defaults;
}

export interface RollingServersOptions {
  servers: { name: string; args: string[] }[];
  /** What the servers do with no arguments. */
  defaults: ServerConfig;
  /** Milliseconds one server takes to restart. */
  restart?: number;
  /** Told when a server runs with its arguments. */
  onStarted?(server: ApiServer): void;
}

/**
 * The API servers of one cluster behind one address. Requests go to them in turn; new arguments reach them one after the other,
 * as a rolling restart brings them.
 */
export class RollingServers {
  readonly servers: ApiServer[];
  private readonly defaults: ServerConfig;
  private readonly restart: number;
  private readonly timers = new Set<NodeJS.Timeout>();
  /** Name of a server that does not come back: a roll stops at it until it is let go. */
  stuckAt?: string;
  private readonly onStarted: (server: ApiServer) => void;
  private turn = 0;
  private rolling: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(options: RollingServersOptions) {
    this.defaults = options.defaults;
    this.restart = options.restart ?? 0;
    this.onStarted = options.onStarted ?? (() => undefined);
    this.servers = options.servers.map(({ name, args }) => ({ name, args, config: readServerArgs(args, this.defaults), up: true }));
  }

  /** The server that takes the next request; undefined when none is up. */
  serving(): ApiServer | undefined {
    const up = this.servers.filter((server) => server.up);

    return up[this.turn++ % Math.max(up.length, 1)];
  }

  /** The server that signs now as far as anybody outside can tell, without taking a turn. */
  first(): ApiServer | undefined {
    return this.servers.find((server) => server.up) ?? this.servers[0];
  }

  /**
   * Gives every server new arguments (the same, or each its own), one after the other, each down for its restart. Fails, with the first server down for good, when
   * a server would not start with them. A roll asked for during another one follows it.
   */
  roll(args: string[] | ((server: string) => string[])): Promise<void> {
    this.rolling = this.rolling.catch(() => undefined).then(() => this.rollNow(typeof args === 'function' ? args : () => args));

    return this.rolling;
  }

  stop(): void {
    this.stopped = true;
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
  }

  private async rollNow(argumentsFor: (server: string) => string[]): Promise<void> {
    for (const server of this.servers) {
      if (this.stopped) {
        return;
      }
      // A lone server's short absence would refuse every request; it is left out, as clients retry through it.
      server.up = this.servers.length === 1;
      do {
        await this.pause();
      } while (this.stuckAt === server.name && !this.stopped);
      const args = argumentsFor(server.name);

      server.config = readServerArgs(args, this.defaults);
      server.args = args;
      server.up = true;
      this.onStarted(server);
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, this.restart);

      timer.unref();
      this.timers.add(timer);
    });
  }
}
