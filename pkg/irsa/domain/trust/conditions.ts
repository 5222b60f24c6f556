import { many, type Conditions, type ConditionValue } from './document';
import { meets, type Certainty, type KeyValue, type Lookup } from './pattern';

/** One condition that is not met, or cannot be judged. */
export interface Miss {
  /** As written: `StringEquals`, `ForAnyValue:StringLike`. */
  operator: string;
  key: string;
  expected: string[];
  /** What the request has under the key; undefined: nothing. Several values are joined by a comma. */
  actual: string | undefined;
  /** False when it depends on something only known at the call. */
  isCertain: boolean;
}

export interface Operator {
  quantifier?: 'any' | 'all';
  /** Lower case, without quantifier and `IfExists`: `stringequals`. */
  name: string;
  isNegative: boolean;
  ifExists: boolean;
}

/** Takes an operator apart; names are compared without regard to case. */
export function parseOperator(written: string): Operator {
  const lower = written.toLowerCase();
  const [prefix = '', quantifier] = lower.startsWith('for') ? /^for(any|all)values?:/.exec(lower) ?? [] : [];
  const ifExists = lower.endsWith('ifexists');
  const name = lower.slice(prefix.length, ifExists ? -'ifexists'.length : undefined);

  return { quantifier: quantifier as Operator['quantifier'], name, isNegative: name.includes('not') && /not(equals|like)|^notipaddress$/.test(name), ifExists };
}

/** Judges all conditions of a statement; they are AND-ed, their values OR-ed (NOR-ed when the operator is negative). */
export function judgeConditions(conditions: Conditions | undefined, lookup: Lookup, hasVariables: boolean): { certainty: Certainty; misses: Miss[] } {
  const misses: Miss[] = [];

  for (const [written, keys] of Object.entries(conditions ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const found = lookup(key);
      const verdict = judge(parseOperator(written), found, many(values), lookup, hasVariables);

      if (verdict !== 'yes') {
        misses.push({ operator: written, key, expected: many(values).map(String), actual: found.known ? found.values?.join(', ') : undefined, isCertain: verdict === 'no' });
      }
    }
  }

  return { certainty: misses.some(({ isCertain }) => isCertain) ? 'no' : misses.length > 0 ? 'unknown' : 'yes', misses };
}

function judge(operator: Operator, found: KeyValue, values: ConditionValue[], lookup: Lookup, hasVariables: boolean): Certainty {
  if (!found.known) {
    return 'unknown';
  }
  const held = found.values;

  if (operator.name === 'null') {
    return some(values.map((wanted) => (String(wanted).toLowerCase() === 'true') === (held === undefined) ? 'yes' : 'no'));
  }
  if (held === undefined) {
    return isMetWhenAbsent(operator) ? 'yes' : 'no';
  }
  const verdicts = held.map((value) => {
    const met = some(values.map((wanted) => compare(operator.name, value, String(wanted), lookup, hasVariables)));

    return operator.isNegative ? opposite(met) : met;
  });

  switch (operator.quantifier) {
  case 'any': return some(verdicts);
  case 'all': return opposite(some(verdicts.map(opposite)));
  default:
    // A key with several values needs a quantifier; what AWS makes of one without is not documented, unless all agree.
    return verdicts.every((verdict) => verdict === verdicts[0]) ? verdicts[0] ?? 'no' : 'unknown';
  }
}

/** A key that is not there fails, but for: IfExists, negative operators, and ForAllValues (true of nothing). */
function isMetWhenAbsent(operator: Operator): boolean {
  return operator.ifExists || operator.quantifier === 'all' || (operator.isNegative && operator.quantifier !== 'any');
}

function compare(name: string, value: string, wanted: string, lookup: Lookup, variables: boolean): Certainty {
  switch (name) {
  case 'stringequals':
  case 'stringnotequals':
    return meets(value, wanted, { wildcards: false, variables, lookup });
  case 'stringequalsignorecase':
  case 'stringnotequalsignorecase':
    return meets(value, wanted, { wildcards: false, variables, ignoreCase: true, lookup });
  case 'stringlike':
  case 'stringnotlike':
    return meets(value, wanted, { wildcards: true, variables, lookup });
  case 'bool':
    return value.toLowerCase() === wanted.toLowerCase() ? 'yes' : 'no';
  case 'arnequals':
  case 'arnlike':
  case 'arnnotequals':
  case 'arnnotlike':
    // The two are the same (IAM User Guide, ARN condition operators); what is no ARN meets none.
    return value.startsWith('arn:') ? meets(value, wanted, { wildcards: true, variables, lookup }) : 'no';
  default:
    // An audience may be a number. Our keys hold no dates or addresses: comparing them as such fails.
    return name.startsWith('numeric') && isInOrder(name.slice('numeric'.length), Number(value) - Number(wanted)) ? 'yes' : 'no';
  }
}

/** `difference` is NaN, and nothing fits, where one side is no number. */
function isInOrder(relation: string, difference: number): boolean {
  switch (relation) {
  case 'equals':
  case 'notequals': return difference === 0;
  case 'lessthan': return difference < 0;
  case 'lessthanequals': return difference <= 0;
  case 'greaterthan': return difference > 0;
  case 'greaterthanequals': return difference >= 0;
  default: return false;
  }
}

function some(verdicts: Certainty[]): Certainty {
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
}

function opposite(verdict: Certainty): Certainty {
  return verdict === 'yes' ? 'no' : verdict === 'no' ? 'yes' : 'unknown';
}
