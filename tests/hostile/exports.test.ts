import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addBinding } from '../../pkg/irsa/domain';
import { planBind } from '../../pkg/irsa/plans';
import { exportsOf } from '../../pkg/irsa/plans/export';
import { jsonWord, comment, quote } from '../../pkg/irsa/plans/export/sh';
import { resolve } from '../../pkg/irsa/plans/resolve';
import { backup, BACKUP_APP, cluster, role, SUBJECT, unbound, value, wish } from '../../pkg/irsa/plans/test-facts';
import { jsonText, withLater } from '../../pkg/irsa/plans/value';
import { printSummary } from '../contract/summary';
import { createTally } from './tally';
import { ALL } from './texts';

const tally = createTally();
const folder = mkdtempSync(path.join(tmpdir(), 'irsa-hostile-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
  printSummary('hostile-exports', [`Hostile input, exports: ${ tally.summary() }`]);
});

/** What a program of the shell gets as its arguments: the real `sh`, in a folder where a payload would leave a file. */
function argumentsOf(words: string[], before: string[] = []): string[] {
  const script = `json_text() { printf '%s' "$1" | tr -d '\\n' | sed 's/[\\\\"]/\\\\&/g'; }\n${ before.join('\n') }\nprintf '%s\\0' ${ words.join(' ') }\n`;
  const printed = execFileSync('sh', { input: script, cwd: folder, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 100_000_000 });

  return printed.split('\0').slice(0, -1);
}

/** As UTF-8 can hold it, and as an argument can: no halves of surrogate pairs, no NUL. */
const held = (text: string) => text.toWellFormed().replaceAll('\0', '');

describe('for the shell', () => {
  it('every text is one word, itself', async() => {
    const got = argumentsOf(ALL.map(([, text]) => quote(text)));

    expect(got).toHaveLength(ALL.length);
    let index = 0;

    await tally.everyText('quoted words', (text) => expect(got[index++]).toBe(held(text)));
    expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
  });

  it('every text is itself inside JSON, as key and as value', async() => {
    const documents = ALL.map(([, text], index) => jsonWord(withLater({ [text]: text, in: [text] }), `d${ index }`));
    const got = argumentsOf(documents.map(({ word }) => word), documents.flatMap(({ before }) => before));
    let index = 0;

    await tally.everyText('JSON words', (text) => expect(JSON.parse(got[index++]!)).toEqual(JSON.parse(JSON.stringify({ [text]: text, in: [text] }))));
    expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
  });

  it('comments stay comments', async() => {
    expect(argumentsOf(['end'], ALL.map(([, text]) => comment(text)))).toEqual(['end']);
    await tally.everyText('comments', (text) => expect(comment(text).split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(1));
    expect(existsSync(path.join(folder, 'hacked'))).toBe(false);
  });

  it('so is whatever else there may be', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 40 }), (texts) => {
      expect(argumentsOf(texts.map(quote))).toEqual(texts.map(held));
    }), { numRuns: 60 });
  });
});

describe('plans', () => {
  it('are taken away whole, whatever things are called', () => tally.everyText('exports of a plan', (text) => {
    const observed = cluster({ cluster: { ...cluster().cluster, name: text }, provider: value(null) });
    const target = unbound({ pods: [] }, { namespace: 'shop', name: 'reader' });
    const plan = planBind(observed, wish({ target, audience: text || 'x', permissions: { kind: 'policy', name: text, json: JSON.stringify({ Statement: [], [text]: text }) } }));

    for (const { files } of exportsOf(plan, ({ key }) => `${ key } ${ text }`)) {
      for (const { name, text: written } of files) {
        expect(written).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\uFEFF\u{E0041}\u3164\0]/u);
        if (name.endsWith('.yaml')) {
          expect(parse(written)).toMatchObject({ Resources: expect.any(Object) });
        }
      }
    }
  }));

  it('run through sh without a word of theirs being a command', () => {
    for (const [, text] of ALL.filter(([kind]) => ['shell', 'quotes', 'control', 'words'].includes(kind))) {
      const plan = planBind(cluster({ provider: value(null) }), wish({ audience: text, permissions: { kind: 'policy', name: 'p', json: JSON.stringify({ Statement: [], [text]: text }) } }));

      for (const { files } of exportsOf(plan)) {
        for (const { name, text: written } of files.filter((file) => file.name.endsWith('.sh'))) {
          expect(() => execFileSync('sh', ['-n'], { input: written, stdio: ['pipe', 'pipe', 'pipe'] }), name).not.toThrow();
        }
      }
    }
  });

  it('do not take the data of others for references of their own', () => {
    const foreign = { $ref: { step: 'create-role', path: ['Role', 'Arn'] }, nested: { $json: { a: [1] } }, schema: { $data: { x: 1 }, $ref: '#/definitions/x' } };

    expect(resolve(withLater(foreign), new Map())).toEqual(foreign);
    expect(JSON.parse(String(resolve(jsonText(withLater(foreign) as object), new Map())))).toEqual(foreign);
    const app = { ...BACKUP_APP, values: { ...BACKUP_APP.values, schema: foreign } };
    const plan = planBind(cluster(), wish({ target: backup({ owner: app }), role: { kind: 'existing', role: role({ trustPolicy: JSON.stringify({ Statement: [], Note: foreign }) }) } }));
    const sent = plan.steps.map(({ call }) => 'rancher' in call ? resolve(call.rancher.body ?? null, new Map([['create-role', { Role: { Arn: 'arn' } }]])) : 'aws' in call ? resolve(call.aws.input, new Map()) : undefined);

    expect(JSON.stringify(sent)).toContain(JSON.stringify({ schema: foreign }).slice(1, -1));
    expect(JSON.stringify(sent)).toContain(JSON.stringify(JSON.stringify({ Note: foreign }).slice(1, -1)).slice(1, -1));
    expect(addBinding({ Statement: [], Note: foreign }, SUBJECT).Note).toBe(foreign);
  });

  it('give CloudFormation no function that others wrote', () => {
    for (const key of ['Fn::Transform', 'Fn::Sub', 'Ref']) {
      const plan = planBind(cluster({ provider: value(null) }), wish({ permissions: { kind: 'policy', name: 'p', json: JSON.stringify({ Statement: [], [key]: { Name: 'AWS::Include' } }) } }));
      const template = exportsOf(plan).find(({ id }) => id === 'cloudformation')?.files[0]?.text ?? '';

      expect(template).toContain('AWS::IAM::Role');
      expect(template).not.toContain('AWS::Include');
    }
  });
});
