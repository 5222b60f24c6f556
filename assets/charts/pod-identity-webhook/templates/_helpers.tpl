{{/* Name of everything that belongs to the release; with `-renewal` after it at most 52 characters, as a CronJob's may not be longer. */}}
{{- define "webhook.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 44 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 44 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "webhook.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "webhook.labels" -}}
{{ include "webhook.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The registry that all images come from: the image's own, else Rancher's for all charts, else the public one. */}}
{{- define "webhook.image" -}}
{{- $global := .root.Values.global | default dict -}}
{{- $cattle := $global.cattle | default dict -}}
{{- $registry := .image.registry | default $cattle.systemDefaultRegistry | default $global.systemDefaultRegistry | default .public -}}
{{- printf "%s/%s:%s" (trimSuffix "/" $registry) .image.repository (.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{- define "webhook.pullSecrets" -}}
{{- $secrets := list -}}
{{- range concat (.Values.image.pullSecrets | default list) ((.Values.global | default dict).imagePullSecrets | default list) -}}
{{- $secrets = append $secrets (kindIs "map" . | ternary . (dict "name" .)) -}}
{{- end -}}
{{- with uniq $secrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* Names that the API server calls the webhook by. */}}
{{- define "webhook.dnsNames" -}}
{{- $name := include "webhook.name" . -}}
{{- list (printf "%s.%s.svc" $name .Release.Namespace) (printf "%s.%s" $name .Release.Namespace) $name | toJson -}}
{{- end -}}

{{- define "webhook.certSecret" -}}
{{- if eq (include "webhook.tlsMode" .) "existing" -}}
{{- required "tls.mode is existing: name the secret in tls.existingSecret" .Values.tls.existingSecret -}}
{{- else -}}
{{- printf "%s-cert" (include "webhook.name" .) -}}
{{- end -}}
{{- end -}}

{{/*
With `auto`, a release stays with what it began with: cert-manager that comes later does not take over a certificate that is there.
*/}}
{{- define "webhook.tlsMode" -}}
{{- if ne .Values.tls.mode "auto" -}}
{{- .Values.tls.mode -}}
{{- else if lookup "v1" "Secret" .Release.Namespace (printf "%s-ca" (include "webhook.name" .)) | dig "metadata" "annotations" "irsa.rancher.io/not-after" "" -}}
generated
{{- else if .Capabilities.APIVersions.Has "cert-manager.io/v1" -}}
cert-manager
{{- else -}}
generated
{{- end -}}
{{- end -}}

{{- define "webhook.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "webhook.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{/* One entry of the MutatingWebhookConfiguration. `operator` says how it stands to the namespaces that must never fail. */}}
{{- define "webhook.entry" }}
  - name: {{ .name }}
    # The released webhook speaks v1beta1 only, and cannot be asked in v1.
    admissionReviewVersions: [v1beta1]
    sideEffects: None
    failurePolicy: {{ .policy }}
    timeoutSeconds: {{ int .root.Values.timeoutSeconds }}
    # Asked again when another webhook adds a container: it leaves alone what it has done already.
    reinvocationPolicy: IfNeeded
    clientConfig:
      service:
        name: {{ include "webhook.name" .root }}
        namespace: {{ .root.Release.Namespace }}
        path: /mutate
        port: 443
      {{- with .ca }}
      caBundle: {{ . }}
      {{- end }}
    rules:
      - operations: [CREATE]
        apiGroups: [""]
        apiVersions: [v1]
        resources: [pods]
        scope: Namespaced
    {{- if .operator }}
    namespaceSelector:
      matchExpressions:
        - key: kubernetes.io/metadata.name
          operator: {{ .operator }}
          values:
            {{- append .root.Values.neverFailNamespaces .root.Release.Namespace | uniq | toYaml | nindent 12 }}
    {{- end }}
    objectSelector:
      matchExpressions:
        - key: {{ .root.Values.annotationPrefix }}/skip-pod-identity-webhook
          operator: DoesNotExist
        # It must not wait for itself.
        - key: app.kubernetes.io/name
          operator: NotIn
          values: [{{ .root.Chart.Name }}]
{{- end }}
