import { adoptionTags, ownership, tagList } from '../domain/aws/ownership';
import type { ObservedCluster, ObservedRole } from '../domain/facts';
import { text } from '../domain/text';
import type { Plan } from './plan';

/**
 * Takes a role that somebody else made into our care: two tags say so, and nothing else of it is touched. From then on it is changed
 * here without asking for consent each time; it is never deleted, as only what was made here is. Nothing to do for a role of ours, and for
 * one that was adopted.
 */
export function planAdopt(observed: ObservedCluster, role: ObservedRole): Plan {
  const title = text('irsa.plan.adopt.title', { role: role.name });

  if (ownership(role.tags, '', { namespace: '', name: '' }) !== 'foreign') {
    return { id: 'adopt', title, steps: [], documents: [], warnings: [] };
  }
  const tags = adoptionTags(observed.cluster);

  return {
    id:    'adopt',
    title,
    steps: [{
      id:      'tag-role',
      target:  'iam',
      title:   text('irsa.step.tag-role.title', { role: role.name }),
      detail:  text('irsa.step.tag-role.detail', { tags: Object.entries(tags).map(([key, value]) => `${ key } = ${ value }`).join(', ') }),
      change:  'change',
      call:    { aws: { service: 'iam', command: 'TagRole', input: { RoleName: role.name, Tags: tagList(tags) } } },
      expects: { role: { roleName: role.name, trustPolicy: role.trustPolicy, tags: role.tags ?? {} } },
      needs:   { aws: { action: 'iam:TagRole', resource: role.arn } },
    }],
    documents: [],
    warnings:  [text('irsa.warning.adoptedStays', { role: role.name })],
    consent:   { text: text('irsa.consent.adopt', { role: role.name }) },
  };
}
