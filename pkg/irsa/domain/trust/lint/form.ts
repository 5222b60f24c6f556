import { DEFAULT_AUDIENCE } from '../../aws/quotas';
import { canonicalJson } from '../../json/canonical';
import { claimKey, many, type TrustStatement } from '../document';
import { isPurelyOurs } from '../edit';
import { trustSize } from '../size';
import { rule } from './rule';
import type { StatementView } from './view';

/** The same text for statements that say the same, whatever their names. */
export function canonical({ Sid: _sid, ...statement }: TrustStatement): string {
  return canonicalJson(statement);
}

/** Issuer and audience of a statement that is purely ours; statements with the same text fold into one. */
export function foldKey({ providers, claims, statement }: StatementView): string | undefined {
  const [provider] = providers;

  if (!provider || claims.length !== 2 || claims[0]!.written !== 'StringEquals' || claims[1]!.written !== 'StringEquals') {
    return undefined;
  }
  const binding = { providerArn: provider.text, issuer: provider.host, audience: String(many(statement.Condition!.StringEquals?.[claimKey(provider.host, 'aud')])[0] ?? DEFAULT_AUDIENCE) };

  return isPurelyOurs(statement, binding) ? `${ provider.text } ${ binding.audience }` : undefined;
}

/** Statements after the first one of their kind. */
function repeated(statements: StatementView[], kind: (one: StatementView) => string | undefined): { one: StatementView; first: number }[] {
  const first = new Map<string, number>();

  return statements.length < 2 ? [] : statements.flatMap((one) => {
    const key = kind(one);
    const found = key === undefined ? undefined : first.get(key);

    if (key !== undefined && found === undefined) {
      first.set(key, one.index);
    }

    return found === undefined ? [] : [{ one, first: found }];
  });
}

/** Statements that say the same as an earlier one. Writing all of them out is dear, so it is done only where some are equally long. */
function doubles(statements: StatementView[]): { one: StatementView; first: number }[] {
  return repeated(statements, lengthOf).length > 0 ? repeated(statements, ({ statement }) => canonical(statement)) : [];
}

/** Whom a statement names, by length alone: the same for all that say the same, in whatever order. */
function lengthOf({ providers, claims, statement }: StatementView): string {
  let length = 0;

  for (const { text } of providers) {
    length += text.length;
  }
  for (const { written, key, values } of claims) {
    length += written.length + key.length;
    for (const { text } of values) {
      length += text.length;
    }
  }

  return `${ statement.Effect } ${ length }`;
}

/** How it is written. */
export const FORM_RULES = [
  rule({
    code:     'DUPLICATE',
    severity: 'info',
    remedy:   'tighten-trust',
    check:    ({ statements }) => doubles(statements).map(({ one, first }) => ({ path: one.path, statement: one.index, args: { first: first + 1 } })),
  }),
  rule({
    code:     'MERGEABLE',
    severity: 'info',
    remedy:   'tighten-trust',
    check:    ({ statements }) => {
      const alike = repeated(statements, foldKey);
      const same = new Set(alike.length > 0 ? doubles(statements).map(({ one }) => one.index) : []);

      return alike.filter(({ one }) => !same.has(one.index)).map(({ one, first }) => ({ path: one.path, statement: one.index, args: { first: first + 1 } }));
    },
  }),
  rule({
    code:     'SIZE',
    severity: 'medium',
    needs:    'quota',
    check:    ({ document }, { quota }) => {
      const size = trustSize(document);

      return quota && size >= 0.8 * quota ? [{ path: [], args: { size, quota, percent: Math.round(100 * size / quota) }, ...(size > quota ? { severity: 'high' as const } : {}) }] : [];
    },
  }),
  rule({
    code:     'NO_VERSION',
    severity: 'low',
    remedy:   'tighten-trust',
    check:    ({ document }) => document.Version === undefined ? [{ path: [], withoutRemedy: hasVariableText(document) }] : [],
  }),
  rule({
    code:     'OLD_VERSION',
    severity: 'low',
    remedy:   'tighten-trust',
    check:    ({ document }) => document.Version !== undefined && document.Version !== '2012-10-17' ? [{ path: ['Version'], args: { version: document.Version }, withoutRemedy: hasVariableText(document) }] : [],
  }),
] as const;

/** With the new version this text would become variables: not ours to decide. */
function hasVariableText(document: object): boolean {
  return JSON.stringify(document).includes('${');
}
