/**
 * One record of comma separated names as Go's encoding/csv reads it: a field that begins with a quote ends with one, spaces stay.
 * Undefined where Go reports an error.
 */
export function csvFields(text: string): string[] | undefined {
  let rest = text.split(/\r?\n/).find((line) => line !== '');
  const fields: string[] = [];

  while (rest !== undefined) {
    const quoted = /^"((?:[^"]|"")*)"(,|$)/s.exec(rest);
    const match = quoted ?? /^([^",]*)(,|$)/.exec(rest);

    if (!match) {
      return undefined;
    }
    const [whole, field = '', comma] = match;

    fields.push(quoted ? field.replaceAll('""', '"') : field);
    rest = comma ? rest.slice(whole.length) : undefined;
  }

  return fields;
}
