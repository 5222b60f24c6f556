import type { Finding } from '../domain/facts';
import { LocatedError, parseLocated, type Place, type Range } from '../domain/json/located';
import {
  lintPermissions, parsePermissions, permissionsSize, type PermissionContext
} from '../domain/permissions';
import {
  lintTrust, parseWritableTrust, trustSize, type LintContext
} from '../domain/trust';
import { SEVERITY_TONES, type Tone } from './states';

export type PolicyKind = 'trust' | 'permissions';

/** What a text says, or where it stops saying anything. */
export interface Inspected {
  error?: { line: number; column: number; complaint: string };
  findings: Finding[];
  /** As IAM counts it; undefined while the text cannot be read. */
  size?: number;
}

/** Reads a policy that is being written, and judges it; findings carry the range they are about. */
export function inspect(kind: PolicyKind, text: string, context: LintContext & PermissionContext): Inspected {
  try {
    if (kind === 'trust') {
      const { document, range } = parseWritableTrust(text);

      return { findings: lintTrust(document, { ...context, range }), size: trustSize(document) };
    }
    const document = parsePermissions(text);
    const { range } = parseLocated(text);
    const at = (statement: number | undefined) => range(statement === undefined ? [] : Array.isArray(document.Statement) ? ['Statement', statement] : ['Statement']);

    return { findings: lintPermissions(document, context).map((finding) => ({ ...finding, range: at(finding.statement) })), size: permissionsSize(document) };
  } catch (error) {
    if (error instanceof LocatedError) {
      const { line, column, complaint } = error;

      return { error: { line, column, complaint }, findings: [] };
    }
    throw error;
  }
}

/** A line's worth of words beside the text. */
export interface Note {
  /** That it is about, from 1. */
  line: number;
  /** Where there is room for it: that line, or the next free one below. */
  row: number;
  words: string;
  tone: Tone;
  range: Range;
}

/** Each note beside its line; where two are about one line, the second goes one further down. */
export function notesOf({ error, findings }: Inspected, titleOf: (finding: Finding) => string): Note[] {
  const mistake = error ? [{ words: error.complaint, tone: 'bad' as const, range: { start: error, end: error } }] : [];
  const about = [...mistake, ...findings.flatMap((finding) => finding.range ? [{ words: titleOf(finding), tone: SEVERITY_TONES[finding.severity], range: finding.range }] : [])];
  let last = 0;

  return about.sort((a, b) => a.range.start.line - b.range.start.line).map((one) => {
    last = Math.max(one.range.start.line, last + 1);

    return { ...one, line: one.range.start.line, row: last };
  });
}

/** A place as an offset into the text; the end of it where it lies beyond. */
export function offsetOf(text: string, { line, column }: Place): number {
  const before = text.split('\n').slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);

  return Math.min(text.length, before + column - 1);
}
