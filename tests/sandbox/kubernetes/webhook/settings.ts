import { parseArgs } from 'node:util';

/** How one pod identity webhook was started. */
export interface WebhookFlags {
  annotationPrefix: string;
  audience: string;
  mountPath: string;
  expiration: number;
  region: string;
  regionalSts: boolean;
}

/** Never shorter than the API server takes (main.go clamps the flag, cache.go the annotation). */
export const SHORTEST_EXPIRATION = 600;

/** The flags' own defaults (amazon-eks-pod-identity-webhook main.go). */
export const FLAG_DEFAULTS: WebhookFlags = {
  annotationPrefix: 'eks.amazonaws.com',
  audience:         'sts.amazonaws.com',
  mountPath:        '/var/run/secrets/eks.amazonaws.com/serviceaccount',
  expiration:       86400,
  region:           '',
  regionalSts:      false
};

/** What EKS runs: the cluster's region, regional STS endpoints. */
export function eksFlags(region: string): WebhookFlags {
  return { ...FLAG_DEFAULTS, region, regionalSts: true };
}

/** Reads a command line as the webhook does; what it does not name keeps the flag's default. */
export function readFlags(args: string[]): WebhookFlags {
  const { values } = parseArgs({
    args, strict: false, allowPositionals: true, options: {
      'annotation-prefix':     { type: 'string' },
      'token-audience':        { type: 'string' },
      'token-mount-path':      { type: 'string' },
      'token-expiration':      { type: 'string' },
      'aws-default-region':    { type: 'string' },
      'sts-regional-endpoint': { type: 'boolean' }
    }
  });
  const text = (name: string, fallback: string): string => (typeof values[name] === 'string' ? values[name] : fallback);
  const expiration = Number(text('token-expiration', String(FLAG_DEFAULTS.expiration)));

  return {
    annotationPrefix: text('annotation-prefix', FLAG_DEFAULTS.annotationPrefix),
    audience:         text('token-audience', FLAG_DEFAULTS.audience),
    mountPath:        text('token-mount-path', FLAG_DEFAULTS.mountPath),
    expiration:       Math.max(expiration, SHORTEST_EXPIRATION),
    region:           text('aws-default-region', ''),
    regionalSts:      isTrue(values['sts-regional-endpoint'])
  };
}

/** Go's strconv.ParseBool, for flags given as `--flag` or `--flag=value`. */
function isTrue(value: unknown): boolean {
  return value === true || ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(String(value));
}

/** Go's strconv.ParseBool; undefined for what it refuses. */
export function parseBool(text: string): boolean | undefined {
  if (isTrue(text)) {
    return true;
  }

  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text) ? false : undefined;
}
