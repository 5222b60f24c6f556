import { describe, expect, it } from 'vitest';
import { cluster, ISSUER, PROVIDER, role, ROLE_ARN, value } from '../../domain/chain/test-facts';
import type { Gateways } from '../index';
import { readAccount } from './account';
import { observeClusterBrief } from './brief';

const OWN = 'iam.acme.example';
const account = (name: string, annotations: Record<string, string> = {}) => ({ metadata: { namespace: 'shop', name, annotations } });
const webhook = { metadata: { name: 'pod-identity-webhook' }, webhooks: [{ name: 'pod-identity-webhook.amazonaws.com', clientConfig: { service: { name: 'hook', namespace: 'infra' } }, rules: [{ resources: ['pods'] }] }] };
const deployment = (args: string[]) => ({ metadata: { name: 'hook' }, spec: { template: { spec: { containers: [{ image: 'amazon/amazon-eks-pod-identity-webhook', args }] } } } });
const token = (claims: object) => ['{}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');

/** A cluster that runs itself, with these accounts and a webhook started with these flags; 403 for what nobody may see. */
function world(accounts: object[], args = [`--annotation-prefix=${ OWN }`, '--token-audience=acme'], hidden?: RegExp) {
  const sent: string[] = [];
  const list = (items: object[]) => ({ status: 200, headers: {}, body: JSON.stringify({ items, metadata: {} }) });
  const gateways = {
    transport: {
      request: async({ url, method }: { url: string; method: string }) => {
        const path = url.replace(/^.*\/k8s\/clusters\/[^/]+/, '');

        sent.push(path);
        if (hidden?.test(path)) {
          return { status: 403, headers: {}, body: '{"kind":"Status","reason":"Forbidden","message":"no"}' };
        }
        if (method === 'POST') {
          return { status: 201, headers: {}, body: JSON.stringify({ status: { token: token({ iss: ISSUER, exp: 1 }) } }) };
        }

        return list(path.includes('mutatingwebhook') ? [webhook] : path.includes('deployments') ? [deployment(args)] : accounts);
      },
    },
  } as unknown as Gateways;
  const brief = (distribution: 'rke2' | 'eks' = 'rke2') => observeClusterBrief(gateways, { ...cluster().cluster, distribution }, { account: async() => value({ providers: [PROVIDER] }), roles: async() => value(new Map([[ROLE_ARN, role()]])) }, { onlyBound: true });

  return { sent, gateways, brief };
}

const bound = [account('ours', { [`${ OWN }/role-arn`]: ROLE_ARN }), account('theirs', { 'eks.amazonaws.com/role-arn': ROLE_ARN }), account('none')];

describe('a webhook with a prefix of its own', () => {
  it('is asked for where an annotation hints at it, and decides who is bound', async() => {
    const { brief, sent } = world(bound);
    const observed = await brief();

    expect(observed.bindings).toMatchObject(value([{ account: { name: 'ours', roleArn: ROLE_ARN, audience: 'acme' }, role: { known: true, value: { name: 'reader-role' } } }]));
    expect(observed.webhook).toMatchObject(value({ kind: 'installed', settings: { annotationPrefix: OWN } }));
    expect(sent.filter((path) => /mutatingwebhook|deployments/.test(path))).toHaveLength(2);
  });

  it('is taken for everybody’s where nothing hints at another, on EKS, and where nobody may see it', async() => {
    const names = async(it: ReturnType<typeof world>, distribution?: 'eks') => {
      const { bindings } = await it.brief(distribution);

      return [bindings.known && bindings.value.map(({ account: { name } }) => name), it.sent.filter((path) => /mutatingwebhook/.test(path)).length];
    };

    expect(await names(world(bound.slice(1)))).toEqual([['theirs'], 0]);
    expect(await names(world(bound), 'eks')).toEqual([['theirs'], 0]);
    expect(await names(world(bound, undefined, /mutatingwebhook/))).toEqual([['theirs'], 1]);
  });

  it('is heard about a single account, too', async() => {
    const { gateways } = world([bound[0]!]);

    expect(await readAccount(gateways.transport, 'local', { namespace: 'shop', name: 'ours' })).toMatchObject({ exists: true, roleArn: ROLE_ARN, audience: 'acme' });
    expect((await readAccount(world([bound[1]!]).gateways.transport, 'local', { namespace: 'shop', name: 'theirs' })).roleArn).toBe(ROLE_ARN);
    expect(await readAccount(world([]).gateways.transport, 'local', { namespace: 'shop', name: 'gone' })).toMatchObject({ exists: false });
  });
});
