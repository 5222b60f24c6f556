import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateTrust, issuerPath, type TrustDocument, type TrustRequest } from '../../../pkg/irsa/domain';
import { readTrustPolicy } from '../../sandbox/aws/policy/document.ts';
import { evaluate } from '../../sandbox/aws/policy/evaluate.ts';
import { documents, tokens } from './documents';

/** What the sandbox's STS makes of the call; it shares no code with the extension. */
function sandbox(document: TrustDocument, { providerArn, issuer, audience, subject }: TrustRequest): boolean {
  const host = issuerPath(issuer);

  return evaluate(readTrustPolicy(JSON.stringify(document)), {
    action: 'sts:AssumeRoleWithWebIdentity', principal: { kind: 'Federated', names: [providerArn] }, context: { [`${ host }:sub`]: [subject], [`${ host }:aud`]: [audience].flat() },
  }) === 'allow';
}

describe('evaluateTrust and the sandbox’s STS', () => {
  it('agree over random policies and tokens', () => {
    const seen = { allowed: 0, refused: 0, undetermined: 0 };

    fc.assert(fc.property(documents, tokens, (document, token) => {
      const verdict = evaluateTrust(document, token);

      if (verdict.cause === 'undetermined') {
        // Only where AWS does not say: a key with several values without a quantifier.
        seen.undetermined++;
        expect(Array.isArray(token.audience)).toBe(true);

        return;
      }
      // A Deny that depends on such a key is named in the reason, and does not decide.
      fc.pre(!/unless statement/.test(verdict.reason));
      seen[verdict.allowed ? 'allowed' : 'refused']++;
      expect(verdict.allowed, verdict.reason).toBe(sandbox(document, token));
    }), { numRuns: 10_000 });
    expect(seen.allowed).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(500);
    expect(seen.undetermined).toBeLessThan(500);
  });
});
