import { isObject } from '../json/same';
import { segment } from '../names/segment';
import { text } from '../text';
import type { KeyUse } from './key-use';

/** A Backup or a Restore of the backup operator. */
export interface BackupObject {
  kind: 'backup' | 'restore';
  name: string;
  spec: Record<string, unknown>;
  conditions: { type: string; status: string; message?: string }[];
}

/** Where a Backup goes: what it says itself, else what the chart says for all. */
export interface BackupPlace {
  bucket: string;
  folder: string;
  region: string;
  endpoint: string;
  endpointCa: boolean;
  skipsTls: boolean;
  secret?: { namespace: string; name: string };
  /** Whose words these are. */
  from: 'object' | 'chart';
}

/** The account of the chart, whatever the release is called. */
export const BACKUP_ACCOUNT = { namespace: 'cattle-resources-system', name: 'rancher-backup' };

const textOf = (value: unknown): string => typeof value === 'string' ? value : '';

/** Host of an endpoint, with or without its scheme. */
export function hostOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '').replace(/[/:].*$/, '').toLowerCase();
}

/** Of AWS itself, and not a store of another maker that speaks like S3; none named means AWS (s3minio.go). */
export function isOfAws(endpoint: string): boolean {
  return /^$|(^|\.)amazonaws\.(com(\.cn)?|eu)$/.test(hostOf(endpoint));
}

/** `s3.eu-central-1.amazonaws.com`, `s3.dualstack.…`, `s3-fips.dualstack.…`, `s3-eu-west-1.…`: the region that an endpoint names. */
export function regionIn(endpoint: string): string | undefined {
  return /(?:^|\.)s3(?:-fips)?[.-](?:dualstack\.|fips\.)?([a-z]{2,4}(?:-[a-z]+)+-\d)(?:\.vpce)?\.amazonaws\./.exec(hostOf(endpoint))?.[1];
}

/** The place in S3; undefined where none is given: then it is kept on a volume, or nowhere. */
export function backupPlace({ spec }: Pick<BackupObject, 'spec'>, chart: Record<string, unknown> = {}): BackupPlace | undefined {
  const own = isObject(spec.storageLocation) && isObject(spec.storageLocation.s3) ? spec.storageLocation.s3 : undefined;
  const ofChart = isObject(chart.s3) && chart.s3.enabled === true ? chart.s3 : undefined;
  const s3 = own ?? ofChart;

  if (!s3) {
    return undefined;
  }
  const secret = textOf(s3.credentialSecretName);

  return {
    bucket:     textOf(s3.bucketName),
    folder:     textOf(s3.folder),
    region:     textOf(s3.region),
    endpoint:   textOf(s3.endpoint),
    endpointCa: textOf(s3.endpointCA) !== '',
    skipsTls:   s3.insecureTLSSkipVerify === true,
    ...(secret ? { secret: { namespace: textOf(s3.credentialSecretNamespace), name: secret } } : {}),
    from:       own ? 'object' : 'chart',
  };
}

/**
 * A Backup with a place of its own, as something that uses a key, or that shall do without: `fields` is empty then. One that goes where
 * the chart says is the chart's to bind. A Restore with a key is named, and cannot be moved. A store that is not of AWS takes no role, so
 * its key is none of AWS.
 */
export function backupKeyUse({ kind, name, spec }: Pick<BackupObject, 'kind' | 'name' | 'spec'>): KeyUse | undefined {
  const place = backupPlace({ spec });

  if (!place || !isOfAws(place.endpoint) || (kind === 'restore' && !place.secret)) {
    return undefined;
  }
  const common = { name, accounts: [BACKUP_ACCOUNT], fields: place.secret ? ['spec.storageLocation.s3.credentialSecretName'] : [], secrets: place.secret ? [place.secret] : [] };

  // It runs once: nothing that is changed of it has any effect.
  if (kind === 'restore') {
    return { kind, ...common, obstacles: [text('irsa.keyUse.restore')], mends: [] };
  }
  const change: Record<string, unknown> = {
    ...(place.secret ? { credentialSecretName: null, credentialSecretNamespace: null } : {}),
    ...(place.endpointCa ? { endpointCA: null } : {}),
    ...(place.skipsTls ? { insecureTLSSkipVerify: null } : {}),
  };

  return {
    kind:      'backup',
    ...common,
    ...(Object.keys(change).length ? {
      removal: {
        path:        `/apis/resources.cattle.io/v1/backups/${ segment(name) }`,
        contentType: 'application/merge-patch+json',
        body:        { spec: { storageLocation: { s3: change } } },
        ...(place.secret ? { expects: { field: ['spec', 'storageLocation', 's3', 'credentialSecretName'], is: place.secret.name } } : {}),
      }
    } : {}),
    obstacles: [],
    mends:     [...(place.endpointCa ? [text('irsa.keyUse.backupCa')] : []), ...(place.skipsTls ? [text('irsa.keyUse.backupTls')] : [])],
    preset:    { id: 'rancher-backup', answers: { bucket: place.bucket, folder: place.folder, region: place.region || (regionIn(place.endpoint) ?? '') } },
  };
}
