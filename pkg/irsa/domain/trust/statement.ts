import { judgeConditions, type Miss } from './conditions';
import { ASSUME, claimKey, many, type Principals, type TrustStatement } from './document';
import { meets, type Certainty, type KeyValue, type Lookup } from './pattern';

/** A call of AssumeRoleWithWebIdentity, as far as a trust policy looks at it. */
export interface TrustRequest {
  /** The provider that IAM finds for the token's issuer. */
  providerArn: string;
  issuer: string;
  /** The token's `aud` (its `azp` where it has one); a token may carry several. */
  audience: string | string[];
  subject: string;
}

/** How one statement takes a call. */
export interface Match {
  certainty: Certainty;
  principal: boolean;
  action: boolean;
  misses: Miss[];
}

/**
 * Judges one statement alone, whatever its effect.
 * @param lookup  of the same request, where several statements are judged
 */
export function matchStatement(statement: TrustStatement, request: TrustRequest, version: string | undefined, lookup = lookupIn(request)): Match {
  const principal = isPrincipal(statement, request.providerArn);
  const action = namesAssume(statement);
  const { certainty, misses } = judgeConditions(statement.Condition, lookup, version === '2012-10-17');

  return { principal, action, misses, certainty: principal && action ? certainty : 'no' };
}

/** Names of condition keys are compared without regard to case (IAM User Guide, condition keys). */
export function lookupIn(request: TrustRequest): Lookup {
  const known = new Map<string, string[]>([
    [claimKey(request.issuer, 'aud').toLowerCase(), many(request.audience)],
    [claimKey(request.issuer, 'sub').toLowerCase(), [request.subject]],
    ['aws:securetransport', ['true']],
  ]);

  return (key): KeyValue => {
    const name = key.toLowerCase();

    // A web identity call has no external id; everything else of these families is only known at the call.
    if (!known.has(name) && name !== 'sts:externalid' && /^(aws|sts):/.test(name)) {
      return { known: false };
    }

    // Claims of other issuers, and claims that STS does not read from a service account's token, are not there.
    return { known: true, values: known.get(name) };
  };
}

/** `*` for everybody; a provider's ARN must be met letter for letter (IAM takes no patterns in principals). */
export function namesProvider(principals: Principals | undefined, providerArn: string): boolean {
  if (principals === '*') {
    return true;
  }

  return many(principals?.Federated).some((name) => name === providerArn || name === '*') || many(principals?.AWS).includes('*');
}

function isPrincipal(statement: TrustStatement, providerArn: string): boolean {
  return statement.NotPrincipal === undefined ? namesProvider(statement.Principal, providerArn) : !namesProvider(statement.NotPrincipal, providerArn);
}

/** Whether a statement is about AssumeRoleWithWebIdentity. */
export function namesAssume(statement: TrustStatement): boolean {
  const names = (actions: string[]) => actions.some((action) => action === ASSUME || meets(ASSUME, action, { wildcards: true, variables: false, ignoreCase: true, lookup: () => ({ known: false }) }) === 'yes');

  return statement.NotAction === undefined ? names(many(statement.Action)) : !names(many(statement.NotAction));
}
