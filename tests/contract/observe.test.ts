import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessCluster } from '../../pkg/irsa/domain/chain';
import { toClusterRefs } from '../../pkg/irsa/gateways/rancher/clusters';
import { rancher } from '../../pkg/irsa/gateways/rancher/client';
import { observePods } from '../../pkg/irsa/gateways/kubernetes/workloads';
import { observeAccountBrief, observeClusterBrief, observeRoles } from '../../pkg/irsa/gateways/observe/brief';
import { observeCluster } from '../../pkg/irsa/gateways/observe/cluster';
import { look } from '../../pkg/irsa/gateways/observe/known';
import { observeWebhookSite } from '../../pkg/irsa/gateways/observe/webhook-place';
import { seedBound } from './seeds';
import { sandboxTarget } from './sandbox-target';
import { logIn, type Target } from './target';

describe('a look at a cluster', () => {
  let target: Target;

  beforeAll(async() => {
    target = await sandboxTarget();
  });
  afterAll(() => target.stop());

  it('reads the issuer of an EKS cluster from a token, and that IAM does not know it', async() => {
    const observed = await (await logIn(target, 'admin')).observe('prod-eks');

    expect(observed).toMatchObject({
      issuer:   { known: true, value: expect.stringMatching(/^https:\/\/oidc\.eks\.eu-central-1\.amazonaws\.com\/id\//) },
      account:  { known: true, value: { id: '111122223333', partition: 'aws' } },
      provider: { known: true, value: null },
      webhook:  { known: true, value: { kind: 'built-in' } },
      sts:      { known: true, value: { host: 'sts.eu-central-1.amazonaws.com', state: 'openable', via: { kind: 'proxyEndpoint' } } },
    });
    expect(assessCluster(observed).links.find(({ id }) => id === 'provider')?.state).toBe('broken');
  });

  it('sees a binding whose role trusts another account, with its pods', async() => {
    const observed = await (await logIn(target, 'admin')).observe('prod-eks');
    const bindings = observed.bindings.known ? observed.bindings.value : [];
    const reader = bindings.find(({ account }) => account.name === 'reader');

    expect(reader).toMatchObject({
      account:   { namespace: 'shop', exists: true, roleArn: 'arn:aws:iam::111122223333:role/s3-reader' },
      role:      { known: true, value: { name: 's3-reader' } },
      workloads: [{ kind: 'Deployment', name: 'catalogue', replicas: 2 }],
    });
    expect(reader?.pods).toHaveLength(2);
    expect(reader?.pods.every(({ identity, workload }) => identity?.roleArn.endsWith('/s3-reader') && workload?.name === 'catalogue')).toBe(true);
  });

  it('never asks for what will be refused: a look makes no error, for nobody', async() => {
    for (const username of ['admin', 'olivia', 'milo']) {
      // The page of a person who sees no credential chooses none.
      const person = await logIn(target, username, username === 'milo' ? null : undefined);
      const refused: string[] = [];
      const request = person.transport.request.bind(person.transport);

      person.transport.request = async(what) => {
        const answer = await request(what);

        if (answer.status >= 400) {
          refused.push(`${ username }: ${ what.method } ${ what.url } ${ answer.status }`);
        }

        return answer;
      };
      await person.observe('prod-eks');
      expect(refused).toEqual([]);
    }
  });

  it('tells a member which right is missing', async() => {
    const observed = await (await logIn(target, 'milo', null)).observe('prod-eks');

    expect(observed.issuer).toMatchObject({ known: false, why: { kind: 'forbidden', right: { verb: 'create', resource: 'serviceaccounts', subresource: 'token' } } });
    expect(observed.account).toMatchObject({ known: false, why: { kind: 'no-credential' } });
  });

  it('says truthfully that a self-managed cluster has an issuer that AWS cannot reach', async() => {
    const observed = await (await logIn(target, 'admin')).observe('edge-rke2');

    expect(observed.issuer).toMatchObject({ known: true, value: 'https://kubernetes.default.svc.cluster.local' });
    expect(observed.webhook).toMatchObject({ known: true, value: { kind: 'absent' } });
    expect(assessCluster(observed).state).toBe('broken');
  });
});

describe('a brief look at every cluster', () => {
  let target: Awaited<ReturnType<typeof sandboxTarget>>;

  beforeAll(async() => {
    target = await sandboxTarget();
  });
  afterAll(() => target.stop());

  /** As the list of bindings asks: account and roles once for all clusters. */
  async function lookAround(username: string, credential?: null) {
    const person = await logIn(target, username, credential);
    const [management, provisioning] = await Promise.all(['management', 'provisioning'].map((group) => rancher<{ data: object[] }>(person.transport, { path: `/v1/${ group }.cattle.io.clusters` })));
    const gateways = person.gateways();
    const nobody = { known: false, why: { kind: 'no-credential', text: { key: 'irsa.obstacle.noCredential' } } } as const;
    const account = gateways.iam && credential !== null ? look(() => observeAccountBrief(gateways.iam!)) : Promise.resolve(nobody);
    const roles = gateways.iam && credential !== null ? look(() => observeRoles(gateways.iam!)) : Promise.resolve(nobody);
    const found = [];

    for (const cluster of toClusterRefs(management!.data, provisioning!.data)) {
      const before = person.sent.length;
      const observed = await observeClusterBrief(gateways, cluster, { account: () => account, roles: () => roles }, { onlyBound: true });
      const namespaces = new Set(observed.bindings.known ? observed.bindings.value.map(({ account: { namespace } }) => namespace) : []);

      for (const namespace of cluster.editable ? namespaces : []) {
        await observePods(person.transport, cluster.id, namespace);
      }
      found.push({ cluster: cluster.name, observed, requests: person.sent.slice(before).filter(({ url }) => !url.includes('/meta/proxy/')).length });
    }

    return found;
  }

  it('finds every binding with its role, with three requests to a cluster at most, pods included', async() => {
    seedBound(target.world());
    const found = await lookAround('admin');
    const states = Object.fromEntries(found.flatMap(({ cluster, observed }) => assessCluster(observed).bindings.map(({ account: { name }, state }) => [`${ cluster } ${ name }`, state])));

    expect(states).toEqual({ 'prod-eks reader': 'broken', 'prod-eks writer': 'ok' });
    expect(found.map(({ cluster, requests }) => [cluster, requests])).toEqual([['prod-eks', 3], ['edge-rke2', 1], ['store-k3s', 1], ['local', 1]]);
  });

  it('is told the same region as any other look, and needs one more request for it at most', async() => {
    const person = await logIn(target, 'admin');
    const [management, provisioning] = await Promise.all(['management', 'provisioning'].map((group) => rancher<{ data: object[] }>(person.transport, { path: `/v1/${ group }.cattle.io.clusters` })));
    const gateways = person.gateways();
    const account = look(() => observeAccountBrief(gateways.iam!));
    const regions = [];

    for (const cluster of toClusterRefs(management!.data, provisioning!.data)) {
      const before = person.sent.length;
      const brief = await observeClusterBrief(gateways, cluster, { account: () => account, roles: () => look(() => observeRoles(gateways.iam!)) });
      const requests = person.sent.slice(before).filter(({ url }) => !url.includes('/meta/proxy/')).length;

      regions.push([cluster.name, brief.cluster.region, (await observeCluster(gateways, cluster)).cluster.region, (await observeWebhookSite(person.transport, cluster)).traits.region, requests <= 4]);
    }
    expect(regions).toEqual(['prod-eks', 'edge-rke2', 'store-k3s', 'local'].map((name) => [name, 'eu-central-1', 'eu-central-1', 'eu-central-1', true]));
  });

  it('asks a cluster for no more than rights where there are none, and says which one is missing', async() => {
    const found = await lookAround('milo', null);

    expect(found.length).toBeGreaterThan(0);
    for (const { observed, requests } of found) {
      expect(requests).toBe(1);
      expect(observed.bindings).toMatchObject({ known: false, why: { kind: 'forbidden', right: { resource: 'serviceaccounts' } } });
    }
  });

  it('does not call a role missing that is another account’s', async() => {
    const { store } = target.world().kube('prod-eks');

    store.patch(store.findType('', 'serviceaccounts')!, 'shop', 'writer', 'application/merge-patch+json', { metadata: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::999900001111:role/theirs' } } });
    const { observed } = (await lookAround('admin')).find(({ cluster }) => cluster === 'prod-eks')!;
    const writer = observed.bindings.known ? observed.bindings.value.find(({ account }) => account.name === 'writer') : undefined;

    expect(writer?.role).toMatchObject({ known: false, why: { text: { key: 'irsa.obstacle.otherAccount', args: { account: '999900001111' } } } });
  });
});
