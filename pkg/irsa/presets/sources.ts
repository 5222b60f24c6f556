/** Where the facts of each preset come from, by its id: source files and documents. For docs and tests alone, so that nobody downloads them. */
export const SOURCES: Record<string, string[]> = {
  'aws-ebs-csi': [
    'kubernetes-sigs/aws-ebs-csi-driver: charts/aws-ebs-csi-driver 2.64.0 values.yaml (controller.serviceAccount.annotations)',
    'kubernetes-sigs/aws-ebs-csi-driver: docs/example-iam-policy.json',
  ],
  'aws-efs-csi': [
    'kubernetes-sigs/aws-efs-csi-driver: charts/aws-efs-csi-driver 4.4.1 values.yaml (controller.serviceAccount.annotations)',
    'kubernetes-sigs/aws-efs-csi-driver: docs/iam-policy-example.json',
  ],
  'aws-for-fluent-bit': [
    'aws/eks-charts: stable/aws-for-fluent-bit/values.yaml (serviceAccount.annotations, cloudWatchLogs, s3, kinesis, firehose)',
    'docs.fluentbit.io: outputs cloudwatch, s3, kinesis, firehose; fluent/fluent-bit-docs#913',
  ],
  'aws-load-balancer-controller': [
    'aws/eks-charts: stable/aws-load-balancer-controller/values.yaml (serviceAccount.annotations)',
    'kubernetes-sigs/aws-load-balancer-controller: docs/install/iam_policy.json, iam_policy_cn.json, iam_policy_us-gov.json',
  ],
  'cert-manager': [
    'cert-manager: deploy/charts/cert-manager/values.yaml (serviceAccount.annotations)',
    'cert-manager.io/docs/configuration/acme/dns01/route53, IAM policy and IRSA',
  ],
  'cluster-autoscaler': [
    'kubernetes/autoscaler: charts/cluster-autoscaler templates/_helpers.tpl, values.yaml (rbac.serviceAccount.annotations)',
    'kubernetes/autoscaler: cluster-autoscaler/cloudprovider/aws/README.md, «Full Cluster Autoscaler Features Policy»',
  ],
  'external-dns': [
    'kubernetes-sigs/external-dns: charts/external-dns 1.21.1 values.yaml (serviceAccount.annotations)',
    'kubernetes-sigs/external-dns: docs/tutorials/aws.md, «IAM Policy»',
  ],
  'external-secrets': [
    'external-secrets: deploy/charts/external-secrets 2.9.0 values.yaml (serviceAccount.annotations)',
    'external-secrets.io: provider/aws-secrets-manager, provider/aws-parameter-store, «IAM Policy»; provider/aws-access',
  ],
  harbor: [
    'goharbor/harbor#22690 (maintainer, 2025-12), #12888, #16490; distribution 2.8.3 registry/storage/driver/s3-aws',
    'goharbor/harbor-helm: values.yaml (serviceAccountName of each component, no annotations)',
  ],
  'aws-cloud-controller-manager': [
    'kubernetes/cloud-provider-aws: charts/aws-cloud-controller-manager/values.yaml (hostNetwork); charts-and-clusters.md §3.2',
  ],
  epinio: [
    'rancher/charts: epinio 103.x, values.yaml (charts-and-clusters.md §3.1)',
  ],
  'rancher-eks-operator': [
    'rancher/charts: rancher-eks-operator, templates/serviceaccount.yaml (charts-and-clusters.md §3.1)',
  ],
  keda: [
    'kedacore/charts: keda/templates/manager/serviceaccount.yaml (podIdentity.aws.irsa)',
    'keda.sh/docs: authentication-providers/aws, scalers aws-sqs, aws-cloudwatch, aws-kinesis, aws-dynamodb; kedacore/keda pkg/scalers/aws_*_scaler.go',
  ],
  loki: [
    'grafana/loki: production/helm/loki/templates/_helpers.tpl, values.yaml (serviceAccount.annotations)',
    'grafana.com/docs/loki: operations/storage, «Cloud Storage Permissions»',
  ],
  longhorn: [
    'longhorn-manager: engineapi/backups.go; longhorn#3432 (serviceAccount.annotations), #1526, #12170',
    'longhorn: chart/templates/serviceaccount.yaml; longhorn.io docs, set backup target',
  ],
  'mountpoint-s3': [
    'awslabs/mountpoint-s3-csi-driver: charts/aws-mountpoint-s3-csi-driver v2.7.0 values.yaml (node.serviceAccount)',
    'awslabs/mountpoint-s3: doc/CONFIGURATION.md, «IAM permissions»; docs/CONFIGURATION.md, «AWS credentials»',
  ],
  'node-termination-handler': [
    'aws/aws-node-termination-handler: config/helm/aws-node-termination-handler/values.yaml (serviceAccount.annotations, enableSqsTerminationDraining)',
    'aws/aws-node-termination-handler: README.md, «Create an IAM Role for the Pods»',
  ],
  'rancher-backup': [
    'backup-restore-operator: charts/rancher-backup/{Chart,values}.yaml, templates/{serviceaccount,deployment}.yaml, pkg/objectstore/s3minio.go',
    'minio-go v7.0.87: pkg/credentials/iam_aws.go',
  ],
  'rancher-logging': [
    'ob-team-charts: charts/rancher-logging/4.10.0-rancher.24/{values.yaml,templates/loggings/root/logging.yaml}; rancher/charts#2646',
    'cisco-open/operator-tools: pkg/reconciler/resource.go; fluent-plugin-s3 docs/howto.md; fluent-plugin-cloudwatch-logs README; aws-fluent-plugin-kinesis README; fluent-plugin-opensearch out_opensearch.rb',
  ],
  'rancher-monitoring': [
    'ob-team-charts: charts/rancher-monitoring/80.9.1-rancher.19/values.yaml (prometheus|alertmanager|grafana.serviceAccount.annotations)',
    'docs.aws.amazon.com/prometheus/latest/userguide/set-up-irsa.html; aws-managed-policy AmazonGrafanaCloudWatchAccess',
    'prometheus.io/docs/alerting/latest/configuration (sns_config); thanos.io/tip/thanos/storage.md',
  ],
  thanos: [
    'bitnami/charts: bitnami/thanos values.yaml (<component>.serviceAccount.annotations), templates/_helpers.tpl (thanos.serviceaccount.name)',
    'thanos.io/tip/thanos/storage.md, «AWS Policies»',
  ],
  velero: [
    'vmware-tanzu/helm-charts: charts/velero 12.1.0 values.yaml (serviceAccount.server.annotations, credentials.useSecret)',
    'vmware-tanzu/velero-plugin-for-aws: README.md, «Set permissions for Velero»',
  ],
};
