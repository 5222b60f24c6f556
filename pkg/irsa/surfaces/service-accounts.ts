import type { Action, IPlugin, TableColumn } from '@shell/core/types';

/** A service account as the dashboard's lists and menus hand it out; every part of it is what somebody wrote into the cluster. */
export interface ListedAccount {
  metadata?: { namespace?: string; name?: string; annotations?: Record<string, string> };
  currentRouter(): { currentRoute: { value: { params: Record<string, unknown>; fullPath: string } }; push(to: object): unknown };
}

/** Address of a cluster's page; what is in `query` opens there. */
export type PageOf = (clusterId: unknown, query: Record<string, string>) => object;

/**
 * The role that an account's annotation names, without partition, account and path; as it is where it is no ARN of a role; '' for none.
 * Which prefix the cluster's webhook reads cannot be asked here: everybody's first, else whichever names a role.
 */
export function roleShown({ metadata }: Pick<ListedAccount, 'metadata'>): string {
  const annotations = metadata?.annotations ?? {};
  // The presets' own word for it would bring them along at every login.
  const arn = annotations['eks.amazonaws.com/role-arn'] || Object.entries(annotations).find(([name, value]) => name.endsWith('/role-arn') && value.startsWith('arn:'))?.[1] || '';

  // Signs that turn or hide what stands beside them are no part of an ARN.
  return (/^arn:[\w-]+:iam::\d{12}:role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn)?.[1] ?? arn).replace(/[^\u0020-\u007E]/g, '\uFFFD');
}

/** An entry of the account's menu; it opens the cluster's page where the plan is made, or the chain shown and the identity checked. */
function opens(pageOf: PageOf, id: string, icon: string, query: (account: string) => Record<string, string>, enabled?: (account: ListedAccount) => boolean): Action {
  return {
    labelKey: `irsa.menu.${ id }`,
    icon:     `icon-${ icon }`,
    ...(enabled ? { enabled } : {}),
    invoke(_options, [account]: ListedAccount[]) {
      if (!account) {
        return;
      }
      const router = account.currentRouter();
      const { params, fullPath } = router.currentRoute.value;
      const asked = query(`${ account.metadata?.namespace }/${ account.metadata?.name }`);

      // The end of a plan leads back.
      void router.push(pageOf(params.cluster, asked.plan ? { ...asked, back: fullPath } : asked));
    },
  };
}

/** The column and the menu's entries in the list of service accounts. By their values, not by enums of @shell: nothing of it is loaded at login. */
export function addServiceAccounts(plugin: IPlugin, pageOf: PageOf): void {
  const when = { resource: ['serviceaccount'] };
  const isBound = (account: ListedAccount): boolean => roleShown(account) !== '';

  plugin.addTableColumn('resource-list', when, {
    name: 'irsa-role', labelKey: 'irsa.menu.role', getValue: roleShown, sort: false, search: false
  } as unknown as TableColumn);
  plugin.addAction('table-action', when, opens(pageOf, 'bind', 'user-check', (account) => ({ plan: 'bind', account })));
  plugin.addAction('table-action', when, opens(pageOf, 'verify', 'show', (account) => ({ account, verify: '1' }), isBound));
  plugin.addAction('table-action', when, opens(pageOf, 'unbind', 'delete', (account) => ({ plan: 'unbind', account }), isBound));
}
