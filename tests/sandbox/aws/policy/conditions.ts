/** What is known of a request; a key may have several values. Keys are compared without regard to case. */
export type Context = Record<string, string[]>;

type Compare = (value: string, wanted: string) => boolean;

/** IAM User Guide, «IAM JSON policy elements: Condition operators». */
const OPERATORS: Record<string, { compare: Compare; negated?: boolean }> = {
  stringequals:              { compare: (value, wanted) => value === wanted },
  stringnotequals:           { compare: (value, wanted) => value === wanted, negated: true },
  stringequalsignorecase:    { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  stringnotequalsignorecase: { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(), negated: true },
  stringlike:                { compare: like },
  stringnotlike:             { compare: like, negated: true },
  arnequals:                 { compare: arnLike },
  arnlike:                   { compare: arnLike },
  arnnotequals:              { compare: arnLike, negated: true },
  arnnotlike:                { compare: arnLike, negated: true },
  bool:                      { compare: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
};

/** `*` any characters, `?` exactly one. */
export function like(value: string, pattern: string): boolean {
  const expression = pattern.split('').map((sign) => (sign === '*' ? '[\\s\\S]*' : sign === '?' ? '[\\s\\S]' : sign.replace(/[\\^$.|+()[\]{}]/g, '\\$&'))).join('');

  return new RegExp(`^${ expression }$`).test(value);
}

/** Each of the six colon-separated parts alone may hold wildcards. */
function arnLike(value: string, pattern: string): boolean {
  const parts = (arn: string): string[] => [...arn.split(':', 5), arn.split(':').slice(5).join(':')];
  const wanted = parts(pattern);

  return parts(value).every((part, index) => like(part, wanted[index] ?? ''));
}

export function isOperator(name: string): boolean {
  const bare = bareName(name);

  return bare === 'null' || OPERATORS[bare] !== undefined;
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/^for(any|all)values?:/, '').replace(/ifexists$/, '');
}

/** Whether every operator and every key of a Condition block holds. */
export function conditionsHold(block: Record<string, Record<string, string[]>>, context: Context): boolean {
  const known = new Map(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));

  return Object.entries(block).every(([operator, keys]) => Object.entries(keys).every(([key, wanted]) => holds(operator, known.get(key.toLowerCase()), wanted)));
}

/** «Multivalued context keys»: without a set operator a key has one value; ForAllValues holds when the key is absent. */
function holds(name: string, values: string[] | undefined, wanted: string[]): boolean {
  const bare = bareName(name);

  if (bare === 'null') {
    return wanted.some((text) => text.toLowerCase() === String(values === undefined));
  }
  const operator = OPERATORS[bare];

  if (!operator) {
    return false;
  }
  const { compare, negated = false } = operator;
  const one = (value: string): boolean => wanted.some((text) => compare(value, text)) !== negated;
  const set = /^for(any|all)values?:/i.exec(name)?.[1]?.toLowerCase();

  if (set === 'all') {
    return (values ?? []).every(one);
  }
  if (values === undefined) {
    return set === 'any' ? /ifexists$/i.test(name) : negated || /ifexists$/i.test(name);
  }

  return values.some(one);
}
