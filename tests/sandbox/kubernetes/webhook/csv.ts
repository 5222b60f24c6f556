/**
 * One record of comma separated names as Go's encoding/csv reads it: a field that begins with a quote ends with one, spaces stay.
 * Undefined where Go reports an error.
 */
export function csvFields(text: string): string[] | undefined {
  const line = text.split(/\r?\n/).find((one) => one !== '');
  const fields: string[] = [];
  let rest = line ?? '';

  while (line !== undefined) {
    const quoted = /^"((?:[^"]|"")*)"(,|$)/s.exec(rest);
    const plain = quoted ? null : /^([^",]*)(,|$)/.exec(rest);
    const match = quoted ?? plain;

    if (!match) {
      return undefined;
    }
    fields.push((match[1] ?? '').replaceAll(quoted ? '""' : '\u0000', '"'));
    if (match[2] !== ',') {
      return fields;
    }
    rest = rest.slice(match[0].length);
  }

  return fields;
}
