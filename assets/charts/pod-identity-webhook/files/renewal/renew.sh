#!/bin/sh
# Makes the webhook's certificate: the first one, and a new one before it ends or when it is another than was made here for this CA and
# these names (a restored backup, a CA that a rollback brought back). The CA stays, so what the API server trusts does not change.
# Needs NAMESPACE, NAME, DNS_NAMES, VALIDITY_DAYS, RENEW_BEFORE_DAYS and WORK, an empty folder; kubectl and helm.
set -eu
umask 077
DAY=86400
here=$(dirname "$0")

show() {
  kubectl get secret "$NAME-$1" --namespace="$NAMESPACE" --output="go-template=$2"
}

noted() {
  show "$1" "{{ with .metadata.annotations }}{{ index . \"irsa.rancher.io/$2\" }}{{ end }}"
}

# Of what is really in a secret: certificate and key.
fingerprint() {
  show "$1" '{{ with .data }}{{ index . "tls.crt" }}.{{ index . "tls.key" }}{{ end }}' | sha256sum | cut -d ' ' -f 1
}

now=$(date +%s)
ca=$(fingerprint ca)
ca_end=$(noted ca not-after)
made="$(fingerprint cert) $ca $DNS_NAMES"
wanted="$(noted cert certificate) $(noted cert issuer) $(noted cert dns-names)"
end=$(noted cert not-after)
case $end in
  '' | *[!0-9]*) end=0 ;;
esac
if [ "$made" = "$wanted" ] && [ "$((end - now))" -gt "$((RENEW_BEFORE_DAYS * DAY))" ]; then
  echo "The certificate is good for $(((end - now) / DAY)) days: nothing to do."
  exit 0
fi

ca_days=$(((ca_end - now) / DAY))
days=$VALIDITY_DAYS
if [ "$ca_days" -lt "$days" ]; then
  # A certificate that outlives its CA would end before it says so.
  days=$ca_days
fi
if [ "$days" -le "$RENEW_BEFORE_DAYS" ]; then
  echo "The CA itself ends in $ca_days days. Upgrade the chart: that makes a new one and goes on trusting this one." >&2
  exit 1
fi

mkdir -p "$WORK/chart/templates"
cat "$here/Chart.yaml" > "$WORK/chart/Chart.yaml"
cat "$here/secret.yaml" > "$WORK/chart/templates/secret.yaml"
{
  printf '{"days":%d,"names":"%s","issuer":"%s","ca":' "$days" "$DNS_NAMES" "$ca"
  kubectl get secret "$NAME-ca" --namespace="$NAMESPACE" --output=json
  printf ',"name":"%s","namespace":"%s"}' "$NAME-cert" "$NAMESPACE"
} > "$WORK/values.json"
helm template renewal "$WORK/chart" --values="$WORK/values.json" > "$WORK/secret.yaml"
# Helm made the secret and says nothing of what is in it: neither takes away what is the other's.
kubectl apply --server-side --field-manager=irsa-renewal --force-conflicts --filename="$WORK/secret.yaml"
echo "Made for $days days."
