import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import IntlMessageFormat from 'intl-messageformat';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { LINT_RULES, lintTrust, type LintCode, type Rule } from '../domain/trust';
import { LINT_SOURCES } from '../domain/trust/lint/sources';
import { CASES } from '../domain/trust/lint/test-cases';

const folder = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(folder, '../../../docs/trust-policies.md');
const words = parse(readFileSync(path.join(folder, 'lint.en-us.yaml'), 'utf8')).irsa.lint as Record<string, { title: string }>;
const NEEDS: Record<string, string> = { providers: 'OIDC providers', clusters: 'clusters', issuers: 'issuer documents', role: 'the role', quota: 'the quota' };

/** One line a rule: what it says in its first case, how bad that is, what must be known, what mends it, who says so. */
function table(): string {
  const lines = (LINT_RULES as readonly Rule[]).map(({ code, severity, needs, remedy }) => {
    const [{ document, context }] = CASES[code as keyof typeof CASES].says as [{ document: Parameters<typeof lintTrust>[0]; context?: Parameters<typeof lintTrust>[1] }];
    const { title } = lintTrust(document, context).find((finding) => finding.code === code)!;

    return `| \`${ code }\` | ${ new IntlMessageFormat(words[code]!.title, 'en-us').format(title.args) } | ${ severity } | ${ needs ? NEEDS[needs] : '' } | ${ remedy ? `\`${ remedy }\`` : '' } | ${ LINT_SOURCES[code as LintCode] } |`;
  });

  return ['| Code | It says | Severity | Needs | Plan | Source |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

it('docs/trust-policies.md has the rules as they are (WRITE_DOCS=1 writes them)', () => {
  const text = readFileSync(file, 'utf8');
  const [before = '', after = ''] = text.split(/(?<=<!-- rules -->\n)[\s\S]*(?=\n<!-- \/rules -->)/);
  const wanted = `${ before }${ table() }${ after }`;

  if (process.env.WRITE_DOCS) {
    writeFileSync(file, wanted);
  }
  expect(wanted).toBe(process.env.WRITE_DOCS ? wanted : text);
});
