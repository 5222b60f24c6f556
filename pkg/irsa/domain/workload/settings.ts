import { DEFAULT_AUDIENCE } from '../aws/quotas';
import type { ObservedCluster } from '../facts';

/** How a pod identity webhook was started; what is absent has the default of the webhook's own flag (main.go). */
export interface WebhookSettings {
  /** `--annotation-prefix` */
  annotationPrefix?: string;
  /** `--token-audience` */
  audience?: string;
  /** `--token-mount-path` */
  tokenMountPath?: string;
  /** `--token-expiration`; the webhook raises what is shorter than 600. */
  tokenExpirationSeconds?: number;
  /** `--aws-default-region`; none is set without it. */
  region?: string;
  /** `--sts-regional-endpoint` */
  regionalSts?: boolean;
}

/** Seconds; the API server takes nothing shorter (pkg/config.go ValidateMinTokenExpiration). */
export const SHORTEST_EXPIRATION = 600;

export const ANNOTATION_PREFIX = 'eks.amazonaws.com';

/** The settings, whole. */
export function withDefaults(settings: WebhookSettings = {}): Required<WebhookSettings> {
  const {
    annotationPrefix = ANNOTATION_PREFIX, audience = DEFAULT_AUDIENCE, tokenMountPath = '/var/run/secrets/eks.amazonaws.com/serviceaccount', tokenExpirationSeconds = 86_400, region = '', regionalSts = false
  } = settings;

  return {
    annotationPrefix, audience, tokenMountPath, tokenExpirationSeconds: Math.max(tokenExpirationSeconds, SHORTEST_EXPIRATION), region, regionalSts
  };
}

/** The settings of a cluster's webhook, whole; of one that does not show them, and of EKS' own, the defaults. */
export function webhookSettings({ webhook }: Pick<ObservedCluster, 'webhook'>): Required<WebhookSettings> {
  return withDefaults(webhook.known ? webhook.value.settings ?? webhook.value.details?.settings : undefined);
}

/** The audience of tokens in a cluster whose service account names none. */
export function usualAudience(observed: Pick<ObservedCluster, 'webhook'>): string {
  return webhookSettings(observed).audience;
}

/**
 * The settings in a webhook's command line; flags it does not know are passed over.
 * @param args  a container's `command` and `args`, `--flag=value` or `--flag value`
 */
export function settingsOf(args: string[]): WebhookSettings {
  const flags = new Map<string, string>();

  args.forEach((arg, index) => {
    const [, name = '', value] = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const next = args[index + 1];

    if (name) {
      // A boolean never takes the next word (Go's flag package).
      flags.set(name, value ?? (name === 'sts-regional-endpoint' || next === undefined || next.startsWith('-') ? 'true' : next));
    }
  });
  const expiration = parseInteger(flags.get('token-expiration'));
  const regional = parseBoolean(flags.get('sts-regional-endpoint'));

  return {
    ...(flags.has('annotation-prefix') ? { annotationPrefix: flags.get('annotation-prefix') } : {}),
    ...(flags.has('token-audience') ? { audience: flags.get('token-audience') } : {}),
    ...(flags.has('token-mount-path') ? { tokenMountPath: flags.get('token-mount-path') } : {}),
    ...(expiration === undefined ? {} : { tokenExpirationSeconds: expiration }),
    ...(flags.has('aws-default-region') ? { region: flags.get('aws-default-region') } : {}),
    ...(regional === undefined ? {} : { regionalSts: regional }),
  };
}

const LARGEST = 2n ** 63n;

/** As Go's strconv.ParseInt(text, 10, 64) takes it; undefined where it reports an error. */
export function parseInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) {
    return undefined;
  }
  const number = BigInt(text.replace(/^\+/, ''));

  return number >= LARGEST || number < -LARGEST ? undefined : Number(number);
}

/** As Go's strconv.ParseBool takes it; undefined where it reports an error. */
export function parseBoolean(text: string | undefined): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '')) {
    return true;
  }

  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text ?? '') ? false : undefined;
}
