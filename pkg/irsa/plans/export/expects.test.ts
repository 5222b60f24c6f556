import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { text } from '../../domain/text';
import type { Plan, Step } from '../plan';
import { toCli } from './cli';
import { toTerraform } from './terraform';

const folder = mkdtempSync(path.join(tmpdir(), 'irsa-expects-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a step's script; each tool writes down what it was asked, and answers as `answers` says. */
function run(step: Pick<Step, 'call' | 'expects'>, answers: string): { status: number | null; calls: string[]; said: string } {
  const plan: Plan = { id: 'unbind', title: text('x'), documents: [], warnings: [], steps: [{ id: 'it', target: 'iam', title: text('x'), change: 'remove', ...step }] };
  const log = path.join(folder, 'calls');

  writeFileSync(log, '');
  for (const tool of ['aws', 'kubectl']) {
    writeFileSync(path.join(folder, tool), `#!/bin/sh\nprintf '%s\\n' "${ tool } $1 $2" >> '${ log }'\nfor last; do :; done\ncase "$1 $2" in ${ answers } esac\n`);
    chmodSync(path.join(folder, tool), 0o755);
  }
  const { status, stderr } = spawnSync('sh', ['-c', toCli(plan)], { env: { PATH: `${ folder }:${ process.env.PATH }` }, encoding: 'utf8' });

  return { status, calls: readFileSync(log, 'utf8').split('\n').filter(Boolean), said: stderr };
}

const CHANGED = { status: 1, said: expect.stringContaining('was changed since this plan was made') };

describe('a script looks, as Apply does, before', () => {
  it('it takes anything off a role', () => {
    const step: Pick<Step, 'call' | 'expects'> = { call: { aws: { service: 'iam', command: 'DeleteRole', input: { RoleName: 'a' } } }, expects: { roleTrustPolicy: { roleName: 'a', is: '{"Statement":[{"Sid":"it\'s"}]}' } } };
    const trust = (json: string) => `"iam get-role") cat <<'X'\n${ json }\nX\n;;`;

    expect(run(step, trust('{\n "Statement": [{"Sid": "it\'s"}]}'))).toMatchObject({ status: 0, said: '', calls: ['aws iam get-role', 'aws iam delete-role'] });
    expect(run(step, trust('{"Statement": []}'))).toMatchObject({ ...CHANGED, calls: ['aws iam get-role'] });
    expect(run(step, '"iam get-role") echo NoSuchEntity >&2; exit 254 ;; "iam delete-role") echo NoSuchEntity >&2; exit 254 ;;').status).toBe(0);
    expect(run(step, '"iam get-role") echo AccessDenied >&2; exit 254 ;;')).toMatchObject({ status: 1, said: expect.stringContaining('AccessDenied'), calls: ['aws iam get-role'] });
  });

  it('it deletes a role or tags it: whose it is, its tags say', () => {
    const role = { roleName: 'a', trustPolicy: '{"Statement":[]}', tags: { team: 'a', 'rancher.io/irsa': 'managed' } };
    const has = (...tags: [string, string][]) => `"iam get-role") cat <<'X'\n[{"Statement": []}, ${ JSON.stringify(tags, null, 1) }]\nX\n;;`;
    const [owner, team]: [string, string][] = [['rancher.io/irsa', 'managed'], ['team', 'a']];
    const removal: Pick<Step, 'call' | 'expects'> = { call: { aws: { service: 'iam', command: 'DeleteRole', input: { RoleName: 'a' } } }, expects: { role } };
    const strikes = { status: 1, said: expect.stringContaining('the trust policy or the tags of the role a were changed'), calls: ['aws iam get-role'] };

    expect(run(removal, has(owner!, team!))).toMatchObject({ status: 0, said: '', calls: ['aws iam get-role', 'aws iam delete-role'] });
    for (const other of [has(['rancher.io/irsa', 'theirs'], team!), has(team!), has(owner!), has(), has(owner!, team!, ['theirs', 'yes'])]) {
      expect(run(removal, other)).toMatchObject(strikes);
    }
    expect(run(removal, '"iam get-role") echo NoSuchEntity >&2; exit 254 ;; "iam delete-role") echo NoSuchEntity >&2; exit 254 ;;').status).toBe(0);
    const tagging: Pick<Step, 'call' | 'expects'> = { call: { aws: { service: 'iam', command: 'TagRole', input: { RoleName: 'a', Tags: [{ Key: 'rancher.io/irsa', Value: 'adopted' }] } } }, expects: { role: { ...role, tags: { team: 'a' } } } };

    expect(run(tagging, has(team!)).calls).toEqual(['aws iam get-role', 'aws iam tag-role']);
    // Run again.
    expect(run(tagging, has(['rancher.io/irsa', 'adopted'], team!)).status).toBe(0);
    expect(run(tagging, has(['rancher.io/irsa', 'managed'], team!))).toMatchObject(strikes);
  });

  it('it takes the key off an object: only the one that the plan saw', () => {
    const at = '/apis/logging.banzaicloud.io/v1beta1/namespaces/x/outputs/o';
    const off: Pick<Step, 'call' | 'expects'> = {
      call:    { kubernetes: { clusterId: 'local', verb: 'PATCH', path: at, contentType: 'application/merge-patch+json', body: { spec: { s3: { aws_key_id: null } } } } },
      expects: { kubernetesObject: { clusterId: 'local', path: at, field: ['spec', 's3', 'aws_key_id'], is: { valueFrom: { secretKeyRef: { name: 'ours', key: 'id' } } } } },
    };
    const says = (secret: string) => `"get "*) echo '{"valueFrom":{"secretKeyRef":{"key":"id","name":"${ secret }"}}}' ;;`;

    expect(run(off, says('ours')).status).toBe(0);
    // Run again.
    expect(run(off, '"get "*) ;;').status).toBe(0);
    expect(run(off, says('theirs'))).toMatchObject({ ...CHANGED, calls: ['kubectl get outputs.logging.banzaicloud.io/o'] });
  });

  it('it compares documents as the AWS CLI prints them, not as IAM keeps them', () => {
    const stored = String.raw`{"Statement":[{"Sid":"a\u003cb","Principal":"oidc-provider\/x"}]}`;
    const printed = `"iam get-role") cat <<'X'\n{\n    "Statement": [\n        {"Sid": "a<b", "Principal": "oidc-provider/x"}\n    ]\n}\nX\n;;`;
    const rewrite: Pick<Step, 'call' | 'expects'> = { call: { aws: { service: 'iam', command: 'UpdateAssumeRolePolicy', input: { RoleName: 'a', PolicyDocument: '{"Statement":[]}' } } }, expects: { roleTrustPolicy: { roleName: 'a', is: stored } } };

    expect(run({ call: { aws: { service: 'iam', command: 'DeleteRole', input: { RoleName: 'a' } } }, expects: { roleTrustPolicy: { roleName: 'a', is: stored } } }, printed)).toMatchObject({ status: 0, calls: ['aws iam get-role', 'aws iam delete-role'] });
    expect(run(rewrite, printed)).toMatchObject({ status: 0, calls: ['aws iam get-role', 'aws iam update-assume-role-policy'] });
    expect(run(rewrite, printed.replace('a<b', 'a<c'))).toMatchObject(CHANGED);
  });

  it('it takes an object of Kubernetes away, and takes one that is gone for done', () => {
    const step: Pick<Step, 'call' | 'expects'> = { call: { kubernetes: { clusterId: 'local', verb: 'DELETE', path: '/apis/fleet.cattle.io/v1alpha1/namespaces/fleet-default/helmops/x' } }, expects: { kubernetesObject: { field: ['spec', 'targets'], is: [{ clusterName: 'a' }] } as never } };
    const has = (list: string) => `"kubectl get"*) ;; "get "*) case "$*" in *jsonpath*) printf '%s' '${ list }' ;; *) echo helmop/x ;; esac ;;`;

    expect(run(step, '"get "*) ;;')).toMatchObject({ status: 0, said: '' });
    expect(run(step, has('[{"clusterName":"a"}]'))).toMatchObject({ status: 0, said: '' });
    expect(run(step, has('[{"clusterName":"b"}]'))).toMatchObject(CHANGED);
    expect(run(step, has('[]'))).toMatchObject(CHANGED);
  });

  it('it writes an object of a bucket, and the bucket’s policy', () => {
    const object: Pick<Step, 'call' | 'expects'> = {
      call:    { aws: { service: 's3', command: 'PutObject', region: 'eu-central-1', input: { Bucket: 'b', Key: 'k', ContentType: 'application/json', Body: '{"new":1}' } } },
      expects: { s3: { bucket: 'b', region: 'eu-central-1', key: 'k', is: '{"old":1}' } },
    };
    // The file is the last word.
    const has = (body: string) => `"s3api get-object") printf '%s' '${ body }' > "$last" ;;`;

    expect(run(object, has('{"old": 1}'))).toMatchObject({ status: 0, calls: ['aws s3api get-object', 'aws s3api put-object'] });
    expect(run(object, has('{"new": 1}')).status).toBe(0);
    expect(run(object, has('{"other": 1}'))).toMatchObject({ ...CHANGED, calls: ['aws s3api get-object'] });
    expect(run(object, '"s3api get-object") echo NoSuchKey >&2; exit 254 ;;').calls).toEqual(['aws s3api get-object']);
    const policy: Pick<Step, 'call' | 'expects'> = {
      call:    { aws: { service: 's3', command: 'PutBucketPolicy', region: 'eu-central-1', input: { Bucket: 'b', Policy: { $json: { Version: 'new' } } } } },
      expects: { s3: { bucket: 'b', region: 'eu-central-1', is: '{"Version":"old"}' } },
    };
    const says = (json: string) => `"s3api get-bucket-policy") printf '%s\\n' '${ json }' ;;`;

    expect(run(policy, says('{"Version":"old"}'))).toMatchObject({ status: 0, calls: ['aws s3api get-bucket-policy', 'aws s3api put-bucket-policy'] });
    expect(run(policy, says('{"Version":"new"}')).status).toBe(0);
    expect(run(policy, says('{"Version":"other"}'))).toMatchObject({ ...CHANGED, calls: ['aws s3api get-bucket-policy'] });
  });

  it('it writes a list of a Kubernetes object', () => {
    const at = '/apis/fleet.cattle.io/v1alpha1/namespaces/fleet-default/helmops/x';
    const targets = (name: string) => [{ name, clusterName: name, values: { a: '<&>' } }];
    const step: Pick<Step, 'call' | 'expects'> = {
      call:    { kubernetes: { clusterId: 'local', verb: 'PATCH', path: at, contentType: 'application/merge-patch+json', body: { spec: { targets: targets('new') } } } },
      expects: { kubernetesObject: { clusterId: 'local', path: at, field: ['spec', 'targets'], is: targets('old') } },
    };
    const go = (name: string) => `[{"clusterName":"${ name }","name":"${ name }","values":{"a":"\\u003c\\u0026\\u003e"}}]`;
    const has = (json: string) => `"get "*) cat <<'X'\n${ json }\nX\n;;`;

    expect(run(step, has(go('old')))).toMatchObject({ status: 0, calls: ['kubectl get helmops.fleet.cattle.io/x', 'kubectl patch helmops.fleet.cattle.io/x'] });
    expect(run(step, has(go('new'))).status).toBe(0);
    expect(run(step, has(go('other')))).toMatchObject({ ...CHANGED, calls: ['kubectl get helmops.fleet.cattle.io/x'] });
    expect(run(step, has(''))).toMatchObject(CHANGED);
    expect(run({ ...step, expects: { kubernetesObject: { clusterId: 'local', path: at, field: ['spec', 'targets'], is: [] } } }, has('')).status).toBe(0);
  });
});

describe('Terraform', () => {
  it('says of annotations that go that it cannot do that, instead of writing null', () => {
    const call: Step['call'] = { kubernetes: { clusterId: 'c', verb: 'PATCH', path: '/api/v1/namespaces/shop/serviceaccounts/reader', contentType: 'application/merge-patch+json', body: { metadata: { annotations: { 'eks.amazonaws.com/role-arn': null } } } } };
    const plan: Plan = { id: 'unbind', title: text('x'), documents: [], warnings: [], steps: [{ id: 'remove-annotation', target: 'kubernetes', title: text('x'), change: 'remove', call }] };
    const provider: Step = { id: 'create-provider', target: 'iam', title: text('x'), change: 'create', call: { aws: { service: 'iam', command: 'CreateOpenIDConnectProvider', input: { Url: 'https://a.example', ClientIDList: ['x'] } } } };

    expect(toTerraform(plan)).toBeUndefined();
    expect(toTerraform({ ...plan, steps: [provider, ...plan.steps] })?.text).not.toMatch(/kubernetes_annotations|null/);
  });
});
