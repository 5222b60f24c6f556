import { AwsError, validationError } from '../errors.ts';
import type { Parameters } from '../parameters.ts';
import type { Context } from '../policy/conditions.ts';
import type { Statement } from '../policy/document.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { Verdict } from '../policy/evaluate.ts';
import type { AccountState } from '../state.ts';
import type { XmlValue } from '../xml.ts';
import { pageOf } from './action.ts';
import type { IamActions } from './action.ts';

const DECISIONS: Record<Verdict, string> = { allow: 'allowed', 'explicit deny': 'explicitDeny', 'no allow': 'implicitDeny' };

/** API reference, ContextEntry; it lists the types. A list of `member`s in a list of `member`s. */
function contextOf(parameters: Parameters): Context {
  const context: Context = {};

  for (let index = 1; parameters.get(`ContextEntries.member.${ index }.ContextKeyName`) !== undefined; index += 1) {
    const entry = `ContextEntries.member.${ index }`;
    const type = parameters.get(`${ entry }.ContextKeyType`) ?? '';

    if (!/^(string|numeric|boolean|ip|binary|date)(List)?$/.test(type)) {
      throw validationError('Member must satisfy enum value set: [string, stringList, numeric, numericList, boolean, booleanList, ip, ipList, binary, binaryList, date, dateList]', type, `contextEntries.${ index }.member.contextKeyType`);
    }
    context[parameters.get(`${ entry }.ContextKeyName`) ?? ''] = parameters.list(`${ entry }.ContextKeyValues`);
  }

  return context;
}

/** Whose policies are asked about; users and roles alike have to be there. */
function policyOf({ keys, roles }: AccountState, arn: string): Statement[] | undefined {
  const key = [...keys.values()].find(({ principalArn }) => principalArn === arn);

  if (!key && ![...roles.values()].some((role) => role.arn === arn)) {
    throw new AwsError(404, 'NoSuchEntity', `The ${ arn.includes(':role/') ? 'role' : 'user' } with name ${ arn.split('/').pop() ?? '' } cannot be found.`);
  }

  return key?.policy;
}

/** Condition keys that policies name and nobody gave a value for. */
function missing(policy: Statement[] | undefined, context: Context): string[] {
  const known = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const asked = (policy ?? []).flatMap((statement) => [
    ...Object.values(statement.conditions).flatMap((keys) => Object.keys(keys)),
    ...JSON.stringify([statement.resources, statement.conditions]).matchAll(/\$\{([\w:/.-]+)\}/g).map(([, key = '']) => key),
  ]);

  return [...new Set(asked)].filter((key) => !known.has(key.toLowerCase()));
}

export const SIMULATION_ACTIONS: IamActions = {
  /**
   * One result for an action, whatever the number of resources; each resource's own decision stands in ResourceSpecificResults, and the
   * most restrictive one above (boto3 reference, EvaluationResult: «now returns a single EvaluationResult per action»).
   */
  SimulatePrincipalPolicy: {
    target: ({ parameters }) => ({ arn: parameters.get('PolicySourceArn') ?? '*' }),
    run:    ({ state, parameters }) => {
      const source = parameters.need('PolicySourceArn', { min: 20, max: 2048 });
      const actions = parameters.list('ActionNames');
      const given = parameters.list('ResourceArns');
      const resources = given.length ? given : ['*'];
      const context = contextOf(parameters);

      if (!actions.length) {
        parameters.need('ActionNames');
      }
      if (!/^arn:[\w-]+:iam::\d{12}:(user|role|group)\/.+/.test(source)) {
        throw new AwsError(400, 'InvalidInput', `Invalid Entity Arn: ${ source } does not clearly define entity type and name.`);
      }
      const unknown = actions.find((action) => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action));

      if (unknown !== undefined) {
        throw new AwsError(400, 'InvalidInput', `Invalid action: ${ unknown }`);
      }
      const policy = policyOf(state, source);
      const absent = missing(policy, context);
      const results = actions.map((action): Record<string, XmlValue> => {
        const verdicts = resources.map((resource) => ({ resource, decision: DECISIONS[policy ? evaluate(policy, { action, resource, context }) : 'allow'] }));
        const worst = ['explicitDeny', 'implicitDeny', 'allowed'].find((one) => verdicts.some(({ decision }) => decision === one)) ?? 'allowed';

        return {
          EvalActionName: action, EvalResourceName: resources.length === 1 ? resources[0] ?? '*' : '*', EvalDecision: worst, MatchedStatements: [], MissingContextValues: absent,
          ...given.length ? {
            ResourceSpecificResults: verdicts.map(({ resource, decision }) => ({ EvalResourceName: resource, EvalResourceDecision: decision, MatchedStatements: [], MissingContextValues: absent }))
          } : {}
        };
      });
      const { page, more } = pageOf(parameters, results, ({ EvalActionName }) => String(EvalActionName));

      return { EvaluationResults: page, ...more };
    },
  },
};
