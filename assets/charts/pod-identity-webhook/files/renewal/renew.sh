#!/bin/sh
# Renews the webhook's certificate before it ends. The CA stays, so what the API server trusts does not change.
# Needs NAMESPACE, NAME, VALIDITY_DAYS, RENEW_BEFORE_DAYS and WORK, an empty folder; kubectl and helm.
set -eu
umask 077
DAY=86400
here=$(dirname "$0")

annotation() {
  kubectl get secret "$1" --namespace="$NAMESPACE" --output="go-template={{ index .metadata.annotations \"irsa.rancher.io/$2\" }}"
}

now=$(date +%s)
end=$(annotation "$NAME-cert" not-after)
if [ "$((end - now))" -gt "$((RENEW_BEFORE_DAYS * DAY))" ]; then
  echo "The certificate is good for $(((end - now) / DAY)) days: nothing to do."
  exit 0
fi

ca_days=$((($(annotation "$NAME-ca" not-after) - now) / DAY))
days=$VALIDITY_DAYS
if [ "$ca_days" -lt "$days" ]; then
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
  printf '{"days":%d,"ca":' "$days"
  kubectl get secret "$NAME-ca" --namespace="$NAMESPACE" --output=json
  printf ',"cert":'
  kubectl get secret "$NAME-cert" --namespace="$NAMESPACE" --output=json
  printf '}'
} > "$WORK/values.json"
helm template renewal "$WORK/chart" --values="$WORK/values.json" > "$WORK/secret.yaml"
# In the name of Helm and whole: under another name, an upgrade that renews it too would end in a conflict (server-side apply).
kubectl apply --server-side --field-manager=helm --force-conflicts --filename="$WORK/secret.yaml"
echo "Renewed for $days days."
