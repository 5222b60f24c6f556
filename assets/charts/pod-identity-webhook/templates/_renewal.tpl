{{/* What makes the certificate, as the daily job has it and the one of each install, upgrade and rollback. */}}
{{- define "webhook.renewalPod" -}}
template:
  metadata:
    labels:
      app.kubernetes.io/name: {{ .Chart.Name }}
      app.kubernetes.io/instance: {{ .Release.Name }}-renewal
  spec:
    serviceAccountName: {{ include "webhook.name" . }}-renewal
    restartPolicy: Never
    {{- include "webhook.pullSecrets" . | nindent 4 }}
    securityContext:
      {{- include "webhook.podSecurity" 1000 | nindent 6 }}
    containers:
      - name: renew
        image: {{ include "webhook.image" (dict "root" . "image" .Values.tls.renewal.image "public" "docker.io") }}
        imagePullPolicy: {{ .Values.tls.renewal.image.pullPolicy }}
        command: [sh, /renewal/renew.sh]
        env:
          - name: NAMESPACE
            value: {{ .Release.Namespace }}
          - name: NAME
            value: {{ include "webhook.name" . }}
          - name: DNS_NAMES
            value: {{ include "webhook.dnsNames" . | fromJsonArray | join "," | quote }}
          - name: VALIDITY_DAYS
            value: {{ .Values.tls.validityDays | quote }}
          - name: RENEW_BEFORE_DAYS
            value: {{ .Values.tls.renewBeforeDays | quote }}
          - name: WORK
            value: /work
          - name: HOME
            value: /work
        securityContext:
          {{- include "webhook.containerSecurity" . | nindent 10 }}
        resources:
          requests:
            cpu: 10m
            memory: 64Mi
          limits:
            memory: 256Mi
        volumeMounts:
          - name: renewal
            mountPath: /renewal
            readOnly: true
          - name: work
            mountPath: /work
    volumes:
      - name: renewal
        configMap:
          name: {{ include "webhook.name" . }}-renewal
      - name: work
        emptyDir:
          # A private key is in it for a moment.
          medium: Memory
    nodeSelector:
      kubernetes.io/os: linux
    {{- with .Values.tolerations }}
    tolerations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end -}}
