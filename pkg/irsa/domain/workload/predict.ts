import type { AnnotatedAccount, Container, EnvVar, Pod, PodSpec } from './pod';
import { parseBoolean, parseInteger, SHORTEST_EXPIRATION, withDefaults, type WebhookSettings } from './settings';
import { skippedContainers } from './skip-list';

/** Name of the projected volume; fixed in the webhook. */
export const TOKEN_VOLUME = 'aws-iam-token';
export const ROLE_VARIABLE = 'AWS_ROLE_ARN';
export const TOKEN_VARIABLE = 'AWS_WEB_IDENTITY_TOKEN_FILE';

const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
const STS_VARIABLE = 'AWS_STS_REGIONAL_ENDPOINTS';

/** What the webhook means to give a pod. */
export interface IntendedIdentity {
  roleArn: string;
  audience: string;
  regionalSts: boolean;
  /** Seconds. */
  expiration: number;
  /** As AWS_WEB_IDENTITY_TOKEN_FILE names it. */
  tokenFile: string;
  mountPath: string;
  region: string;
  /** Containers left out on purpose. */
  skipped: string[];
}

/**
 * What the webhook would make of a pod: environment and token mount in every container and init container, and the projected token
 * (amazon-eks-pod-identity-webhook pkg/handler/handler.go, pkg/cache/cache.go; agrees with all recorded answers of the real one).
 * Containers come back as the webhook writes them: with `resources`, and without empty fields. Ephemeral containers are never touched,
 * nor is anything when the account names no role. Whether the webhook is asked at all (its selectors) is not this function's matter.
 * @param pod             as it is created; not changed
 * @param serviceAccount  null: there is none
 */
export function predictMutation(pod: Pod, serviceAccount: AnnotatedAccount | null, webhook: WebhookSettings = {}): Pod {
  const intended = intendedIdentity(pod, serviceAccount, webhook);

  if (!intended) {
    return pod;
  }
  const { spec } = pod;
  const give = (container: Container): Container => written(intended.skipped.includes(container.name) ? container : withIdentity(container, intended));

  return {
    ...pod,
    spec: {
      ...spec,
      volumes:    withToken(spec, intended),
      containers: spec.containers.map(give),
      ...(spec.initContainers?.length ? { initContainers: spec.initContainers.map(give) } : {}),
    },
  };
}

/**
 * What annotations and settings come to; undefined when the account names no role. The account's annotations go before the settings,
 * and for the expiration the pod's before the account's; one that cannot be read does not count.
 */
export function intendedIdentity(pod: Pod, serviceAccount: AnnotatedAccount | null, webhook: WebhookSettings = {}): IntendedIdentity | undefined {
  const settings = withDefaults(webhook);
  const { annotationPrefix: prefix } = settings;
  const account = serviceAccount?.metadata?.annotations ?? serviceAccount?.annotations ?? {};
  const own = pod.metadata?.annotations ?? {};
  const roleArn = account[`${ prefix }/role-arn`];

  if (!roleArn) {
    return undefined;
  }

  return {
    roleArn,
    audience:    account[`${ prefix }/audience`] ?? settings.audience,
    regionalSts: parseBoolean(account[`${ prefix }/sts-regional-endpoints`]) ?? settings.regionalSts,
    expiration:  expirationOf(own[`${ prefix }/token-expiration`]) ?? expirationOf(account[`${ prefix }/token-expiration`]) ?? settings.tokenExpirationSeconds,
    tokenFile:   tokenFile(pod.spec, settings.tokenMountPath),
    mountPath:   settings.tokenMountPath,
    region:      settings.region,
    skipped:     skippedContainers(own[`${ prefix }/skip-containers`]),
  };
}

function expirationOf(annotation: string | undefined): number | undefined {
  const seconds = parseInteger(annotation);

  return seconds === undefined ? undefined : Math.max(seconds, SHORTEST_EXPIRATION);
}

/** Only a node selector tells the webhook of Windows; `spec.os` does not. */
function tokenFile({ nodeSelector }: PodSpec, mountPath: string): string {
  const file = joined(mountPath, 'token');
  const onWindows = [nodeSelector?.['kubernetes.io/os'], nodeSelector?.['beta.kubernetes.io/os']].includes('windows');

  return onWindows ? `C:${ file.replaceAll('/', '\\') }` : file;
}

/** As Go's filepath.Join: without empty parts, `.` and `..`. */
function joined(...paths: string[]): string {
  const whole = paths.filter(Boolean).join('/');
  const parts: string[] = [];

  for (const part of whole.split('/')) {
    if (part === '..' && parts.length && parts.at(-1) !== '..') {
      parts.pop();
    } else if (part && part !== '.' && !(part === '..' && whole.startsWith('/'))) {
      parts.push(part);
    }
  }

  return (whole.startsWith('/') ? '/' : '') + parts.join('/') || '.';
}

function withIdentity(container: Container, intended: IntendedIdentity): Container {
  const env = container.env ?? [];
  const has = (...names: string[]) => env.some(({ name }) => names.includes(name));
  const hasIdentity = has(ROLE_VARIABLE, TOKEN_VARIABLE);
  const hasRegion = has(...REGION_VARIABLES);

  // One that defines something of each kind is left alone whole, mount included.
  if (hasIdentity && hasRegion && has(STS_VARIABLE)) {
    return container;
  }
  const added: EnvVar[] = [
    ...(intended.regionalSts && !has(STS_VARIABLE) ? [{ name: STS_VARIABLE, value: 'regional' }] : []),
    ...(intended.region && !hasRegion ? [{ name: 'AWS_DEFAULT_REGION', value: intended.region }, { name: 'AWS_REGION', value: intended.region }] : []),
    ...(hasIdentity ? [] : [{ name: ROLE_VARIABLE, value: intended.roleArn }, { name: TOKEN_VARIABLE, value: intended.tokenFile }]),
  ];
  const mounts = container.volumeMounts ?? [];

  return {
    ...container,
    env:          [...env, ...added],
    volumeMounts: mounts.some(({ name }) => name === TOKEN_VOLUME) ? mounts : [...mounts, { name: TOKEN_VOLUME, readOnly: true, mountPath: intended.mountPath }],
  };
}

function withToken({ volumes }: PodSpec, { audience, expiration }: IntendedIdentity): PodSpec['volumes'] {
  if (volumes?.some(({ name }) => name === TOKEN_VOLUME)) {
    return volumes;
  }

  return [{ name: TOKEN_VOLUME, projected: { sources: [{ serviceAccountToken: { ...(audience ? { audience } : {}), expirationSeconds: expiration, path: 'token' } }] } }, ...volumes ?? []];
}

/** Fields of a container that k8s.io/api leaves out when they are empty (core/v1 types.go, `omitempty` on plain values). */
const LEFT_OUT_EMPTY = [
  'image', 'command', 'args', 'workingDir', 'ports', 'envFrom', 'env', 'resizePolicy', 'restartPolicyRules', 'volumeMounts', 'volumeDevices', 'terminationMessagePath', 'terminationMessagePolicy', 'imagePullPolicy', 'stdin',
  'stdinOnce', 'tty'
];

/** As the webhook's own k8s.io/api writes it: it reads the containers and writes them anew. */
function written(container: Container): Container {
  const filled = { ...container, resources: container.resources ?? {} };

  return {
    ...withoutEmpty(filled, LEFT_OUT_EMPTY),
    ...(filled.env?.length ? { env: filled.env.map((one) => withoutEmpty(one, ['value'])) } : {}),
    ...(filled.volumeMounts?.length ? { volumeMounts: filled.volumeMounts.map((one) => withoutEmpty(one, ['readOnly', 'subPath', 'subPathExpr'])) } : {}),
  };
}

function withoutEmpty<T extends object>(object: T, fields: string[]): T {
  const isEmpty = (value: unknown) => value === undefined || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);

  return Object.fromEntries(Object.entries(object).filter(([field, value]) => !(isEmpty(value) && (value === null || fields.includes(field))))) as T;
}
