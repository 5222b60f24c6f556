import { accountOfArn } from '../../aws/arn';
import { rule, type Hit } from './rule';
import { placed, type StatementView } from './view';

/** Unique ids that IAM leaves in a document when the user or role behind a principal is deleted. */
export const DEAD = /^A(ROA|IDA)[A-Z0-9]+$/;

/** Who else may become this role. */
function others({ path, statement, index }: StatementView, own: string | undefined): Hit[] {
  if (typeof statement.Principal !== 'object' || !(statement.Principal.Service ?? statement.Principal.AWS)) {
    return [];
  }
  const hasExternalId = Object.values(statement.Condition ?? {}).some((keys) => Object.keys(keys).some((key) => key.toLowerCase() === 'sts:externalid'));
  const hit = (kind: string, found: string, at: Hit['path']): Hit => ({ path: at, statement: index, args: { kind, found } });

  return [
    ...placed(statement.Principal.Service, [...path, 'Principal', 'Service']).filter(({ text }) => /^ec2\.amazonaws\.com(\.cn)?$/.test(text)).map(({ text, path: at }) => hit('node', text, at)),
    ...placed(statement.Principal.AWS, [...path, 'Principal', 'AWS']).flatMap(({ text, path: at }) => {
      const account = /^\d{12}$/.test(text) ? text : accountOfArn(text)?.id;

      if (account === undefined || own === undefined) {
        return [];
      }
      if (account === own) {
        return text === account || text.endsWith(':root') ? [hit('account', text, at)] : [];
      }

      return hasExternalId ? [] : [hit('foreign', text, at)];
    }),
  ];
}

/** Who beside service accounts. */
export const PRINCIPAL_RULES = [
  rule({
    code:     'DEAD_PRINCIPAL',
    severity: 'medium',
    remedy:   'tighten-trust',
    check:    ({ statements }) => statements.flatMap(({ path, statement, index }) => typeof statement.Principal !== 'object' || !statement.Principal.AWS ? [] : placed(statement.Principal.AWS, [...path, 'Principal', 'AWS'])
      .filter(({ text }) => DEAD.test(text)).map(({ text, path: at }) => ({ path: at, statement: index, args: { id: text } }))),
  }),
  rule({
    code:     'NODE_OR_USER_MIX',
    severity: 'medium',
    check:    ({ allows, trusted }, { role }) => {
      const own = accountOfArn(role?.arn ?? trusted[0]?.text ?? '')?.id;

      return trusted.length > 0 ? allows.flatMap((one) => others(one, own)) : [];
    },
  }),
] as const;
