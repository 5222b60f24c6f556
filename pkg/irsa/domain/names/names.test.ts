import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { placedPolicyName, policyName, predictRoleName, roleNameProblem, sessionName } from './names';
import { sha256 } from './sha256';

describe('sha256', () => {
  it.each(['', 'abc', 'ä€😀', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'x'.repeat(1000)])('agrees with Node (%#)', (input) => {
    expect(Buffer.from(sha256(input)).toString('hex')).toBe(createHash('sha256').update(input).digest('hex'));
  });
});

describe('predictRoleName', () => {
  it('is plain where it can be', () => {
    expect(predictRoleName('local', 'cattle-resources-system', 'rancher-backup')).toBe('local_cattle-resources-system_rancher-backup');
  });

  it('is stable, short enough and of allowed characters', () => {
    const name = predictRoleName('Prod (EU) ä', 'n'.repeat(63), 's'.repeat(253));

    expect(name).toBe(predictRoleName('Prod (EU) ä', 'n'.repeat(63), 's'.repeat(253)));
    expect(roleNameProblem(name)).toBeUndefined();
    expect(name).toMatch(/^Prod--EU---\S*_n+_s+_[a-z2-7]{12}$/);
  });

  it('is never shared, without regard to case', () => {
    const pieces = ['a', 'b', 'a-b', 'a.b', 'A', 'a_b', 'b_a', '', 'a_b_c', 'x'.repeat(40), `${ 'x'.repeat(40) }y`, `${ 'x'.repeat(41) }`, 'ä', 'ö'];
    const seen = new Map<string, string>();

    for (const cluster of pieces) {
      for (const namespace of pieces) {
        for (const account of pieces) {
          const name = predictRoleName(cluster, namespace, account).toLowerCase();
          const key = JSON.stringify([cluster, namespace, account]);

          expect(name.length).toBeLessThanOrEqual(64);
          expect(seen.get(name) ?? key).toBe(key);
          seen.set(name, key);
        }
      }
    }
    expect(seen.size).toBe(pieces.length ** 3);
  });

  it('does not let a plain name pass for a hashed one', () => {
    const hashed = predictRoleName('C', 'n', 'a');

    expect(hashed.split('_')).toHaveLength(4);
    expect(predictRoleName('c', 'n', `a_${ hashed.split('_')[3] }`)).not.toBe(hashed);
  });
});

describe('other names', () => {
  it('keeps to what AWS allows', () => {
    expect(sessionName('shop', 'reader')).toBe('irsa-check-shop-reader');
    expect(sessionName('n'.repeat(63), 's'.repeat(63))).toHaveLength(64);
    expect(policyName(' read & write ')).toBe('read---write');
    expect(policyName('')).toBe('permissions');
    expect(roleNameProblem('')).toBe('empty');
    expect(roleNameProblem('a/b')).toBe('characters');
    expect(roleNameProblem('a'.repeat(65))).toBe('too-long');
  });
});

describe('the policies of one role for several places', () => {
  it('have names that can be read', () => {
    expect(placedPolicyName('logging', 's3-acme-logs')).toBe('logging-s3-acme-logs');
    expect(placedPolicyName('logging', 'cloudwatch-/rancher/prod@eu-central-1')).toBe('logging-cloudwatch-+rancher+prod@eu-central-1');
  });

  it('never share one, whatever IAM lets stand in it', () => {
    const places = ['a/b', 'a-b', 'a+b', 'a#b', 'a=b', 'a b', 'a!b', '/a/b', 'a/b@x', `${ 'x'.repeat(200) }1`, `${ 'x'.repeat(200) }2`];
    const names = places.map((place) => placedPolicyName('logging', place));

    expect(new Set(names).size).toBe(places.length);
    expect(names.filter((name) => !/^[\w+=,.@-]{1,128}$/.test(name))).toEqual([]);
  });
});
