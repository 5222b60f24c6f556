import { csv } from '../domain/csv';
import type { Text } from '../domain/facts';
import type { InventoryRow } from './inventory-rows';

/** What of a binding is exported: codes are stable, words are for people. */
export interface ExportedBinding {
  cluster: string;
  clusterId: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  usedBy: string[];
  /** null: they were not to be read. */
  pods: number | null;
  podsWithRole: number | null;
  state: string;
  worstFinding: string | null;
  worstSeverity: string | null;
  findings: { code: string; severity: string; title: string }[];
}

function exported(row: InventoryRow, say: (text: Text) => string): ExportedBinding {
  return {
    cluster:        row.cluster,
    clusterId:      row.clusterId,
    namespace:      row.namespace,
    serviceAccount: row.name,
    roleArn:        row.roleArn,
    usedBy:         [...(row.release ? [`release/${ row.release }`] : []), ...(row.workloads ?? []).map(({ kind, name }) => `${ kind.toLowerCase() }/${ name }`)],
    pods:           row.pods?.total ?? null,
    podsWithRole:   row.pods?.good ?? null,
    state:          row.state,
    worstFinding:   row.worst?.code ?? null,
    worstSeverity:  row.worst?.severity ?? null,
    findings:       row.findings.map(({ code, severity, title }) => ({ code, severity, title: say(title) })),
  };
}

/** The rows as JSON, in their order. */
export function inventoryJson(rows: InventoryRow[], say: (text: Text) => string): string {
  return `${ JSON.stringify(rows.map((row) => exported(row, say)), undefined, 2) }\n`;
}

/** The rows for a spreadsheet, in their order. */
export function inventoryCsv(rows: InventoryRow[], say: (text: Text) => string): string {
  const all = rows.map((row) => exported(row, say));

  return csv([
    ['cluster', 'cluster id', 'namespace', 'service account', 'role', 'used by', 'pods', 'pods with role', 'state', 'worst finding', 'severity', 'what', 'all findings'],
    ...all.map((one) => [
      one.cluster, one.clusterId, one.namespace, one.serviceAccount, one.roleArn, one.usedBy.join(' '), one.pods ?? undefined, one.podsWithRole ?? undefined, one.state,
      one.worstFinding ?? undefined, one.worstSeverity ?? undefined, one.findings.find(({ code }) => code === one.worstFinding)?.title, one.findings.map(({ code }) => code).join(' '),
    ]),
  ]);
}
