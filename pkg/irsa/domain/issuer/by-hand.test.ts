import { expect, it } from 'vitest';
import { stepsByHand } from './by-hand';

const ISSUER = 'https://b.s3.eu-central-1.amazonaws.com';
const server = (name: string, ...args: string[]) => ({ name, args });

it('goes through all servers with one phase, then with the next', () => {
  const steps = stepsByHand([server('a', `service-account-issuer+=${ ISSUER }`), server('b', 'audit-log-maxage=30')], 'k3s', ISSUER, ['accept', 'sign']);

  expect(steps.map(({ server, phase, done }) => [server, phase, done])).toEqual([['a', 'accept', true], ['b', 'accept', false], ['a', 'sign', false], ['b', 'sign', false]]);
  expect(steps[1]).toMatchObject({ file: '/etc/rancher/k3s/config.yaml.d/90-irsa.yaml', content: `kube-apiserver-arg+:\n  - "service-account-issuer+=${ ISSUER }"\n`, inPlace: false, command: 'sudo systemctl restart k3s' });
  expect(steps[2]!.content).toBe(`kube-apiserver-arg+:\n  - "service-account-issuer-=${ ISSUER }"\n`);
});

it('replaces a list that names an issuer of its own, whole', () => {
  const [accept, sign] = stepsByHand([server('a', 'x=y', 'service-account-issuer=https://old')], 'rke2', ISSUER, ['accept', 'sign']);

  expect(accept).toMatchObject({ inPlace: true, file: '/etc/rancher/rke2/config.yaml', command: 'sudo systemctl restart rke2-server' });
  expect(accept!.content).toBe(`kube-apiserver-arg:\n  - "x=y"\n  - "service-account-issuer=https://old"\n  - "service-account-issuer=${ ISSUER }"\n`);
  expect(sign!.content).toContain(`- "service-account-issuer=${ ISSUER }"\n  - "service-account-issuer=https://old"`);
});

it('ticks nothing that a server does not tell', () => {
  expect(stepsByHand([{ name: 'a' }], 'k3s', ISSUER, ['sign'])[0]).not.toHaveProperty('done');
});

it('goes back by accepting it still, and is over where it is gone', () => {
  expect(stepsByHand([server('a', `service-account-issuer-=${ ISSUER }`), server('b')], 'k3s', ISSUER, ['accept'], true).map(({ done }) => done)).toEqual([false, true]);
});

it('forgets an issuer that was taken away: our file goes, or the list without it takes its place, and no server is told to sign with it', () => {
  const [dropped, replaced, over] = stepsByHand([server('a', `service-account-issuer+=${ ISSUER }`), server('b', 'x=y', 'service-account-issuer=https://old', `service-account-issuer=${ ISSUER }`), server('c', 'x=y')], 'k3s', ISSUER, ['retire'], true);

  expect(dropped).toMatchObject({ done: false, drops: true, command: 'sudo rm -f /etc/rancher/k3s/config.yaml.d/90-irsa.yaml && sudo systemctl restart k3s' });
  expect(replaced).toMatchObject({ done: false, inPlace: true, content: 'kube-apiserver-arg:\n  - "x=y"\n  - "service-account-issuer=https://old"\n' });
  expect(replaced).not.toHaveProperty('drops');
  expect(over!.done).toBe(true);
  expect([dropped, replaced, over].map((step) => step!.content).join('')).not.toContain(ISSUER);
});

it('has it seen first where an issuer stands, as one on a command line would be given twice', () => {
  const checks = (args: string[] | undefined, phase: 'accept' | 'sign' | 'retire' = 'accept', back = false) => stepsByHand([{ name: 'a', args }], 'k3s', ISSUER, [phase], back)[0]!.check;

  expect(checks(['service-account-issuer=https://old'])).toMatch(/^sudo grep -rns service-account-issuer \/etc .*\/usr\/local\/lib\/systemd$/);
  // Ours may have been put there by hand, too, and of one that does not tell nobody knows.
  for (const told of [checks([`service-account-issuer+=${ ISSUER }`], 'sign'), checks(undefined), checks(['service-account-issuer=https://old', `service-account-issuer=${ ISSUER }`], 'retire', true)]) {
    expect(told).toContain('grep');
  }
  expect(checks(['audit-log-maxage=30'])).toBeUndefined();
  expect(checks([`service-account-issuer+=${ ISSUER }`], 'retire', true)).toBeUndefined();
});
