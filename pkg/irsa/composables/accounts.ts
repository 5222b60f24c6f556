/** Names one service account of a cluster. */
export interface Account { namespace: string; name: string }

export const accountId = ({ namespace, name }: Account): string => `${ namespace }/${ name }`;

export function accountOf(id: string | undefined): Account | undefined {
  const [namespace, name] = (id ?? '').split('/');

  return namespace && name ? { namespace, name } : undefined;
}
