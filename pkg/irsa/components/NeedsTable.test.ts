import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { NeedRow } from '../composables/use-needs-check';
import NeedsTable from './NeedsTable.vue';

const row = (id: string, state: NeedRow['state'], more: Partial<NeedRow> = {}): NeedRow => ({ id, task: 'look', state, what: `list ${ id }`, where: 'prod-eks', why: 'To see', ...more });
const open = (...rows: NeedRow[]) => mount(NeedsTable, { props: { rows, label: 'Rights' } });
const counted = (...rows: NeedRow[]) => {
  const line = open(...rows).get('[data-testid="irsa-needs-counted"]');

  return [line.attributes('data-state'), line.text()];
};

describe('the table of needs', () => {
  it('says of each what it is, where, what for, and whether it is there', () => {
    const view = open(row('deployments', 'missing'), row('pods', 'there'));
    const line = view.get('[data-testid="irsa-need-deployments"]');

    expect(line.attributes('data-state')).toBe('missing');
    expect(line.text().replace(/\s+/g, ' ')).toBe('MissingTo see list deployments · prod-eks');
    expect(view.get('[role="group"]').attributes('aria-label')).toBe('Rights');
  });

  it('counts: what is missing before what nobody could tell', () => {
    expect(counted(row('a', 'there'), row('b', 'there'))).toEqual(['there', 'All 2 are there.']);
    expect(counted(row('a', 'there'), row('b', 'missing'), row('c', 'unknown'))).toEqual(['missing', expect.stringMatching(/^1 of 3 are missing/)]);
    expect(counted(row('a', 'there'), row('b', 'unsure'))).toEqual(['unknown', expect.stringMatching(/^1 of 2 are known/)]);
    expect(counted(row('a', 'missing'), row('b', 'asking'))[0]).toBe('asking');
  });

  it('groups them by what they are for, and unfolds a group in which a few are missing', () => {
    const view = open(row('a', 'there'), row('b', 'missing', { task: 'issuer' }), row('c', 'there', { task: 'issuer' }));
    const groups = view.findAll('details').map((one) => [one.get('summary').text().replace(/\s+/g, ' '), one.attributes('open') !== undefined, one.findAll('li').length]);

    expect(groups).toEqual([['See how clusters and bindings stand 1 of 1 there', false, 1], ['Give clusters an issuer, and IAM their provider 1 of 2 missing', true, 2]]);
  });

  it('says what comes of a state, where there is something to say', () => {
    const view = open(row('a', 'there'), row('b', 'missing', { because: 'The policy below allows it.' }));

    expect(view.find('[data-testid="irsa-because-a"]').exists()).toBe(false);
    expect(view.get('[data-testid="irsa-because-b"]').text()).toBe('The policy below allows it.');
  });
});
