import { HELM_OP } from '../../domain/fleet/fleet';
import { ANNOTATION_PREFIX } from '../../domain/workload/settings';
import type { Call, Condition, HelmChange, Step, Value } from '../plan';
import { comment, jsonWord, quote, stringWord } from './sh';
import { serversLines, tokenLines } from './switch';

type KubernetesCall = Extract<Call, { kubernetes: unknown }>['kubernetes'];
type VerifyCall = Extract<Call, { verify: unknown }>['verify'];

const PATCH_TYPES: Record<string, string> = { 'application/merge-patch+json': 'merge', 'application/strategic-merge-patch+json': 'strategic', 'application/json-patch+json': 'json' };

/** Lets nobody do anything: the credentials of a check are of no use. */
const NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';

/** One Kubernetes request as kubectl; patches and creations, which is what plans make. @param seen  of the step */
export function kubernetesLines(call: KubernetesCall, name: string, seen?: Step['seen']): string[] {
  const target = targetOf(call.path);

  if (call.verb === 'PATCH' && target.name) {
    const patch = jsonWord(withoutVersion(call.body ?? {}), name);
    const type = PATCH_TYPES[call.contentType ?? ''] ?? 'merge';

    return [...seenLines(call, seen), ...patch.before, `kubectl patch ${ quote(`${ target.resource }/${ target.name }`) }${ inNamespace(target.namespace) } --type=${ type } --patch=${ patch.word }`];
  }
  if (call.verb === 'POST') {
    const object = jsonWord(call.body ?? {}, name);
    const made = `${ target.resource }/${ String((call.body as { metadata?: { name?: string } } | undefined)?.metadata?.name) }`;
    const common = `${ inNamespace(target.namespace) } --server-side --field-manager=irsa --filename=-`;

    return [
      ...object.before,
      `object=${ object.word }`,
      `found=$(kubectl get ${ quote(made) }${ inNamespace(target.namespace) } --ignore-not-found --output=name)`,
      'if [ -z "$found" ]; then',
      `  printf '%s\\n' "$object" | kubectl apply${ common }`,
      'else',
      // One that says all this already was made by an earlier run.
      `  printf '%s\\n' "$object" | kubectl diff${ common } >&2 || stop ${ quote(`${ made } was made by somebody else since this plan was made; plan anew`) }`,
      'fi',
    ];
  }

  if (call.verb === 'DELETE' && target.name) {
    const what = `${ quote(`${ target.resource }/${ target.name }`) }${ inNamespace(target.namespace) } --ignore-not-found`;
    const { preconditions } = (call.body ?? {}) as { preconditions?: Record<string, string> };
    // kubectl sends no preconditions.
    const guard = preconditions ? [
      `now=$(kubectl get ${ what } --output=${ quote(`jsonpath=${ Object.keys(preconditions).map((field) => `{.metadata.${ field }}`).join(' ') }`) })`,
      `case $now in '' | ${ quote(Object.values(preconditions).join(' ')) }) ;; *) stop ${ quote(`${ target.resource }/${ target.name } was changed since this plan was made; plan anew`) } ;; esac`,
    ] : [];

    return [...guard, `kubectl delete ${ what }`];
  }

  return [comment(`not in this script: ${ call.verb } ${ call.path }`)];
}

/** An annotation that is written or taken off is still what the plan saw, or gone, or what this step writes. */
function seenLines(call: KubernetesCall, seen: Step['seen']): string[] {
  const { annotations = {} } = (call.body as { metadata?: { annotations?: Record<string, Value> } } | undefined)?.metadata ?? {};

  return seen ? Object.entries(annotations).flatMap(([key, value]) => [
    `now=$(kubectl get ${ targetWord(call) } --output=${ quote(`jsonpath={.metadata.annotations.${ key.replaceAll('.', '\\.') }}`) })`,
    `case $now in ${ ["''", ...(seen.annotations[key] ? [quote(seen.annotations[key])] : []), ...(value === null ? [] : [stringWord(value)])].join(' | ') }) ;; *) stop ${ quote(`${ key } was changed since this plan was made; plan anew`) } ;; esac`,
  ]) : [];
}

/** The App's upgrade by Helm itself: its own values stay, only ours are named. One that is not there is installed. */
export function helmLines(change: HelmChange): string[] {
  const { namespace, release, isNew, revision } = change;

  if (change.removes) {
    return [`last=$(helm_last ${ quote(namespace) } ${ quote(release) })`, 'if [ -n "$last" ]; then', `  helm uninstall --namespace=${ quote(namespace) } --wait -- ${ quote(release) }`, 'fi'];
  }
  const values = jsonWord(change.values, 'values');
  const chart = chartOf(change);
  const how = isNew ? '--install --create-namespace' : change.changesVersion ? '--reset-then-reuse-values' : '--reuse-values';
  const guard = isNew || revision !== undefined ? [`helm_unchanged ${ quote(namespace) } ${ quote(release) } ${ revision ?? quote('') } "$mark"`] : [];

  return [
    ...values.before,
    `values=${ values.word }`,
    `mark="irsa $(printf '%s' ${ quote(`${ change.chart } ${ change.version } `) }"$values" | cksum | tr ' ' -)"`,
    ...guard,
    `printf '%s\\n' "$values" | helm upgrade --namespace=${ quote(namespace) } --version=${ quote(change.version) } ${ how } --values=- --description="$mark" --wait --timeout=10m${ chart.option } -- ${ quote(release) } ${ chart.word }`,
  ];
}

/** Functions that the lines of a release call. */
export const HELM_FUNCTIONS = `# What Helm last did to a release, or nothing. $1 namespace, $2 release
helm_last() {
  if last=$(helm history --namespace="$1" --max=1 --output=json -- "$2" 2>&1); then
    printf '%s' "$last" | squeezed | sed 's/^\\[\\]$//'
  else
    case $last in *'not found'*) ;; *) stop "$last" ;; esac
  fi
}
# Stops where somebody else installed or upgraded it first. $1 namespace, $2 release, $3 revision that the plan saw (empty: none), $4 mark of an earlier run
helm_unchanged() {
  last=$(helm_last "$1" "$2") || exit 1
  case $last in
    *"\\"description\\":\\"$(printf '%s' "$4" | squeezed)\\""* | *"\\"revision\\":$3,"*) ;;
    *) [ -z "$3" ] || stop "the release $2 was upgraded or removed since this plan was made; plan anew"
      # What failed may be tried again, as Apply does.
      case $last in *'"status":"deployed"'*) stop "the release $2 was installed since this plan was made; plan anew" ;; esac ;;
  esac
}`;

/** Where Helm finds the chart: by its address where that is known, else in a repository that the person's own Helm knows. */
function chartOf({ chart, repo, address }: HelmChange): { option: string; word: string } {
  if (address?.startsWith('oci://')) {
    return { option: '', word: quote(`${ address.replace(/\/$/, '') }/${ chart }`) };
  }

  return address ? { option: ` --repo=${ quote(address) }`, word: quote(chart) } : { option: '', word: `"\${CHART_REPO:-${ shellSafe(repo) }}"/${ quote(chart) }` };
}

export function waitLines(condition: Condition): string[] {
  if ('rollout' in condition) {
    const { kind, namespace, name } = condition.rollout;

    return [`kubectl rollout status ${ quote(`${ kind.toLowerCase() }/${ name }`) }${ inNamespace(namespace) } --timeout=10m`];
  }
  if ('accountAnnotated' in condition) {
    const { namespace, serviceAccount, roleArn, annotationPrefix = ANNOTATION_PREFIX } = condition.accountAnnotated;

    return [`patiently account_carries ${ quote(namespace) } ${ quote(serviceAccount) } ${ stringWord(roleArn) } ${ quote(annotationPrefix.replaceAll('.', '\\.')) }`];
  }
  if ('podsCarryRole' in condition) {
    const { namespace, serviceAccount, roleArn } = condition.podsCarryRole;

    return [`patiently pods_carry ${ quote(namespace) } ${ quote(serviceAccount) } ${ stringWord(roleArn) }`];
  }

  if ('podsWithoutRole' in condition) {
    const { namespace, serviceAccount } = condition.podsWithoutRole;

    return [`patiently pods_carry ${ quote(namespace) } ${ quote(serviceAccount) } ''`];
  }

  if ('serversIssuer' in condition) {
    return serversLines(condition.serversIssuer);
  }
  if ('tokenIssuer' in condition) {
    return tokenLines(condition.tokenIssuer);
  }

  if ('fleetDeployed' in condition) {
    const { clusters, gone } = condition.fleetDeployed;

    return [
      // Fleet tells the cluster's agent, which pulls the chart.
      'most=180',
      ...[...clusters.map(({ namespace }) => ({ namespace, state: 'Ready' })), ...gone.map(({ namespace }) => ({ namespace, state: '' }))].map(({ namespace, state }) => `patiently fleet_is ${ quote(namespace) } ${ quote(HELM_OP) } ${ quote(state) }`),
      'most=24',
    ];
  }

  // helm upgrade --wait has waited already.
  return [];
}

/** The token never stands in a command line, where others on the machine could read it. */
export function verifyLines({
  namespace, serviceAccount, audience, roleArn, stsHost
}: VerifyCall): string[] {
  const region = /^sts\.([a-z0-9]+(?:-[a-z0-9]+)+)\./.exec(stsHost)?.[1] ?? '';

  return [`patiently verify ${ [namespace, serviceAccount, audience].map(quote).join(' ') } ${ stringWord(roleArn) } ${ quote(region) }`];
}

/** Functions that the lines above call. */
export const KUBECTL_FUNCTIONS = `# $1 namespace, $2 service account, $3 role, $4 prefix of the annotation
account_carries() {
  [ "$(kubectl get "serviceaccounts/$2" --namespace="$1" --output="jsonpath={.metadata.annotations.$4/role-arn}" 2>/dev/null)" = "$3" ]
}
# $1 namespace, $2 service account, $3 role
pods_carry() {
  pods=$(kubectl get pods --namespace="$1" --field-selector="spec.serviceAccountName=$2" --output='jsonpath={range .items[*]}{.metadata.name}{" "}{.spec.containers[*].env[?(@.name=="AWS_ROLE_ARN")].value}{"\\n"}{end}') || return 1
  printf '%s\\n' "$pods" | while read -r pod roles; do
    # A container that brings a role of its own keeps it.
    case " $roles " in *" $3 "*) ;; *) [ -z "$pod" ] || exit 1 ;; esac
    [ -n "$3" ] || [ -z "$roles" ] || exit 1
  done
}
# $1 namespace that Fleet keeps for a cluster, $2 bundle, $3 state; none: it is gone
fleet_is() {
  state=$(kubectl get bundledeployments.fleet.cattle.io --namespace="$1" --selector="fleet.cattle.io/bundle-name=$2" --output='jsonpath={.items[*].status.display.state}') || return 1
  [ "$state" = "$3" ]
}
# $1 namespace, $2 service account, $3 audience, $4 role, $5 region
verify() {
  # kubectl takes no name after a \`--\`; one that looks like an option is no name.
  case $2 in -*) stop "no service account is called $2" ;; esac
  token=$(kubectl create token "$2" --namespace="$1" --audience="$3" --duration=10m) || return 1
  printf '%s' "$token" | aws sts assume-role-with-web-identity \${5:+--region="$5"} --role-arn="$4" --role-session-name=irsa-check --policy=${ quote(NOTHING) } --web-identity-token=file:///dev/stdin --query AssumedRoleUser.Arn --output text
}
# Tries for two minutes: changes in IAM and in the cluster take a moment.
most=24
patiently() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ "$tries" -lt "$most" ] || stop "still not so: $1 $2/$3"
    sleep "\${PAUSE:-5}"
  done
}`;

/** `/apis/apps/v1/namespaces/x/deployments/y` → resource, name, namespace. */
function targetOf(path: string): { resource: string; name?: string; namespace?: string } {
  const match = /^\/(?:api\/[^/]+|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(path.split('?')[0]!);
  const [, group, namespace, resource = '', name] = (match ?? []).map((part) => part === undefined ? undefined : decodeURIComponent(part));

  return { resource: group ? `${ resource }.${ group }` : resource, name, namespace };
}

/** What a request is about, as kubectl's words: `'deployments.apps/web' --namespace='shop'`. */
export function targetWord({ path }: Pick<KubernetesCall, 'path'>): string {
  const { resource, name, namespace } = targetOf(path);

  return `${ quote(name ? `${ resource }/${ name }` : resource) }${ inNamespace(namespace) }`;
}

function inNamespace(namespace: string | undefined): string {
  return namespace ? ` --namespace=${ quote(namespace) }` : '';
}

/** The script may run at any time: the version that the plan saw would be an old one. */
function withoutVersion(body: Value): Value {
  const { metadata, ...rest } = body as { metadata?: Record<string, Value> } & Record<string, Value>;

  if (!metadata) {
    return body;
  }
  const { resourceVersion: _seen, ...kept } = metadata;

  return { ...rest, metadata: kept };
}

/** Inside `${X:-…}` nothing can be quoted: names of repositories are Kubernetes names, anything else is left out. */
function shellSafe(name: string): string {
  return name.replace(/[^\w.-]/g, '');
}
