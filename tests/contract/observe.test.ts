import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessCluster } from '../../pkg/irsa/domain/chain';
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
