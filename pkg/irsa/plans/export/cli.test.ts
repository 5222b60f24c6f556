import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  afterEach, beforeEach, describe, expect, it
} from 'vitest';
import { newTrust } from '../../domain/trust';
import { planBind } from '../bind';
import { planEnable } from '../enable';
import { planMendTrust } from '../mend-trust';
import type { Plan } from '../plan';
import {
  backup, BACKUP_APP, BACKUP_PERMISSIONS, binding, cluster, ISSUER, PROVIDER, role, ROLE_ARN, situations, SUBJECT, unbound, value, wish
} from '../test-facts';
import { kebab } from './aws';
import { toCli } from './cli';
import { comment, jsonWord, quote } from './sh';

/** What stands in for aws, kubectl and helm: keeps a small account in a file, and writes down how it was called. */
const STUB = `#!${ process.execPath }
const fs = require('fs');
const tool = require('path').basename(process.argv[1]);
const args = process.argv.slice(2);
const folder = require('path').dirname(process.argv[1]);
const state = JSON.parse(fs.readFileSync(folder + '/state.json', 'utf8'));
const wantsInput = args.some((arg) => arg === '--values=-' || arg === '--filename=-' || arg.includes('/dev/stdin'));
const input = wantsInput ? fs.readFileSync(0, 'utf8') : undefined;
const option = (name) => { const at = args.indexOf(name); return at < 0 ? undefined : args[at + 1]; };
const json = option('--cli-input-json') && JSON.parse(option('--cli-input-json'));
fs.appendFileSync(folder + '/calls.jsonl', JSON.stringify({ tool, args, json, input }) + '\\n');
const save = () => fs.writeFileSync(folder + '/state.json', JSON.stringify(state));
const fail = (text) => { process.stderr.write(text); process.exit(254); };
if (tool === 'aws') {
  const found = state.roles[json && json.RoleName];
  switch (args[1]) {
    case 'list-open-id-connect-providers': console.log(state.providers.join('\\t') || 'None'); break;
    case 'create-open-id-connect-provider': state.providers.push('arn:aws:iam::111122223333:oidc-provider/' + json.Url.slice(8)); save(); console.log(state.providers.at(-1)); break;
    case 'get-role':
      if (!found) { fail('An error occurred (NoSuchEntity) when calling the GetRole operation'); }
      if (option('--query') === 'Role.Arn') { console.log(found.arn); }
      else if (option('--query') === 'Role.AssumeRolePolicyDocument') { console.log(JSON.stringify(JSON.parse(found.trust), null, 4)); }
      else { console.log(JSON.stringify([JSON.parse(found.trust), (found.tags || []).map(({ Key, Value }) => [Key, Value]).sort()], null, 4)); }
      break;
    case 'create-role': JSON.parse(json.AssumeRolePolicyDocument); state.roles[json.RoleName] = { arn: 'arn:aws:iam::111122223333:role' + json.Path + json.RoleName, tags: json.Tags, trust: json.AssumeRolePolicyDocument }; save(); console.log(state.roles[json.RoleName].arn); break;
    case 'update-assume-role-policy': found.trust = json.PolicyDocument; save(); break;
    case 'assume-role-with-web-identity': if (state.refuse-- > 0) { save(); fail('AccessDenied'); } console.log('arn:aws:sts::111122223333:assumed-role/x/y'); break;
  }
} else if (tool === 'kubectl') {
  if (args[0] === 'create') { process.stdout.write('TOKEN\\n'); }
  if (args[0] === 'get' && args[1] === 'pods') { console.log('web-1 ' + (state.podRole || '')); }
  if (args[0] === 'get' && args[1] !== 'pods' && args.join().includes('role-arn')) { console.log(state.accountRole); }
} else if (args[0] === 'history') {
  if (!state.last) { fail('Error: release: not found'); }
  console.log(JSON.stringify([state.last]));
} else {
  state.last = { revision: (state.last || { revision: 0 }).revision + 1, status: 'deployed', description: args.find((arg) => arg.startsWith('--description=')).slice(14) };
  save();
}
`;

interface Called { tool: string; args: string[]; json?: Record<string, unknown>; input?: string }

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'irsa-cli-'));
  for (const tool of ['aws', 'kubectl', 'helm']) {
    // A CommonJS file whatever the folder is in; the tool's name comes from the path.
    writeFileSync(path.join(folder, tool), STUB);
    chmodSync(path.join(folder, tool), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(plan: Plan, state: object = {}): { status: number | null; stderr: string; calls: Called[] } {
  const script = path.join(folder, 'plan.sh');
  const stateFile = path.join(folder, 'state.json');

  writeFileSync(script, toCli(plan));
  writeFileSync(stateFile, JSON.stringify({ providers: [], roles: {}, podRole: ROLE_ARN, accountRole: ROLE_ARN, refuse: 0, ...(existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')) as object : {}), ...state }));
  rmSync(path.join(folder, 'calls.jsonl'), { force: true });
  const { status, stderr } = spawnSync('sh', [script], { cwd: folder, env: { ...process.env, PATH: `${ folder }${ path.delimiter }${ process.env.PATH }`, PAUSE: '0' }, encoding: 'utf8' });
  const log = path.join(folder, 'calls.jsonl');

  return { status, stderr, calls: existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Called) : [] };
}

const commands = (calls: Called[]) => calls.map(({ tool, args }) => `${ tool } ${ args[tool === 'aws' ? 1 : 0] }`);
const called = (calls: Called[], command: string) => calls.find(({ args }) => args.includes(command))!;
const bare = cluster({ provider: value(null) });

describe('toCli', () => {
  it.each(situations().flatMap(({ name, plans }) => plans.map((plan, index) => [`${ name } ${ index }: ${ plan.id }`, plan] as const)))('%s is a shell script', (_name, plan) => {
    expect(() => execFileSync('sh', ['-n'], { input: toCli(plan), stdio: ['pipe', 'pipe', 'pipe'] })).not.toThrow();
  });

  it('enables, and only looks when run again', () => {
    expect(commands(run(planEnable(bare)).calls)).toEqual(['aws list-open-id-connect-providers', 'aws create-open-id-connect-provider']);
    const { calls } = run(planEnable(bare));

    expect(commands(calls)).toEqual(['aws list-open-id-connect-providers', 'aws add-client-id-to-open-id-connect-provider']);
    expect(calls[1]!.json).toEqual({ OpenIDConnectProviderArn: PROVIDER, ClientID: 'sts.amazonaws.com' });
  });

  it('does not take another issuer for this one', () => {
    const { calls } = run(planEnable(bare), { providers: [`${ PROVIDER }X`, PROVIDER.toLowerCase(), 'arn:aws:iam::111122223333:oidc-provider/other'] });

    expect(commands(calls)).toContain('aws create-open-id-connect-provider');
  });

  it('binds: hands ARNs on, nests documents, asks for no token on a command line', () => {
    const plan = planBind(bare, wish({ permissions: { kind: 'policy', name: 'read', json: '{"Statement":[]}' } }));
    const { status, stderr, calls } = run(plan, { refuse: 2 });

    expect([status, stderr.replace(/AccessDenied/g, '')]).toEqual([0, '']);
    expect(commands(calls).filter((command) => !/assume|kubectl create/.test(command))).toEqual([
      'aws list-open-id-connect-providers', 'aws create-open-id-connect-provider', 'aws get-role', 'aws create-role', 'aws put-role-policy', 'kubectl get', 'kubectl patch', 'kubectl patch', 'kubectl rollout', 'kubectl get',
    ]);
    expect(JSON.parse(String(called(calls, 'create-role').json!.AssumeRolePolicyDocument))).toEqual(newTrust(SUBJECT));
    expect(JSON.parse(calls.find(({ args }) => args[0] === 'patch' && args.includes('serviceaccounts/reader'))!.args.find((arg) => arg.startsWith('--patch='))!.slice(8))).toEqual({ metadata: { annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } } });
    expect(calls.filter(({ args }) => args.includes('assume-role-with-web-identity'))).toHaveLength(3);
    expect(called(calls, 'assume-role-with-web-identity')).toMatchObject({ input: 'TOKEN' });
    expect(JSON.stringify(calls.map(({ args }) => args))).not.toContain('TOKEN');
    // kubectl counts the names before a `--` only.
    expect(calls.find(({ tool, args }) => tool === 'kubectl' && args[0] === 'create')!.args.slice(0, 3)).toEqual(['create', 'token', 'reader']);
  });

  it('goes on with its own role, and stops at a stranger\'s', () => {
    const plan = planBind(cluster(), wish());

    run(plan);
    expect(commands(run(plan).calls)).not.toContain('aws create-role');
    const { status, stderr, calls } = run(plan, { roles: { 'reader-role': { arn: 'x', tags: [{ Key: 'rancher.io/irsa-account', Value: 'shop/writer' }], trust: '{}' } } });

    expect(status).toBe(1);
    expect(stderr).toContain('was not made for this service account');
    expect(commands(calls)).toEqual(['aws get-role']);
  });

  it('rewrites trust only when it is what the plan saw', () => {
    const found = role({ trustPolicy: '{"Version":"2012-10-17","Statement":[]}' });
    const plan = planMendTrust(cluster(), binding({ role: value(found) }));
    const state = (trust: string) => ({ roles: { 'reader-role': { arn: ROLE_ARN, trust } } });
    const first = run(plan, state(found.trustPolicy));

    expect(JSON.parse(String(called(first.calls, 'update-assume-role-policy').json!.PolicyDocument))).toEqual(newTrust(SUBJECT));
    expect(commands(run(plan).calls)).not.toContain('aws update-assume-role-policy');
    const changed = run(plan, state('{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}'));

    expect([changed.status, commands(changed.calls)]).toEqual([1, ['aws get-role']]);
    expect(changed.stderr).toContain('was changed since');
  });

  it('upgrades the App by Helm with our values only', () => {
    const target = backup();
    const plan = planBind(cluster(), wish({ target, permissions: BACKUP_PERMISSIONS }));
    const { calls, status } = run(plan);
    const helm = calls.find(({ tool, args }) => tool === 'helm' && args[0] === 'upgrade')!;

    expect(status).toBe(0);
    expect(helm.args).toEqual(['upgrade', '--namespace=cattle-resources-system', '--version=110.0.0+up11.0.1', '--reuse-values', '--values=-', expect.stringMatching(/^--description=irsa \d+-\d+$/), '--wait', '--timeout=10m', '--', 'rancher-backup', 'rancher-charts/rancher-backup']);
    expect(JSON.parse(helm.input!)).toMatchObject({ serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } }, s3: { bucketName: 'acme-backups' } });
    expect(toCli(plan)).not.toContain('https://rancher.example');
  });

  it('upgrades no release that somebody else upgraded, and none that they took away', () => {
    const plan = planBind(cluster(), wish({ target: backup({ owner: { ...BACKUP_APP, revision: 3 } }), permissions: BACKUP_PERMISSIONS }));
    const only = { ...plan, steps: plan.steps.flatMap((step) => step.helm ? [{ ...step, helm: { ...step.helm, values: { a: 1 } } }] : []) };
    const last = (revision: number) => ({ last: { revision, status: 'deployed', description: 'Upgrade complete' } });
    const upgrades = ({ calls, status, stderr }: ReturnType<typeof run>) => [status, calls.filter(({ args }) => args[0] === 'upgrade').length, stderr];

    expect(upgrades(run(only, last(3)))).toEqual([0, 1, '']);
    // What this script did itself is as good.
    expect(upgrades(run(only))).toEqual([0, 1, '']);
    for (const other of [last(4), last(13), { last: undefined }]) {
      expect(upgrades(run(only, other))).toEqual([1, 0, expect.stringContaining('was upgraded or removed since this plan was made')]);
    }
  });

  it('installs the webhook only where nobody else did', () => {
    const plan: Plan = { id: 'install-webhook', title: { key: 'x' }, documents: [], warnings: [], steps: [{ id: 'install-webhook', target: 'helm', title: { key: 'x' }, change: 'create', call: { rancher: { verb: 'POST', path: '/x' } }, helm: { release: 'hook', namespace: 'hook', chart: 'hook', version: '1.0.0', repo: 'irsa', isNew: true, values: { a: 1 } } }] };
    const last = (status: string) => ({ last: { revision: 1, status, description: 'Install complete' } });
    const installs = ({ calls, status, stderr }: ReturnType<typeof run>) => [status, calls.filter(({ args }) => args[0] === 'upgrade').length, stderr];

    expect(installs(run(plan))).toEqual([0, 1, '']);
    expect(installs(run(plan))).toEqual([0, 1, '']);
    expect(installs(run(plan, last('failed')))).toEqual([0, 1, '']);
    expect(installs(run(plan, last('deployed')))).toEqual([1, 0, expect.stringContaining('was installed since this plan was made')]);
    const others = { ...plan, steps: plan.steps.map((step) => ({ ...step, helm: { ...step.helm!, values: { a: 2 } } })) };

    run(plan, { last: undefined });
    expect(installs(run(others))).toEqual([1, 0, expect.stringContaining('was installed since this plan was made')]);
  });

  it('writes over no annotation that somebody else wrote', () => {
    const { status, stderr, calls } = run(planBind(cluster(), wish()), { accountRole: 'arn:aws:iam::111122223333:role/theirs' });

    expect([status, stderr]).toEqual([1, 'eks.amazonaws.com/role-arn was changed since this plan was made; plan anew\n']);
    expect(commands(calls)).not.toContain('kubectl patch');
  });

  it('stops where the pods do not come to carry the role', () => {
    const { status, stderr } = run(planBind(cluster(), wish()), { podRole: 'other' });

    expect([status, stderr]).toEqual([1, 'still not so: pods_carry shop/reader\n']);
  });
});

describe('hostile names', () => {
  const HOSTILE = ['\'; touch hacked; \'', '$(touch hacked)', '`touch hacked`', 'a\ntouch hacked\n#', '"; touch hacked; "', '\\', '\\\'', '-rf', '%s%n', 'file:///etc/passwd', '${HOME}', '!!', '*', 'ä€😀\u2028', '\'\'"', 'a\tb'];

  it.each(HOSTILE)('%j stays what it is', (name) => {
    const observed = cluster({ cluster: { ...cluster().cluster, id: name, name }, provider: value(null) });
    const target = unbound({ workloads: [{ kind: 'Deployment', namespace: name, name, replicas: 1 }], pods: [], owner: { kind: 'nobody' } }, { namespace: name, name });
    const plan = planBind(observed, wish({ target, audience: name, permissions: { kind: 'policy', name: 'p', json: JSON.stringify({ Statement: [], note: name, [name]: name }) } }));
    const { status, stderr, calls } = run(plan);

    const isOption = name.startsWith('-');

    // kubectl takes no name after a `--` (seen with 1.32 and 1.34), so one that would be an option stops the script before the check.
    expect([status, stderr]).toEqual(isOption ? [1, `no service account is called ${ name }\n`] : [0, '']);
    expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
    expect(called(calls, 'create-open-id-connect-provider').json).toMatchObject({ Url: ISSUER, ClientIDList: [name] });
    expect(JSON.parse(String(called(calls, 'put-role-policy').json!.PolicyDocument))).toEqual({ Statement: [], note: name, [name]: name });
    expect(JSON.parse(String(called(calls, 'create-role').json!.AssumeRolePolicyDocument))).toEqual(newTrust({ ...SUBJECT, audience: name, namespace: name, serviceAccount: name } as typeof SUBJECT));
    expect(calls.find(({ args }) => args[0] === 'patch')!.args.slice(1, 3)).toEqual([`serviceaccounts/${ name }`, `--namespace=${ name }`]);
    expect(calls.find(({ tool, args }) => tool === 'kubectl' && args[0] === 'create')?.args).toEqual(isOption ? undefined : ['create', 'token', name, `--namespace=${ name }`, `--audience=${ name }`, '--duration=10m']);
  });
});

describe('pieces of shell', () => {
  const echo = (word: string, before: string[] = []) => execFileSync('sh', ['-c', `json_text() { printf '%s' "$1" | tr -d '\\n' | sed 's/[\\\\"]/\\\\&/g'; }\n${ before.join('\n') }\nprintf '%s' ${ word }`], { encoding: 'utf8' });

  it('quotes', () => {
    expect(echo(quote('a\'b"c$d`e\\f\ng'))).toBe('a\'b"c$d`e\\f\ng');
  });

  it('writes JSON with documents inside documents', () => {
    const inner = { a: 'x"y\\z\'', b: [1, true, null, {}] };
    const { before, word } = jsonWord({ text: { $json: { deep: { $json: inner } } } }, 'doc');
    const { text } = JSON.parse(echo(word, before)) as { text: string };

    expect(JSON.parse((JSON.parse(text) as { deep: string }).deep)).toEqual(inner);
  });

  it('keeps comments on their line', () => {
    expect(comment('a\nb\r\u2028c')).toBe('# a b c');
  });

  it.each([['CreateOpenIDConnectProvider', 'create-open-id-connect-provider'], ['AddClientIDToOpenIDConnectProvider', 'add-client-id-to-open-id-connect-provider'], ['PutRolePolicy', 'put-role-policy'], ['UpdateAssumeRolePolicy', 'update-assume-role-policy']])('%s is %s', (name, expected) => {
    expect(kebab(name)).toBe(expected);
  });
});
