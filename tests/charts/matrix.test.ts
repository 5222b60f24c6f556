import { describe, expect, it } from 'vitest';
import { helm, programs, render, webhookChart, type Rendering } from './helm';
import { validator, versions } from './schemas';

const CERT_MANAGER = 'cert-manager.io/v1';
const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** Each value at its edges, and those that change one another together. */
const matrix: Record<string, Rendering> = {
  'the defaults':                     {},
  'one replica in a region':          { values: { region: 'eu-central-1', replicaCount: 1 } },
  'many replicas':                    { values: { region: 'us-gov-west-1', replicaCount: 9, podDisruptionBudget: { enabled: false } } },
  'a partition of its own':           { values: { region: 'eusc-de-east-1', audience: 'https://sts.example:8443/a b'.replace(' ', '#'), annotationPrefix: 'iam.acme.example', tokenMountPath: '/var/run/aws' } },
  'cert-manager':                     { apis: [CERT_MANAGER] },
  'cert-manager, an issuer':          { apis: [CERT_MANAGER], values: { tls: { issuerRef: { name: 'private', kind: 'ClusterIssuer', group: 'cert-manager.io' } } } },
  'cert-manager by name':             { values: { tls: { mode: 'cert-manager', validityDays: 90, renewBeforeDays: 15 } } },
  'generated beside cert-manager':    { apis: [CERT_MANAGER], values: { tls: { mode: 'generated' } } },
  'a certificate of the admin':       { values: { tls: { mode: 'existing', existingSecret: 'mine', caBundle: CA } } },
  'Fail asked for':                   { values: { failurePolicy: 'Fail', neverFailNamespaces: [] } },
  'an air gap':                       { values: { global: { cattle: { systemDefaultRegistry: 'registry.example:5000/mirror' }, imagePullSecrets: ['pull', { name: 'other' }] }, image: { pullSecrets: ['own'] } } },
  'images by digest':                 { values: { image: { registry: 'r.example', tag: `v1@sha256:${ 'a'.repeat(64) }` }, tls: { renewal: { image: { tag: 'v9', pullPolicy: 'Always' } } } } },
  'metrics and a network policy':     { values: { metrics: { serviceMonitor: { enabled: true } }, networkPolicy: { enabled: true, metricsNamespaces: [] } } },
  'a network policy for monitoring':  { values: { networkPolicy: { enabled: true } } },
  'placed and labelled':              { values: { tolerations: [{ operator: 'Exists' }], affinity: { nodeAffinity: {} }, podAnnotations: { a: 'b' }, podLabels: { c: 'd' }, nodeSelector: { e: 'f' }, priorityClassName: '', resources: {} } },
  'a long release name elsewhere':    { release: 'the-webhook-that-gives-pods-their-identities-51-long', namespace: 'somewhere-else' },
};

describe.skipIf(!programs)('the chart under real Helm', () => {
  it('passes helm lint --strict', async() => {
    expect(await helm(['lint', '--strict', webhookChart])).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  describe.each(versions)('for Kubernetes %s', (version) => {
    const problems = validator(version);

    it.each(Object.keys(matrix))('is valid with %s', async(name) => {
      const objects = await render({ ...matrix[name], version });

      expect(objects.length).toBeGreaterThan(6);
      expect(objects.flatMap(problems)).toEqual([]);
    });
  });

  it('has a validator that finds what Kubernetes would', async() => {
    const [object] = (await render()).filter(({ kind }) => kind === 'Deployment');

    expect(validator(versions[0]!)({ ...object!, spec: { ...object!.spec, replica: 2, replicas: 'two' } }).map((line) => line.replace(/^.* identity-webhook/, ''))).toHaveLength(2);
    expect(validator(versions[0]!)({ ...object!, kind: 'Deploiment' })).toEqual([expect.stringContaining('is not a kind')]);
  });

  it('has a validator that finds what the CRDs of others would', async() => {
    const objects = await render({ apis: [CERT_MANAGER], values: { metrics: { serviceMonitor: { enabled: true } } } });
    const wrong = (kind: string, spec: object) => validator(versions[0]!)({ ...objects.find((one) => one.kind === kind)!, spec }).join();

    for (const kind of ['Certificate', 'Issuer', 'ServiceMonitor']) {
      const { spec } = objects.find((one) => one.kind === kind)!;

      expect([kind, wrong(kind, spec)]).toEqual([kind, '']);
      expect([kind, wrong(kind, { ...spec, speck: 1 })]).toEqual([kind, expect.stringContaining('speck')]);
    }
    expect(wrong('Certificate', { dnsNames: ['a'] })).toContain('secretName');
    expect(wrong('Certificate', { ...objects.find((one) => one.kind === 'Certificate')!.spec, usages: ['to serve'] })).toContain('/spec/usages/0');
    expect(wrong('ServiceMonitor', { endpoints: [{ interval: 'a minute' }], selector: {} })).toContain('/spec/endpoints/0/interval');
  });

  it.each<[string, object]>([
    ['a region that is none', { region: 'Frankfurt' }],
    ['no audience', { audience: '' }],
    ['a lifetime under AWS\' least', { tokenExpirationSeconds: 599 }],
    ['a lifetime over a day', { tokenExpirationSeconds: 86401 }],
    ['no replica', { replicaCount: 0 }],
    ['replicas in words', { replicaCount: 'two' }],
    ['a policy that Kubernetes does not know', { failurePolicy: 'Retry' }],
    ['a value with a slip in its name', { regoin: 'eu-central-1' }],
    ['a slip further down', { tls: { mod: 'generated' } }],
    ['regional endpoints as text', { stsRegionalEndpoints: 'true' }],
    ['a registry with a scheme', { image: { registry: 'https://registry.example' } }],
    ['a CA that is not PEM', { tls: { mode: 'existing', existingSecret: 'a', caBundle: 'MIIB' } }],
    ['labels that the service selects by', { podLabels: { 'app.kubernetes.io/name': 'other' } }],
    ['a renewal that is always due', { tls: { validityDays: 30, renewBeforeDays: 30 } }],
    ['an existing certificate without its secret', { tls: { mode: 'existing', caBundle: CA } }],
    ['an existing certificate without its CA', { tls: { mode: 'existing', existingSecret: 'a' } }],
  ])('refuses %s', async(_, values) => {
    await expect(render({ values })).rejects.toThrow(/schema|values|renewBeforeDays|existingSecret|ca\.crt/i);
  });

  it.each(['kube-system', 'kube-public', 'kube-node-lease'])('refuses the namespace %s, where hardened clusters let no traffic in', async(namespace) => {
    await expect(render({ namespace })).rejects.toThrow(/hardened RKE2 clusters/);
  });

  it('refuses the namespace default, where it would leave out the pods of others', async() => {
    await expect(render({ namespace: 'default' })).rejects.toThrow(/not in default: failurePolicy Fail leaves the webhook's own namespace out/);
  });
});
