import { IrsaError } from '../../../pkg/irsa/domain/errors';
import type { Known, ObservedCluster, Right } from '../../../pkg/irsa/domain/facts';
import { rightOfRequest } from '../../../pkg/irsa/domain/rights/request';
import { whoAmI } from '../../../pkg/irsa/gateways/aws/caller';
import { look } from '../../../pkg/irsa/gateways/observe/known';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { isHeldBack, preflight } from '../../../pkg/irsa/plans/rights/preflight';
import type { Person, Target } from '../target';
import type { Journey } from './journeys';
import { actionOf } from './action';
import { nameOf } from './removals';

/** How an attempt ended. */
export interface Attempt {
  /** `held back`: before any change. `looked`: there was nothing to run. */
  end: 'done' | 'failed' | 'held back' | 'looked';
  /** Everything that was named as missing before anything was changed. */
  named: string[];
  /** What came of it, to be compared. */
  result: string;
  /** Writes at AWS and in clusters. */
  writes: string[];
  /** Rights and actions that were asked about or used. */
  touched: Set<string>;
}

/** One person does one thing, as the pages do: look, plan, ask, and only then run. */
export async function attempt(target: Target, person: Person, journey: Journey): Promise<Attempt> {
  const before = target.awsCalls().length;
  const asked: string[] = [];
  const request = person.transport.request.bind(person.transport);
  const writes: string[] = [];

  person.transport.request = async(what) => {
    const right = rightOfRequest(what.method, what.url);
    const attributes = what.url.endsWith('selfsubjectaccessreviews') ? (JSON.parse(what.body ?? '{}') as { spec: { resourceAttributes: Right } }).spec.resourceAttributes : undefined;

    const simulated = /SimulatePrincipalPolicy/.test(what.body ?? '') ? [...new URLSearchParams(what.body)].filter(([name]) => name.startsWith('ActionNames')) : [];

    asked.push(...[right, attributes].flatMap((one) => one ? [nameOf(one)] : []), ...simulated.map(([, action]) => action));
    if (what.method !== 'GET' && right && right.subresource !== 'token') {
      writes.push(`${ what.method } ${ what.url }`);
    }

    return request(what);
  };
  const named: string[] = [];
  const outcome = await goThrough(person, journey, named);
  const calls = target.awsCalls().slice(before).filter(({ action }) => action !== 'AssumeRoleWithWebIdentity');

  return {
    ...outcome,
    named,
    writes:  [...writes, ...calls.filter(({ write, errorCode }) => write && errorCode === undefined).map(({ action }) => action)],
    touched: new Set([...asked, ...calls.map(actionOf), ...(calls.some(({ action }) => action === 'CreateBucket') ? ['s3:TagResource'] : [])]),
  };
}

async function goThrough(person: Person, journey: Journey, named: string[]): Promise<Pick<Attempt, 'end' | 'result'>> {
  let plan: Plan | undefined;

  try {
    const observed = await person.observe(journey.cluster);

    named.push(...namesIn(observed));
    const also = await journey.also?.(person) ?? [];

    named.push(...also.flatMap(obstaclesOf));
    if (!journey.plan) {
      return { end: 'looked', result: JSON.stringify([summary(observed), also.map(({ known }) => known)]) };
    }
    plan = await journey.plan(person, observed);
  } catch (error) {
    named.push(...namesOf(error));

    return { end: 'held back', result: String(error) };
  }
  const gateways = person.gateways();
  const found = await preflight(plan, gateways, { caller: () => look(() => whoAmI(gateways.iam!)) });

  named.push(...found.rights.map(nameOf));
  named.push(...[...found.aws, ...found.unsure].map(({ action }) => action), ...found.unchecked.flatMap(({ aws, right }) => [...(aws ? [aws.action] : []), ...(right ? [nameOf(right)] : [])]));
  if (isHeldBack(found)) {
    return { end: 'held back', result: JSON.stringify(found) };
  }
  const result = await person.run(plan);

  return { end: result.status === 'done' ? 'done' : 'failed', result: `${ plan.id } ${ 'identity' in result ? result.identity?.result ?? '-' : '-' } ${ 'error' in result ? `${ result.error.message } ${ JSON.stringify('identity' in result ? result.identity?.aws ?? '' : '') }` : '' }` };
}

/** What an error tells a person to be missing: the right in its words, or AWS' action. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof IrsaError)) {
    return [];
  }
  const [verb, thing = ''] = String(error.why.args?.right ?? '').split(' ');

  return [...(thing ? [`${ verb } ${ thing.split('.')[0] }`] : []), ...(/^(iam|s3):/.test(error.facts.action ?? '') ? [error.facts.action!] : [])];
}

/** What the cluster's page names: rights that were refused, and the obstacle before each fact. */
function namesIn({ rights, sts, ...facts }: ObservedCluster): string[] {
  const { issuer, keys, account, provider, webhook, bindings } = facts;
  const known: Known<unknown>[] = [issuer, keys, account, provider, webhook, bindings, sts];
  const inside = facts.bindings.known ? facts.bindings.value.map(({ role }) => role) : [];

  return [
    ...rights.filter(({ allowed }) => !allowed).map(({ right }) => nameOf(right)),
    ...(sts.known && sts.value.missing ? [nameOf(sts.value.missing)] : []),
    ...[...known, ...inside].flatMap(obstaclesOf),
  ];
}

function obstaclesOf(fact: Known<unknown>): string[] {
  const { right, aws } = fact.known ? {} : fact.why;

  return [...(right ? [nameOf(right)] : []), ...(aws ? [aws.action] : [])];
}

/** What a look found, without what differs from one time to the next. */
function summary(observed: ObservedCluster): string {
  const { issuer, provider, webhook, sts, bindings, cluster } = observed;
  const of = (fact: Known<unknown>): unknown => fact.known ? 'known' : fact.why.kind;

  const shown = bindings.known ? bindings.value.map(({ account, role, pods, workloads, owner }) => [account.name, of(role), pods.length, workloads.length, owner.kind]) : of(bindings);

  return JSON.stringify([cluster.region, of(issuer), of(provider), of(webhook), of(sts), shown]);
}
