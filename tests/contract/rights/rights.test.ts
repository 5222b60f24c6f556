import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AWS_NEEDS, KUBERNETES_NEEDS } from '../../../pkg/irsa/domain/rights/table';
import { sandboxTarget } from '../sandbox-target';
import { printSummary } from '../summary';
import { logIn, type Target } from '../target';
import { attempt, type Attempt } from './attempt';
import { JOURNEYS, type Journey } from './journeys';
import { CREDENTIAL, IRMA, seedIrma, shipped, type Rights } from './people';

interface Removal {
  /** `create serviceaccounts/token`, `iam:CreateRole` */
  name: string;
  from(rights: Rights): Rights;
}

interface Rule { apiGroups: string[]; resources: string[]; verbs: string[]; resourceNames?: string[] }

/** The role without one verb on one resource; rules that are then empty go. */
function without(role: Rights['roleTemplate'], group: string, resource: string, verb: string): Rights['roleTemplate'] {
  const rules = (role.rules as unknown as Rule[]).flatMap((rule) => {
    const isMeant = rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb);
    const rest = isMeant ? [{ ...rule, resources: rule.resources.filter((one) => one !== resource) }, { ...rule, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb) }] : [rule];

    return rest.filter(({ resources, verbs }) => resources.length && verbs.length);
  });

  return { ...role, rules: rules as never };
}

/** Not an owner, yet somebody who reads Apps and their values: who does not is shown no App to upgrade. */
function reading(role: Rights['roleTemplate']): Rights['roleTemplate'] {
  const rules: Rule[] = [{ apiGroups: ['catalog.cattle.io'], resources: ['apps'], verbs: ['list'] }, { apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];

  return { ...role, rules: [...role.rules as unknown as Rule[], ...rules] as never };
}

/** Every single right and every single action of the table: it grows with the table. */
const REMOVALS: Removal[] = [
  // What an owner has is given and taken as a whole: one removal stands for all rows of that kind.
  ...KUBERNETES_NEEDS.filter(({ id, scope }) => scope !== 'owner' || id === 'charts').flatMap(({ scope, group, verbs, resources }) => verbs.flatMap((verb) => resources.map((resource): Removal => ({
    name: `${ verb } ${ resource }`,
    from: (rights) => scope === 'management' ? { ...rights, globalRole: without(rights.globalRole, group, resource, verb) } : scope === 'owner' ? { ...rights, owns: [], roleTemplate: reading(rights.roleTemplate) } : { ...rights, roleTemplate: without(rights.roleTemplate, group, resource, verb) },
  })))),
  ...AWS_NEEDS.map(({ action }): Removal => ({
    name: `iam:${ action }`,
    from: (rights) => ({ ...rights, policy: { ...rights.policy, Statement: rights.policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((each) => each !== `iam:${ action }`) })).filter(({ Action }) => Action.length) } }),
  })),
];

type Verdict = 'noticed' | 'not needed' | 'missed';

/** Noticed: named before anything was changed. Not needed: all the same came of it. */
function judge(baseline: Attempt, { end, named, result, writes }: Attempt, removal: Removal): Verdict {
  const isNamed = named.includes(removal.name);

  if (end === 'held back') {
    return isNamed && writes.length === 0 ? 'noticed' : 'missed';
  }
  if (end === baseline.end && result === baseline.result) {
    return isNamed ? 'noticed' : 'not needed';
  }

  return isNamed && end !== 'failed' ? 'noticed' : 'missed';
}

/**
 * Each journey with exactly what ships, and with each single right or action less: either nothing changes, or what is missing is named
 * before anything is changed. Rights that a journey neither asks about nor uses are counted as not needed without a further run.
 */
describe('rights', () => {
  let target: Target & Pick<Awaited<ReturnType<typeof sandboxTarget>>, 'world'>;
  const baselines = new Map<string, Attempt>();
  // The table of the whole run.
  const rows: { journey: string; noticed: string[]; 'not needed': string[]; missed: string[] }[] = [];

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
    const cells = [['journey', 'noticed', 'not needed', 'missed'], ...rows.map((row) => [row.journey, row.noticed, row['not needed'], row.missed].map((cell) => String(Array.isArray(cell) ? cell.length : cell)))];

    return [
      `rights: ${ rows.length } journeys × ${ REMOVALS.length } single removals = ${ rows.length * REMOVALS.length }: ${ sum('noticed') } noticed before any change, ${ sum('not needed') } not needed, ${ sum('missed') } missed`,
      ...cells.map(([name = '', ...numbers]) => `  ${ name.padEnd(48) }${ numbers.map((number) => number.padStart(12)).join('') }`),
    ].join('\n');
  }

  async function go(journey: Journey, rights: Rights): Promise<Attempt> {
    await target.reset();
    seedIrma(target.world(), rights);
    journey.before?.(target.world());

    return attempt(target, await logIn(target, IRMA.username, CREDENTIAL), journey);
  }

  it.each(JOURNEYS)('$name passes with exactly what ships', async(journey) => {
    const baseline = await go(journey, shipped(journey.owns));

    baselines.set(journey.name, baseline);
    expect(baseline).toMatchObject(journey.plan ? { end: 'done', result: expect.not.stringContaining('refused') as string } : { end: 'looked' });
    // Owning a cluster gives everything in it; nothing else is missing with what ships.
    expect(baseline.named.filter((name) => !['list apps', 'get secrets'].includes(name))).toEqual([]);
  });

  it.each(JOURNEYS)('$name notices each single removal before anything is changed', { timeout: 120_000 }, async(journey) => {
    const baseline = baselines.get(journey.name)!;
    const row = { journey: journey.name, noticed: [] as string[], 'not needed': [] as string[], missed: [] as string[] };

    for (const removal of REMOVALS) {
      // What is neither asked about nor used cannot make a difference.
      const touched = [...baseline.touched].some((name) => name === removal.name);
      const verdict = touched ? judge(baseline, await go(journey, removal.from(shipped(journey.owns))), removal) : 'not needed';

      row[verdict].push(removal.name);
    }
    rows.push(row);
    expect(row.missed).toEqual([]);
    // Something has to be noticed of each, or nothing was tried.
    expect(row.noticed.length).toBeGreaterThan(3);
  });

  it('has no right in it that no journey would miss', () => {
    // Older Ranchers have the setting instead of ProxyEndpoints; the sandbox stands in for a newer one.
    // The webhook's journeys are not among these yet, so what only they need cannot be noticed here.
    const elsewhere = ['get settings', 'patch settings', 'patch statefulsets', 'patch daemonsets', 'list apps', 'get clusterrepos', 'create clusterrepos'];
    const noticed = new Set(rows.flatMap((row) => row.noticed));

    expect(REMOVALS.map(({ name }) => name).filter((name) => !noticed.has(name) && !elsewhere.includes(name))).toEqual([]);
  });
});
