{{/*
CA and certificate as JSON, base64 inside: those of the release where they are there and still good, else new ones. A CA lives ten
years; in its last one it is replaced, and the old one stays in the bundle, so that the certificate in use is trusted all along.
*/}}
{{- define "webhook.generated" -}}
{{- if ne (include "webhook.tlsMode" .) "generated" -}}
{{- dict | toJson -}}
{{- else -}}
{{- $name := include "webhook.name" . -}}
{{- $names := include "webhook.dnsNames" . | fromJsonArray -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $year := 31536000 -}}
{{- $oldCa := lookup "v1" "Secret" .Release.Namespace (printf "%s-ca" $name) | default dict -}}
{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-cert" $name) | default dict -}}
{{- $caEnd := dig "metadata" "annotations" "irsa.rancher.io/not-after" "0" $oldCa | int64 -}}
{{- $caCert := dig "data" "tls.crt" "" $oldCa -}}
{{- $caKey := dig "data" "tls.key" "" $oldCa -}}
{{- $bundle := dig "data" "ca.crt" "" $old | default $caCert -}}
{{- $keepCa := and $caCert $caKey (gt (sub $caEnd $now) $year) -}}
{{- if not $keepCa -}}
{{- $new := genCA (printf "%s-ca" $name) 3650 -}}
{{- $bundle = printf "%s%s" $new.Cert (b64dec $bundle) | b64enc -}}
{{- $caCert = b64enc $new.Cert -}}
{{- $caKey = b64enc $new.Key -}}
{{- $caEnd = add $now (mul 3650 86400) -}}
{{- end -}}
{{- $end := dig "metadata" "annotations" "irsa.rancher.io/not-after" "0" $old | int64 -}}
{{- $cert := dig "data" "tls.crt" "" $old -}}
{{- $key := dig "data" "tls.key" "" $old -}}
{{- $sameNames := eq (dig "metadata" "annotations" "irsa.rancher.io/dns-names" "" $old) (join "," $names) -}}
{{- if not (and $keepCa $cert $key $sameNames (gt (sub $end $now) (mul .Values.tls.renewBeforeDays 86400 | int64))) -}}
{{- /* A certificate that outlives its CA would end before it says so. */ -}}
{{- $days := min .Values.tls.validityDays (div (sub $caEnd $now) 86400) -}}
{{- $new := genSignedCert (first $names) nil $names (int $days) (buildCustomCert $caCert $caKey) -}}
{{- $cert = b64enc $new.Cert -}}
{{- $key = b64enc $new.Key -}}
{{- $end = add $now (mul $days 86400) -}}
{{- end -}}
{{- dict "caCert" $caCert "caKey" $caKey "caNotAfter" (toString $caEnd) "bundle" $bundle "cert" $cert "key" $key "notAfter" (toString $end) | toJson -}}
{{- end -}}
{{- end -}}
