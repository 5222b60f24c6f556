import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { NeedRow } from '../composables/use-needs-check';
import NeedsTable from './NeedsTable.vue';

const row = (id: string, state: NeedRow['state'], more: Partial<NeedRow> = {}): NeedRow => ({ id, state, what: `list ${ id }`, group: '', where: 'prod-eks', why: 'To see', ...more });
const open = (...rows: NeedRow[]) => mount(NeedsTable, { props: { rows, label: 'Rights' } });
const counted = (...rows: NeedRow[]) => {
  const line = open(...rows).get('[data-testid="irsa-needs-counted"]');

  return [line.attributes('data-state'), line.text()];
};

describe('the table of needs', () => {
  it('says of each what it is, where, what for, and whether it is there', () => {
    const view = open(row('deployments', 'missing', { group: 'apps' }), row('pods', 'there'));
    const line = view.get('[data-testid="irsa-need-deployments"]');

    expect(line.attributes('data-state')).toBe('missing');
    expect(line.findAll('td').map((cell) => cell.text().replace(/\s+/g, ' '))).toEqual(['Missing', 'list deploymentsapps', 'prod-eks', 'To see']);
    expect(view.get('[data-testid="irsa-need-pods"]').findAll('td')[1]!.text()).toBe('list pods');
    expect(view.get('table').attributes('aria-label')).toBe('Rights');
  });

  it('counts: what is missing before what nobody could tell', () => {
    expect(counted(row('a', 'there'), row('b', 'there'))).toEqual(['there', 'All 2 are there.']);
    expect(counted(row('a', 'there'), row('b', 'missing'), row('c', 'unknown'))).toEqual(['missing', expect.stringMatching(/^1 of 3 are missing/)]);
    expect(counted(row('a', 'there'), row('b', 'unsure'))).toEqual(['unknown', expect.stringMatching(/^1 of 2 are known/)]);
    expect(counted(row('a', 'missing'), row('b', 'asking'))[0]).toBe('asking');
  });

  it('breaks long names between their words, and leaves them whole to who copies them', () => {
    const what = open(row('a', 'there', { what: 'iam:AddClientIDToOpenIDConnectProvider' })).get('.what');

    expect(what.element.textContent).toBe('iam:AddClientIDToOpenIDConnectProvider');
    expect(what.findAll('span').map((word) => word.text())).toEqual(['iam:', 'Add', 'Client', 'IDTo', 'Open', 'IDConnect', 'Provider']);
    expect(what.findAll('wbr')).toHaveLength(6);
  });

  it('says what comes of a state, where there is something to say', () => {
    const view = open(row('a', 'there'), row('b', 'missing', { because: 'The policy below allows it.' }));

    expect(view.find('[data-testid="irsa-because-a"]').exists()).toBe(false);
    expect(view.get('[data-testid="irsa-because-b"]').text()).toBe('The policy below allows it.');
  });
});
