/** Facts for tests: a healthy EKS cluster with one binding; each maker takes what shall be otherwise. */
import { DEFAULT_AUDIENCE } from '../aws/quotas';
import { roleTags } from '../aws/ownership';
import type { Known, ObservedBinding, ObservedCluster, ObservedRole, Obstacle } from '../facts';
import { newTrust } from '../trust';

export const ISSUER = 'https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';
export const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ ISSUER.slice(8) }`;
export const ROLE_ARN = 'arn:aws:iam::111122223333:role/rancher-irsa/reader-role';

export const value = <T>(what: T): Known<T> => ({ known: true, value: what });
export const hidden = (kind: Obstacle['kind'], more: Partial<Obstacle> = {}): { known: false; why: Obstacle } => ({ known: false, why: { kind, text: { key: 'irsa.test.hidden' }, ...more } });

/** Replaces parts of a fact; never changes the fact itself. */
export function cluster(change: Partial<ObservedCluster> = {}): ObservedCluster {
  return {
    cluster: {
      id: 'c-m-prod', name: 'prod-eks', distribution: 'eks', origin: 'rancher', editable: true, connected: true, region: 'eu-central-1'
    },
    at:       Date.UTC(2026, 10, 23, 12),
    issuer:   value(ISSUER),
    keys:     value({ ids: ['a', 'b'], publishedBy: 'eks' as const }),
    account:  value({ id: '111122223333', partition: 'aws' as const }),
    provider: value({ arn: PROVIDER, audiences: [DEFAULT_AUDIENCE] }),
    webhook:  value({ kind: 'built-in' as const }),
    sts:      value({ host: 'sts.eu-central-1.amazonaws.com', state: 'allowed' as const }),
    bindings: value([]),
    rights:   [],
    ...change,
  };
}

export const SUBJECT = { providerArn: PROVIDER, issuer: ISSUER, namespace: 'shop', serviceAccount: 'reader' };

export function role(change: Partial<ObservedRole> = {}): ObservedRole {
  return {
    arn: ROLE_ARN, name: 'reader-role', path: '/rancher-irsa/', trustPolicy: JSON.stringify(newTrust(SUBJECT)), tags: roleTags({ name: 'prod-eks' }, ISSUER, { namespace: 'shop', name: 'reader' }), inlinePolicies: {}, ...change
  };
}

/** shop/reader, bound and well. */
export function binding(change: Partial<ObservedBinding> = {}, account: Partial<ObservedBinding['account']> = {}): ObservedBinding {
  return {
    account: {
      namespace: 'shop', name: 'reader', exists: true, resourceVersion: '7', annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN }, roleArn: ROLE_ARN, audience: DEFAULT_AUDIENCE, ...account
    },
    owner:     { kind: 'nobody' },
    role:      value(role()),
    workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 2 }],
    pods:      ['a', 'b'].map((name) => ({ name: `web-${ name }`, createdAt: '', ready: true, identity: { roleArn: ROLE_ARN, audience: DEFAULT_AUDIENCE }, workload: { kind: 'Deployment', name: 'web' } })),
    ...change,
  };
}

/** shop/reader before anything was done. */
export function unbound(change: Partial<ObservedBinding> = {}, account: Partial<ObservedBinding['account']> = {}): ObservedBinding {
  return binding({ role: value(null), pods: binding().pods.map(({ identity: _identity, ...pod }) => pod), ...change }, { annotations: {}, roleArn: undefined, ...account });
}
