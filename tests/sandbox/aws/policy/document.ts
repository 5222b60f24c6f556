import { fieldsOf, isFields } from '../values.ts';
import { AwsError } from '../errors.ts';
import { isOperator } from './conditions.ts';

export interface Statement {
  effect: 'Allow' | 'Deny';
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  /** By kind: AWS, Federated, Service; `*` alone is `{ '*': ['*'] }`. */
  principals?: Record<string, string[]>;
  notPrincipals?: Record<string, string[]>;
  conditions: Record<string, Record<string, string[]>>;
  /** Whether `${…}` is a variable: only in documents of version 2012-10-17. */
  variables: boolean;
}

const STATEMENT_FIELDS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition'];

/** IAM API reference: MalformedPolicyDocument; the texts as IAM gives them. */
function malformed(message: string): AwsError {
  return new AwsError(400, 'MalformedPolicyDocument', message);
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];

  if (!list.every((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')) {
    throw malformed('Syntax errors in policy.');
  }

  return list.map(String);
}

function maybe(value: unknown): string[] | undefined {
  return value === undefined ? undefined : texts(value);
}

function principals(value: unknown): Record<string, string[]> | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (value === '*') {
    return { '*': ['*'] };
  }
  if (!isFields(value)) {
    throw malformed('Syntax errors in policy.');
  }

  return Object.fromEntries(Object.entries(value).map(([kind, names]) => [kind, texts(names)]));
}

function conditions(value: unknown): Statement['conditions'] {
  if (value !== undefined && !isFields(value)) {
    throw malformed('Syntax errors in policy.');
  }

  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([operator, keys]) => {
    if (!isOperator(operator)) {
      throw malformed(`Invalid Condition type : ${ operator }.`);
    }
    if (!isFields(keys)) {
      throw malformed('Syntax errors in policy.');
    }

    return [operator, Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, texts(values)]))];
  }));
}

function statement(value: unknown, variables: boolean): Statement {
  // Effects are told apart by their letters in an older part of IAM, which says so (after moto, which models IAM's order of checks).
  if (isFields(value) && /^(allow|deny)$/i.test(String(value.Effect)) && value.Effect !== 'Allow' && value.Effect !== 'Deny') {
    throw malformed('The policy failed legacy parsing');
  }
  if (!isFields(value) || Object.keys(value).some((field) => !STATEMENT_FIELDS.includes(field)) || (value.Effect !== 'Allow' && value.Effect !== 'Deny')) {
    throw malformed('Syntax errors in policy.');
  }
  if (value.Sid !== undefined && !/^[A-Za-z0-9]*$/.test(String(value.Sid))) {
    throw malformed('Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*');
  }

  return {
    effect: value.Effect, actions: maybe(value.Action), notActions: maybe(value.NotAction), resources: maybe(value.Resource), notResources: maybe(value.NotResource),
    principals: principals(value.Principal), notPrincipals: principals(value.NotPrincipal), conditions: conditions(value.Condition), variables
  };
}

/** Reads any policy document. */
export function readPolicy(text: string): Statement[] {
  let document: unknown;

  try {
    document = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (!isFields(document) || Object.keys(document).some((field) => !['Version', 'Id', 'Statement'].includes(field))) {
    throw malformed('Syntax errors in policy.');
  }
  if (document.Version !== undefined && document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    throw malformed('The policy must contain a valid version string');
  }
  const list = Array.isArray(document.Statement) ? document.Statement : [document.Statement];

  if (document.Statement === undefined || !list.length) {
    throw malformed('Syntax errors in policy.');
  }

  const sids = list.map((one) => fieldsOf(one).Sid).filter((sid) => sid !== undefined && sid !== '');
  const { Version: version } = document;
  const statements = list.map((one) => statement(one, version === '2012-10-17'));

  if (new Set(sids).size !== sids.length) {
    throw malformed('Statement IDs (SID) in a single policy must be unique.');
  }

  return statements;
}

/** Reads a policy of an identity: it names resources and no principals. */
export function readIdentityPolicy(text: string): Statement[] {
  const statements = readPolicy(text);

  for (const one of statements) {
    if (one.principals || one.notPrincipals) {
      throw malformed('Policy document should not specify a principal.');
    }
    if (!one.resources && !one.notResources) {
      throw malformed('Policy statement must contain resources.');
    }
    if (!one.actions && !one.notActions) {
      throw malformed('Policy statement must contain actions.');
    }
    // «Resource … must be in ARN format or "*".», as CloudFormation and others report it of IAM; moto has the same rule.
    const odd = (one.resources ?? one.notResources ?? []).find((resource) => resource !== '*' && !/^(arn|\*):/.test(resource) && !resource.includes('${'));

    if (odd !== undefined) {
      throw malformed(`Resource ${ odd } must be in ARN format or "*".`);
    }
    for (const action of one.actions ?? one.notActions ?? []) {
      if (action !== '*' && !action.includes(':')) {
        throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
      }
    }
  }

  return statements;
}

/** Reads a role's trust policy: principals that can exist, and actions of STS. */
export function readTrustPolicy(text: string): Statement[] {
  const statements = readPolicy(text);

  for (const one of statements) {
    if (one.resources || one.notResources) {
      throw malformed('Has prohibited field Resource');
    }
    if (!one.principals && !one.notPrincipals) {
      throw malformed('Missing required field Principal');
    }
    if (!one.actions && !one.notActions) {
      throw malformed('Missing required field Action');
    }
    if ((one.actions ?? []).some((action) => action !== '*' && !action.toLowerCase().startsWith('sts:'))) {
      throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    }
    for (const [kind, names] of Object.entries(one.principals ?? {})) {
      names.forEach((name) => checkPrincipal(kind, name));
    }
  }

  return statements;
}

function checkPrincipal(kind: string, name: string): void {
  const right: Record<string, RegExp> = {
    '*':       /^\*$/,
    AWS:       /^(\*|\d{12}|A(ROA|IDA)[A-Z0-9]+|arn:[\w-]+:(iam|sts)::\d{12}:(root|(user|role|assumed-role)\/.+))$/,
    Service:   /^[a-z0-9.-]+\.[a-z]+$/,
    Federated: /^(arn:[\w-]+:iam::\d{12}:(oidc-provider|saml-provider)\/[^\s*]+|cognito-identity\.amazonaws\.com|www\.amazon\.com|graph\.facebook\.com|accounts\.google\.com)$/,
  };

  if (!Object.hasOwn(right, kind) || !right[kind]?.test(name)) {
    throw malformed(`Invalid principal in policy: "${ kind.toUpperCase() }":"${ name }"`);
  }
}
