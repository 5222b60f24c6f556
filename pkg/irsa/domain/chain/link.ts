import type { Finding, Link, LinkId, LinkState, Obstacle, Text } from '../facts';
import { obstacleFinding } from './findings';

export function link(id: LinkId, state: LinkState, detail: Text, findings: Finding[] = []): Link {
  return {
    id, state, detail, findings
  };
}

/** A link nobody could look at, with the reason. */
export function unknownLink(id: LinkId, obstacle: Obstacle): Link {
  return link(id, 'unknown', obstacle.text, obstacleFinding(obstacle));
}

const ORDER: LinkState[] = ['broken', 'attention', 'unknown', 'ok', 'not-needed'];

/** The worst of several states; `not-needed` when there are none. */
export function worst(states: LinkState[]): LinkState {
  return ORDER.find((state) => states.includes(state)) ?? 'not-needed';
}
