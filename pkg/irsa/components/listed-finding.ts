import type { Finding } from '../domain/facts';
import type { TrustDocument } from '../domain/trust';

/** Something to say, about which role, and the statement it is about as JSON text. */
export interface ListedFinding {
  finding: Finding;
  role?: string;
  statement?: string;
}

/** Findings about a trust policy, each with the statement that it is about. */
export function listed({ Statement }: TrustDocument, findings: Finding[], role?: string): ListedFinding[] {
  const statements = [Statement].flat();

  return findings.map((finding) => {
    const statement = finding.statement === undefined ? undefined : statements[finding.statement];

    return { finding, ...(role === undefined ? {} : { role }), ...(statement ? { statement: JSON.stringify(statement) } : {}) };
  });
}
