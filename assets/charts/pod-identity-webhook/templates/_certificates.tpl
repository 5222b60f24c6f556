{{/*
The CA as JSON, base64 inside: the release's own where it is there and still good, else a new one. It lives ten years; in its last one it
is replaced, and the old one stays in the bundle, so that the certificate in use is trusted all along. The certificate itself is not
here: what is in a release's manifest comes back with a rollback, and with Fleet's correction of drift, when it may have ended long ago.
*/}}
{{- define "webhook.authority" -}}
{{- if ne (include "webhook.tlsMode" .) "generated" -}}
{{- dict | toJson -}}
{{- else -}}
{{- $name := include "webhook.name" . -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $year := 31536000 -}}
{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-ca" $name) | default dict -}}
{{- $end := dig "metadata" "annotations" "irsa.rancher.io/not-after" "0" $old | int64 -}}
{{- $cert := dig "data" "tls.crt" "" $old -}}
{{- $key := dig "data" "tls.key" "" $old -}}
{{- $bundle := dig "data" "ca.crt" "" $old | default $cert -}}
{{- if not (and $cert $key (gt (sub $end $now) $year)) -}}
{{- $new := genCA (printf "%s-ca" $name) 3650 -}}
{{- $bundle = printf "%s%s" $new.Cert (b64dec $bundle) | b64enc -}}
{{- $cert = b64enc $new.Cert -}}
{{- $key = b64enc $new.Key -}}
{{- $end = add $now (mul 3650 86400) -}}
{{- end -}}
{{- dict "cert" $cert "key" $key "notAfter" (toString $end) "bundle" $bundle | toJson -}}
{{- end -}}
{{- end -}}
