import { ASSUME, many } from '../document';
import { rule, type Hit } from './rule';
import { comparesText, placed, withoutVariables, type ClaimCondition, type StatementView, type TrustView } from './view';

/** Conditions on claims of statements that let somebody in. */
function conditions({ allows }: TrustView, applies: (claim: ClaimCondition) => boolean): Hit[] {
  return allows.flatMap(({ index, claims }) => claims.filter(applies).map(({ path, written, key }) => ({ path, statement: index, args: { operator: written, key } })));
}

const isPattern = (text: string): boolean => /[*?]/.test(text);

/** Nobody is limited to: `"*"`, a pattern, or everybody but some. */
function openPrincipals({ path, statement, index }: StatementView): Hit[] {
  // With another condition beside it (an organisation, say) it is not open to the world, but easily becomes so.
  const severity = () => Object.keys(statement.Condition ?? {}).length > 0 ? 'high' as const : 'critical' as const;
  const hit = (at: (string | number)[], found: string): Hit => ({ path: at, statement: index, severity: severity(), args: { kind: 'principal', found }, withoutRemedy: true });

  if (statement.NotPrincipal !== undefined) {
    return [hit([...path, 'NotPrincipal'], 'NotPrincipal')];
  }
  if (statement.Principal === '*') {
    return [hit([...path, 'Principal'], '*')];
  }

  return Object.entries(statement.Principal ?? {}).filter(([, names]) => many(names).some(isPattern))
    .flatMap(([kind, names]) => placed(names, [...path, 'Principal', kind]).filter(({ text }) => isPattern(text)).map(({ text, path: at }) => hit(at, text)));
}

/** How it is compared. */
export const OPERATOR_RULES = [
  rule({
    code:     'LITERAL_STAR',
    severity: 'high',
    remedy:   'tighten-trust',
    check:    ({ allows, hasVariables }) => allows.flatMap(({ index, claims }) => claims
      .filter(({ operator, values }) => values.some(({ text }) => isPattern(text)) && /^string(not)?equals(ignorecase)?$/.test(operator.name))
      .flatMap(({ values, written, claim }) => values.filter(({ text }) => isPattern(withoutVariables(text, hasVariables))).map(({ text, path }) => ({ path, statement: index, args: { operator: written, value: text }, withoutRemedy: claim === 'aud' })))),
  }),
  rule({
    code: 'FORALLVALUES', severity: 'critical', remedy: 'tighten-trust', check: (view) => conditions(view, ({ operator }) => operator.quantifier === 'all'),
  }),
  rule({
    code: 'FORANYVALUE', severity: 'low', remedy: 'tighten-trust', check: (view) => conditions(view, ({ operator }) => operator.quantifier === 'any'),
  }),
  rule({
    code: 'IFEXISTS', severity: 'critical', remedy: 'tighten-trust', check: (view) => conditions(view, ({ operator }) => operator.ifExists),
  }),
  rule({
    code: 'NULL', severity: 'critical', check: (view) => conditions(view, ({ operator, values }) => operator.name === 'null' && values.some(({ text }) => text.toLowerCase() === 'true')),
  }),
  rule({
    code:     'NEGATIVE_MATCH',
    severity: 'critical',
    remedy:   'tighten-trust',
    check:    ({ allows }) => allows.flatMap((one) => {
      const isSubject = (claim: ClaimCondition) => claim.claim === 'sub' && comparesText(claim);
      const subject = one.providers.length > 0 ? one.claims.find(isSubject) : undefined;
      const open = openPrincipals(one);

      if (subject && one.claims.every((claim) => !isSubject(claim) || claim.operator.isNegative)) {
        open.push({ path: subject.path, statement: one.index, args: { kind: 'operator', found: subject.written } });
      }

      return open;
    }),
  }),
  rule({
    code:     'WRONG_ACTION',
    severity: 'high',
    remedy:   'tighten-trust',
    check:    ({ allows }) => allows.filter(({ providers }) => providers.length > 0).flatMap(({ index, path, statement, isWebIdentity }) => {
      if (statement.Action === ASSUME && statement.NotAction === undefined) {
        return [];
      }
      const others = Object.keys(statement.Principal ?? {}).some((kind) => kind !== 'Federated');
      const at = [...path, statement.NotAction === undefined ? 'Action' : 'NotAction'];
      const actions = many(statement.Action);
      const wrong = statement.NotAction !== undefined || !isWebIdentity || actions.some((action) => /[*?]/.test(action) || (!others && /^sts:assumerole$/i.test(action)));

      return wrong ? [{ path: at, statement: index, args: { found: many(statement.NotAction ?? statement.Action).join(', ') || '–', works: isWebIdentity ? 'yes' : 'no' }, withoutRemedy: others }] : [];
    }),
  }),
] as const;
