import { describe, expect, it } from 'vitest';
import { DEFAULT_ISSUER, issuersOf, switchIssuer, type SwitchPhase } from './arguments';

const NEW = 'https://acme-irsa.s3.eu-central-1.amazonaws.com/edge';
const OLD = 'https://old.example.com';
const flag = (value: string, operator = '') => `service-account-issuer${ operator }=${ value }`;

describe('issuersOf reads the list as K3s and RKE2 do', () => {
  it.each([
    [[], [DEFAULT_ISSUER]],
    [['audit-log-maxage=3'], [DEFAULT_ISSUER]],
    [[flag('a')], ['a']],
    [[flag('a'), flag('b')], ['a', 'b']],
    [[flag('a', '+')], [DEFAULT_ISSUER, 'a']],
    [[flag('a', '-')], ['a', DEFAULT_ISSUER]],
    [[flag('a', '-'), flag('b', '-')], ['b', 'a', DEFAULT_ISSUER]],
    [[flag('a', '-'), flag('b')], ['a', DEFAULT_ISSUER, 'b']],
    [[flag('a'), flag('b', '-')], ['b', 'a']],
    [[`--${ flag('a', '+') }`, flag('b', '+')], [DEFAULT_ISSUER, 'a', 'b']],
    [['service-account-issuer'], ['true']],
    [['service-account-issuer-extra=x'], [DEFAULT_ISSUER]],
  ])('%j', (args, issuers) => {
    expect(issuersOf(args)).toEqual(issuers);
  });
});

describe('switchIssuer', () => {
  const others = ['audit-log-maxage=3', 'service-account-key-file=/k', 'api-audiences=x'];

  it.each<[SwitchPhase, string[]]>([['accept', [flag(NEW, '+')]], ['sign', [flag(NEW, '-')]], ['retire', [flag(NEW)]]])('%s: goes round the distribution’s own', (phase, entries) => {
    expect(switchIssuer([], 'rke2', NEW, phase)).toEqual(entries);
    expect(switchIssuer(others, 'k3s', NEW, phase)).toEqual([...others, ...entries]);
  });

  const lists = [
    [], [flag(OLD)], [flag(OLD, '+')], [flag(OLD, '-')], [flag(OLD), flag('https://b.example.com')], [flag(OLD, '-'), flag('https://b.example.com', '+')], [flag(NEW)], [flag(NEW, '+')], [flag(OLD), flag(OLD)],
    [flag(OLD, '-'), flag('https://b.example.com'), flag(NEW, '+')], [flag(OLD), 'x=y', flag('https://b.example.com', '-')],
  ];

  it.each(lists)('keeps who is accepted, in order, at every phase: %j', (...args) => {
    const before = [...new Set(issuersOf(args))].filter((issuer) => issuer !== NEW);

    expect(issuersOf(switchIssuer(args, 'rke2', NEW, 'accept'))).toEqual([...before, NEW]);
    expect(issuersOf(switchIssuer(switchIssuer(args, 'rke2', NEW, 'accept'), 'rke2', NEW, 'sign'))).toEqual([NEW, ...before]);
    expect(issuersOf(switchIssuer(args, 'rke2', NEW, 'retire'))).toEqual([NEW]);
    for (const phase of ['accept', 'sign', 'retire'] as const) {
      const once = switchIssuer(args, 'rke2', NEW, phase);

      expect(switchIssuer(once, 'rke2', NEW, phase)).toEqual(once);
      expect(once.filter((arg) => !arg.startsWith('service-account-issuer'))).toEqual(args.filter((arg) => !arg.startsWith('service-account-issuer')));
    }
  });

  it('leaves alone what Rancher appends for an authorized cluster endpoint (ACE)', () => {
    const ace = 'authentication-token-webhook-config-file=/var/lib/rancher/rke2/kube-api-authn-webhook.yaml';

    expect(switchIssuer([flag(OLD), ace], 'rke2', NEW, 'sign')).toEqual([flag(NEW), flag(OLD), ace]);
  });

  it('keeps the place of the entries among the others', () => {
    expect(switchIssuer(['a=1', flag(OLD), 'b=2', flag('https://b.example.com')], 'k3s', NEW, 'accept')).toEqual(['a=1', flag(OLD), flag('https://b.example.com'), flag(NEW), 'b=2']);
  });

  it.each(['http://x.example.com', 'https://u@x.example.com', 'https://x.example.com/?a=b', 'x', ''])('refuses %j', (issuer) => {
    expect(() => switchIssuer([], 'rke2', issuer, 'accept')).toThrow('ISSUER_UNUSABLE');
  });
});
