import type { Text } from '../domain/facts';
import type { FoundAccess } from '../presets/found-in';
import type { Preset } from '../presets/preset';
import { accountId, type Account } from './accounts';
import { roleOut } from './chart-values';
import { failureOf } from './failure';
import { followRelease, followUp, type ChartRoleParts } from './use-chart-role';

type Tell = (how: 'success' | 'warning' | 'error', title: Text, message?: Text) => unknown;

/**
 * What a chart's form does once Rancher's page has sent it, and says of it when that is known: the page itself goes on to the App.
 * @param found  what the values said when the form was opened
 */
export function chartFollow(parts: Parameters<typeof followRelease>[0] & Pick<ChartRoleParts, 'rest'>, preset: Preset, found: FoundAccess, tell: Tell) {
  const names = (of: Account, role = '') => ({ account: accountId(of), role: role.split('/').at(-1)! });
  const failed = (error: unknown) => tell('error', failureOf(error).what, failureOf(error).why);

  return {
    /** The values name this role now, for these accounts. */
    bound(roleArn: string, accounts: Account[]): void {
      for (const one of accounts) {
        const args = names(one, roleArn);

        void followUp(parts, one, roleArn, parts.rest).then(
          (check) => check?.result === 'verified' ? tell('success', { key: 'irsa.chart.verified', args }, { key: 'irsa.chart.verifiedAbout' }) : tell('warning', { key: 'irsa.chart.unverified', args }, check?.text ?? { key: 'irsa.chart.late' }), failed
        );
      }
    },
    /** They name none any more for these. */
    released(accounts: Account[]): void {
      for (const one of accounts) {
        const args = names(one);

        void followRelease(parts, one, (values) => !Object.keys(roleOut(preset, values, found)).length, parts.rest).then(
          (done) => done ? tell(done === true ? 'success' : 'warning', { key: 'irsa.chart.left', args }, done === true ? undefined : done) : tell('warning', { key: 'irsa.chart.notLeft', args }, { key: 'irsa.chart.late' }), failed
        );
      }
    },
  };
}
