import { describe, expect, it } from 'vitest';
import { binding, cluster, hidden, ISSUER, PROVIDER, role, ROLE_ARN, SUBJECT, value } from '../chain/test-facts';
import { newTrust } from './document';
import { addBinding } from './edit';
import { roleUsers } from './users';

const ELSEWHERE = { ...SUBJECT, issuer: 'https://oidc.other.example/id', providerArn: 'arn:aws:iam::111122223333:oidc-provider/oidc.other.example/id' };
const accounts = [{ namespace: 'shop', name: 'reader' }, { namespace: 'shop', name: 'writer' }];

describe('who has to do with a role', () => {
  it('is who asks for it and who is named, each once', () => {
    const document = addBinding(addBinding(newTrust(SUBJECT), { ...SUBJECT, serviceAccount: 'gone' }), ELSEWHERE);
    const found = roleUsers(document, ROLE_ARN, [cluster({ accounts, bindings: value([binding(), binding({}, { name: 'writer' }), binding({}, { name: 'other', roleArn: 'x' })]) })]);

    expect(found).toEqual([
      { issuer: 'oidc.other.example/id', namespace: 'shop', name: 'reader', letIn: true },
      { issuer: ISSUER.slice(8), cluster: { id: 'c-m-prod', name: 'prod-eks' }, namespace: 'shop', name: 'gone', asks: false, exists: false, letIn: true },
      { issuer: ISSUER.slice(8), cluster: { id: 'c-m-prod', name: 'prod-eks' }, namespace: 'shop', name: 'reader', asks: true, exists: true, letIn: true },
      { issuer: ISSUER.slice(8), cluster: { id: 'c-m-prod', name: 'prod-eks' }, namespace: 'shop', name: 'writer', asks: true, exists: true, letIn: false },
    ]);
  });

  it('asks for the audience that the account’s tokens have', () => {
    const one = cluster({ bindings: value([binding({}, { audience: 'own' })]) });

    expect(roleUsers(newTrust(SUBJECT), ROLE_ARN, [one])).toMatchObject([{ letIn: false }]);
    expect(roleUsers(newTrust({ ...SUBJECT, audience: 'own' }), ROLE_ARN, [one])).toMatchObject([{ letIn: true }]);
  });

  it('lets nobody in whose cluster has no provider, whatever the role says', () => {
    const [shut] = roleUsers(newTrust(SUBJECT), ROLE_ARN, [cluster({ accounts, provider: value(null), bindings: value([binding()]) })]);

    expect(shut).toMatchObject({ asks: true, letIn: false, withoutProvider: true });
  });

  it('does not guess what was not read', () => {
    const dark = cluster({ bindings: hidden('forbidden'), provider: value({ arn: PROVIDER }) });

    expect(roleUsers(newTrust(SUBJECT), ROLE_ARN, [dark])).toEqual([{ cluster: { id: 'c-m-prod', name: 'prod-eks' }, issuer: ISSUER.slice(8), namespace: 'shop', name: 'reader', letIn: true }]);
    expect(roleUsers(undefined, role().arn, [cluster({ bindings: value([binding()]) })])).toMatchObject([{ asks: true, letIn: false }]);
  });
});
