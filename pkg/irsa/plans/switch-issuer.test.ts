import { expect, it } from 'vitest';
import { planRetireIssuer, planSwitchIssuer } from './switch-issuer';
import { ISSUER, SELF_MANAGED, servers } from './test-issuer-facts';

const LIST = 'kube-apiserver-arg';
/** Machines with a list of their own, machines with other settings only, and machines with both. */
const SELECTORS = [
  { machineLabelSelector: { matchLabels: { pool: 'a' } }, config: { [LIST]: ['x=y', 'service-account-issuer=https://old.example'], 'protect-kernel-defaults': true } },
  { config: { 'cloud-provider-name': 'aws' } },
  { machineLabelSelector: { matchLabels: { pool: 'b' } }, config: { [LIST]: [] } },
];
const selected = servers(['audit-log-maxage=30'], {
  lists:     [{ args: ['audit-log-maxage=30'] }, { selector: 0, args: SELECTORS[0]!.config[LIST] as string[] }, { selector: 2, args: [] }],
  selectors: SELECTORS,
});
const config = (global: string[], first: string[], third: string[]) => ({
  machineGlobalConfig:   { [LIST]: global },
  machineSelectorConfig: [{ ...SELECTORS[0], config: { ...SELECTORS[0]!.config, [LIST]: first } }, SELECTORS[1], { ...SELECTORS[2], config: { [LIST]: third } }],
});

it('rewrites the list of all and those of selected machines in one patch, and nothing else of either', () => {
  const [accept, sign] = planSwitchIssuer(SELF_MANAGED, selected, ISSUER, true).steps;
  const accepting = config(['audit-log-maxage=30', `service-account-issuer+=${ ISSUER }`], ['x=y', 'service-account-issuer=https://old.example', `service-account-issuer=${ ISSUER }`], [`service-account-issuer+=${ ISSUER }`]);

  expect(accept).toMatchObject({ call: { kubernetes: { verb: 'PATCH', contentType: 'application/merge-patch+json' } }, expects: { kubernetesObject: { field: ['spec', 'rkeConfig'] } } });
  expect((accept!.call as { kubernetes: { body: unknown } }).kubernetes.body).toStrictEqual({ spec: { rkeConfig: accepting } });
  expect((sign!.call as { kubernetes: { body: unknown } }).kubernetes.body).toStrictEqual({ spec: { rkeConfig: config(['audit-log-maxage=30', `service-account-issuer-=${ ISSUER }`], ['x=y', `service-account-issuer=${ ISSUER }`, 'service-account-issuer=https://old.example'], [`service-account-issuer-=${ ISSUER }`]) } });
  // What it expects to find is what the step before it wrote, or what was seen.
  expect([accept, sign].map((step) => (step!.expects as { kubernetesObject: { is: unknown } }).kubernetesObject.is)).toStrictEqual([config(['audit-log-maxage=30'], SELECTORS[0]!.config[LIST] as string[], []), accepting]);
});

it('leaves selectors out of the patch where none has a list', () => {
  const plain = servers(undefined, { selectors: [SELECTORS[1]!] });

  expect(JSON.stringify(planSwitchIssuer(SELF_MANAGED, plain, ISSUER, true))).not.toContain('machineSelectorConfig');
});

it('goes on with one list that has it and one that has not, and does not retire what one server still signs with', () => {
  const half = servers([], { lists: [{ args: [`service-account-issuer-=${ ISSUER }`] }, { selector: 0, args: ['x=y'] }], selectors: [{ config: { [LIST]: ['x=y'] } }], servers: [{ name: 'a', args: [`service-account-issuer-=${ ISSUER }`] }, { name: 'b', args: ['x=y'] }] });

  expect(planSwitchIssuer(SELF_MANAGED, half, ISSUER, true).steps.map(({ id }) => id)).toEqual(['accept-issuer', 'sign-issuer', 'token-issuer']);
  expect(() => planRetireIssuer(SELF_MANAGED, half, ISSUER, 2e9)).toThrow('RETIRE_NOT_SIGNING');
});
