/**
 * The names in a `skip-containers` annotation: one CSV record as Go's encoding/csv reads it (RFC 4180, spaces are part of a field,
 * leading empty lines are passed over). Where Go reports an error the webhook skips nothing, so this gives an empty list.
 */
export function skippedContainers(annotation: string | undefined): string[] {
  const text = (annotation ?? '').replace(/\r\n/g, '\n').replace(/^\n+/, '').replace(/\r$/, '');
  const names: string[] = [];
  let position = 0;

  if (!text) {
    return [];
  }
  for (;;) {
    const field = text[position] === '"' ? quotedField(text, position) : plainField(text, position);

    if (!field) {
      return [];
    }
    names.push(field.value);
    if (text[field.end] !== ',') {
      return names;
    }
    position = field.end + 1;
  }
}

interface Field { value: string; end: number }

/** Up to the next comma or line end; a quote inside is an error. */
function plainField(text: string, start: number): Field | undefined {
  const end = start + text.slice(start).search(/[,\n]|$/);
  const value = text.slice(start, end);

  return value.includes('"') ? undefined : { value, end };
}

/** A doubled quote stands for one; after the closing quote nothing may follow but a comma or the line's end. */
function quotedField(text: string, start: number): Field | undefined {
  let value = '';

  for (let position = start + 1; position < text.length; position++) {
    if (text[position] !== '"') {
      value += text[position];
    } else if (text[position + 1] === '"') {
      value += '"';
      position++;
    } else {
      const end = position + 1;

      return end === text.length || text[end] === ',' || text[end] === '\n' ? { value, end } : undefined;
    }
  }

  return undefined;
}
