/** What of Kubernetes' own shapes the rules about pods read; everything else passes through untouched. */

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: unknown;
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  [field: string]: unknown;
}

export interface Container {
  name: string;
  env?: EnvVar[] | null;
  volumeMounts?: VolumeMount[] | null;
  resources?: unknown;
  [field: string]: unknown;
}

export interface Volume {
  name: string;
  projected?: { sources?: { serviceAccountToken?: { audience?: string; expirationSeconds?: number; path: string } }[] };
  [field: string]: unknown;
}

export interface PodSpec {
  serviceAccountName?: string;
  containers: Container[];
  initContainers?: Container[] | null;
  volumes?: Volume[] | null;
  nodeSelector?: Record<string, string> | null;
  [field: string]: unknown;
}

export interface Pod {
  metadata?: { annotations?: Record<string, string> | null; labels?: Record<string, string> | null; [field: string]: unknown };
  spec: PodSpec;
  [field: string]: unknown;
}

/** A service account, or its metadata alone: only annotations are read. */
export interface AnnotatedAccount {
  metadata?: { annotations?: Record<string, string> | null };
  annotations?: Record<string, string> | null;
}
