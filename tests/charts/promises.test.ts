import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { only, programs, render, webhookChart, type Rendered } from './helm';

const NAME = 'pod-identity-webhook';
const DAY = 86_400_000;
const read = (file: string) => readFileSync(path.join(webhookChart, file), 'utf8');
const decode = (text: string) => Buffer.from(text, 'base64').toString();
const container = (objects: Rendered[]) => only(objects, 'Deployment').spec.template.spec.containers[0];
const job = (objects: Rendered[]) => only(objects, 'CronJob').spec.jobTemplate.spec.template.spec;
const entries = (objects: Rendered[]) => only(objects, 'MutatingWebhookConfiguration').webhooks as Record<string, unknown>[];

describe.skipIf(!programs)('what the webhook chart promises', () => {
  it('is asked in v1beta1 only, for new pods, and never keeps one from starting', async() => {
    expect(entries(await render())).toEqual([expect.objectContaining({
      name:                    'pod-identity-webhook.amazonaws.com',
      admissionReviewVersions: ['v1beta1'],
      failurePolicy:           'Ignore',
      sideEffects:             'None',
      timeoutSeconds:          5,
      rules:                   [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
      clientConfig:            expect.objectContaining({ service: { name: NAME, namespace: NAME, path: '/mutate', port: 443 } }),
    })]);
  });

  it('does not make Fail of it where nobody is known to answer', async() => {
    expect(entries(await render({ values: { failurePolicy: 'Fail' } })).map(({ failurePolicy }) => failurePolicy)).toEqual(['Ignore']);
  });

  it('leaves its own pods and those that say so alone', async() => {
    const objects = await render({ values: { annotationPrefix: 'iam.acme.example' } });

    expect(entries(objects)[0]!.objectSelector).toEqual({ matchExpressions: [
      { key: 'iam.acme.example/skip-pod-identity-webhook', operator: 'DoesNotExist' },
      { key: 'app.kubernetes.io/name', operator: 'NotIn', values: [NAME] },
    ] });
    expect(only(objects, 'Deployment').spec.template.metadata.labels['app.kubernetes.io/name']).toBe(NAME);
  });

  it('gives the webhook each setting by its flag, and none that it would refuse', async() => {
    const { args } = container(await render({ values: { region: 'eu-central-1', audience: 'a#b', annotationPrefix: 'iam.acme.example', stsRegionalEndpoints: false, tokenExpirationSeconds: 3600, tokenMountPath: '/token', lookupGraceMilliseconds: 250, logLevel: 4 } }));

    expect(args).toEqual([
      '--in-cluster=false', `--namespace=${ NAME }`, `--service-name=${ NAME }`, '--port=8443', '--metrics-port=9999', '--tls-cert=/etc/webhook/certs/tls.crt', '--tls-key=/etc/webhook/certs/tls.key',
      '--annotation-prefix=iam.acme.example', '--token-audience=a#b', '--token-expiration=3600', '--token-mount-path=/token', '--aws-default-region=eu-central-1', '--sts-regional-endpoint=false',
      '--service-account-lookup-grace-period=250ms', '--v=4',
    ]);
  });

  it('waits 500 ms for a service account that is new, and tells no region of its own making', async() => {
    const { args } = container(await render());

    expect(args).toContain('--service-account-lookup-grace-period=500ms');
    expect(args).toContain('--token-expiration=86400');
    expect(args.join(' ')).not.toContain('region=us');
    expect(args.join(' ')).not.toContain('--aws-default-region');
  });

  it('runs two replicas, spread over nodes and zones, one of which may be away', async() => {
    const objects = await render();
    const { spec } = only(objects, 'Deployment');

    expect(spec).toMatchObject({ replicas: 2, strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } });
    expect(spec.template.spec.topologySpreadConstraints.map(({ topologyKey }: { topologyKey: string }) => topologyKey)).toEqual(['kubernetes.io/hostname', 'topology.kubernetes.io/zone']);
    for (const { labelSelector, whenUnsatisfiable } of spec.template.spec.topologySpreadConstraints) {
      expect(labelSelector).toEqual(spec.selector);
      // A cluster of one node runs it too.
      expect(whenUnsatisfiable).toBe('ScheduleAnyway');
    }
    expect(only(objects, 'PodDisruptionBudget').spec).toEqual({ maxUnavailable: 1, selector: spec.selector });
    expect(spec.template.spec.priorityClassName).toBe('system-cluster-critical');
  });

  it('has no budget that would keep a node with the only replica from being drained', async() => {
    expect((await render({ values: { replicaCount: 1 } })).filter(({ kind }) => kind === 'PodDisruptionBudget')).toEqual([]);
  });

  it('is asked whether it lives and is ready, and answers what still comes when it goes', async() => {
    const probe = { httpGet: { path: '/healthz', port: 'https', scheme: 'HTTPS' } };

    expect(container(await render({ version: 'v1.31.14' }))).toMatchObject({ readinessProbe: probe, livenessProbe: probe, lifecycle: { preStop: { sleep: { seconds: 10 } } } });
    // Older API servers know no such field.
    expect(container(await render({ version: 'v1.28.0' }))).not.toHaveProperty('lifecycle');
  });

  it('keeps to the restricted pod security standard with a read-only root file system, the job too', async() => {
    const objects = await render();

    for (const pod of [only(objects, 'Deployment').spec.template.spec, job(objects)]) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.securityContext.runAsUser).toBeGreaterThan(0);
      expect(pod.hostNetwork).toBeUndefined();
      for (const { securityContext } of pod.containers) {
        expect(securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
      }
      for (const { name, ...kind } of pod.volumes) {
        expect(['secret', 'configMap', 'emptyDir'], name).toEqual(expect.arrayContaining(Object.keys(kind)));
      }
    }
  });

  it('may read service accounts, and nothing else; the job may touch its two secrets', async() => {
    const objects = await render();

    expect(objects.filter(({ kind }) => kind === 'ClusterRole').map(({ rules }) => rules)).toEqual([[{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch'] }]]);
    expect(objects.filter(({ kind }) => kind === 'Role').map(({ rules }) => rules)).toEqual([[
      { apiGroups: [''], resources: ['secrets'], resourceNames: [`${ NAME }-ca`], verbs: ['get'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: [`${ NAME }-cert`], verbs: ['get', 'patch'] },
    ]]);
    expect(only(objects, 'ClusterRoleBinding')).toMatchObject({ roleRef: { kind: 'ClusterRole', name: NAME }, subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAME }] });
    expect(only(objects, 'RoleBinding')).toMatchObject({ roleRef: { kind: 'Role', name: `${ NAME }-renewal` }, subjects: [{ name: `${ NAME }-renewal` }] });
    expect(only(objects, 'Deployment').spec.template.spec.serviceAccountName).toBe(NAME);
    expect(job(objects).serviceAccountName).toBe(`${ NAME }-renewal`);
  });

  it('shows metrics at a service of their own', async() => {
    const objects = await render({ values: { metrics: { serviceMonitor: { enabled: true } } } });
    const service = only(objects, 'Service', `${ NAME }-metrics`);

    expect(service.spec).toMatchObject({ ports: [{ name: 'metrics', port: 9999, targetPort: 'metrics' }], selector: only(objects, 'Deployment').spec.selector.matchLabels });
    expect(only(objects, 'ServiceMonitor').spec).toMatchObject({ endpoints: [{ port: 'metrics' }] });
    expect(service.metadata.labels).toMatchObject(only(objects, 'ServiceMonitor').spec.selector.matchLabels);
    expect(only(objects, 'Service', NAME).metadata.labels).not.toHaveProperty('app.kubernetes.io/component');
    expect((await render()).filter(({ kind }) => kind === 'ServiceMonitor')).toEqual([]);
  });

  describe('images', () => {
    const images = (objects: Rendered[]) => [container(objects).image, job(objects).containers[0].image];

    it('come from the public registries', async() => {
      expect(images(await render())).toEqual([`public.ecr.aws/eks/amazon-eks-pod-identity-webhook:${ parse(read('Chart.yaml')).appVersion }`, 'docker.io/rancher/shell:v0.6.0']);
    });

    it.each(['global.cattle.systemDefaultRegistry', 'global.systemDefaultRegistry'])('come from Rancher\'s own where it has one: %s', async(place) => {
      const registry = { systemDefaultRegistry: 'registry.example:5000' };

      for (const image of images(await render({ values: { global: place.includes('cattle') ? { cattle: registry } : registry } }))) {
        expect(image).toMatch(/^registry\.example:5000\/(eks|rancher)\//);
      }
    });

    it('come from where the admin says, before that', async() => {
      const values = { global: { cattle: { systemDefaultRegistry: 'registry.example' } }, image: { registry: 'a.example/x/', tag: 'v1' }, tls: { renewal: { image: { registry: 'b.example', tag: 'v2' } } } };

      expect(images(await render({ values }))).toEqual(['a.example/x/eks/amazon-eks-pod-identity-webhook:v1', 'b.example/rancher/shell:v2']);
    });

    it('are pulled with Rancher\'s secrets and the admin\'s, both of them', async() => {
      const objects = await render({ values: { global: { imagePullSecrets: ['rancher', { name: 'both' }] }, image: { pullSecrets: ['both', 'own'] } } });
      const expected = [{ name: 'both' }, { name: 'own' }, { name: 'rancher' }];

      expect(only(objects, 'Deployment').spec.template.spec.imagePullSecrets).toEqual(expected);
      expect(job(objects).imagePullSecrets).toEqual(expected);
    });
  });

  it('has a network policy when asked, that lets the API server in, and monitoring', async() => {
    expect((await render()).filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
    const objects = await render({ values: { networkPolicy: { enabled: true } } });

    expect(only(objects, 'NetworkPolicy').spec).toEqual({
      podSelector: only(objects, 'Deployment').spec.selector,
      policyTypes: ['Ingress'],
      ingress:     [
        { ports: [{ port: 'https' }] },
        { ports: [{ port: 'metrics' }], from: [{ namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['cattle-monitoring-system'] }] } }] },
      ],
    });
  });

  describe('a certificate', () => {
    it('is made in the cluster where there is no cert-manager, under a CA that is what the API server trusts', async() => {
      const objects = await render();
      const secret = only(objects, 'Secret', `${ NAME }-ca`);
      const authority = new X509Certificate(decode(secret.data['tls.crt']));

      expect(authority.ca).toBe(true);
      expect(authority.checkPrivateKey(createPrivateKey(decode(secret.data['tls.key'])))).toBe(true);
      expect(entries(objects)[0]!.clientConfig).toHaveProperty('caBundle', secret.data['ca.crt']);
      expect(decode(secret.data['ca.crt'])).toBe(authority.toString());
      expect(only(objects, 'Deployment').spec.template.spec.volumes).toEqual([{ name: 'certs', secret: { secretName: `${ NAME }-cert`, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) } }]);
      // The job goes by the annotation: it says the truth, to the minute.
      expect(Math.abs(Number(secret.metadata.annotations!['irsa.rancher.io/not-after']) * 1000 - authority.validToDate.getTime())).toBeLessThan(60_000);
      expect(Math.abs(authority.validToDate.getTime() - Date.now() - 3650 * DAY)).toBeLessThan(120_000);
    });

    it('is not in the release: no rollback and no correction of drift brings an old one back', async() => {
      const { type, data, metadata } = only(await render(), 'Secret', `${ NAME }-cert`);

      expect([type, data, metadata.annotations]).toEqual(['Opaque', undefined, undefined]);
    });

    it('is made at once by a job of its own for each release, the same that looks after it every day', async() => {
      const objects = await render();
      const at = (values: object = {}) => render({ values }).then((all) => only(all, 'Job').metadata.name);
      const once = only(objects, 'Job');

      expect(once.spec.template).toEqual(only(objects, 'CronJob').spec.jobTemplate.spec.template);
      // Helm waits for the webhook's pods before a hook, and they wait for the certificate. What takes itself away is missed by Fleet.
      expect(once.metadata.annotations).toBeUndefined();
      expect(once.spec).not.toHaveProperty('ttlSecondsAfterFinished');
      expect(once.metadata.name).toMatch(/^pod-identity-webhook-renewal-[0-9a-f]{8}$/);
      // Each of these has a CA of its own.
      expect(new Set([await at(), await at(), await at({ tls: { validityDays: 90 } })]).size).toBe(3);
    });

    it('is cert-manager\'s where its API is there, under a CA of its own, and none is made', async() => {
      const objects = await render({ apis: ['cert-manager.io/v1'] });

      expect(objects.filter(({ kind }) => ['CronJob', 'Job', 'Role', 'RoleBinding', 'ConfigMap'].includes(kind))).toEqual([]);
      // Empty: the release's, to be removed with it, and cert-manager's to fill.
      expect(objects.filter(({ kind }) => kind === 'Secret').map(({ metadata, type, data }) => [metadata.name, type, data])).toEqual([[`${ NAME }-ca`, 'Opaque', undefined], [`${ NAME }-cert`, 'Opaque', undefined]]);
      expect(only(objects, 'Certificate', NAME).spec).toMatchObject({ secretName: `${ NAME }-cert`, duration: '8760h', renewBefore: '720h', dnsNames: expect.arrayContaining([`${ NAME }.${ NAME }.svc`]), issuerRef: { kind: 'Issuer', name: NAME } });
      expect(only(objects, 'Certificate', `${ NAME }-ca`).spec).toMatchObject({ isCA: true, issuerRef: { name: `${ NAME }-self-signed` }, privateKey: { rotationPolicy: 'Never' } });
      expect(only(objects, 'Issuer', NAME).spec).toEqual({ ca: { secretName: `${ NAME }-ca` } });
      expect(only(objects, 'MutatingWebhookConfiguration').metadata.annotations).toEqual({ 'cert-manager.io/inject-ca-from': `${ NAME }/${ NAME }` });
      expect(entries(objects)[0]!.clientConfig).not.toHaveProperty('caBundle');
    });

    it('is the issuer\'s that the admin names', async() => {
      const objects = await render({ apis: ['cert-manager.io/v1'], values: { tls: { issuerRef: { name: 'private', kind: 'ClusterIssuer' } } } });

      expect(only(objects, 'Certificate').spec.issuerRef).toEqual({ name: 'private', kind: 'ClusterIssuer' });
      expect(objects.filter(({ kind }) => kind === 'Issuer')).toEqual([]);
      expect(objects.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name)).toEqual([`${ NAME }-cert`]);
    });

    it('is the admin\'s own: nothing is made or renewed', async() => {
      const caBundle = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
      const objects = await render({ values: { tls: { mode: 'existing', existingSecret: 'mine', caBundle } } });

      expect(objects.filter(({ kind }) => ['Secret', 'CronJob', 'Job', 'Certificate'].includes(kind))).toEqual([]);
      expect(decode((entries(objects)[0]!.clientConfig as { caBundle: string }).caBundle)).toBe(caBundle);
      expect(only(objects, 'Deployment').spec.template.spec.volumes[0].secret).toMatchObject({ secretName: 'mine' });
    });
  });

  it('is a chart of Rancher\'s catalog: a namespace and release of its own, the form of the extension, an icon', () => {
    const { annotations, icon, kubeVersion, appVersion } = parse(read('Chart.yaml'));

    expect(annotations).toMatchObject({
      'catalog.cattle.io/display-name': 'Pod Identity Webhook',
      'catalog.cattle.io/namespace':    NAME,
      'catalog.cattle.io/release-name': NAME,
      'catalog.cattle.io/ui-component': NAME,
      'catalog.cattle.io/kube-version': kubeVersion,
    });
    expect(icon).toMatch(/^data:image\/svg\+xml,/);
    expect(appVersion).toMatch(/^v\d/);
  });

  it('explains every value in its README, and none that is not there', () => {
    const values = parse(read('values.yaml'));
    const documented = [...read('README.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    const leaves = (value: unknown, at: string): string[] => value && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length && !documented.includes(at) ? Object.entries(value).flatMap(([key, inside]) => leaves(inside, at ? `${ at }.${ key }` : key)) : [at];

    expect(documented.sort()).toEqual(leaves(values, '').sort());
  });

  it('asks in Rancher\'s own form for values that are there, with their defaults', () => {
    const values = parse(read('values.yaml'));

    for (const { variable, default: standard } of parse(read('questions.yaml')).questions as { variable: string; default?: unknown }[]) {
      const value = variable.split('.').reduce((inside, key) => inside?.[key], values);

      expect([variable, typeof value]).not.toEqual([variable, 'undefined']);
      expect([variable, standard ?? value]).toEqual([variable, value]);
    }
  });
});
