import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import * as domain from '../../pkg/irsa/domain';
import { roleNameOfSession, parseArn } from '../../pkg/irsa/domain/aws/arn';
import { binding, cluster, role, SUBJECT, unbound, value } from '../../pkg/irsa/domain/chain/test-facts';
import { documentsDrift } from '../../pkg/irsa/domain/issuer/drift';
import { parseLocated } from '../../pkg/irsa/domain/json/located';
import { segment, queryValue } from '../../pkg/irsa/domain/names/segment';
import { escapeInvisible, visible } from '../../pkg/irsa/domain/text';
import { policySize } from '../../pkg/irsa/domain/trust';
import { parameterProblems, presets } from '../../pkg/irsa/presets';
import { printSummary } from '../contract/summary';
import { createTally } from './tally';
import { POLICIES } from './trust-policies';

const tally = createTally();
const anyText = fc.string({ unit: 'binary', maxLength: 400 });
/** Milliseconds that nothing in the domain may take, whatever it gets. */
const PATIENCE = 2_000;

afterAll(() => printSummary('hostile-rules', [`Hostile input, rules: ${ tally.summary() }`]));

function quickly<T>(work: () => T): T {
  const begun = performance.now();
  const result = work();

  expect(performance.now() - begun).toBeLessThan(PATIENCE);

  return result;
}

/** The arguments of all texts in some data. */
function argsIn(data: unknown): unknown[] {
  return typeof data !== 'object' || data === null ? [] : 'key' in data && 'args' in data ? Object.values(data.args as object) : Object.values(data).flatMap(argsIn);
}

describe('trust policies written by a stranger', () => {
  it.each(POLICIES)('$name', async({ name, text, means, refused }) => {
    await tally.one('trust policy', name, () => quickly(() => {
      if (refused) {
        expect(() => domain.parseTrust(text)).toThrow(domain.LocatedError);
        try {
          domain.parseTrust(text);
        } catch (error) {
          expect((error as domain.LocatedError).complaint).toMatch(refused.says);
          expect(error).toMatchObject({ ...refused.line && { line: refused.line }, ...refused.column && { column: refused.column } });
        }

        return;
      }
      const document = domain.parseTrust(text);
      const before = JSON.stringify(document);

      expect(before).toBe(JSON.stringify(JSON.parse((means ?? text).replace('\uFEFF', ''))));
      expect(domain.evaluateTrust(document, { ...SUBJECT, audience: 'a', subject: 'b' })).toMatchObject({ allowed: expect.any(Boolean), reason: expect.any(String) });
      const added = domain.addBinding(document, SUBJECT);

      expect(domain.samePolicy(domain.removeBinding(added, SUBJECT), document)).toBe(true);
      expect(JSON.stringify(document)).toBe(before);
      expect(domain.trustSize(document)).toBeGreaterThan(0);
    }));
  });

  it('whatever is JSON is read or refused with its place, and read as it is', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), (json) => {
      expect(JSON.stringify(read(json) ?? JSON.parse(json))).toBe(JSON.stringify(JSON.parse(json)));
    }), { numRuns: 2000 });
  });

  it('whatever is text is read or refused with its place', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'u', '0', '1', 'e', '-', '.', ' ', '\n', 'null', '"a"', '\uFEFF') })), (text) => {
      const value = read(text);

      expect(value === undefined || JSON.stringify(value) === JSON.stringify(JSON.parse(text.replace(/^\uFEFF/, '')))).toBe(true);
    }), { numRuns: 4000 });
  });

  it('random policies keep all they have through adding and removing', () => {
    const word = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'StringEquals', 'x:sub', '*', SUBJECT.providerArn, '${x}', '$ref'), anyText);
    const many = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { maxLength: 3 }));
    const pairs = (item: fc.Arbitrary<unknown>) => fc.array(fc.tuple(word, item), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
    const statement = fc.record({
      Effect: fc.constantFrom('Allow', 'Deny'), Principal: fc.oneof(fc.constant('*'), pairs(many(word))), Action: many(word), Condition: pairs(pairs(many(fc.oneof(word, fc.integer(), fc.boolean())))), Other: fc.jsonValue()
    }, { requiredKeys: ['Effect'] });

    fc.assert(fc.property(many(statement), (Statement) => {
      const text = JSON.stringify({ Version: '2012-10-17', Statement });
      const document = domain.parseTrust(text);
      const added = domain.addBinding(document, SUBJECT);

      domain.evaluateTrust(added, { ...SUBJECT, audience: 'a', subject: 'b' });
      expect(JSON.stringify(document)).toBe(JSON.stringify(JSON.parse(text)));
      expect(domain.samePolicy(domain.removeBinding(added, SUBJECT), document)).toBe(true);
    }), { numRuns: 1000 });
  });

  function read(text: string): unknown {
    try {
      return parseLocated(text).value;
    } catch (error) {
      expect(error).toBeInstanceOf(domain.LocatedError);
      expect((error as domain.LocatedError).line).toBeGreaterThan(0);

      return undefined;
    }
  }
});

describe('names', () => {
  it('become names of AWS', () => tally.everyText('names for AWS', (text) => {
    for (const parts of [[text, 'shop', 'reader'], ['prod', text, 'reader'], ['prod', 'shop', text], [text, text, text]] as [string, string, string][]) {
      expect(domain.predictRoleName(...parts)).toMatch(/^[\w+=,.@-]{1,64}$/);
    }
    expect(domain.sessionName(text, text)).toMatch(/^[\w+=,.@-]{2,64}$/);
    expect(domain.policyName(text)).toMatch(/^[\w+=,.@-]{1,128}$/);
    domain.roleNameProblem(text);
  }));

  it('never come to share a role', () => fc.assert(fc.property(anyText, anyText, (a, b) => a === b || domain.predictRoleName('c', a, 'x').toLowerCase() !== domain.predictRoleName('c', b, 'x').toLowerCase())));

  it('become tags of AWS', () => tally.everyText('tags', (text) => {
    const tags = domain.roleTags({ name: text }, text, { namespace: text, name: text });

    for (const tag of Object.values(tags)) {
      expect(tag).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
      expect(Array.from(tag).length).toBeLessThanOrEqual(256);
    }
    expect(domain.ownership(tags, text, { namespace: text, name: text })).toBe('binding');
    expect(domain.ownership({ [text]: text }, 'x', SUBJECT as unknown as { namespace: string; name: string })).toBe('foreign');
  }));

  it('go into addresses as one segment, or not at all', () => tally.everyText('addresses', (text) => {
    let address: string;

    try {
      address = `https://rancher.example/k8s/namespaces/${ segment(text) }/pods`;
    } catch (error) {
      expect(error).toMatchObject({ code: 'NAME_UNUSABLE' });

      return;
    }
    expect(new URL(address).pathname.split('/')).toHaveLength(5);
    expect(decodeURIComponent(new URL(address).pathname.split('/')[3]!)).toBe(text);
    expect(new URL(`https://rancher.example/x?a=${ queryValue(text) }&b=c`).searchParams.get('b')).toBe('c');
  }));

  it('are ARNs or none', () => tally.everyText('ARNs', (text) => {
    for (const arn of [text, `arn:aws:iam::111122223333:role/${ text }`, `arn:${ text }:iam::111122223333:role/x`, `arn:aws:iam::${ text }:role/x`, `arn:aws:iam::111122223333:oidc-provider/${ text }`]) {
      const role = domain.parseRoleArn(arn);

      expect(role === undefined || domain.roleArn(role, role.path, role.name) === arn).toBe(true);
      const issuer = domain.issuerOfProviderArn(arn);

      expect(issuer === undefined || arn.endsWith(domain.issuerPath(issuer))).toBe(true);
      domain.accountOfArn(arn);
      roleNameOfSession(arn);
      parseArn(arn);
    }
  }));

  it('make no host but AWS\' own', () => tally.everyText('regions', (text) => {
    for (const region of [text, `eu-central-1${ text }`, `${ text }.s3`, 'my-bucket.s3', 'evil.example/x']) {
      if (domain.isRegion(region)) {
        expect(domain.serviceHost('sts', region)).toMatch(/^sts\.[a-z0-9-]+\.[a-z0-9.-]+$/);
      }
    }
  }));
});

describe('issuers', () => {
  it('are usable as they are, or not', () => tally.everyText('issuers', (text) => {
    for (const issuer of [text, `https://${ text }`, `https://${ text }/id`, `https://x.example/${ text }`, `https://${ text }@oidc.eks.eu-central-1.amazonaws.com/id/A`, `https://oidc.eks.eu-central-1.amazonaws.com/id/${ text }`]) {
      const problem = domain.issuerProblem(issuer);

      if (problem) {
        expect(domain.issuerProblemText(issuer, problem).args!.issuer).toBe(issuer);
      } else {
        // What is usable shows all it is.
        expect(issuer).toMatch(/^https:\/\/[\w.~!$&'()*+,;=:@%/-]+$/);
        expect(new URL(issuer).username).toBe('');
      }
      if (domain.isEksIssuer(issuer)) {
        expect([undefined, 'too-long']).toContain(problem);
      }
      expect(domain.discoveryDocument(issuer, text).issuer).toBe(issuer);
      expect(domain.providerArn({ id: '1', partition: 'aws' }, issuer)).toContain(domain.issuerPath(issuer));
    }
  }));
});

describe('keys that are no keys', () => {
  const key = { kty: 'RSA', n: 'AQAB', e: 'AQAB' };
  const exported = async() => crypto.subtle.exportKey('jwk', (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])).publicKey);
  const broken: [string, unknown][] = [
    ['nothing', ''], ['a web page', '<html>'], ['no list', { keys: {} }], ['no object', []], ['keys of nothing', { keys: [null] }], ['numbers', { keys: [1] }], ['another type', { keys: [{ kty: 'oct', k: 'AAAA' }] }],
    ['a private key', { keys: [{ ...key, d: 'AQAB' }] }], ['a curve named after the prototype', { keys: [{ kty: 'EC', crv: 'constructor', x: 'a', y: 'b' }] }], ['ten thousand keys', { keys: Array.from({ length: 10_000 }, () => key) }],
    ['a type that is an object', { keys: [{ kty: { toString: 1 }, n: [], e: null }] }], ['deep', `{"keys":${ '['.repeat(50_000) }`],
  ];

  it.each(broken)('are refused: %s', (name, keys) => tally.one('key sets', name, () => quickly(() => {
    expect(() => domain.parseKeySet(typeof keys === 'string' ? keys : JSON.stringify(keys))).toThrow(expect.objectContaining({ code: 'KEYS_UNREADABLE' }));
  })));

  it('hide no foreign key beside them', () => tally.everyText('published keys', async(text) => {
    const own = await exported();
    const foreign = await exported();
    const bad = [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: text }, { kty: 'EC', crv: 'P-256', x: text, y: text }, { kty: 'RSA', n: text, e: text }, { kty: 'RSA', n: 'A', e: 'AQAB', kid: 7 }];
    const { unknown, missing } = await documentsDrift(JSON.stringify({ keys: [own] }), 'https://x.example', { discovery: text, jwks: JSON.stringify({ keys: [...bad, own, foreign] }) });

    expect(unknown).toContain(await domain.keyId(foreign));
    expect(missing).toEqual([]);
  }));

  it('have no id', () => tally.everyText('key ids', async(text) => {
    for (const one of [{ kty: text }, { kty: 'RSA', n: text, e: text }, { kty: 'EC', crv: text, x: text, y: text }, { kty: 'EC', crv: 'P-256', x: text, y: text }]) {
      const id = await domain.keyId(one).catch((error: unknown) => error);

      expect(id instanceof TypeError || id instanceof DOMException || (typeof id === 'string' && /^[\w-]{43}$/.test(id))).toBe(true);
    }
  }));
});

describe('what others say of an error', () => {
  it('is said as it was received', () => tally.everyText('errors', (text) => {
    const said = domain.received(text);

    for (const explained of [
      domain.explainAws({ service: 'iam', action: 'CreateRole', code: 'AccessDenied', message: text }), domain.explainAws({ service: 'sts', action: 'AssumeRoleWithWebIdentity', code: text, message: text, httpStatus: 400 }),
      domain.explainKubernetes({ httpStatus: 403, reason: text, message: text }), domain.explainKubernetes({ httpStatus: 500, reason: text, message: text }),
      domain.explainRancher({ httpStatus: 500, body: JSON.stringify({ message: text }) }),
    ]) {
      expect(explained.why.args!.message).toBe(said);
      expect(text.startsWith(said.replace(/…$/, '')) || said === text).toBe(true);
      expect(new domain.IrsaError('X', explained)).toBeInstanceOf(Error);
    }
    domain.explainRancher({ httpStatus: 500, body: text });
  }));

  it('is taken as it comes, text or not, and never for long', () => {
    const nonsense = fc.anything({ withNullPrototype: true, withObjectString: true }) as fc.Arbitrary<string>;

    fc.assert(fc.property(nonsense, nonsense, (reason, message) => quickly(() => {
      for (const explained of [domain.explainAws({ service: 'iam', action: 'CreateRole', code: reason, message }), domain.explainKubernetes({ httpStatus: 403, reason, message })]) {
        expect(typeof explained.why.args!.message).toBe('string');
      }
    })), { numRuns: 1000 });
    for (const piece of ['chart ', 'cannot get path "', 'User: x is not authorized to perform: a:b on resource: ', 'quota for a', '{', '<']) {
      quickly(() => {
        const long = piece.repeat(500_000);

        domain.explainRancher({ httpStatus: 500, body: long });
        domain.explainKubernetes({ httpStatus: 403, message: long });
        domain.explainAws({ service: 'iam', action: 'x', code: 'AccessDenied', message: long });
      });
    }
  });
});

describe('facts', () => {
  it('are judged, whatever they are called', () => tally.everyText('facts', (text) => {
    const account = { namespace: text, name: text, roleArn: `arn:aws:iam::111122223333:role/${ text }`, audience: text, annotations: { [text]: text } };
    const bindings = [
      binding({ role: value(role({ name: text, trustPolicy: text, tags: { [text]: text }, inlinePolicies: { [text]: text } })) }, account), unbound({ owner: { kind: 'helm', release: text, namespace: text } }, account),
      binding({ identity: { at: 0, result: 'refused', aws: { code: text, message: text } }, pods: [{ name: text, createdAt: text, ready: false, identity: { roleArn: text, audience: text } }] }, account),
    ];
    const observed = cluster({
      cluster: { ...cluster().cluster, id: text, name: text, version: text, region: text }, issuer: value(`https://${ text }`), keys: value({ ids: [text], publishedBy: 'unchecked' }), webhook: value({ kind: 'installed', name: text }), bindings: value(bindings)
    });
    const judged = domain.assessCluster(observed);

    expect(judged.bindings).toHaveLength(3);
    expect(argsIn(judged).every((arg) => typeof arg === 'string' || typeof arg === 'number')).toBe(true);
    expect(judged.findings.map(({ code }) => code)).not.toContain(undefined);
  }));

  it('fill no parameter with what it may not have', () => tally.everyText('parameters', (text) => {
    for (const preset of presets) {
      for (const { id } of preset.parameters) {
        const answers = { bucket: 'acme', region: 'eu-central-1', [id]: text };
        const problems = parameterProblems(preset, answers);

        if (Object.keys(problems).length === 0) {
          expect(JSON.stringify(preset.policy({ ...answers, partition: 'aws', accountId: '111122223333', region: 'eu-central-1' } as never))).not.toMatch(/[<>"]{2}|\$\{/);
        }
      }
    }
  }));
});

describe('what shows nothing', () => {
  it('is named, and the rest stays', () => tally.everyText('visible text', (text, kind) => {
    const shown = visible(text);

    expect(shown).not.toMatch(/[\p{Cc}\p{Surrogate}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u);
    expect(shown.replace(/⟨U\+([0-9A-F]+)⟩/g, (_all, code: string) => String.fromCodePoint(parseInt(code, 16)))).toBe(text);
    if (['html', 'attribute', 'quotes', 'template', 'words', 'prototype', 'lookalike', 'formula'].includes(kind)) {
      expect(shown).toBe(text);
    }
  }));

  it('leaves emoji and scripts whole', () => {
    for (const whole of ['👩‍👩‍👧‍👦', '🏴‍☠️', '❤️', 'نمی‌خواهم', 'क्‍ष', 'שלום', 'นี้', 'e\u0301']) {
      expect(visible(whole)).toBe(whole);
    }
    expect(visible('a\nb\tc', { spaces: true })).toBe('a\nb\tc');
    expect(visible('a\u200Db\u{E0041}\uD800')).toBe('a⟨U+200D⟩b⟨U+E0041⟩⟨U+D800⟩');
  });

  it('is escaped in JSON, which stays the same', () => {
    fc.assert(fc.property(fc.jsonValue(), anyText, (json, text) => {
      const written = JSON.stringify({ json, text });

      expect(JSON.parse(escapeInvisible(written))).toEqual(JSON.parse(written));
    }), { numRuns: 1000 });
  });

  it('counts for sizes as AWS counts', () => fc.assert(fc.property(anyText, (text) => policySize(text) <= text.length)));
});
