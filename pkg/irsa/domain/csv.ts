/** What a spreadsheet would take for a formula when a cell begins with it; the wide forms are read as the narrow ones in some languages. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * A table as CSV (RFC 4180). Names in it are other people's: a cell that a spreadsheet would compute is marked as text with the
 * apostrophe that spreadsheets themselves use for it.
 */
export function csv(rows: (string | number | undefined)[][]): string {
  return rows.map((cells) => `${ cells.map(cell).join(',') }\r\n`).join('');
}

function cell(value: string | number | undefined): string {
  if (typeof value === 'number') {
    return String(value);
  }
  const safe = FORMULA.test(value ?? '') ? `'${ value }` : value ?? '';

  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${ safe.replaceAll('"', '""') }"` : safe;
}
