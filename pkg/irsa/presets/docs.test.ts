import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import IntlMessageFormat from 'intl-messageformat';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Text } from '../domain/facts';
import { filledIn, impossibleCharts, presets, type PolicyStatement, type Preset } from './index';
import { SOURCES } from './sources';

const FILE = fileURLToPath(new URL('../../../docs/presets.md', import.meta.url));
const words = parse(readFileSync(fileURLToPath(new URL('../l10n/presets.en-us.yaml', import.meta.url)), 'utf8')) as Record<string, unknown>;

function say({ key, args }: Text): string {
  const word = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], words) as string;

  return String(new IntlMessageFormat(word, 'en-us').format(args)).replace(/\|/g, '\\|');
}

/** Where the role's ARN goes, as a dotted path. */
function pathOf(values: unknown, at: string[] = []): string {
  return typeof values === 'object' && values !== null ? Object.entries(values).map(([key, value]) => pathOf(value, [...at, key])).find(Boolean) ?? '' : values === 'ROLE' ? at.filter((key) => !key.includes('.')).join('.') : '';
}

/** The ways of a choice that changes the policy, or the one way there is. */
function ways(preset: Preset): { label: string; answers: Record<string, string> }[] {
  const [choice] = preset.parameters.filter(({ options }) => options);

  return choice?.options!.map(({ value, label }) => ({ label: say(label), answers: { [choice.id]: value } })) ?? [{ label: '', answers: {} }];
}

const named = (preset: Preset, answers: Record<string, string>) => Object.fromEntries(Object.entries(filledIn(preset, { ...Object.fromEntries(preset.parameters.filter(({ options, required }) => !options && required).map(({ id }) => [id, `<${ id }>`])), ...answers })).filter(([, value]) => value));
const line = ({ Action, Resource, Condition }: PolicyStatement) => `${ [Action].flat().map((action) => `\`${ action }\``).join(', ') } on ${ [Resource].flat().map((resource) => `\`${ resource }\``).join(', ') }${ Condition ? `, if \`${ JSON.stringify(Condition) }\`` : '' }`;

function chapter(preset: Preset): string {
  const rows = ways(preset).map(({ label, answers }) => {
    const { namespace, serviceAccount } = preset.subject({ parameters: answers });

    return `| ${ label || 'Always' } | \`${ namespace }/${ serviceAccount }\` | \`${ pathOf(preset.values({ roleArn: 'ROLE', ...answers })) }\` |`;
  });
  const policies = ways(preset).map(({ label, answers }) => {
    const { Statement } = preset.policy({ ...named(preset, answers), partition: 'aws', accountId: '<account>', region: '<region>' });

    return `${ label ? `${ label }:\n\n` : '' }${ Statement.map((statement) => `- ${ line(statement) }`).join('\n') }`;
  });

  return [
    `## ${ say(preset.title) }`,
    `${ say(preset.summary) }. Chart \`${ preset.chart.name }\`, ${ { rancher: 'from Rancher’s catalog', upstream: 'from its own project', both: 'from Rancher’s catalog or its own project' }[preset.origin] }, from version ${ preset.since } on${ preset.localOnly ? '; on Rancher’s own cluster only' : '' }.`,
    `| When | Service account | Values |\n|---|---|---|\n${ rows.join('\n') }`,
    `May, by default:\n\n${ policies.join('\n\n') }`,
    `Restarts: ${ preset.restart.map(({ kind, name, danger }) => `\`${ kind.toLowerCase() }/${ name }\`${ danger ? ` (${ say(danger) })` : '' }`).join(', ') }`,
    `To know:\n\n${ preset.caveats.map((caveat) => `- ${ say(caveat) }`).join('\n') }`,
    `Sources: ${ SOURCES[preset.id]!.join('; ') }.`,
  ].join('\n\n');
}

function document(): string {
  return `${ [
    '# Charts',
    'Made from `pkg/irsa/presets` by `pkg/irsa/presets/docs.test.ts`; run it with `UPDATE_DOCS=1` after a change there. In policies `<bucket>` and the like stand for what is asked in the wizard; partition, region and account are the cluster’s own.',
    `| Chart | Service account | AWS services |\n|---|---|---|\n${ presets.map((preset) => `| [${ say(preset.title) }](#${ say(preset.title).toLowerCase().replace(/[^\w -]/g, '').replace(/ /g, '-') }) | ${ [...new Set(ways(preset).map(({ answers }) => `\`${ Object.values(preset.subject({ parameters: answers })).join('/') }\``))].join(', ') } | ${ preset.services.join(', ') } |`).join('\n') }`,
    ...presets.map(chapter),
    '## Cannot be given a role this way',
    ...impossibleCharts.map((chart) => `**${ say(chart.title) }** (\`${ chart.chart.name }\`). ${ say(chart.impossible) } Sources: ${ SOURCES[chart.id]!.join('; ') }.`),
  ].join('\n\n') }\n`;
}

it('docs/presets.md says what the presets are', () => {
  if (process.env.UPDATE_DOCS) {
    writeFileSync(FILE, document());
  }
  expect(existsSync(FILE) && readFileSync(FILE, 'utf8')).toBe(document());
});
