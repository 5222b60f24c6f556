import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Right } from '../../../pkg/irsa/domain/facts';
import { needsFor, resourceName } from '../../../pkg/irsa/domain/rights/covers';
import { awsNeed } from '../../../pkg/irsa/domain/rights/policy';
import { rightOfRequest } from '../../../pkg/irsa/domain/rights/request';
import { AWS_NEEDS, KUBERNETES_NEEDS, type UseId } from '../../../pkg/irsa/domain/rights/table';
import { knownCaller } from '../../../pkg/irsa/gateways/aws/caller';
import { observeAccountBrief, observeClusterBrief, observeRoles } from '../../../pkg/irsa/gateways/observe/brief';
import { look } from '../../../pkg/irsa/gateways/observe/known';
import { observeWebhookDetails } from '../../../pkg/irsa/gateways/observe/webhook-details';
import * as plans from '../../../pkg/irsa/plans';
import type { Plan } from '../../../pkg/irsa/plans/plan';
import { checkNeeds } from '../../../pkg/irsa/plans/rights/check';
import { sandboxTarget } from '../sandbox-target';
import { logIn, type Person } from '../target';
import { actionOf } from './action';
import { attempt } from './attempt';
import { JOURNEYS, type Journey } from './journeys';
import { CREDENTIAL, IRMA, seedIrma, shipped } from './people';

const called = vi.hoisted(() => new Set<string>());

// They do what they do; which of them were called is noted.
vi.mock('../../../pkg/irsa/plans', async(original) => {
  const all = Object.entries(await original() as Record<string, (...given: unknown[]) => unknown>);

  return Object.fromEntries(all.map(([name, work]) => [name, (...given: unknown[]) => {
    called.add(name);

    return work(...given);
  }]));
});

/** Everything that one journey asked about and used. */
interface Touched {
  asked: Right[];
  used: Right[];
  actions: string[];
  plan?: Plan;
}

const spell = (right: Right): string => `${ right.verb } ${ right.group }/${ resourceName(right) }`;

/** The table is what an admin gives rights by: nothing may be asked about or used that has no row in it. */
describe('the rows of the table of needs', () => {
  let target: Awaited<ReturnType<typeof sandboxTarget>>;
  /** What some journey was about. */
  const seen = new Set<UseId>();

  beforeAll(async() => {
    target = await sandboxTarget();
    target.users[IRMA.username] = IRMA.password;
  });
  afterAll(() => target.stop());

  async function watch({ before, tags, ...journey }: Pick<Journey, 'owns' | 'before' | 'policy' | 'tags'>, go: (person: Person, found: Touched) => Promise<unknown>): Promise<Touched> {
    await target.reset();
    seedIrma(target.world(), shipped(journey), tags);
    await before?.(target.world());
    const person = await logIn(target, IRMA.username, CREDENTIAL);
    const request = person.transport.request.bind(person.transport);
    const found: Touched = { asked: [], used: [], actions: [] };

    person.transport.request = (what) => {
      const isReview = what.url.endsWith('selfsubjectaccessreviews');
      const right = isReview ? { clusterId: /clusters\/([^/]+)/.exec(what.url)![1]!, ...(JSON.parse(what.body ?? '{}') as { spec: { resourceAttributes: Omit<Right, 'clusterId'> } }).spec.resourceAttributes } : rightOfRequest(what.method, what.url);

      // Rancher lists to each person their own clusters, which takes no right.
      if (right && right.resource !== 'clusters') {
        (isReview ? found.asked : found.used).push({ ...right, group: right.group ?? '' });
      }

      return request(what);
    };
    await go(person, found);
    found.actions = [...new Set(target.awsCalls().filter(({ action }) => action !== 'AssumeRoleWithWebIdentity').map(actionOf))];

    return found;
  }

  /** What has no row that says so. */
  function rowless({ asked, used, actions, plan }: Touched, pages: UseId[] = ['page-cluster']): string[] {
    const uses: UseId[] = [...pages, ...(plan ? [plan.id] : [])];

    uses.forEach((use) => seen.add(use));
    // Rancher runs Helm as the person: what a plan with a chart looks at meanwhile is in the whole that it takes.
    const takesAll = plan?.steps.some(({ helm }) => helm) ?? false;
    const names = (right: Right): boolean => needsFor(right).some((need) => need.uses.some((use) => uses.includes(use)));

    return [...new Set([
      // A page asks on behalf of the plans that it offers.
      ...asked.filter((right) => needsFor(right).length === 0).map((right) => `asked: ${ spell(right) }`),
      ...used.filter((right) => !names(right) && !takesAll).map((right) => `used: ${ spell(right) }`),
      ...actions.filter((action) => !awsNeed(action)?.uses.some((use) => uses.includes(use))).map((action) => `used: ${ action }`),
    ])];
  }

  it.each(JOURNEYS)('name whatever it takes: $name', async(journey) => {
    const found = await watch(journey, (person, seen) => attempt(target, person, {
      ...journey,
      ...(journey.plan ? {
        plan: async(...facts) => {
          seen.plan = await journey.plan!(...facts);

          return seen.plan;
        },
      } : {}),
    }));

    expect(found.asked.length).toBeGreaterThan(10);
    expect(found.used.length).toBeGreaterThan(5);
    expect(rowless(found, ['page-cluster', ...(journey.page ? [journey.page] : [])])).toEqual([]);
  });

  it('name whatever the webhook’s card takes', async() => {
    const found = await watch({ owns: ['store-k3s'] }, async(person) => observeWebhookDetails(person.transport, (await person.observe('store-k3s')).cluster.id, { namespace: 'pod-identity-webhook', name: 'pod-identity-webhook' }));

    expect(found.used.map(spell)).toContain('list /secrets');
    expect(rowless(found)).toEqual([]);
  });

  it.each([false, true])('name whatever a list of clusters takes, only for what is bound: %s', async(onlyBound) => {
    const { cluster, ...eks } = await (await logIn(target, 'admin')).observe('prod-eks');
    const found = await watch({}, async(person) => {
      const gateways = person.gateways();

      expect(eks.issuer.known).toBe(true);
      const shared = { account: () => look(() => observeAccountBrief(gateways.iam!)), roles: () => look(() => observeRoles(gateways.iam!)) };

      await observeClusterBrief(gateways, { ...cluster, editable: false }, shared, { onlyBound });
    });

    expect(found.actions).toContain('iam:ListRoles');
    expect(found.asked.length).toBe(1);
    expect(rowless(found, ['page-clusters'])).toEqual([]);
  });

  it('name whatever the page of settings takes, which asks for every row', async() => {
    const { cluster } = await (await logIn(target, 'admin')).observe('prod-eks');
    const found = await watch({}, async(person) => {
      const { kubernetes, aws } = await checkNeeds(person.gateways(), { cluster, caller: () => knownCaller(person.gateways()) });

      expect(kubernetes.filter(({ need, state }) => need.scope !== 'owner' && state !== 'there')).toEqual([]);
      expect(aws.length).toBeGreaterThan(10);
    });

    expect(rowless(found, ['page-settings'])).toEqual([]);
  });

  it('have a journey for every plan and every page that they name', () => {
    expect(Object.keys(plans).filter((name) => name.startsWith('plan') && !called.has(name))).toEqual([]);
    expect([...KUBERNETES_NEEDS, ...AWS_NEEDS].flatMap(({ uses }) => uses).filter((use) => !seen.has(use))).toEqual([]);
  });
});
