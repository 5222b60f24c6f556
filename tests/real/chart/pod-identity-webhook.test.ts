import { X509Certificate, createHash, createPrivateKey } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../scripts/paths.mjs';
import { ADMIN, hasServers, startCluster, type ApiServer, type RealCluster } from '../kubernetes/servers';
import { endingAt } from './certificates';
import { ask, everything, programs, tools, type Thing } from './helm';

const NAME = 'pod-identity-webhook';
const DAY = 86_400_000;
const CHART = path.join(root, 'assets/charts', NAME);
const REGISTRATION = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${ NAME }`;
const DEPLOYMENT = `/apis/apps/v1/namespaces/${ NAME }/deployments/${ NAME }`;
/** Of the webhook itself, not of its jobs. */
const PODS = `/api/v1/namespaces/${ NAME }/pods?labelSelector=app.kubernetes.io/instance=${ NAME }`;
const secret = (part: string) => `/api/v1/namespaces/${ NAME }/secrets/${ NAME }-${ part }`;
const decode = (text: string) => Buffer.from(text, 'base64').toString();
const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'a', image: 'a' }] } });

/** Asked again until it holds. */
async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds());) {
    if (Date.now() > end) {
      throw new Error(`Not within a minute: ${ what }`);
    }
    await sleep(200);
  }
}

// One test after the other on one cluster, as an admin's year goes.
describe.skipIf(!programs || !hasServers())('the webhook chart on a real API server, by real Helm', () => {
  let cluster: RealCluster;
  let server: ApiServer;
  let tool: ReturnType<typeof tools>;
  let before: string[];

  const read = (where: string) => ask(server, where);
  const upgrade = (...args: string[]) => tool.helm('upgrade', NAME, CHART, '--namespace', NAME, '--reuse-values', ...args);
  const state = async() => {
    const [authority, certificate, registration, deployment] = await Promise.all([read(secret('ca')), read(secret('cert')), read(REGISTRATION), read(DEPLOYMENT)]);

    return { authority: authority.data, certificate: certificate.data, trusted: registration.webhooks[0].clientConfig.caBundle, generation: deployment.metadata.generation };
  };
  /** The certificate is one that the API server trusts, and goes with its key. */
  const proven = async() => {
    const { certificate, trusted, authority } = await state();
    const shown = new X509Certificate(decode(certificate['tls.crt']));
    const trustedOnes = decode(trusted).split(/(?<=-----END CERTIFICATE-----\n)/).filter(Boolean).map((pem) => new X509Certificate(pem));

    expect(shown.checkPrivateKey(createPrivateKey(decode(certificate['tls.key'])))).toBe(true);
    expect(shown.checkHost(`${ NAME }.${ NAME }.svc`)).toBeTruthy();

    return { shown, trustedOnes, trustedBy: trustedOnes.filter((one) => shown.verify(one.publicKey)).length, signedByCa: shown.verify(new X509Certificate(decode(authority['tls.crt'])).publicKey) };
  };
  const create = (namespace: string, name: string) => server.ask({ path: `/api/v1/namespaces/${ namespace }/pods?dryRun=All`, method: 'POST', token: ADMIN, body: pod(name) }).then(({ status, body }) => status === 201 ? 'made' : `${ status } ${ (JSON.parse(body) as Thing).message }`);

  async function apply(part: string, manager: string, body: Thing): Promise<void> {
    const answer = await server.ask({ method: 'PATCH', path: `${ secret(part) }?fieldManager=${ manager }&force=true`, contentType: 'application/apply-patch+yaml', token: ADMIN, body: { apiVersion: 'v1', kind: 'Secret', ...body } });

    expect([answer.status, answer.body]).toEqual([200, answer.body]);
  }

  /** Ages the CA as the release would have it: whole, and in Helm's name. */
  async function rewriteAuthority(notAfter: number): Promise<void> {
    const { type, metadata: { name, namespace, labels, annotations }, data } = await read(secret('ca'));

    await apply('ca', 'helm', { type, metadata: { name, namespace, labels, annotations: { ...annotations, 'irsa.rancher.io/not-after': String(notAfter) } }, data });
  }

  const fingerprint = (data: Record<string, string>) => createHash('sha256').update(`${ data['tls.crt'] }.${ data['tls.key'] }`).digest('hex');

  /** As if the job had made it a year ago. */
  async function endSoon(): Promise<void> {
    const { authority, certificate } = await state();
    const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);
    const soon = endingAt(decode(certificate['tls.crt']), decode(authority['tls.key']), end);
    const { metadata: { name, namespace, annotations } } = await read(secret('cert'));
    const data = { ...certificate, 'tls.crt': Buffer.from(soon).toString('base64') };
    const own = Object.fromEntries(Object.entries(annotations).filter(([key]) => key.startsWith('irsa.rancher.io/')));

    await apply('cert', 'irsa-renewal', { metadata: { name, namespace, annotations: { ...own, 'irsa.rancher.io/not-after': String(end.getTime() / 1000), 'irsa.rancher.io/certificate': fingerprint(data) } }, data });
    const { shown, trustedBy } = await proven();

    expect([shown.validToDate, trustedBy]).toEqual([end, 1]);
  }

  const jobs = async(): Promise<Thing[]> => (await read(`/apis/batch/v1/namespaces/${ NAME }/jobs`)).items.filter(({ metadata }: Thing) => !metadata.deletionTimestamp);

  /** Runs what a pod of the CronJob, or of the release's own job, runs: out of the ConfigMap, with its environment and a token of its account. */
  async function renew(by: 'day' | 'release' = 'day'): Promise<string> {
    const made = by === 'day' ? [(await read(`/apis/batch/v1/namespaces/${ NAME }/cronjobs/${ NAME }-renewal`)).spec.jobTemplate] : await jobs();

    expect(made).toHaveLength(1);
    const { serviceAccountName, containers: [container] } = made[0].spec.template.spec;
    const folder = tool.mount((await read(`/api/v1/namespaces/${ NAME }/configmaps/${ NAME }-renewal`)).data);
    const fixed = Object.fromEntries(container.env.filter(({ name }: Thing) => !['WORK', 'HOME'].includes(name)).map(({ name, value }: Thing) => [name, value]));

    return tool.script(container.command[1].replace('/renewal', folder), await tokenOf(serviceAccountName), fixed);
  }

  async function tokenOf(account: string): Promise<string> {
    return (await ask(server, `/api/v1/namespaces/${ NAME }/serviceaccounts/${ account }/token`, 'POST', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} })).status.token;
  }

  beforeAll(async() => {
    cluster = await startCluster({ controllers: true });
    server = cluster.servers[0]!;
    tool = tools(cluster);
    for (const name of [NAME, 'shop']) {
      await ask(server, '/api/v1/namespaces', 'POST', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await until(() => read(`/api/v1/namespaces/${ name }/serviceaccounts/default`).then(() => true, () => false), `the default account of ${ name }`);
      await until(() => read(`/api/v1/namespaces/${ name }/configmaps`).then(({ items }) => items.length >= 0), 'config maps');
    }
    before = await everything(server);
  });
  afterAll(async() => {
    tool?.remove();
    await cluster?.stop();
  });

  it('is installed, and keeps no pod from starting while nobody answers, though Fail is asked for', async() => {
    await tool.helm('install', NAME, CHART, '--namespace', NAME, '--set', 'region=eu-central-1,failurePolicy=Fail');

    expect((await read(REGISTRATION)).webhooks.map((entry: Thing) => entry.failurePolicy)).toEqual(['Ignore']);
    expect(await create('shop', 'early')).toBe('made');
    // Until the job has made it, the webhook's pods wait.
    expect((await read(secret('cert'))).data).toBeUndefined();
    expect(await renew('release')).toContain('Made for 365 days.');
    expect(Math.abs((await proven()).shown.validToDate.getTime() - Date.now() - 365 * DAY)).toBeLessThan(120_000);
    expect(await proven()).toMatchObject({ trustedBy: 1, signedByCa: true });
  });

  it('is upgraded twice: same CA, same certificate, nothing restarted', async() => {
    const first = await state();

    await upgrade();
    await upgrade('--set', 'networkPolicy.enabled=true');
    expect(await state()).toEqual(first);
    expect(first.generation).toBe(1);
    // A job for each revision, of which the newest is there.
    expect(await renew('release')).toMatch(/^The certificate is good for 36\d days: nothing to do\./);
  });

  it('refuses to be there twice, and beside another one', async() => {
    await expect(tool.helm('install', 'second', CHART, '--namespace', NAME)).rejects.toThrow(`this cluster has a pod identity webhook already: MutatingWebhookConfiguration ${ NAME }`);
  });

  it('refuses to be beside one of another name, by the pods that such a one leaves out', async() => {
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

    await ask(server, path, 'POST', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind:       'MutatingWebhookConfiguration',
      metadata:   { name: 'identities' },
      webhooks:   [{
        name: 'a.example.com', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Ignore', clientConfig: { url: 'https://localhost:1/mutate' }, rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        objectSelector: { matchExpressions: [{ key: 'example.com/skip-pod-identity-webhook', operator: 'DoesNotExist' }] }
      }],
    });
    await expect(upgrade()).rejects.toThrow('this cluster has a pod identity webhook already: MutatingWebhookConfiguration identities');
    await ask(server, `${ path }/identities`, 'DELETE');
  });

  it('becomes Fail once the webhook answers, and never for what the cluster itself needs', async() => {
    await until(async() => (await read(PODS)).items.length === 2, 'two pods');
    const now = new Date().toISOString();

    for (const { metadata } of (await read(PODS)).items) {
      await ask(server, `/api/v1/namespaces/${ NAME }/pods/${ metadata.name }/status`, 'PATCH', { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }] } });
    }
    await until(async() => (await read(DEPLOYMENT)).status.readyReplicas === 2, 'two ready replicas');
    const { generation } = await state();

    await upgrade();
    expect((await read(REGISTRATION)).webhooks.map((entry: Thing) => entry.failurePolicy)).toEqual(['Fail', 'Ignore']);
    // Nothing runs in these pods, so nobody answers: the hard case.
    await until(async() => (await create('shop', 'later')).startsWith('500'), 'the API server to have heard of it');
    expect(await create('shop', 'later')).toContain('failed calling webhook "pod-identity-webhook.amazonaws.com"');
    expect(await create('kube-system', 'cni')).toBe('made');
    expect(await create(NAME, 'webhook')).toBe('made');
    expect((await state()).generation).toBe(generation);
  });

  it('renews a certificate that ends in an hour, as the service account of its job, under the same CA', async() => {
    const { authority, trusted, generation } = await state();

    await endSoon();
    expect(await renew()).toContain('Made for 365 days.');
    const { shown, trustedBy, signedByCa } = await proven();

    expect(Math.abs(shown.validToDate.getTime() - Date.now() - 365 * DAY)).toBeLessThan(120_000);
    expect([trustedBy, signedByCa]).toEqual([1, true]);
    expect(await state()).toMatchObject({ authority, trusted, generation });
  });

  it('does nothing when it runs again, and an upgrade keeps what it made', async() => {
    const first = await read(secret('cert'));

    expect(await renew()).toMatch(/^The certificate is good for 36\d days: nothing to do\./);
    expect(await read(secret('cert'))).toEqual(first);
    await upgrade();
    expect((await read(secret('cert'))).data).toEqual(first.data);
  });

  it('lets the job at its two secrets only', async() => {
    const token = await tokenOf(`${ NAME }-renewal`);
    const status = async(method: string, where: string, body?: unknown) => (await server.ask({ method, path: where, token, body, contentType: 'application/merge-patch+json' })).status;
    const secrets = `/api/v1/namespaces/${ NAME }/secrets`;

    expect(await status('GET', secret('ca'))).toBe(200);
    expect(await status('PATCH', secret('ca'), { data: {} })).toBe(403);
    expect(await status('GET', secrets)).toBe(403);
    expect(await status('GET', '/api/v1/namespaces/kube-system/secrets')).toBe(403);
    expect(await status('DELETE', secret('cert'))).toBe(403);
    expect(await status('GET', REGISTRATION)).toBe(403);
  });

  it('keeps a renewed certificate over a rollback, and has it looked at once more', async() => {
    const { authority, certificate, trusted } = await state();
    const [before] = await jobs();

    await tool.helm('rollback', NAME, '1', '--namespace', NAME);
    expect(await state()).toMatchObject({ authority, certificate, trusted });
    expect((await jobs()).map(({ metadata }) => metadata.name)).not.toContain(before.metadata.name);
    expect(await renew('release')).toContain('nothing to do');
    await upgrade();
  });

  it('makes another one at an upgrade that asks for it, and when it is not the one that was made', async() => {
    const { authority, trusted, certificate } = await state();

    await upgrade('--set', 'tls.validityDays=400,tls.renewBeforeDays=365');
    expect(await renew('release')).toContain('Made for 400 days.');
    expect((await proven()).shown.validToDate.getTime()).toBeGreaterThan(Date.now() + 399 * DAY);
    await upgrade('--set', 'tls.validityDays=365,tls.renewBeforeDays=30');
    // Somebody brings a secret back: what is noted beside it is of another certificate.
    await ask(server, secret('cert'), 'PATCH', { data: certificate });
    expect(await renew()).toContain('Made for 365 days.');
    await ask(server, secret('cert'), 'PATCH', { data: null });
    expect(await renew()).toContain('Made for 365 days.');
    expect(await state()).toMatchObject({ authority, trusted });
    expect(await proven()).toMatchObject({ trustedBy: 1, signedByCa: true });
  });

  it('replaces a CA in its last year, and goes on trusting the certificate that pods still show', async() => {
    const old = await proven();

    await rewriteAuthority(Math.floor(Date.now() / 1000) + 10 * 86400);
    await endSoon();
    await expect(renew()).rejects.toThrow(/The CA itself ends in \d+ days\. Upgrade the chart/);
    await upgrade();
    // Before the job has come to it, what pods show is trusted still.
    expect(await proven()).toMatchObject({ trustedBy: 1, signedByCa: false });
    expect(await renew('release')).toContain('Made for 365 days.');
    const { trustedOnes, trustedBy, signedByCa } = await proven();

    expect([trustedOnes.length, trustedBy, signedByCa]).toEqual([2, 1, true]);
    expect(trustedOnes.filter((one) => old.shown.verify(one.publicKey))).toHaveLength(1);
  });

  it('makes a certificate anew when a rollback brings an old CA back', async() => {
    // The revision before has the CA from before.
    const history = JSON.parse(await tool.helm('history', NAME, '--namespace', NAME, '--output', 'json')) as { revision: number }[];

    await tool.helm('rollback', NAME, String(history.at(-2)!.revision), '--namespace', NAME);
    expect(await proven()).toMatchObject({ trustedBy: 0, signedByCa: false });
    expect(await renew('release')).toContain('Made for 365 days.');
    expect(await proven()).toMatchObject({ trustedBy: 1, signedByCa: true });
  });

  it('refuses to be turned to cert-manager, whose secrets are of another type', async() => {
    await expect(upgrade('--set', 'tls.mode=cert-manager')).rejects.toThrow("this release's certificate is of tls.mode generated, which cannot become cert-manager");
  });

  it('is uninstalled without a trace, its registration before everything that answers', async() => {
    const { metadata: { resourceVersion } } = await read('/api/v1/namespaces');
    const removed = async(list: string, name: string) => {
      const { body } = await server.ask({ path: `${ list }?watch=1&timeoutSeconds=1&resourceVersion=${ resourceVersion }`, token: ADMIN });
      const event = body.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Thing).find(({ type, object }) => type === 'DELETED' && object.metadata.name === name);

      return Number(event.object.metadata.resourceVersion);
    };

    await tool.helm('uninstall', NAME, '--namespace', NAME);
    expect(await create('shop', 'after')).toBe('made');
    const registration = await removed('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', NAME);

    for (const [list, name] of [[`/apis/apps/v1/namespaces/${ NAME }/deployments`, NAME], [`/api/v1/namespaces/${ NAME }/services`, NAME], [`/api/v1/namespaces/${ NAME }/secrets`, `${ NAME }-cert`]] as const) {
      expect([name, registration < await removed(list, name)]).toEqual([name, true]);
    }
    await until(async() => (await everything(server)).filter((object) => !before.includes(object)).length === 0, 'nothing to be left');
    expect(await everything(server)).toEqual(before);
  });

  describe('with cert-manager', () => {
    const GROUP = 'cert-manager.io';
    const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

    /** As cert-manager's issuing controller does it (pkg/controller/certificates/issuing/internal/secret.go): applied by force, of the type that it found. */
    async function issue(part: string, data: Record<string, string>): Promise<void> {
      const { type } = await read(secret(part));
      const { status, body } = await server.ask({
        method: 'PATCH', path: `${ secret(part) }?fieldManager=cert-manager-certificates-issuing&force=true`, contentType: 'application/apply-patch+yaml', token: ADMIN,
        body:   { apiVersion: 'v1', kind: 'Secret', type, metadata: { name: `${ NAME }-${ part }`, namespace: NAME, labels: { 'controller.cert-manager.io/fao': 'true' } }, data },
      });

      expect([status, body]).toEqual([200, body]);
    }

    beforeAll(async() => {
      for (const [kind, plural] of [['Issuer', 'issuers'], ['Certificate', 'certificates']] as const) {
        await ask(server, CRDS, 'POST', {
          apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${ plural }.${ GROUP }` },
          spec:       { group: GROUP, scope: 'Namespaced', names: { kind, plural }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }] },
        });
        await until(() => read(`/apis/${ GROUP }/v1/${ plural }`).then(() => true, () => false), `${ plural } to be served`);
      }
      before = await everything(server);
    });

    it('keeps over an upgrade what cert-manager issued', async() => {
      await tool.helm('install', NAME, CHART, '--namespace', NAME);
      const data = { 'ca.crt': 'Y2E=', 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5' };

      for (const part of ['ca', 'cert']) {
        expect((await read(secret(part))).data).toBeUndefined();
        await issue(part, data);
      }
      await upgrade('--set', 'region=eu-west-1');
      for (const part of ['ca', 'cert']) {
        expect((await read(secret(part))).data).toEqual(data);
      }
    });

    it('refuses to be turned to a generated certificate, and keeps its own way with auto', async() => {
      await expect(upgrade('--set', 'tls.mode=generated')).rejects.toThrow("this release's certificate is of tls.mode cert-manager, which cannot become generated");
      await upgrade();
    });

    it('leaves none of it behind', async() => {
      await tool.helm('uninstall', NAME, '--namespace', NAME);
      await until(async() => (await everything(server)).filter((object) => !before.includes(object)).length === 0, 'nothing to be left');
      expect(await everything(server)).toEqual(before);
    });
  });
});
