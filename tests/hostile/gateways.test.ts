import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { cluster } from '../../pkg/irsa/domain/chain/test-facts';
import { IrsaError } from '../../pkg/irsa/domain/errors';
import { createIam, type Iam } from '../../pkg/irsa/gateways/aws/iam';
import { createS3, type S3 } from '../../pkg/irsa/gateways/aws/s3';
import { assumeRole } from '../../pkg/irsa/gateways/aws/sts';
import { fetchTransport } from '../../pkg/irsa/gateways/fetch-transport';
import { createGateways } from '../../pkg/irsa/gateways/index';
import { findAccount, isBound, listAccounts, observedAccount } from '../../pkg/irsa/gateways/kubernetes/accounts';
import { listAll } from '../../pkg/irsa/gateways/kubernetes/client';
import { hasRight } from '../../pkg/irsa/gateways/kubernetes/rights';
import { readToken, requestToken } from '../../pkg/irsa/gateways/kubernetes/tokens';
import { findWebhook, findWebhookSettings } from '../../pkg/irsa/gateways/kubernetes/webhook';
import { observeNamespace, observeRollout } from '../../pkg/irsa/gateways/kubernetes/workloads';
import { findRole, observeBinding } from '../../pkg/irsa/gateways/observe/binding';
import { observeAccountBrief, observeClusterBrief, observeRoles } from '../../pkg/irsa/gateways/observe/brief';
import { observeCluster } from '../../pkg/irsa/gateways/observe/cluster';
import { bucketTags, observeBackupBucket, observeBucket } from '../../pkg/irsa/gateways/observe/hosting';
import { verifyIdentity } from '../../pkg/irsa/gateways/observe/identity';
import { look } from '../../pkg/irsa/gateways/observe/known';
import { observeWebhookDetails, readWebhookApp } from '../../pkg/irsa/gateways/observe/webhook-details';
import { observeWebhookPlace } from '../../pkg/irsa/gateways/observe/webhook-place';
import { listApps, observeOperation, readApp } from '../../pkg/irsa/gateways/rancher/apps';
import { findWebhookSource, observeRepository } from '../../pkg/irsa/gateways/rancher/catalog';
import { toClusterRefs } from '../../pkg/irsa/gateways/rancher/clusters';
import { isAllowed, observeProxyHost } from '../../pkg/irsa/gateways/rancher/proxy-hosts';
import { LARGEST_ANSWER, TransportError, type Transport, type TransportRequest } from '../../pkg/irsa/gateways/transport';
import { assessCluster } from '../../pkg/irsa/domain';
import { JSON_ANSWERS, S3_ANSWERS, s3Answer, XML_ANSWERS, type LyingAnswer } from './answers';
import { printSummary } from '../contract/summary';
import { createTally } from './tally';

const tally = createTally();
const PATIENCE = 5_000;
const ACCOUNT = { namespace: 'shop', name: 'reader' };
const APP = { metadata: { name: 'app', namespace: 'shop', ownerReferences: [{ kind: 'Secret', name: 'secret' }] } };
const RIGHT = { clusterId: 'c', verb: 'list', group: '', resource: 'pods' };
const RIGHTS = ['list serviceaccounts', 'create serviceaccounts token', 'list pods', 'list deployments', 'list apps', 'list mutatingwebhookconfigurations'].map((words) => {
  const [verb = '', resource = '', subresource] = words.split(' ');

  return { right: { clusterId: 'c-m-prod', verb, group: '', resource, ...(subresource ? { subresource } : {}) }, allowed: true };
});

afterAll(() => printSummary('hostile-gateways', [`Hostile input, gateways: ${ tally.summary() }`]));

/** Always answers the same, whatever it is asked. */
function answering({ status, body, contentType = 'application/json' }: LyingAnswer): Transport {
  return { request: async(request) => ({ status, headers: { 'content-type': contentType }, body: body.replaceAll('ACTION', new URLSearchParams(request.body).get('Action') ?? 'ACTION') }) };
}

function iamOver(transport: Transport): Iam {
  return createIam({ transport, credentialId: 'a:b' }, 'aws');
}

const ask = (transport: Transport) => assumeRole({ transport }, 'sts.eu-central-1.amazonaws.com', { roleArn: 'arn:aws:iam::111122223333:role/x', token: 't', sessionName: 'irsa-check' });
const gateways = (transport: Transport) => createGateways({ transport, direct: transport, credentialId: 'a:b' });

/** Every function that reads what a cluster or Rancher says. */
const READERS: Record<string, (transport: Transport) => Promise<unknown>> = {
  listAccounts:     async(transport) => (await listAccounts(transport, 'c')).filter((one) => isBound(one)).map((one) => observedAccount(one.metadata.namespace ?? '', one.metadata.name, one)),
  findAccount:      (transport) => findAccount(transport, 'c', 'shop', 'reader'),
  hasRight:         (transport) => hasRight(transport, RIGHT),
  token:            async(transport) => readToken(await requestToken(transport, 'c', ACCOUNT, 'a')),
  findWebhook:      (transport) => findWebhook(transport, 'c'),
  webhookSettings:  (transport) => findWebhookSettings(transport, 'c', { namespace: 'shop', name: 'app' }),
  namespace:        async(transport) => {
    const load = await observeNamespace(transport, 'c', 'shop');

    return [load.pods('default'), load.workloads('default')];
  },
  rollout:          (transport) => observeRollout(transport, 'c', 'Deployment', 'shop', 'x'),
  listApps:         (transport) => listApps(transport, 'c', 'shop'),
  readApp:          (transport) => readApp(transport, 'c', APP),
  observeOperation: (transport) => observeOperation(transport, 'c', ACCOUNT, ACCOUNT),
  observeProxyHost: (transport) => observeProxyHost(transport, 'sts.eu-central-1.amazonaws.com'),
  observeBinding:   (transport) => observeBinding(gateways(transport), { ...cluster(), rights: RIGHTS }, ACCOUNT),
  verifyIdentity:   (transport) => verifyIdentity(gateways(transport), { clusterId: 'c', namespace: 'shop', serviceAccount: 'reader', audience: 'a', roleArn: 'arn:aws:iam::111122223333:role/x', stsHost: 'sts.amazonaws.com' }),
};

/** The looks at a whole cluster: what cannot be read there is not known, and says why. */
const LOOKS: Record<string, (transport: Transport) => Promise<unknown>> = {
  observeCluster: async(transport) => assessCluster(await observeCluster(gateways(transport), cluster().cluster, { rights: RIGHTS })),
  selfManaged:    async(transport) => assessCluster(await observeCluster(gateways(transport), { ...cluster().cluster, distribution: 'rke2', region: undefined }, { rights: RIGHTS })),
};

/** What is asked about the webhook; most of it goes on without what cannot be read. */
const WEBHOOK: Record<string, (transport: Transport) => Promise<unknown>> = {
  webhookSource:  (transport) => findWebhookSource(transport, 'c'),
  webhookPlace:  (transport) => observeWebhookPlace(transport, { id: 'c', distribution: 'k3s' }),
  webhookDetails:  (transport) => observeWebhookDetails(transport, 'c', { namespace: 'shop', name: 'app' }),
  webhookApp:     (transport) => readWebhookApp(transport, 'c', { namespace: 'shop', name: 'app' }),
  repository:     (transport) => observeRepository(transport, 'c', 'irsa', '2026-01-01T00:00:00Z'),
};

/** Every function that reads what IAM and STS say. */
const AWS: Record<string, (transport: Transport) => Promise<unknown>> = {
  listProviders:  (transport) => iamOver(transport).listProviders(),
  firstAccount:   (transport) => iamOver(transport).firstAccount(),
  getProvider:    (transport) => iamOver(transport).getProvider('arn:x'),
  listRoles:      (transport) => iamOver(transport).listRoles(),
  getRole:        (transport) => iamOver(transport).getRole('x'),
  inlinePolicies: (transport) => iamOver(transport).inlinePolicies('x', ['a', '__proto__']),
  createRole:     (transport) => iamOver(transport).send('CreateRole', { RoleName: 'x', AssumeRolePolicyDocument: '{}' }),
  findRole:       (transport) => findRole(iamOver(transport), 'x', { seen: true }),
  accountBrief:   (transport) => observeAccountBrief(iamOver(transport)),
  assumeRole:     ask,
};

const BUCKET = { name: 'acme', region: 'eu-central-1' };

/** Every function that reads what S3 says: what it gives of a good bucket, and what it asks. */
const S3_READERS: Record<string, [good: object, asks: string, read: (s3: S3, transport: Transport) => Promise<unknown>]> = {
  observeBucket:       [{ state: 'here', others: ['b'] }, 'location tagging publicAccessBlock ownershipControls policy versions', (s3, transport) => observeBucket(s3, transport, BUCKET)],
  observeBackupBucket: [{ known: true, value: { state: 'here', versioning: 'Enabled' } }, 'location tagging versioning', async(s3, transport) => (await observeBackupBucket({ ...gateways(transport), s3: () => s3 }, BUCKET)).seen],
  bucketTags:          [{ 'rancher.io/irsa': 'backups' }, 'tagging', (s3) => bucketTags(s3, 'acme')],
};

/** A bucket of ours that answers well, but for one question; Rancher forwards to it. */
function lyingBucket(question: string, lie: LyingAnswer | undefined): Transport {
  const rancher = answering({ name: '', status: 200, body: JSON.stringify({ data: [{ metadata: { name: 'x' }, spec: { routes: [{ domain: '*.amazonaws.com' }] } }], resources: [{ name: 'proxyendpoints' }] }) });

  return {
    async request(what) {
      const { pathname, searchParams } = new URL(what.url, 'https://rancher.example');
      const [asked = ''] = searchParams.keys();

      return pathname.startsWith('/v1/') ? rancher.request(what) : answering(lie && asked === question ? lie : s3Answer(asked)).request(what);
    },
  };
}

function isObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);

    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  const begun = performance.now();

  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IrsaError || error instanceof TransportError)) {
      throw error;
    }

    return error;
  } finally {
    expect(performance.now() - begun).toBeLessThan(PATIENCE);
  }
}

describe('answers that are not what they say', () => {
  it.each(Object.entries(WEBHOOK))('%s, which ends in something known', async(place, read) => {
    for (const answer of JSON_ANSWERS) {
      await tally.one(place, answer.name, () => outcome(() => read(answering(answer))).then(() => undefined));
    }
  });

  it.each(Object.entries(READERS))('%s', async(place, read) => {
    for (const answer of JSON_ANSWERS) {
      await tally.one(place, answer.name, async() => {
        const result = await outcome(() => read(answering(answer)));

        if (answer.body.includes('Sign in') && answer.status === 200) {
          expect(result).toMatchObject({ code: 'ANSWER_UNREADABLE', why: { args: { problem: expect.stringContaining('a web page, not JSON') } } });
        }
      });
    }
  });

  it.each(Object.entries(LOOKS))('%s, which ends in a judgement all the same', async(place, read) => {
    for (const answer of [...JSON_ANSWERS, ...XML_ANSWERS]) {
      await tally.one(place, answer.name, async() => {
        expect(await outcome(() => read(answering(answer)))).toMatchObject({ links: expect.any(Array), state: expect.any(String) });
      });
    }
  });

  it.each(Object.entries(AWS))('%s', async(place, read) => {
    for (const answer of [...XML_ANSWERS, ...JSON_ANSWERS]) {
      await tally.one(place, answer.name, async() => {
        const result = await outcome(() => read(answering(answer)));

        // From what is not AWS' answer, nothing may be concluded: «no role» would be taken for a fact.
        if (!answer.body.includes('ACTIONResponse>') && answer.status < 400) {
          expect(result).toMatchObject({ code: 'ANSWER_UNREADABLE' });
        }
      });
    }
  });

  it.each(Object.entries(S3_READERS).flatMap(([place, [good, asks, read]]) => asks.split(' ').map((asked) => ({ place, asked, good, read }))))('$place, S3 asked for $asked', async({ place, asked, good, read }) => {
    const ask = (lie?: LyingAnswer) => {
      const transport = lyingBucket(asked, lie);

      return outcome(() => read(createS3({ transport, credentialId: 'a:b' }, BUCKET.region), transport));
    };

    expect(await ask()).toMatchObject(good);
    for (const lie of [...XML_ANSWERS, ...JSON_ANSWERS, ...S3_ANSWERS[asked]!]) {
      await tally.one(`${ place }, ${ asked }`, lie.name, async() => {
        const result = await ask(lie);

        // From what is not S3's answer nothing may be concluded: «no tags, nothing in it» would be taken for a fact.
        if (lie.status < 400 && !(asked === 'policy' && isObject(lie.body))) {
          expect(result).toMatchObject('known' in good ? { known: false } : { code: 'ANSWER_UNREADABLE' });
        }
      });
    }
  });

  it('says where a list stops being one', async() => {
    const items = [{ metadata: { name: 'a' } }, { metadata: { name: 'b', annotations: { 'a.b/c': 7 } } }];

    await expect(listAccounts(answering({ name: '', status: 200, body: JSON.stringify({ kind: 'ServiceAccountList', items }) }), 'c')).rejects.toMatchObject({
      code: 'ANSWER_UNREADABLE', why: { args: { action: 'GET /api/v1/serviceaccounts', problem: 'items[1].metadata.annotations["a.b/c"] is the number 7, not a text' } }
    });
  });

  it('takes nothing for a role or for the proof that is none', async() => {
    for (const inside of ['', '<Role></Role>', '<Role><Arn></Arn></Role>', '<AssumedRoleUser><Arn>x</Arn></AssumedRoleUser>', '<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/other/y</Arn></AssumedRoleUser>', '<AssumedRoleUser/>']) {
      const transport = answering({ name: '', status: 200, body: `<ACTIONResponse><ACTIONResult>${ inside }</ACTIONResult></ACTIONResponse>` });

      await expect(iamOver(transport).getRole('x')).rejects.toMatchObject({ code: 'ANSWER_UNREADABLE' });
      await expect(ask(transport)).rejects.toMatchObject({ code: 'ANSWER_UNREADABLE' });
    }
  });

  it('tells a web proxy from AWS that is not there', async() => {
    const page = XML_ANSWERS.find(({ name }) => name === 'a web page with 500')!;

    await expect(iamOver(answering(page)).listProviders()).rejects.toMatchObject({ code: 'SERVICE_TROUBLE', kind: 'retry' });
    await expect(iamOver(answering(XML_ANSWERS.find(({ name }) => name === 'Rancher\'s own refusal')!)).listProviders()).rejects.toMatchObject({ code: 'RANCHER_LOGGED_OUT' });
  });
});

describe('lists without end', () => {
  function pages(next: (page: number) => string): { transport: Transport; asked: () => number } {
    let asked = 0;

    return {
      asked:     () => asked,
      transport: { request: async() => ({ status: 200, headers: {}, body: JSON.stringify({ kind: 'PodList', metadata: { continue: next(++asked) }, items: [{ metadata: { name: `p${ asked }` } }] }) }) },
    };
  }

  it('that lead to themselves are noticed at once', async() => {
    const { transport, asked } = pages(() => 'again');

    await expect(listAll(transport, 'c', '/api/v1/pods')).rejects.toMatchObject({ code: 'ANSWER_ENDLESS', what: { args: { action: 'GET /api/v1/pods' } } });
    expect(asked()).toBe(2);
  });

  it('in a circle are noticed', async() => {
    const { transport, asked } = pages((page) => `page-${ page % 7 }`);

    await expect(listAll(transport, 'c', '/api/v1/pods')).rejects.toMatchObject({ code: 'ANSWER_ENDLESS' });
    expect(asked()).toBe(8);
  });

  it('that always go on are given up', async() => {
    const { transport, asked } = pages((page) => `page-${ page }`);

    await expect(listAll(transport, 'c', '/api/v1/pods')).rejects.toMatchObject({ code: 'ANSWER_ENDLESS' });
    expect(asked()).toBe(1000);
  });

  it.each([['again', 2], ['new', 101]])('of roles: %s', async(marker, expected) => {
    let asked = 0;
    const transport: Transport = {
      request: async() => {
        asked++;

        return { status: 200, headers: {}, body: `<ListRolesResponse><ListRolesResult><IsTruncated>true</IsTruncated><Marker>${ marker === 'new' ? asked : marker }</Marker><Roles/></ListRolesResult></ListRolesResponse>` };
      }
    };

    await expect(iamOver(transport).listRoles()).rejects.toMatchObject({ code: 'ANSWER_ENDLESS', what: { args: { action: 'iam:ListRoles' } } });
    expect(asked).toBe(expected);
  });
});

describe('huge answers', () => {
  const bound = (index: number) => ({ metadata: { name: `a-${ index }`, namespace: `n-${ index % 10 }`, annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::111122223333:role/r-${ index % 5000 }` } } });

  it('50 000 bound accounts and 5 000 roles are looked at and judged in seconds', async() => {
    const accounts = JSON.stringify({ kind: 'ServiceAccountList', items: Array.from({ length: 50_000 }, (_, index) => bound(index)) });
    const roles = (page: number) => Array.from({ length: 1000 }, (_, index) => `<member><Arn>arn:aws:iam::111122223333:role/r-${ page * 1000 + index }</Arn><RoleName>r-${ page * 1000 + index }</RoleName><Path>/</Path><AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument></member>`).join('');
    const transport: Transport = {
      async request({ url, body }: TransportRequest) {
        const form = new URLSearchParams(body);
        const page = Number(form.get('Marker') ?? 0);
        const answer = url.includes('/serviceaccounts?') ? accounts : form.get('Action') === 'ListRoles' ? `<ListRolesResponse><ListRolesResult><IsTruncated>${ page < 4 }</IsTruncated><Marker>${ page + 1 }</Marker><Roles>${ roles(page) }</Roles></ListRolesResult></ListRolesResponse>` : form.get('Action') ? `<${ form.get('Action') }Response></${ form.get('Action') }Response>` : '{}';

        return { status: 200, headers: {}, body: answer };
      }
    };
    const begun = performance.now();
    const observed = await observeCluster(gateways(transport), cluster().cluster, { rights: RIGHTS });
    const judged = assessCluster(observed);

    expect(judged.bindings).toHaveLength(50_000);
    expect(observed.bindings.known && observed.bindings.value.every(({ role }) => role.known && role.value)).toBe(true);
    expect(performance.now() - begun).toBeLessThan(15_000);
  }, 30_000);

  it('20 million characters are read; a body that does not stop is left', async() => {
    const large: LyingAnswer = { name: '', status: 200, body: JSON.stringify({ kind: 'PodList', items: Array.from({ length: 1000 }, (_, index) => ({ metadata: { name: `p${ index }`, annotations: { a: 'x'.repeat(20_000) } } })) }) };

    expect(large.body.length).toBeGreaterThan(20_000_000);
    expect(await listAll(answering(large), 'c', '/api/v1/pods')).toHaveLength(1000);
    let sent = 0;
    const endless = fetchTransport({
      fetch: async() => new Response(new ReadableStream({
        pull(controller) {
          sent += 1_000_000;
          controller.enqueue(new Uint8Array(1_000_000).fill(32));
        }
      }))
    });

    await expect(endless.request({ method: 'GET', url: 'https://x.example' })).rejects.toMatchObject({ name: 'TransportError', reason: 'too-large' });
    expect(sent).toBeLessThan(LARGEST_ANSWER * 1.1);
    expect(await look(() => Promise.reject(new TransportError('too-large', 'x')))).toMatchObject({ known: false, why: { kind: 'unreachable', text: { key: 'irsa.obstacle.tooLarge' } } });
  }, 30_000);
});

describe('a cluster that lies', () => {
  it('about its region chooses no host', async() => {
    for (const region of ['my-bucket.s3', 'evil.example/x', 'x@evil.example', '<b>', '..']) {
      const asked: string[] = [];
      const transport: Transport = {
        async request({ url }) {
          asked.push(url);

          return { status: 200, headers: {}, body: url.includes('/nodes') ? JSON.stringify({ kind: 'NodeList', items: [{ metadata: { name: 'n', labels: { 'topology.kubernetes.io/region': region } } }] }) : '{"status":{"allowed":true}}' };
        }
      };

      for (const given of [undefined, region]) {
        const { sts, cluster: seen } = await observeCluster(gateways(transport), { ...cluster().cluster, distribution: 'rke2', region: given }, { rights: RIGHTS });

        expect(sts.known && sts.value.host).toBe('sts.us-east-1.amazonaws.com');
        expect(seen.region).toBe(given);
      }
    }
  });

  it('about what it is called does no harm in a list of clusters', () => {
    const anything = fc.anything() as fc.Arbitrary<object>;

    const records = fc.array(fc.record({ id: anything, metadata: anything, spec: anything, status: anything, links: anything }, { requiredKeys: [] }));
    const counterparts = fc.array(fc.oneof(anything, fc.record({ metadata: anything, status: anything, spec: anything })));

    fc.assert(fc.property(records, counterparts, (management, provisioning) => {
      for (const ref of toClusterRefs(management, provisioning)) {
        expect([ref.id, ref.name].every((one) => typeof one === 'string' && one !== '')).toBe(true);
        expect(['eks', 'rke2', 'k3s', 'other']).toContain(ref.distribution);
        expect([ref.version, ref.region, ref.credentialId, ref.provisioningId].every((one) => one === undefined || typeof one === 'string')).toBe(true);
      }
    }), { numRuns: 2000 });
    expect(toClusterRefs([{ id: 'c', status: { provider: 'constructor' } }], [])[0]!.distribution).toBe('other');
  });

  it('whatever it answers, there is an end of the known kinds', async() => {
    const readers = Object.values(READERS);

    await fc.assert(fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), fc.integer({ min: 200, max: 599 }), fc.nat({ max: readers.length - 1 }), async(body, status, index) => {
      await outcome(() => readers[index]!(answering({ name: '', status, body })));
    }), { numRuns: 1500 });
  });

  it('whatever part of a good answer is another, there is an end of the known kinds', async() => {
    const good = {
      kind: 'List', metadata: {}, status: { allowed: true, token: 'a.b.c', summary: { state: 'deployed', error: false, message: ['x'] } },
      data: [{ metadata: { name: 'app', namespace: 'shop', ownerReferences: [{ apiVersion: 'v1', kind: 'Secret', name: 's' }] }, spec: { name: 'app', chart: { metadata: { name: 'c', version: '1', annotations: { 'catalog.cattle.io/ui-source-repo': 'r' } } }, values: {}, routes: [{ domain: 'x' }] }, status: {} }],
      resources: [{ name: 'proxyendpoints' }], value: 'a', items: [{
        metadata: { name: 'reader', namespace: 'shop', labels: { 'pod-template-hash': 'h' }, annotations: { 'eks.amazonaws.com/role-arn': 'arn' }, creationTimestamp: '2026-01-01T00:00:00Z', managedFields: [{ time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:eks.amazonaws.com/role-arn': {} } } } }], ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicaSet', name: 'web-h', controller: true }] },
        webhooks: [{ name: 'x', clientConfig: { service: { name: 'pod-identity-webhook' } }, rules: [{ resources: ['pods'] }] }],
        spec: { replicas: 1, serviceAccountName: 'default', template: { spec: { serviceAccountName: 'default', containers: [{ image: 'x/pod-identity-webhook:v1', args: ['--token-audience=a'] }] } }, containers: [{ name: 'a', volumeMounts: [{ name: 'aws-iam-token', mountPath: '/x' }], env: [{ name: 'AWS_ROLE_ARN', value: 'a' }, { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: 'b' }] }], volumes: [{ name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: { audience: 'a' } }] } }] },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], observedGeneration: 1, replicas: 1 },
      }],
    };
    // A release's secret is the one answer whose `data` is no list.
    const serving = (answer: unknown): Transport => ({
      request: async({ url }) => ({ status: 200, headers: {}, body: JSON.stringify(url.includes('/v1/secrets/') ? { ...answer as object, data: { release: { config: {} } } } : answer) ?? '' })
    });
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      paths.push(path);
      if (typeof value === 'object' && value !== null) {
        Object.entries(value).forEach(([key, inner]) => walk(inner, [...path, Array.isArray(value) ? Number(key) : key]));
      }
    };
    const replaced = (value: unknown, [key, ...rest]: (string | number)[], by: unknown): unknown => {
      if (key === undefined) {
        return by;
      }
      const copy = (Array.isArray(value) ? [...value] : { ...value as object }) as Record<string | number, unknown>;

      copy[key] = replaced(copy[key], rest, by);

      return copy;
    };

    walk(good, []);
    for (const read of Object.values(READERS)) {
      expect(await outcome(() => read(serving(good)))).not.toBeInstanceOf(Error);
    }
    const others: unknown[] = [null, undefined, 0, -1, 1.5, '', 'x', true, [], {}, [null], { __proto__: null, toString: 1 }, [[]], '__proto__'];

    for (const [place, read] of Object.entries(READERS)) {
      for (const path of paths) {
        for (const other of others) {
          await tally.one(`${ place }, a part of it`, `${ path.join('.') } is ${ JSON.stringify(other) }`, async() => {
            await outcome(() => read(serving(replaced(good, path, other))));
          });
        }
      }
    }
  }, 60_000);

  it('allows no host by a pattern of its own', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (patterns) => {
      isAllowed('sts.amazonaws.com', patterns);
    }));
  });

  it('a brief look takes what it can', async() => {
    for (const answer of JSON_ANSWERS) {
      await tally.one('observeClusterBrief', answer.name, async() => {
        const transport = answering(answer);

        await outcome(() => observeClusterBrief(gateways(transport), cluster().cluster, {
          account: () => look(() => observeAccountBrief(iamOver(transport))),
          roles:   () => look(() => observeRoles(iamOver(transport))),
        }));
      });
    }
  });
});
