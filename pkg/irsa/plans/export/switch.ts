import type { Condition, Step, Value } from '../plan';
import { goJson } from './expects';
import { quote, stringWord } from './sh';

type Servers = Extract<Condition, { serversIssuer: unknown }>['serversIssuer'];
type PatchCall = { path: string; body?: Value };

/** What a switch waits for: every server, and Rancher's roll-out. Without it, two phases would be one, and calls be refused. */
export function serversLines(condition: Servers): string[] {
  return [`at_length ${ question(condition) }`];
}

/** A fresh token of the cluster says that it is of the issuer. */
export function tokenLines({ issuer }: { issuer: string }): string[] {
  return [`patiently token_says ${ quote(issuer) } ''`];
}

/**
 * A phase of a switch: nothing where every server is there already (the list that this script was made for is an older one then), else only
 * while the cluster's list is still the one that the plan saw, or the one that it makes of it.
 * @param patch  the lines that send the change
 */
export function phaseLines(step: Step, { path, body }: PatchCall, condition: Servers, patch: string[]): string[] {
  const [, namespace = '', name = ''] = /\/namespaces\/([^/]+)\/clusters\/([^/]+)$/.exec(path) ?? [];
  const { kubernetesObject: { field, is } } = step.expects as Extract<NonNullable<Step['expects']>, { kubernetesObject: unknown }>;
  const after = field.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], body) as Value;
  const query = quote(listsIn(is).map((path) => `{.${ [...field, ...path].join('.') }}`).join('|'));
  const shown = (config: Value) => quote(listsIn(is).map((path) => printed(path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], config) as Value)).join('|'));

  return [
    `if ! ${ question(condition) }; then`,
    `  now=$(kubectl get ${ quote(`clusters.provisioning.cattle.io/${ decodeURIComponent(name) }`) } --namespace=${ quote(decodeURIComponent(namespace)) } --output=jsonpath=${ query } | squeezed | sed 's/^\\[\\]//')`,
    `  [ "$now" = "$(printf '%s' ${ shown(is) } | squeezed)" ] || [ "$now" = "$(printf '%s' ${ shown(after) } | squeezed)" ] || stop 'the arguments of the API servers were changed since this plan was made; plan anew'`,
    ...patch.map((line, index) => index === patch.length - 1 ? `  ${ line }` : line),
    'fi',
    ...serversLines(condition),
  ];
}

function question({ provisioningId, issuer = '', use }: Servers): string {
  return `servers_have ${ quote(provisioningId) } ${ stringWord(issuer) } ${ quote(use) }`;
}

/** Where lists are in some data, as paths. */
function listsIn(value: Value): string[][] {
  return typeof value !== 'object' || value === null || Array.isArray(value) ? [[]] : Object.entries(value).flatMap(([key, inner]) => listsIn(inner as Value).map((path) => [key, ...path]));
}

/** An empty list may not be there at all. */
function printed(value: Value): string {
  return Array.isArray(value) && !value.length ? '' : goJson(value);
}

/** Whether a step is followed on the cluster whose servers change, beside Rancher's own. */
export function clusterOf({ call, until }: Step): string | undefined {
  const condition = 'wait' in call ? call.wait.until : until;

  return condition && 'serversIssuer' in condition ? condition.serversIssuer.clusterId : condition && 'tokenIssuer' in condition ? condition.tokenIssuer.clusterId : undefined;
}

/**
 * Functions that the lines above call. The arguments of a server stand on its node; they are read as K3s and RKE2 read them
 * (k3s pkg/util/args.go GetArgs), an empty word standing for the distribution's own issuer.
 */
export const SWITCH_FUNCTIONS = `: "\${CLUSTER_KUBECONFIG:?is not set: this script follows the servers of that cluster}"
there() { kubectl --kubeconfig="$CLUSTER_KUBECONFIG" "$@"; }
# $1 namespace/name of Rancher's cluster, $2 issuer (empty: the distribution's own), $3 accepted, signs or only
servers_have() {
  updated=$(kubectl get "clusters.provisioning.cattle.io/\${1#*/}" --namespace="\${1%%/*}" --output='jsonpath={.metadata.generation} {.status.observedGeneration} {.status.conditions[?(@.type=="Updated")].status}') || return 1
  case $updated in *' False') stop "Rancher could not roll out the arguments of $1: look at its cluster" ;; esac
  printf '%s\\n' "$updated" | awk '{ exit !($NF == "True" && (NF < 3 || $2 >= $1)) }' || return 1
  servers=$(there get nodes --output='jsonpath={range .items[*]}{.metadata.name}{"\\t"}{.metadata.labels.node-role\\.kubernetes\\.io/control-plane}{.metadata.labels.node-role\\.kubernetes\\.io/master}{"\\t"}{.metadata.annotations.rke2\\.io/node-args}{.metadata.annotations.k3s\\.io/node-args}{"\\n"}{end}') || return 1
  printf '%s\\n' "$servers" | awk -F '\\t' -v wanted="$2" -v use="$3" '
    BEGIN { rank["accepted"] = 1; rank["signs"] = 2; rank["only"] = 3 }
    $2 !~ /true/ { next }
    {
      servers++
      line = $3
      gsub(/\\\\"/, " ", line)
      gsub(/^\\["|"\\]$/, "", line)
      words = split(line, word, "\\",\\"")
      issuers = 0
      named = 0
      for (i = 1; i <= words; i++) {
        entry = word[i]
        if (entry == "--kube-apiserver-arg") entry = word[++i]
        else if (!sub(/^--kube-apiserver-arg=/, "", entry)) continue
        sub(/^--/, "", entry)
        if (entry !~ /^service-account-issuer[-+]*=/) continue
        operator = entry
        sub(/=.*/, "", operator)
        sub(/^service-account-issuer/, "", operator)
        sub(/^[^=]*=/, "", entry)
        if (!named && operator != "") issuer[++issuers] = ""
        named = 1
        if (operator ~ /-$/) {
          for (j = ++issuers; j > 1; j--) issuer[j] = issuer[j - 1]
          issuer[1] = entry
        } else issuer[++issuers] = entry
      }
      if (!named) issuer[++issuers] = ""
      found = 0
      others = 0
      for (j = 1; j <= issuers; j++) if (issuer[j] == wanted) found = 1; else others = 1
      if ((!found ? 0 : issuer[1] != wanted ? 1 : others ? 2 : 3) < rank[use]) missing = 1
    }
    END { exit !(servers && !missing) }'
}
# $1 issuer
token_says() {
  token=$(there create token default --namespace=default --audience=rancher-irsa-issuer-probe --duration=10m) || return 1
  claims=$(printf '%s' "$token" | awk -F . '{ n = $2; while (length(n) % 4) n = n "="; print n }' | tr '_-' '/+' | base64 -d) || return 1
  case $claims in *'"iss":"'"$1"'"'*) ;; *) return 1 ;; esac
}
# As patiently, for half an hour (TRIES says how often): servers restart one after the other.
at_length() {
  most=\${TRIES:-360}
  patiently "$@"
  most=24
}`;
