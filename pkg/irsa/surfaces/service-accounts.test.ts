import { describe, expect, it, vi } from 'vitest';
import type { Action, IPlugin } from '@shell/core/types';
import { addServiceAccounts, roleShown, type ListedAccount } from './service-accounts';

const account = (role?: string): Pick<ListedAccount, 'metadata'> => ({ metadata: { namespace: 'shop', name: 'reader', annotations: role === undefined ? {} : { 'eks.amazonaws.com/role-arn': role } } });

describe('the list of service accounts', () => {
  it.each([
    [undefined, ''],
    ['arn:aws:iam::111122223333:role/s3-reader', 's3-reader'],
    ['arn:aws-cn:iam::111122223333:role/rancher-irsa/deep/reader', 'reader'],
    ['s3-reader', 's3-reader'],
    ['arn:aws:iam::111122223333:role/\u202Eredaer', 'arn:aws:iam::111122223333:role/\uFFFDredaer'],
  ])('shows for %s the role «%s»', (arn, shown) => {
    expect(roleShown(account(arn))).toBe(shown);
  });

  it('shows the role of an annotation that another webhook reads, and everybody’s before it', () => {
    const own = { 'iam.acme.example/role-arn': 'arn:aws:iam::111122223333:role/own', 'acme.example/role-arn': 'own' };

    expect(roleShown({ metadata: { annotations: own } })).toBe('own');
    expect(roleShown({ metadata: { annotations: { ...own, 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/all' } } })).toBe('all');
    expect(roleShown({ metadata: { annotations: { 'acme.example/role-arn': 'own' } } })).toBe('');
  });

  it('leads to the plans of the cluster that it is in', () => {
    const actions: Action[] = [];

    addServiceAccounts({ addTableColumn: vi.fn(), addAction: (_where: string, _when: object, action: Action) => actions.push(action) } as unknown as IPlugin, (id, query) => ({ id, query }));
    const push = vi.fn();
    const row = { ...account('arn:aws:iam::111122223333:role/a'), currentRouter: () => ({ currentRoute: { value: { params: { cluster: 'c-eks01' }, fullPath: '/list' } }, push }) };

    actions.forEach(({ invoke }) => invoke({} as never, [row]));
    expect(push.mock.calls.map(([to]) => [to.id, to.query])).toEqual([
      ['c-eks01', { plan: 'bind', account: 'shop/reader', back: '/list' }], ['c-eks01', { account: 'shop/reader', verify: '1' }], ['c-eks01', { plan: 'unbind', account: 'shop/reader', back: '/list' }],
    ]);
    expect(actions.map(({ labelKey }) => labelKey)).toEqual(['irsa.menu.bind', 'irsa.menu.verify', 'irsa.menu.unbind']);
    expect(actions.map(({ enabled }) => typeof enabled === 'function' ? enabled(account()) : true)).toEqual([true, false, false]);
  });
});
