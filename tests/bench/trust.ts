import { addBinding, evaluateTrust, lintTrust, newTrust, removeBinding, type Binding, type TrustDocument } from '../../pkg/irsa/domain/trust/index.ts';

export interface Speed { name: string; milliseconds: number; most: number }

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

/** Milliseconds of processor time; the median of several runs, since a machine does other things too. */
function measure(runs: number, work: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();

    work();
    const { user, system } = process.cpuUsage(start);

    return (user + system) / 1000;
  });

  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

/** Lint and judge many policies, edit a large one. */
export function trustSpeed(): Speed[] {
  const documents = Array.from({ length: 10_000 }, (_, index) => documentOf(index));
  const context = { quota: 2048, providers: [], role: { arn: `arn:aws:iam::${ ACCOUNT }:role/x` } };
  let findings = 0;
  const judge = measure(3, () => {
    for (const [index, document] of documents.entries()) {
      findings += lintTrust(document, context).length;
      evaluateTrust(document, { ...bindingOf(index + 3, index), audience: 'sts.amazonaws.com', subject: 'system:serviceaccount:team-1:reader' });
    }
  });
  const large: TrustDocument = { Version: '2012-10-17', Statement: Array.from({ length: 100 }, (_, index) => [newTrust(bindingOf(index, index)).Statement].flat()[0]!) };
  const added = addBinding(large, bindingOf(1000, 1));

  if (findings < 3 * 10_000 || added === large) {
    throw new Error('the bench measures nothing');
  }

  return [
    { name: 'lint and judge 10 000 policies', milliseconds: judge, most: 1000 },
    { name: 'add to 100 statements', milliseconds: measure(101, () => addBinding(large, bindingOf(1000, 1))), most: 1 },
    { name: 'fold into 100 statements', milliseconds: measure(101, () => addBinding(large, bindingOf(99, 1))), most: 1 },
    { name: 'remove from 101 statements', milliseconds: measure(101, () => removeBinding(added, bindingOf(1000, 1))), most: 1 },
  ];
}
