import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { value } from '../../domain/chain/test-facts';
import { planRetireIssuer, planSwitchIssuer } from '../switch-issuer';
import { planTeardownIssuer } from '../teardown-issuer';
import { DONE, hosting, ISSUER, SELF_MANAGED, servers, TAGS } from '../test-issuer-facts';
import type { Plan } from '../plan';
import { toCli } from './cli';

const folder = mkdtempSync(path.join(tmpdir(), 'irsa-switch-'));
const file = (name: string) => path.join(folder, name);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const token = (iss: string) => `h.${ Buffer.from(JSON.stringify({ aud: ['x'], iss, sub: 'y' })).toString('base64url') }.s`;

interface World { lists: string[][]; wanted: string[]; follows: boolean; iss: string; updated?: string }

/**
 * Runs a script before a kubectl that knows three servers. A patch is written down, and (where servers follow) each look afterwards finds
 * one server more with the list that it sent; what the script waits for is thereby seen in the order of the calls.
 */
function run(plan: Plan, { lists, wanted, follows, iss, updated = 'True' }: World): { status: number | null; calls: string[]; said: string } {
  writeFileSync(file('state.json'), JSON.stringify({ lists, wanted }));
  writeFileSync(file('calls'), '');
  writeFileSync(file('kubectl'), `#!${ process.execPath }
const { readFileSync, writeFileSync, appendFileSync } = require('node:fs');
const words = process.argv.slice(2);
const line = words.join(' ');
const state = JSON.parse(readFileSync('${ file('state.json') }', 'utf8'));
const print = (text) => process.stdout.write(text);
const args = (list) => JSON.stringify(['server', ...list.flatMap((arg) => ['--kube-apiserver-arg', arg])]);
if (words[0] === 'patch') {
  const patch = JSON.parse(line.slice(line.indexOf('--patch=') + 8));
  state.wanted = patch.spec.rkeConfig.machineGlobalConfig['kube-apiserver-arg'];
  appendFileSync('${ file('calls') }', 'patch ' + JSON.stringify(state.wanted) + '\\n');
} else if (line.includes('get nodes')) {
  const behind = state.lists.findIndex((list) => JSON.stringify(list) !== JSON.stringify(state.wanted));
  if (${ follows } && behind >= 0) { state.lists[behind] = state.wanted; }
  appendFileSync('${ file('calls') }', 'nodes ' + (words[0] || '') + ' ' + state.lists.filter((list) => JSON.stringify(list) === JSON.stringify(state.wanted)).length + '\\n');
  print(state.lists.map((list, index) => 'server-' + index + '\\ttrue\\t' + args(list)).concat('worker\\t\\t').join('\\n') + '\\n');
} else if (line.includes('metadata.generation')) {
  print('2 2 ${ updated }');
} else if (words[0] === 'get') {
  print(JSON.stringify(state.wanted));
} else if (line.includes('create token')) {
  appendFileSync('${ file('calls') }', 'token\\n');
  print('${ token(iss) }');
}
writeFileSync('${ file('state.json') }', JSON.stringify(state));
`);
  writeFileSync(file('aws'), `#!/bin/sh
printf '%s %s\\n' aws "$2" >> '${ file('calls') }'
case $2 in
  get-open-id-connect-provider) printf 'sts.amazonaws.com\\t${ Object.entries(TAGS).map((tag) => tag.join('=')).join('\\t') }\\n' ;;
  get-bucket-tagging) echo '${ JSON.stringify(Object.entries(TAGS).sort()) }' ;;
esac
`);
  chmodSync(file('kubectl'), 0o755);
  chmodSync(file('aws'), 0o755);
  const { status, stderr } = spawnSync('sh', ['-c', toCli(plan)], { env: { PATH: `${ folder }:${ process.env.PATH }`, PAUSE: '0', TRIES: '5', CLUSTER_KUBECONFIG: '/there' }, encoding: 'utf8' });

  return { status, calls: readFileSync(file('calls'), 'utf8').split('\n').filter(Boolean), said: stderr };
}

const before = ['audit-log-maxage=30'];
const accepted = [...before, `service-account-issuer+=${ ISSUER }`];
const signs = [...before, `service-account-issuer-=${ ISSUER }`];
const world = (change: Partial<World> = {}): World => ({ lists: [before, before, before], wanted: before, follows: true, iss: ISSUER, ...change });
const patches = (calls: string[]) => calls.filter((call) => call.startsWith('patch'));

describe('a switch of the issuer, as a script', () => {
  const plan = planSwitchIssuer(SELF_MANAGED, servers(), ISSUER, true);

  it('signs only when all three servers accept, and ends with a token', () => {
    const { status, calls, said } = run(plan, world());

    expect([status, said]).toEqual([0, '']);
    expect(patches(calls)).toEqual([`patch ${ JSON.stringify(accepted) }`, `patch ${ JSON.stringify(signs) }`]);
    expect(calls[calls.indexOf(`patch ${ JSON.stringify(signs) }`) - 2]).toMatch(/^nodes .* 3$/);
    expect(calls.at(-1)).toBe('token');
    expect(calls.at(-2)).toMatch(/^nodes .* 3$/);
  });

  it('goes no further where servers do not follow, or Rancher’s roll-out failed', () => {
    const still = run(plan, world({ follows: false }));

    expect(still.status).toBe(1);
    expect(still.said).toContain('still not so: servers_have');
    expect(patches(still.calls)).toEqual([`patch ${ JSON.stringify(accepted) }`]);
    expect(run(plan, world({ updated: 'False' }))).toMatchObject({ status: 1, calls: [] });
  });

  it('says so when the token is of another issuer', () => {
    expect(run(plan, world({ iss: 'https://other.example' }))).toMatchObject({ status: 1, said: expect.stringContaining('still not so: token_says') });
  });

  it('run again sends nothing, and stops at a list that somebody changed', () => {
    expect(patches(run(plan, world({ lists: [signs, signs, signs], wanted: signs })).calls)).toEqual([]);
    const changed = [...before, 'audit-log-maxsize=1'];

    expect(run(plan, world({ lists: [changed, changed, changed], wanted: changed }))).toMatchObject({ status: 1, said: expect.stringContaining('plan anew') });
  });

  it('begins with nothing when it is not told where the servers are', () => {
    const { status, stderr } = spawnSync('sh', ['-c', toCli(plan)], { env: { PATH: `${ folder }:${ process.env.PATH }` }, encoding: 'utf8' });

    expect([status, stderr]).toEqual([expect.any(Number), expect.stringContaining('CLUSTER_KUBECONFIG')]);
    expect(status).not.toBe(0);
  });

  it('waits where only waiting is left', () => {
    const waits = planSwitchIssuer(SELF_MANAGED, servers(before, { lists: [{ args: accepted }] }), ISSUER, true);

    expect(waits.steps[0]).toMatchObject({ change: 'wait' });
    const { status, calls } = run(waits, world({ wanted: accepted }));

    expect(status).toBe(0);
    expect(patches(calls)).toEqual([`patch ${ JSON.stringify(signs) }`]);
    expect(calls.filter((call) => call.startsWith('nodes'))[2]).toMatch(/ 3$/);
  });
});

describe('the end of an issuer, as a script', () => {
  it('retires old issuers, and waits until no server has them', () => {
    const plan = planRetireIssuer(SELF_MANAGED, servers(signs), ISSUER, 2e9);
    const { status, calls } = run(plan, world({ lists: [signs, signs, signs], wanted: signs }));

    expect(status).toBe(0);
    expect(patches(calls)).toEqual([`patch ${ JSON.stringify([...before, `service-account-issuer=${ ISSUER }`]) }`]);
    expect(calls.at(-1)).toMatch(/ 3$/);
  });

  it('deletes provider and bucket only when every server signs with another issuer', () => {
    const provider = value({ arn: `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`, tags: TAGS, audiences: ['sts.amazonaws.com'] });
    const plan = planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider }), servers(signs));
    const done = run(plan, world({ lists: [signs, signs, signs], wanted: signs }));
    const aws = done.calls.filter((call) => call.startsWith('aws'));

    expect(done.status).toBe(0);
    expect(aws.slice(0, 2)).toEqual(['aws get-open-id-connect-provider', 'aws delete-open-id-connect-provider']);
    expect(done.calls[done.calls.indexOf(aws[0]!) - 1]).toMatch(/^nodes .* 3$/);
    expect(run(plan, world({ lists: [signs, signs, signs], wanted: signs, follows: false })).calls.filter((call) => call.startsWith('aws'))).toEqual([]);
  });

  it('reads the lists of servers as the distribution does', () => {
    const plan = planSwitchIssuer(SELF_MANAGED, servers(before, { lists: [{ args: accepted }] }), ISSUER, true);
    const only = (args: string[]) => run({ ...plan, steps: plan.steps.slice(0, 1) }, world({ lists: [args], wanted: args, follows: false })).status;

    expect([accepted, signs, [`service-account-issuer=${ ISSUER }`], ['service-account-issuer=https://a', `service-account-issuer=${ ISSUER }`], [`--service-account-issuer+=${ ISSUER }`]].map(only)).toEqual([0, 0, 0, 0, 0]);
    expect([before, ['service-account-issuer=https://a'], [`other=${ ISSUER }`], [`service-account-issuer=${ ISSUER }x`]].map(only)).toEqual([1, 1, 1, 1]);
  }, 20_000);
});
