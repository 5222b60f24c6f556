import type { Finding, LinkId, LinkState, ObservedWorkload } from '../domain/facts';
import type { StepStatus } from '../plans/plan';

/** How a state looks everywhere: an icon (never a colour alone) and a tone that `StateIcon` turns into one of the theme's colours. */
export type Tone = 'good' | 'notice' | 'bad' | 'quiet' | 'active';

export const LINK_TONES: Record<LinkState, { tone: Tone; icon: string }> = {
  ok:           { tone: 'good', icon: 'icon-checkmark' },
  attention:    { tone: 'notice', icon: 'icon-warning' },
  broken:       { tone: 'bad', icon: 'icon-close' },
  unknown:      { tone: 'quiet', icon: 'icon-question-mark' },
  'not-needed': { tone: 'quiet', icon: 'icon-minus' },
};

export const LINK_ICONS: Record<LinkId, string> = {
  issuer:      'icon-globe',
  keys:        'icon-lock',
  provider:    'icon-storage',
  apiServer:   'icon-cluster',
  webhook:     'icon-extension',
  bindings:    'icon-role-binding',
  annotation:  'icon-tag-alt',
  role:        'icon-user',
  trust:       'icon-confirmation-alt',
  permissions: 'icon-unlock',
  pods:        'icon-application',
  identity:    'icon-user-check',
};

export const STEP_TONES: Record<StepStatus, { tone: Tone; icon: string }> = {
  pending:  { tone: 'quiet', icon: '' },
  running:  { tone: 'active', icon: 'icon-spinner icon-spin' },
  retrying: { tone: 'active', icon: 'icon-spinner icon-spin' },
  waiting:  { tone: 'active', icon: 'icon-spinner icon-spin' },
  done:     { tone: 'good', icon: 'icon-checkmark' },
  failed:   { tone: 'bad', icon: 'icon-close' },
  stopped:  { tone: 'quiet', icon: 'icon-pause' },
};

export const SEVERITY_TONES: Record<Finding['severity'], Tone> = {
  critical: 'bad', high: 'bad', medium: 'notice', low: 'notice', info: 'quiet',
};

/** For sorting tables: worst first. */
export const STATE_ORDER: Record<LinkState, number> = {
  broken: 0, attention: 1, unknown: 2, ok: 3, 'not-needed': 4,
};

/** «2 deployments», one kind after the other, as l10n keys with their counts. */
export function countKinds(workloads: ObservedWorkload[]): { key: string; args: { count: number } }[] {
  const counts = new Map<string, number>();

  for (const { kind } of workloads) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }

  return [...counts].map(([kind, count]) => ({ key: `irsa.workloads.${ kind }`, args: { count } }));
}
