import { describe, expect, it } from 'vitest';
import { samePolicy } from '../json/same';
import { bindingStatement, expectedSubject, many, newTrust, type Binding, type TrustDocument, type TrustStatement } from './document';
import { addBinding, hasBinding, removeBinding } from './edit';
import { evaluateTrust } from './evaluate';
import { parseTrust } from './parse';
import { trustRoom, trustSize } from './size';

const HOST = 'oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE';
const OTHER = 'oidc.eks.eu-west-1.amazonaws.com/id/OTHER';
const arn = (host: string) => `arn:aws:iam::111122223333:oidc-provider/${ host }`;
const binding: Binding = { providerArn: arn(HOST), issuer: `https://${ HOST }`, namespace: 'shop', serviceAccount: 'reader' };
const SUBJECT = expectedSubject('shop', 'reader');
const WRITER = expectedSubject('shop', 'writer');
const call = { providerArn: binding.providerArn, issuer: binding.issuer, audience: 'sts.amazonaws.com', subject: SUBJECT };
const allows = (document: TrustDocument, change: object = {}) => evaluateTrust(document, { ...call, ...change }).allowed;

/** Small, repeatable randomness (mulberry32). */
function random(seed: number): () => number {
  let state = seed;

  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);

    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;

    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Policies of all kinds; some are about the binding, most are not. */
function anyPolicy(seed: number): TrustDocument {
  const next = random(seed);
  const pick = <T>(items: T[]): T => items[Math.floor(next() * items.length)]!;
  const maybeList = <T>(values: T[]): T | T[] => values.length === 1 && next() < 0.5 ? values[0]! : values;
  const some = <T>(items: T[]): T[] => items.filter(() => next() < 0.4).concat(pick(items)).filter((item, index, all) => all.indexOf(item) === index);
  const host = () => pick([HOST, HOST, OTHER]);
  const condition = () => {
    const result: Record<string, Record<string, unknown>> = {};

    for (const operator of some(['StringEquals', 'StringLike', 'StringEqualsIfExists', 'ForAnyValue:StringLike', 'StringNotEquals', 'StringEqualsIgnoreCase'])) {
      if (next() < 0.5) {
        result[operator] = { [`${ host() }:sub`]: maybeList(some([SUBJECT, WRITER, 'system:serviceaccount:shop:*', expectedSubject('web', 'reader'), '*'])) };
        if (next() < 0.5) {
          result[operator][`${ host() }:aud`] = maybeList(some(['sts.amazonaws.com', 'other', '*']));
        }
      }
    }
    if (next() < 0.2) {
      result.IpAddress = { 'aws:SourceIp': '10.0.0.0/8' };
    }

    return result;
  };
  const statements = Array.from({ length: Math.floor(next() * 4) }, () => ({
    ...(next() < 0.3 ? { Sid: `S${ Math.floor(next() * 100) }` } : {}),
    Effect:    pick(['Allow', 'Allow', 'Allow', 'Deny']),
    Principal: pick<unknown>([{ Federated: maybeList([arn(host())]) }, { Federated: [arn(HOST), arn(OTHER)] }, { Federated: arn(HOST), AWS: 'arn:aws:iam::111122223333:root' }, { Service: 'ec2.amazonaws.com' }, '*']),
    Action:    maybeList(some(['sts:AssumeRoleWithWebIdentity', 'sts:AssumeRole', 'sts:TagSession'])),
    ...(next() < 0.9 ? { Condition: condition() } : {}),
    ...(next() < 0.2 ? { Extra: { kept: true } } : {}),
  })) as unknown as TrustStatement[];

  return { ...(next() < 0.8 ? { Version: '2012-10-17' } : {}), Statement: statements.length === 1 && next() < 0.5 ? statements[0]! : statements };
}

const SEEDS = Array.from({ length: 4000 }, (_, index) => index);

describe('addBinding and removeBinding, over policies of all kinds', () => {
  it('adding then removing gives back the same policy', () => {
    const fresh = SEEDS.map(anyPolicy).filter((policy) => !hasBinding(policy, binding));

    expect(fresh.length).toBeGreaterThan(1500);
    fresh.forEach((policy) => expect(samePolicy(removeBinding(addBinding(policy, binding), binding), policy)).toBe(true));
  });

  it('takes away only what adding would count as being there: one under a condition of somebody else stays', () => {
    const theirs = { ...bindingStatement(binding), Condition: { ...bindingStatement(binding).Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    const document = { Version: '2012-10-17', Statement: [theirs] };

    expect(hasBinding(document, binding)).toBe(false);
    expect(removeBinding(addBinding(document, binding), binding)).toEqual(document);
    expect(removeBinding(document, binding)).toBe(document);
  });

  it.each(['a${x}', '${aws:username}', '${', 'a${*}', '${$}'])('an audience with %s means itself', (audience) => {
    const odd = { ...binding, audience };
    const request = { ...odd, subject: `system:serviceaccount:${ binding.namespace }:${ binding.serviceAccount }` };
    const other = { ...odd, serviceAccount: 'writer' };

    for (const document of [newTrust({ ...binding, namespace: 'a', serviceAccount: 'b' }), { Version: '2008-10-17', Statement: [] }, { Statement: [] }]) {
      const added = addBinding(document, odd);

      expect(evaluateTrust(added, request).allowed).toBe(true);
      expect(evaluateTrust(added, { ...request, audience: audience.replace('${', '') }).allowed).toBe(false);
      expect(addBinding(added, odd)).toBe(added);
      expect(many(addBinding(added, other).Statement)).toHaveLength(many(added.Statement).length);
      expect(samePolicy(removeBinding(addBinding(added, other), other), added)).toBe(true);
      expect(samePolicy(removeBinding(added, odd), document)).toBe(true);
    }
  });

  it('adds where a statement names the account under a condition that only the call can tell', () => {
    const document = { Version: '2012-10-17', Statement: [{ ...bindingStatement(binding), Condition: { ...bindingStatement(binding).Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] };
    const after = addBinding(document, binding);

    expect(evaluateTrust(document, call).cause).toBe('undetermined');
    expect(after.Statement).toHaveLength(2);
    expect(evaluateTrust(after, call).allowed).toBe(true);
    expect(addBinding(after, binding)).toBe(after);
  });

  it('adding twice changes nothing', () => {
    SEEDS.map(anyPolicy).forEach((policy) => {
      const once = addBinding(policy, binding);

      expect(addBinding(once, binding)).toBe(once);
    });
  });

  it('adding keeps every statement in place, but for one that takes the account in, and lets the account in, unless a Deny or an unknown stands against it', () => {
    SEEDS.map(anyPolicy).forEach((policy) => {
      const before = JSON.stringify(policy);
      const after = addBinding(policy, binding);

      expect(JSON.stringify(policy)).toBe(before);
      const changed = many(policy.Statement).filter((statement, index) => many(after.Statement)[index] !== statement);

      expect(changed.length + many(after.Statement).length - many(policy.Statement).length).toBeLessThanOrEqual(1);
      expect(['allowed', 'denied', 'undetermined']).toContain(evaluateTrust(after, call).cause);
    });
  });

  it('removing takes only this binding', () => {
    SEEDS.map(anyPolicy).forEach((policy) => {
      const before = JSON.stringify(policy);
      const after = removeBinding(policy, binding);

      expect(JSON.stringify(policy)).toBe(before);
      expect(hasBinding(after, binding)).toBe(false);
      expect(removeBinding(after, binding)).toBe(after);

      // Statements that were not about it are the very same, in the same order.
      const untouched = many(policy.Statement).filter((statement) => !hasBinding({ ...policy, Statement: [statement] }, binding));

      expect(many(after.Statement).filter((statement) => untouched.includes(statement))).toEqual(untouched);

      // Nobody else gains anything; and who does not come by "everyone" loses nothing.
      for (const change of [{ subject: WRITER }, { subject: SUBJECT, audience: 'other' }, { subject: expectedSubject('web', 'reader') }, { providerArn: arn(OTHER), issuer: `https://${ OTHER }`, subject: WRITER }]) {
        expect(allows(after, change) && !allows(policy, change)).toBe(false);
      }
      expect(allows(after, { subject: WRITER })).toBe(allows(policy, { subject: WRITER }));
      expect(allows(after, { subject: expectedSubject('web', 'reader') })).toBe(allows(policy, { subject: expectedSubject('web', 'reader') }));
    });
  });
});

describe('addBinding', () => {
  it('adds a whole statement with audience and subject', () => {
    expect(addBinding({ Version: '2012-10-17', Statement: [] }, binding)).toEqual(newTrust(binding));
    expect(newTrust(binding)).toEqual({
      Version:   '2012-10-17',
      Statement: [{
        Effect:    'Allow',
        Principal: { Federated: arn(HOST) },
        Action:    'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: SUBJECT } },
      }],
    });
  });

  it('keeps case and trailing slash of the issuer', () => {
    const [statement] = many(newTrust({ ...binding, issuer: 'https://T.example/Path/' }).Statement);

    expect(Object.keys(statement!.Condition!.StringEquals!)).toEqual(['T.example/Path/:aud', 'T.example/Path/:sub']);
  });

  it.each([
    ['eksctl', `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"${ arn(HOST) }"},"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":{"${ HOST }:aud":"sts.amazonaws.com","${ HOST }:sub":"${ SUBJECT }"}}}]}`],
    ['ccoctl', `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"${ arn(HOST) }"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"${ HOST }:sub":["${ SUBJECT }","${ WRITER }"]}}}]}`],
    ['CAPA', `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"${ arn(HOST) }"},"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"ForAnyValue:StringLike":{"${ HOST }:sub":["${ SUBJECT }"]}}}]}`],
  ])('finds what %s wrote already', (_peer, source) => {
    const document = parseTrust(source);

    expect(addBinding(document, binding)).toBe(document);
    expect(allows(removeBinding(document, binding))).toBe(false);
  });

  it('puts more accounts of one issuer into its statement', () => {
    const writer = { ...binding, serviceAccount: 'writer' };
    const both = addBinding({ ...newTrust(binding), Statement: { Sid: 'Shop', ...many(newTrust(binding).Statement)[0]! } }, writer);

    expect(both.Statement).toEqual({ Sid: 'Shop', ...many(newTrust(binding).Statement)[0]!, Condition: { StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: [SUBJECT, WRITER] } } });
    expect(samePolicy(removeBinding(both, binding), { Version: '2012-10-17', Statement: { Sid: 'Shop', ...many(newTrust(writer).Statement)[0]! } })).toBe(true);
    expect(many(addBinding(newTrust(binding), { ...writer, audience: 'other' }).Statement)).toHaveLength(2);
    expect(many(addBinding(newTrust(binding), { ...writer, providerArn: arn(OTHER), issuer: `https://${ OTHER }` }).Statement)).toHaveLength(2);
  });

  it.each<[string, object]>([
    ['an address', { Condition: { StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: WRITER }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
    ['another key', { Condition: { StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: WRITER, 'sts:RoleSessionName': 'x' } } }],
    ['no audience', { Condition: { StringEquals: { [`${ HOST }:sub`]: WRITER } } }],
    ['a list of audiences', { Condition: { StringEquals: { [`${ HOST }:aud`]: ['sts.amazonaws.com', 'other'], [`${ HOST }:sub`]: WRITER } } }],
    ['a pattern', { Condition: { StringLike: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: WRITER } } }],
    ['a variable', { Condition: { StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: `\${${ HOST }:sub}` } } }],
    ['no subject', { Condition: { StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: [] } } }],
    ['two providers', { Principal: { Federated: [arn(HOST), arn(OTHER)] } }],
    ['another principal', { Principal: { Federated: arn(HOST), AWS: 'root' } }],
    ['another action', { Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }],
    ['a Deny', { Effect: 'Deny' }],
    ['an unknown key', { Extra: true }],
  ])('leaves a statement with %s alone', (_what, change) => {
    const document = { Statement: [{ ...many(newTrust({ ...binding, serviceAccount: 'writer' }).Statement)[0]!, ...change }] } as unknown as TrustDocument;
    const after = addBinding(document, binding);

    expect(many(after.Statement)[0]).toBe(many(document.Statement)[0]);
    expect(many(after.Statement)).toHaveLength(2);
  });

  it('adds beside a pattern, a broken statement and one for another audience', () => {
    for (const condition of [
      { StringLike: { [`${ HOST }:sub`]: 'system:serviceaccount:shop:*' } },
      { StringEquals: { [`${ HOST }:sub`]: SUBJECT, [`${ OTHER }:sub`]: SUBJECT } },
      { StringEquals: { [`${ HOST }:sub`]: SUBJECT, [`${ HOST }:aud`]: 'other' } },
    ]) {
      const document: TrustDocument = { Statement: { Effect: 'Allow', Principal: { Federated: arn(HOST) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition as unknown as TrustStatement['Condition'] } };

      expect(many(addBinding(document, binding).Statement)).toHaveLength(2);
      expect(samePolicy(removeBinding(addBinding(document, binding), binding), document)).toBe(true);
    }
  });
});

describe('removeBinding', () => {
  const statement = (Condition: object, more: object = {}) => ({ Effect: 'Allow', Principal: { Federated: arn(HOST) }, Action: 'sts:AssumeRoleWithWebIdentity', Condition, ...more }) as unknown as TrustStatement;

  it('takes the subject out of a list', () => {
    const result = removeBinding({ Statement: [statement({ StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: [WRITER, SUBJECT] } })] }, binding);

    expect(result).toEqual({ Statement: [statement({ StringEquals: { [`${ HOST }:aud`]: 'sts.amazonaws.com', [`${ HOST }:sub`]: [WRITER] } })] });
  });

  it('takes whole statements, never just their condition', () => {
    expect(removeBinding(newTrust(binding), binding)).toEqual({ Version: '2012-10-17', Statement: [] });
  });

  it('leaves other audiences of the same account', () => {
    const document = { Statement: [statement({ StringEquals: { [`${ HOST }:aud`]: ['sts.amazonaws.com', 'other'], [`${ HOST }:sub`]: [SUBJECT, WRITER] } }, { Sid: 'Both' })] };
    const result = removeBinding(document, binding);

    expect(many(result.Statement)).toHaveLength(2);
    expect(many(result.Statement).map(({ Sid }) => Sid)).toEqual(['Both', undefined]);
    expect([allows(result), allows(result, { audience: 'other' }), allows(result, { subject: WRITER }), allows(result, { subject: WRITER, audience: 'other' })]).toEqual([false, true, true, true]);
  });

  it('leaves other principals of the same statement', () => {
    const result = removeBinding({ Statement: statement({ StringEquals: { [`${ HOST }:sub`]: SUBJECT } }, { Principal: { Federated: [arn(OTHER), arn(HOST)], AWS: 'root' } }) }, binding);

    expect(result.Statement).toMatchObject({ Principal: { Federated: [arn(OTHER)], AWS: 'root' } });
  });
});

describe('trustRoom', () => {
  it('tells what would still fit', () => {
    const document = newTrust(binding);
    const size = trustSize(document);

    // One more subject makes a list of the lone one: brackets, a comma and two quotes.
    expect(trustRoom(document, size + SUBJECT.length + 4, binding)).toEqual({ size, quota: size + SUBJECT.length + 4, left: SUBJECT.length + 4, moreAccounts: 0, moreClusters: 0 });
    expect(trustRoom(document, size + SUBJECT.length + 5, binding)).toMatchObject({ moreAccounts: 1, moreClusters: 0 });
    expect(trustRoom(document, 2048, { ...binding, serviceAccount: 'x' })).toMatchObject({ moreClusters: 4 });
    expect(trustRoom(document, 10, binding)).toMatchObject({ left: 10 - size, moreAccounts: 0, moreClusters: 0 });
  });
});

describe('trustSize', () => {
  it('counts all but whitespace', () => {
    const document = newTrust(binding);

    expect(trustSize(document)).toBe(JSON.stringify(document).length);
    expect(trustSize(parseTrust(JSON.stringify(document, null, 8)))).toBe(trustSize(document));
  });
});
