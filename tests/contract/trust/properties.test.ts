import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addBinding, evaluateTrust, expectedSubject, hasBinding, lintTrust, LocatedError, newTrust, parseTrust, parseTrustSource, removeBinding, samePolicy,
  tightenAll, tightenTrust, trustRoom, trustSize, type Binding, type LintContext, type TrustDocument, type TrustRequest, type TrustStatement
} from '../../../pkg/irsa/domain';
import { bindings, conditionalDocuments, documents, HOSTS, oddDocuments, providerOf, tokens } from './documents';
import { best, slowness } from './pace';

const RUNS = { numRuns: 2000 };
const statements = (document: TrustDocument) => [document.Statement].flat();
const requestOf = ({ providerArn, issuer, audience = 'sts.amazonaws.com', namespace, serviceAccount }: Binding) => ({ providerArn, issuer, audience, subject: expectedSubject(namespace, serviceAccount) });
const isAllowed = (document: TrustDocument, binding: Binding) => evaluateTrust(document, requestOf(binding)).allowed;

/** Live facts that rules find something in. */
const CONTEXT: LintContext = {
  quota: 1000, providers: [{ arn: providerOf(HOSTS[0]!), audiences: ['sts.amazonaws.com'] }, { arn: providerOf(HOSTS[1]!) }], role: { arn: 'arn:aws:iam::111122223333:role/x' },
  clusters: [{ name: 'c', issuer: `https://${ HOSTS[0] }`, namespaces: ['shop'], accounts: [{ namespace: 'shop', name: 'reader' }] }], isComplete: true,
};

/** Everybody who is nearly the same. */
function neighbours(binding: Binding): Binding[] {
  const { namespace, serviceAccount, issuer, providerArn } = binding;

  return [
    { ...binding, serviceAccount: 'other' }, { ...binding, serviceAccount: `${ serviceAccount }x` }, { ...binding, serviceAccount: `x${ serviceAccount }` }, { ...binding, serviceAccount: serviceAccount.slice(0, -1) },
    { ...binding, namespace: 'other' }, { ...binding, namespace: `${ namespace }-x` }, { ...binding, namespace: namespace.slice(1) }, { ...binding, namespace: serviceAccount, serviceAccount: namespace },
    { ...binding, serviceAccount: serviceAccount.toUpperCase() }, { ...binding, audience: 'elsewhere' }, { ...binding, audience: `${ binding.audience ?? 'sts.amazonaws.com' }.cn` },
    { ...binding, issuer: `${ issuer }X`, providerArn: `${ providerArn }X` }, { ...binding, providerArn: providerArn.replace('111122223333', '999988887777') }, { ...binding, issuer: `https://x${ issuer.slice(8) }`, providerArn: providerOf(`x${ issuer.slice(8) }`) },
  ];
}

/** Accounts that a statement names one by one for an issuer, and not to keep them out. */
function namedIn({ Condition }: TrustStatement, issuer: string): string[] {
  const claims = Object.entries(Condition ?? {}).flatMap(([operator, keys]) => /not/i.test(operator) ? [] : Object.entries(keys));

  return claims.filter(([key]) => key.toLowerCase() === `${ issuer.slice('https://'.length) }:sub`.toLowerCase())
    .flatMap(([, values]) => [values].flat().map(String)).filter((value) => !/[*?$]/.test(value));
}

describe('addBinding and removeBinding over random policies', () => {
  it('adding what was not there and removing it gives back the same policy', () => {
    let folded = 0;

    fc.assert(fc.property(oddDocuments, bindings, (document, binding) => {
      const added = addBinding(document, binding);

      // Adding and removing have one notion of what is there.
      expect(hasBinding(document, binding)).toBe(added === document);
      if (added === document) {
        return;
      }

      folded += statements(added).length === statements(document).length ? 1 : 0;
      expect(hasBinding(added, binding)).toBe(true);
      expect(samePolicy(removeBinding(added, binding), document)).toBe(true);
    }), RUNS);
    // Enough of them went into a statement that was there; about 25 of 2000 do.
    expect(folded).toBeGreaterThan(5);
  });

  it('adding again changes nothing', () => {
    fc.assert(fc.property(oddDocuments, bindings, (document, binding) => {
      const once = addBinding(document, binding);

      expect(addBinding(once, binding)).toBe(once);
    }), RUNS);
  });

  it('touches one statement at most, and leaves all others the very same, in place and in order', () => {
    fc.assert(fc.property(oddDocuments, bindings, (document, binding) => {
      const before = JSON.stringify(document);
      const [old, added] = [statements(document), statements(addBinding(document, binding))];

      expect(added.slice(0, old.length).filter((statement, index) => statement !== old[index]).length + added.length - old.length).toBeLessThanOrEqual(1);
      const others = old.filter((statement) => !hasBinding({ ...document, Statement: statement }, binding));

      expect(statements(removeBinding(document, binding)).filter((statement) => others.includes(statement))).toEqual(others);
      expect(JSON.stringify(document)).toBe(before);
    }), RUNS);
  });

  it('lets in the account, and none of its neighbours', () => {
    fc.assert(fc.property(documents, bindings, (document, binding) => {
      const added = addBinding(document, binding);
      const { cause } = evaluateTrust(added, requestOf(binding));

      expect(['allowed', 'denied', 'undetermined']).toContain(cause);
      expect(isAllowed(newTrust(binding), binding)).toBe(true);
      for (const neighbour of neighbours(binding)) {
        expect(isAllowed(added, neighbour)).toBe(isAllowed(document, neighbour));
        expect(isAllowed(newTrust(binding), neighbour)).toBe(false);
      }
    }), RUNS);
  });

  it('removing names it nowhere any more, and gives nobody anything', () => {
    fc.assert(fc.property(oddDocuments, bindings, (document, binding) => {
      const removed = removeBinding(document, binding);

      expect(hasBinding(removed, binding)).toBe(false);
      expect(removeBinding(removed, binding)).toBe(removed);
      for (const neighbour of neighbours(binding)) {
        expect(isAllowed(removed, neighbour) && !isAllowed(document, neighbour)).toBe(false);
      }
    }), RUNS);
  });
});

/** Policies that let nobody in, whatever their conditions: a wrong action, an audience that IAM does not know. */
const broken = fc.tuple(documents, fc.boolean()).map(([document, isAction]): TrustDocument => ({
  ...document, Statement: statements(document).map(({ NotAction: _not, ...statement }) => {
    const provider = typeof statement.Principal === 'object' ? [statement.Principal.Federated ?? []].flat()[0] : undefined;
    const audience = provider === undefined ? {} : { [`${ provider.slice(providerOf('').length) }:aud`]: 'unknown' };

    return { ...statement, ...(isAction ? { Action: 'sts:AssumeRole' } : { Condition: { ...statement.Condition, StringEquals: { ...statement.Condition?.StringEquals, ...audience } } }) };
  })
}));

/** The one that policies name most often, so that it meets many of them. */
const reader = fc.constant<TrustRequest>({ providerArn: providerOf(HOSTS[0]!), issuer: `https://${ HOSTS[0]! }`, audience: 'sts.amazonaws.com', subject: expectedSubject('shop', 'reader') });

describe('lintTrust and tightenTrust over random policies', () => {
  it('point at what is there, and never stumble', () => {
    fc.assert(fc.property(oddDocuments, (document) => {
      for (const { path, statement, severity } of lintTrust(document, CONTEXT)) {
        const found = path.slice(0, -1).reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], document);

        expect(typeof found).toBe('object');
        expect(['critical', 'high', 'medium', 'low', 'info']).toContain(severity);
        expect(statement === undefined || statement < statements(document).length).toBe(true);
      }
    }), RUNS);
  });

  it('rewrite the flagged statement and no other, and let nobody in but where a broken statement begins to mean what it says', () => {
    let [seen, opened] = [0, 0];

    fc.assert(fc.property(fc.oneof(conditionalDocuments, broken), fc.oneof(tokens, reader), (document, token) => {
      for (const finding of lintTrust(document, CONTEXT).filter(({ remedy }) => remedy)) {
        const after = tightenTrust(document, finding, { accounts: [{ namespace: 'shop', name: 'reader' }] });

        if (!after) {
          continue;
        }
        seen++;
        const old = statements(document);
        const kept = old.filter((statement, index) => index !== finding.statement && statements(after).includes(statement));

        // Folding touches the statement that takes the subjects in.
        expect(kept.length).toBeGreaterThanOrEqual(old.length - (finding.code === 'MERGEABLE' ? 2 : 1));
        if (evaluateTrust(after, token).allowed && !evaluateTrust(document, token).allowed) {
          opened++;
          // Of what was broken, those that the statement names one by one, and the one account that is known to use the role.
          expect(['LITERAL_STAR', 'WRONG_ACTION', 'MULTI_ISSUER_ONE_STATEMENT', 'AUD_NOT_REGISTERED']).toContain(finding.code);
          expect([...namedIn(old[finding.statement!]!, token.issuer), expectedSubject('shop', 'reader')], finding.code).toContain(token.subject);
        }
      }
    }), RUNS);
    expect(seen).toBeGreaterThan(1000);
    expect(opened).toBeGreaterThan(3);
  });

  it('mended one after the other, let nobody in who is neither let in, nor named, nor known', () => {
    let opened = 0;

    fc.assert(fc.property(fc.oneof(conditionalDocuments, broken), fc.oneof(tokens, reader), fc.boolean(), (document, token, isKnown) => {
      const { document: after } = tightenAll(document, CONTEXT, () => ({ accounts: isKnown ? [{ namespace: 'shop', name: 'reader' }] : [] }));

      if (evaluateTrust(after, token).allowed && !evaluateTrust(document, token).allowed) {
        opened++;
        expect([...statements(document).flatMap((statement) => namedIn(statement, token.issuer)), ...(isKnown ? [expectedSubject('shop', 'reader')] : [])]).toContain(token.subject);
      }
    }), RUNS);
    expect(opened).toBeGreaterThan(3);
  });
});

describe('trustSize over random policies', () => {
  it('counts what an independent count counts', () => {
    fc.assert(fc.property(oddDocuments, fc.nat(8), (document, indent) => {
      const text = JSON.stringify(document, null, indent);
      const count = [...text.matchAll(/./gsu)].reduce((sum, [sign]) => sum + (sign.trim() === '' ? 0 : sign.length), 0);

      expect(trustSize(document)).toBe(count);
    }), RUNS);
  });

  it('promises no account more and none less than fits', () => {
    fc.assert(fc.property(documents, bindings, fc.integer({ min: 100, max: 4096 }), (document, like, quota) => {
      const { size, left, moreAccounts, moreClusters } = trustRoom(document, quota, like);
      const digits = (index: number) => String(index).padStart(like.serviceAccount.length, '0').slice(-like.serviceAccount.length);
      let [accounts, clusters] = [document, document];

      expect(size + left).toBe(quota);
      for (let index = 0; index < moreAccounts; index++) {
        accounts = addBinding(accounts, { ...like, serviceAccount: digits(index) });
      }
      for (let index = 0; index < moreClusters; index++) {
        const name = (text: string) => text.slice(0, -2) + String(index).padStart(2, '0');

        clusters = addBinding(clusters, { ...like, issuer: name(like.issuer), providerArn: name(like.providerArn) });
      }
      for (const [grown, more, last] of [[accounts, moreAccounts, { ...like, serviceAccount: digits(moreAccounts) }], [clusters, moreClusters, { ...like, issuer: `${ like.issuer.slice(0, -2) }~~`, providerArn: `${ like.providerArn.slice(0, -2) }~~` }]] as const) {
        expect(more === 0 || trustSize(grown) <= quota).toBe(true);
        expect(trustSize(addBinding(grown, last))).toBeGreaterThan(quota);
      }
    }), { numRuns: 300 });
  });
});

describe('parseTrust', () => {
  it('reads back what was printed, as it was, indented, percent-encoded or not', () => {
    fc.assert(fc.property(oddDocuments, fc.nat(4), (document, indent) => {
      const text = JSON.stringify(document, null, indent);

      expect(JSON.stringify(parseTrust(text))).toBe(JSON.stringify(document));
      expect(JSON.stringify(parseTrust(encodeURIComponent(text)))).toBe(JSON.stringify(document));
    }), RUNS);
  });

  it('says where each value stands', () => {
    fc.assert(fc.property(oddDocuments, fc.nat(4), (document, indent) => {
      const { source, range } = parseTrustSource(JSON.stringify(document, null, indent));
      const lines = source.split('\n');
      const offset = ({ line, column }: { line: number; column: number }) => lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
      const walk = (value: unknown, path: (string | number)[]): void => {
        const { start, end } = range(path);

        expect(JSON.stringify(JSON.parse(source.slice(offset(start), offset(end))))).toBe(JSON.stringify(value));
        if (typeof value === 'object' && value !== null) {
          Object.entries(value).forEach(([key, inner]) => walk(inner, [...path, Array.isArray(value) ? Number(key) : key]));
        }
      };

      walk(document, []);
    }), { numRuns: 300 });
  });

  /** A located error or a document. */
  function read(text: string): void {
    try {
      parseTrust(text);
    } catch (error) {
      expect(error).toBeInstanceOf(LocatedError);
    }
  }

  it('takes any text: a document, or a located error', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.json(), fc.uint8Array().map((bytes) => new TextDecoder().decode(bytes)), fc.string().map((text) => `%${ text }`)), (text) => {
      read(text);
    }), { numRuns: 5000 });
  });

  it('takes policies with one sign changed: a document, or a located error', () => {
    fc.assert(fc.property(oddDocuments, fc.nat(), fc.string({ maxLength: 3 }), (document, at, sign) => {
      const text = JSON.stringify(document);
      const place = at % text.length;

      read(text.slice(0, place) + sign + text.slice(place + 1));
    }), RUNS);
  });

  const MEGABYTE = 1_000_000;
  /** Milliseconds, of a machine as fast as that of the budgets. */
  const quick = (work: () => unknown): number => {
    const least = best(work);

    return least < 100 ? least : least / slowness();
  };
  const statement = JSON.stringify(statements(newTrust({ providerArn: providerOf('x.example'), issuer: 'https://x.example', namespace: 'shop', serviceAccount: 'reader' }))[0]);

  it.each<[string, string]>([
    ['brackets', '['.repeat(MEGABYTE)],
    ['braces', '{"a":'.repeat(MEGABYTE / 5)],
    ['numbers', `{"Statement":[],"x":[${ '1,'.repeat(MEGABYTE / 2) }1]}`],
    ['keys', `{"Statement":[],"x":{${ Array.from({ length: MEGABYTE / 12 }, (_, index) => `"k${ index }":1`).join(',') }}}`],
    ['one string', `{"Statement":[],"x":"${ 'a'.repeat(MEGABYTE) }"}`],
    ['a string that never ends', `"${ '\\"'.repeat(MEGABYTE / 2) }`],
    ['spaces', ' '.repeat(MEGABYTE)],
    ['line breaks and then nonsense', `{${ '\n'.repeat(MEGABYTE) }x`],
    ['digits', '1'.repeat(MEGABYTE)],
    ['percent signs', '%7B'.repeat(MEGABYTE / 3)],
    ['statements', `{"Statement":[${ Array(Math.floor(MEGABYTE / statement.length)).fill(statement).join(',') }]}`],
  ])('a megabyte of %s takes less than 100 ms', (_what, text) => {
    expect(quick(() => read(text))).toBeLessThan(100);
  });

  it('a megabyte in a pattern takes less than 100 ms to evaluate', () => {
    for (const value of [`\${a${ ' '.repeat(MEGABYTE) }x}`, '*'.repeat(MEGABYTE), '*a'.repeat(MEGABYTE / 2), '${'.repeat(MEGABYTE / 2), '?'.repeat(MEGABYTE)]) {
      const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: ['sts:AssumeRoleWithWebIdentity'], Condition: { StringLike: { 'x.example:sub': value } } } } as TrustDocument;
      const request = { providerArn: providerOf('x.example'), issuer: 'https://x.example', audience: 'a', subject: 'a'.repeat(300) };

      expect(quick(() => evaluateTrust(document, request)), value.slice(0, 4)).toBeLessThan(100);
    }
  });
});
