import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { value } from '../../domain/chain/test-facts';
import { planHostIssuer } from '../host-issuer';
import { planTeardownIssuer } from '../teardown-issuer';
import { BUCKET, DONE, hosting, KEYS, SELF_MANAGED, TAGS } from '../test-issuer-facts';
import { toCli } from './cli';

const folder = mkdtempSync(path.join(tmpdir(), 'irsa-s3-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script with an `aws` that writes down what it was asked, and the content of bodies. */
function run(script: string, aws: string): { status: number | null; calls: string[]; said: string } {
  const [program, log] = ['aws', 'calls'].map((name) => path.join(folder, name)) as [string, string];

  writeFileSync(log, '');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${ log }'\nwhile [ $# -gt 0 ]; do [ "$1" = --body ] && { cat "$2"; echo; } >> '${ log }'; [ $# -gt 1 ] && [ -z "$first" ] && first=$2; shift; done\n${ aws }\n`);
  chmodSync(program, 0o755);
  const { status, stderr } = spawnSync('sh', ['-c', script], { env: { PATH: `${ folder }:${ process.env.PATH }` }, encoding: 'utf8' });

  return { status, calls: readFileSync(log, 'utf8').split('\n').filter(Boolean), said: stderr };
}

describe('hosting an issuer, as a script', () => {
  const script = toCli(planHostIssuer(SELF_MANAGED, hosting(), KEYS));

  it('sends the same calls, and documents byte by byte', () => {
    const { status, calls, said } = run(script, 'case $first in get-bucket-tagging) echo edge ;; esac');

    expect([status, said]).toEqual([0, '']);
    expect(calls.map((line) => line.split(' ').slice(0, 2).join(' ')).filter((line) => line.startsWith('s3api'))).toEqual(['s3api create-bucket', 's3api get-bucket-tagging', 's3api put-public-access-block', 's3api put-bucket-policy', 's3api put-object', 's3api put-object']);
    expect(calls).toContain(JSON.stringify(KEYS));
  });

  it('goes on with a bucket of its own, and stops at one of somebody else', () => {
    const exists = (owner: string) => run(script, `case $first in create-bucket) echo BucketAlreadyOwnedByYou >&2; exit 254 ;; get-bucket-tagging) echo ${ owner } ;; esac`);

    expect(exists('edge').status).toBe(0);
    expect(exists('other')).toMatchObject({ status: 1, said: expect.stringContaining('was not made for this cluster') });
    expect(exists('other').calls.join(' ')).not.toContain('s3api put-');
  });

  it('takes what is gone already for done when it is taken away', () => {
    const plan = planTeardownIssuer(SELF_MANAGED, hosting(DONE, { provider: value({ arn: 'arn:aws:iam::1:oidc-provider/x', tags: TAGS }) }));

    expect(run(toCli(plan), 'echo NoSuchBucket >&2; exit 254').status).toBe(0);
    expect(toCli(plan)).toContain(BUCKET.name);
  });
});
