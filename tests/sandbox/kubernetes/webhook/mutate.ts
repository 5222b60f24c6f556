import type { KubeObject } from '../../contracts.ts';
import { at, copy, fieldsIn, fieldsOf, listOf, textOf } from '../copy.ts';
import type { Fields } from '../copy.ts';
import { csvFields } from './csv.ts';
import { parseBool, SHORTEST_EXPIRATION } from './settings.ts';
import type { WebhookFlags } from './settings.ts';

const VOLUME = 'aws-iam-token';
const ROLE = 'AWS_ROLE_ARN';
const TOKEN_FILE = 'AWS_WEB_IDENTITY_TOKEN_FILE';
const REGION = 'AWS_REGION';
const DEFAULT_REGION = 'AWS_DEFAULT_REGION';
const REGIONAL_STS = 'AWS_STS_REGIONAL_ENDPOINTS';

/** What a service account's annotations and the flags come to. */
interface Wish {
  role: string;
  audience: string;
  regionalSts: boolean;
  expiration: number;
}

function annotationsOf(object: KubeObject): Record<string, string> {
  return object.metadata.annotations ?? {};
}

/** A number of seconds as Go's strconv.ParseInt takes it; undefined otherwise. */
function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Math.max(Number(text), SHORTEST_EXPIRATION) : undefined;
}

function wishOf(serviceAccount: KubeObject, flags: WebhookFlags): Wish | undefined {
  const annotations = annotationsOf(serviceAccount);
  const role = annotations[`${ flags.annotationPrefix }/role-arn`];

  return role ? {
    role,
    audience:    annotations[`${ flags.annotationPrefix }/audience`] ?? flags.audience,
    regionalSts: parseBool(annotations[`${ flags.annotationPrefix }/sts-regional-endpoints`] ?? '') ?? flags.regionalSts,
    expiration:  seconds(annotations[`${ flags.annotationPrefix }/token-expiration`]) ?? flags.expiration
  } : undefined;
}

/**
 * The pod as the real webhook leaves it (pkg/handler/handler.go; every case of webhook-mutations.json). Containers come back as
 * the webhook's own k8s.io/api writes them, which is why each has `resources`.
 */
export function mutatePod(given: KubeObject, serviceAccount: KubeObject | undefined, flags: WebhookFlags): KubeObject {
  const wish = serviceAccount && wishOf(serviceAccount, flags);

  if (!wish) {
    return given;
  }
  const pod = copy(given);
  const spec = fieldsOf(pod.spec);
  const skipped = csvFields(annotationsOf(pod)[`${ flags.annotationPrefix }/skip-containers`] ?? '') ?? [];
  const expiration = seconds(annotationsOf(pod)[`${ flags.annotationPrefix }/token-expiration`]) ?? wish.expiration;
  const shape = (container: Fields): Fields => mutateContainer(container, skipped.includes(textOf(container.name)), wish, flags, tokenFile(spec, flags));

  for (const field of ['containers', 'initContainers']) {
    if (listOf(spec[field]).length) {
      spec[field] = fieldsIn(spec[field]).map(shape);
    }
  }
  if (!fieldsIn(spec.volumes).some((volume) => volume.name === VOLUME)) {
    spec.volumes = [{ name: VOLUME, projected: { sources: [{ serviceAccountToken: { audience: wish.audience, expirationSeconds: expiration, path: 'token' } }] } }, ...listOf(spec.volumes)];
  }

  return { ...pod, spec };
}

function tokenFile(spec: Fields, flags: WebhookFlags): string {
  const windows = ['kubernetes.io/os', 'beta.kubernetes.io/os'].some((label) => at(spec, 'nodeSelector', label) === 'windows');
  const path = `${ flags.mountPath }/token`;

  return windows ? `C:${ path.replaceAll('/', '\\') }` : path;
}

function mutateContainer(container: Fields, skip: boolean, wish: Wish, flags: WebhookFlags, file: string): Fields {
  const known = new Set(fieldsIn(container.env).map((variable) => textOf(variable.name)));
  const hasIdentity = known.has(ROLE) || known.has(TOKEN_FILE);
  const hasRegion = known.has(REGION) || known.has(DEFAULT_REGION);
  // One of the two is enough (pkg/handler/handler.go addEnvToContainer).
  const complete = hasIdentity && hasRegion && known.has(REGIONAL_STS);
  const written = { ...container, resources: container.resources ?? {} };

  if (skip || complete) {
    return written;
  }
  const region = flags.region && !hasRegion ? flags.region : undefined;
  const added = [
    ...wish.regionalSts && !known.has(REGIONAL_STS) ? [{ name: REGIONAL_STS, value: 'regional' }] : [],
    ...region ? [{ name: DEFAULT_REGION, value: region }, { name: REGION, value: region }] : [],
    ...hasIdentity ? [] : [{ name: ROLE, value: wish.role }, { name: TOKEN_FILE, value: file }]
  ];
  const env = [...listOf(container.env), ...added];
  const mounts = listOf(container.volumeMounts);
  const mounted = fieldsIn(mounts).some((mount) => mount.name === VOLUME);

  return {
    ...written, ...env.length ? { env } : {}, volumeMounts: mounted ? mounts : [...mounts, { name: VOLUME, readOnly: true, mountPath: flags.mountPath }]
  };
}
