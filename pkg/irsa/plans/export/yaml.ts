import { longEscape, withoutInvisible } from '../../domain/text';

/** YAML in which every value stands for itself: block style, with every text in double quotes. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/**
 * JSON strings are YAML's double-quoted ones, but for what YAML calls not printable or a line break (YAML 1.2 §5.1, 1.1 §5.4), and for
 * lone surrogates, which become U+FFFD.
 */
export function yamlString(value: string): string {
  return withoutInvisible(JSON.stringify(value.toWellFormed()), longEscape).replace(/[\uFFFE\uFFFF]/g, longEscape);
}

/** Words that YAML 1.1 takes for booleans or null. */
const WORDS = /^(?:y|n|yes|no|true|false|on|off|null)$/i;

function key(name: string): string {
  return /^[A-Za-z]\w*$/.test(name) && !WORDS.test(name) ? name : yamlString(name);
}

/** A key on one line ends within 1024 characters (YAML 1.2 §7.4.2); longer ones are announced. */
function keyAndColon(name: string, indent: string): string {
  const written = key(name);

  return written.length > 1000 ? `? ${ written }\n${ indent }:` : `${ written }:`;
}

export function toYaml(value: Plain, indent = ''): string {
  if (Array.isArray(value)) {
    return value.length ? value.map((item) => `${ indent }- ${ nested(item, `${ indent }  `).trimStart() }`).join('\n') : `${ indent }[]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);

    return members.length ? members.map(([name, item]) => `${ indent }${ keyAndColon(name, indent) }${ isLeaf(item) ? ` ${ leaf(item) }` : `\n${ toYaml(item, `${ indent }  `) }` }`).join('\n') : `${ indent }{}`;
  }

  return indent + leaf(value);
}

function nested(value: Plain, indent: string): string {
  return isLeaf(value) ? leaf(value) : toYaml(value, indent);
}

function isLeaf(value: Plain): boolean {
  return typeof value !== 'object' || value === null || !Object.keys(value).length;
}

function leaf(value: Plain): string {
  return typeof value === 'string' ? yamlString(value) : JSON.stringify(value);
}
