/* eslint-disable no-template-curly-in-string -- policies have variables of that form */
import { DEFAULT_AUDIENCE } from '../aws/quotas';
import { issuerPath } from '../issuer/issuer';

/** IAM takes a lone value wherever it takes a list. */
export type OneOrMany<T> = T | T[];

export type ConditionValue = string | number | boolean;
export type Conditions = Record<string, Record<string, OneOrMany<ConditionValue>>>;
export type Principals = '*' | Record<string, OneOrMany<string>>;

/** One statement; keys that are not named here are kept as they are. */
export interface TrustStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: Principals;
  NotPrincipal?: Principals;
  Action?: OneOrMany<string>;
  NotAction?: OneOrMany<string>;
  Condition?: Conditions;
  [key: string]: unknown;
}

/** A role's trust policy (IAM: AssumeRolePolicyDocument) in any shape that IAM takes. */
export interface TrustDocument {
  Version?: string;
  Id?: string;
  Statement: OneOrMany<TrustStatement>;
  [key: string]: unknown;
}

/** A service account that may assume a role. */
export interface Binding {
  providerArn: string;
  /** The exact `iss` of the tokens. */
  issuer: string;
  /** Default `sts.amazonaws.com`. */
  audience?: string;
  namespace: string;
  serviceAccount: string;
}

export const ASSUME = 'sts:AssumeRoleWithWebIdentity';

/** The `sub` of a service account's tokens. */
export function expectedSubject(namespace: string, serviceAccount: string): string {
  return `system:serviceaccount:${ namespace }:${ serviceAccount }`;
}

/** Condition key of a claim: `<host/path>:sub`. */
export function claimKey(issuer: string, claim: 'aud' | 'sub'): string {
  return `${ issuerPath(issuer) }:${ claim }`;
}

/** A text as a policy of a version writes it so that it means itself: since 2012-10-17, `${` begins a variable, and `${$}` is the sign. */
export function literal(text: string, version: string | undefined): string {
  return version === '2012-10-17' ? text.replaceAll('${', '${$}{') : text;
}

/**
 * The statement for one binding: exactly this audience and this subject (EKS best practices; never a pattern).
 * @param version  of the policy that it comes into
 */
export function bindingStatement(binding: Binding, version: string | undefined = '2012-10-17'): TrustStatement {
  return {
    Effect:    'Allow',
    Principal: { Federated: binding.providerArn },
    Action:    ASSUME,
    Condition: {
      StringEquals: {
        [claimKey(binding.issuer, 'aud')]: literal(binding.audience ?? DEFAULT_AUDIENCE, version),
        [claimKey(binding.issuer, 'sub')]: literal(expectedSubject(binding.namespace, binding.serviceAccount), version),
      },
    },
  };
}

/** The trust policy of a role made for one binding. */
export function newTrust(binding: Binding): TrustDocument {
  return { Version: '2012-10-17', Statement: [bindingStatement(binding)] };
}

/** The list behind a value that may stand alone. */
export function many<T>(value: OneOrMany<T> | undefined): T[] {
  if (value === undefined) {
    return [];
  }

  return Array.isArray(value) ? value : [value];
}
