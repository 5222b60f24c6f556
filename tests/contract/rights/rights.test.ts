import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Right } from '../../../pkg/irsa/domain/facts';
import { hasRight } from '../../../pkg/irsa/gateways/kubernetes/rights';
import { KUBERNETES_NEEDS } from '../../../pkg/irsa/domain/rights/table';
import { sandboxTarget } from '../sandbox-target';
import { printSummary } from '../summary';
import { logIn, type Target } from '../target';
import { attempt, type Attempt } from './attempt';
import { JOURNEYS, type Journey } from './journeys';
import { CREDENTIAL, IRMA, seedIrma, shipped, type Rights } from './people';
import { byOwnRole, OWNER_REMOVALS, REMOVALS, type Removal } from './removals';

const VERDICTS = ['noticed', 'makes no difference', 'neither asked nor used', 'missed'] as const;

type Verdict = typeof VERDICTS[number];

/** What the cluster's page asks for and no role of ours gives. */
const OWNERS = KUBERNETES_NEEDS.filter(({ scope, uses }) => scope === 'owner' && uses.includes('page-cluster')).flatMap(({ verbs, resources }) => verbs.flatMap((verb) => resources.map((resource) => `${ verb } ${ resource }`)));

/** Noticed: named before anything was changed. Makes no difference: all the same came of it. */
function judge(baseline: Attempt, { end, named, result, writes }: Attempt, removal: Removal): Verdict {
  const isNamed = named.includes(removal.name);

  if (end === 'held back') {
    return isNamed && writes.length === 0 ? 'noticed' : 'missed';
  }
  if (end === baseline.end && result === baseline.result) {
    return isNamed ? 'noticed' : 'makes no difference';
  }

  return isNamed && end !== 'failed' ? 'noticed' : 'missed';
}

const STANDARD_USER = 'Standard User has it too, which the global role is given together with; it is in the role for who gives another one';
const setting = (name: string) => ({ why: STANDARD_USER, right: { verb: 'get', group: 'management.cattle.io', resource: 'settings', name } });

/** Rights whose removal nobody can notice here, and why; a test of its own holds each reason. */
const EXEMPTED: Record<string, { why: string; right: Omit<Right, 'clusterId'> }> = {
  'get settings shell-image':             setting('shell-image'),
  'get settings system-default-registry': setting('system-default-registry'),
  'get settings whitelist-domain':        setting('whitelist-domain'),
  'get clusterrepos':                     { why: STANDARD_USER, right: { verb: 'get', group: 'catalog.cattle.io', resource: 'clusterrepos', name: 'irsa' } },
  'list clusterrepos':                    { why: STANDARD_USER, right: { verb: 'list', group: 'catalog.cattle.io', resource: 'clusterrepos' } },
};

/**
 * Each journey with exactly what ships, and with each single right or action less: either nothing changes, or what is missing is named
 * before anything is changed. Rights that a journey neither asks about nor uses are not run once more without, and are counted as that.
 */
describe('rights', () => {
  let target: Target & Pick<Awaited<ReturnType<typeof sandboxTarget>>, 'world'>;
  const baselines = new Map<string, Attempt>();
  /** What came of each right of an owner that a role of one's own lacked. */
  const owned: Verdict[] = [];
  // The table of the whole run.
  const rows: ({ journey: string } & Record<Verdict, string[]>)[] = [];

  beforeAll(async() => {
    target = await sandboxTarget();
    target.users[IRMA.username] = IRMA.password;
  });
  afterAll(async() => {
    await target.stop();
    printSummary('rights', [table()]);
  });

  /** What `npm test` shows of it. */
  function table(): string {
    const sum = (verdict: Verdict): number => rows.reduce((all, row) => all + row[verdict].length, 0);
    const cells = [['journey', ...VERDICTS], ...rows.map((row) => [row.journey, ...VERDICTS.map((verdict) => String(row[verdict].length))])];

    return [
      `rights: ${ rows.length } journeys × ${ REMOVALS.length } single removals = ${ rows.length * REMOVALS.length }: ${ sum('noticed') } noticed before any change, ${ sum('makes no difference') } run and make no difference, ${ sum('neither asked nor used') } not run as neither asked about nor used, ${ sum('missed') } missed`,
      `  an owner’s rights by a role of one’s own, one less each: ${ owned.length } runs: ${ VERDICTS.map((verdict) => `${ owned.filter((one) => one === verdict).length } ${ verdict }`).join(', ') }`,
      ...Object.entries(EXEMPTED).map(([name, { why }]) => `  exempted: ${ name }: ${ why }`),
      ...cells.map(([name = '', ...numbers]) => `  ${ name.padEnd(48) }${ numbers.map((number) => number.padStart(24)).join('') }`),
    ].join('\n');
  }

  async function go(journey: Journey, rights: Rights): Promise<Attempt> {
    await target.reset();
    seedIrma(target.world(), rights, journey.tags);
    await journey.before?.(target.world());

    return attempt(target, await logIn(target, IRMA.username, CREDENTIAL), journey);
  }

  it.each(JOURNEYS)('$name passes with exactly what ships', async(journey) => {
    const baseline = await go(journey, shipped(journey));

    baselines.set(journey.name, baseline);
    expect(baseline).toMatchObject(journey.plan ? { end: 'done', result: expect.not.stringContaining('refused') as string } : { end: 'looked' });
    // What the page names as missing is what the table leaves to a cluster's owner; who owns it misses nothing.
    expect(baseline.named.filter((name) => journey.owns || !OWNERS.includes(name))).toEqual([]);
  });

  it.each(JOURNEYS)('$name notices each single removal before anything is changed', { timeout: 120_000 }, async(journey) => {
    const baseline = baselines.get(journey.name)!;
    const row = { journey: journey.name, noticed: [] as string[], 'makes no difference': [] as string[], 'neither asked nor used': [] as string[], missed: [] as string[] };

    for (const removal of REMOVALS) {
      const verdict = baseline.touched.has(removal.name) ? judge(baseline, await go(journey, removal.from(shipped(journey))), removal) : 'neither asked nor used';

      row[verdict].push(removal.name);
    }
    rows.push(row);
    expect(row.missed).toEqual(journey.untold ?? []);
    // Something has to be noticed of each, or nothing was tried; where an owner only looks, that is little more than owning.
    expect(row.noticed.length).toBeGreaterThan(journey.owns && !journey.plan ? 1 : 3);
  });

  it.each(JOURNEYS.filter(({ owns }) => owns))('$name notices each right of an owner that a role of one’s own lacks', { timeout: 120_000 }, async(journey) => {
    const baseline = await go(journey, byOwnRole(shipped(journey)));

    // Helm asks for the wildcard, and the cluster's keys for a URL that is no resource: then nothing was changed for want of that.
    if (baseline.end === 'held back') {
      expect(baseline.writes).toEqual([]);
      expect(baseline.named.includes('* *') || baseline.result.includes('KEYS_LOCKED_OUT')).toBe(true);

      return;
    }
    const verdicts: [string, Verdict][] = [];

    for (const removal of OWNER_REMOVALS.filter(({ name }) => baseline.touched.has(name))) {
      verdicts.push([removal.name, judge(baseline, await go(journey, removal.from(shipped(journey))), removal)]);
    }
    owned.push(...verdicts.map(([, verdict]) => verdict));
    expect(verdicts.filter(([, verdict]) => verdict === 'missed')).toEqual([]);
    expect(verdicts.filter(([, verdict]) => verdict === 'noticed').length).toBeGreaterThan(1);
  });

  it('has no right in it that no journey would miss', () => {
    const noticed = new Set(rows.flatMap((row) => row.noticed));

    expect(REMOVALS.map(({ name }) => name).filter((name) => !noticed.has(name)).sort()).toEqual(Object.keys(EXEMPTED).sort());
  });

  it.each(Object.entries(EXEMPTED))('may exempt %s', async(name, { why: _why, right }) => {
    await target.reset();
    seedIrma(target.world(), REMOVALS.find((one) => one.name === name)!.from(shipped()));

    expect(await hasRight((await logIn(target, IRMA.username, CREDENTIAL)).transport, { clusterId: 'local', ...right })).toBe(true);
  });
});
