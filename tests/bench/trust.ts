import { addBinding, evaluateTrust, lintTrust, newTrust, removeBinding, type Binding, type TrustDocument } from '../../pkg/irsa/domain/trust/index.ts';

export interface Speed {
  name: string;
  milliseconds: number;
  most: number;
  /** Where it is no time of this machine's clock: what it is. */
  relative?: string;
}

const ACCOUNT = '111122223333';
const bindingOf = (cluster: number, account: number): Binding => {
  const host = `oidc.eks.eu-central-1.amazonaws.com/id/${ String(cluster).padStart(32, 'E') }`;

  return { providerArn: `arn:aws:iam::${ ACCOUNT }:oidc-provider/${ host }`, issuer: `https://${ host }`, namespace: `team-${ account }`, serviceAccount: 'reader' };
};

/** A role of four clusters: one statement as it should be, a pattern, no audience, a set operator. */
function documentOf(number: number): TrustDocument {
  const statements = [0, 1, 2, 3].map((index) => {
    const binding = bindingOf(number + index, number);
    const host = binding.issuer.slice(8);
    const [ours] = [newTrust(binding).Statement].flat();
    const conditions = [ours!.Condition, { StringLike: { [`${ host }:sub`]: `system:serviceaccount:team-${ number }*` } }, { StringEquals: { [`${ host }:sub`]: ['a', 'b', `system:serviceaccount:team-${ number }:default`] } }, { 'ForAllValues:StringEquals': { [`${ host }:sub`]: 'x', [`${ host }:aud`]: 'y' } }];

    return { ...ours!, Condition: conditions[index] };
  });

  return { Version: '2012-10-17', Statement: statements };
}

function millisecondsOf(work: () => unknown): number {
  const start = performance.now();

  work();

  return performance.now() - start;
}

/** The least of many runs: whatever else the machine does only adds to it. */
function least(runs: number, measure: () => number): number {
  return Math.min(...Array.from({ length: runs }, measure));
}

/** The middle of several runs, for what others can make less as well as more. */
function median(runs: number, measure: () => number): number {
  return Array.from({ length: runs }, measure).sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

/** The budget's second is one of a machine that reads and writes the same policies as JSON in this many milliseconds. */
const JSON_MILLISECONDS = 100;

/** As IAM sends them: text. */
function manyPolicies(): string {
  return JSON.stringify(Array.from({ length: 10_000 }, (_, index) => documentOf(index)));
}

/** How many times as long as a machine of the budgets this one takes now, never less than once. */
export function slowness(): number {
  const json = manyPolicies();

  return Math.max(1, median(5, () => millisecondsOf(() => JSON.stringify(JSON.parse(json)))) / JSON_MILLISECONDS);
}

/** Lint and judge many policies, edit a large one. */
export function trustSpeed(): Speed[] {
  const json = manyPolicies();
  const documents = JSON.parse(json) as TrustDocument[];
  const context = { quota: 2048, providers: [], role: { arn: `arn:aws:iam::${ ACCOUNT }:role/x` } };
  let findings = 0;
  const judge = () => {
    for (const [index, document] of documents.entries()) {
      findings += lintTrust(document, context).length;
      evaluateTrust(document, { ...bindingOf(index + 3, index), audience: 'sts.amazonaws.com', subject: 'system:serviceaccount:team-1:reader' });
    }
  };
  const readAndWrite = () => JSON.stringify(JSON.parse(json));

  judge();
  // One beside the other: a machine's pace changes from minute to minute.
  let clock = 0;
  const ratio = least(3, () => median(5, () => (clock = millisecondsOf(judge)) / millisecondsOf(readAndWrite)));
  const judged = JSON_MILLISECONDS * ratio;
  const large: TrustDocument = { Version: '2012-10-17', Statement: Array.from({ length: 100 }, (_, index) => [newTrust(bindingOf(index, index)).Statement].flat()[0]!) };
  const added = addBinding(large, bindingOf(1000, 1));

  if (findings < 3 * 10_000 || added === large) {
    throw new Error('the bench measures nothing');
  }

  return [
    { name: 'lint and judge 10 000 policies', milliseconds: judged, most: 1000, relative: `not by the clock: ${ ratio.toFixed(1) } times as long as reading and writing the same policies as JSON, of which a machine of the budget takes ${ JSON_MILLISECONDS } ms; here the last run took ${ clock.toFixed(0) } ms` },
    { name: 'add to 100 statements', milliseconds: least(101, () => millisecondsOf(() => addBinding(large, bindingOf(1000, 1)))), most: 1 },
    { name: 'fold into 100 statements', milliseconds: least(101, () => millisecondsOf(() => addBinding(large, bindingOf(99, 1)))), most: 1 },
    { name: 'remove from 101 statements', milliseconds: least(101, () => millisecondsOf(() => removeBinding(added, bindingOf(1000, 1)))), most: 1 },
  ];
}
