import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { DefineComponent } from 'vue';
import DataTable from './DataTable.vue';

interface Row { id: string; name: string; size: number; note?: string }

const ROWS: Row[] = [{ id: 'a', name: 'node10', size: 2 }, { id: 'b', name: 'node9', size: 1, note: 'odd' }, { id: 'c', name: '<b>x</b>', size: 1 }];
const COLUMNS = [
  { name: 'name', label: 'Name', field: 'name', sort: ['name'], search: ['name'] },
  { name: 'size', label: 'Size', field: 'size', sort: ['size', 'name'] },
  { name: 'note', label: 'Note', field: 'note', search: ['note'] },
];

// A generic component has no props that the test library could tell.
const Table = DataTable as unknown as DefineComponent<Record<string, unknown>>;
const table = (props: Record<string, unknown> = {}, slots = {}) => mount(Table, { props: { columns: COLUMNS, rows: ROWS, none: 'Nobody', sortBy: 'name', ...props }, slots });
const names = (wrapper: ReturnType<typeof table>) => wrapper.findAll('tr.entry td:first-child').map((cell) => cell.text());

describe('a table', () => {
  it('sorts numbers in names as numbers, turns around at the second click, and says so', async() => {
    const wrapper = table();

    expect(names(wrapper)).toEqual(['<b>x</b>', 'node9', 'node10']);
    expect(wrapper.findAll('th').map((head) => head.attributes('aria-sort'))).toEqual(['ascending', 'none', undefined]);
    await wrapper.get('th button').trigger('click');
    expect(names(wrapper)).toEqual(['node10', 'node9', '<b>x</b>']);
    expect(wrapper.get('th').attributes('aria-sort')).toBe('descending');
  });

  it('sorts by further fields where the first ones are the same', async() => {
    const wrapper = table();

    await wrapper.findAll('th button')[1]!.trigger('click');
    expect(names(wrapper)).toEqual(['<b>x</b>', 'node9', 'node10']);
  });

  it('keeps the order it is given where nobody asked for another', () => {
    expect(names(table({ sortBy: undefined }))).toEqual(['node10', 'node9', '<b>x</b>']);
  });

  it('finds in the fields that are for it, and says when nothing is left', async() => {
    const wrapper = table({ searchable: true });

    await wrapper.get('input').setValue(' ODD ');
    expect(names(wrapper)).toEqual(['node9']);
    await wrapper.get('input').setValue('nowhere');
    expect(wrapper.get('[data-testid="irsa-table-empty"]').text()).toContain('nowhere');
  });

  it('says why it is empty, and that it is loading', () => {
    expect(table({ rows: [] }).text()).toContain('Nobody');
    expect(table({ rows: [], loading: true }).get('[role="status"]').text()).toBe('Loading…');
  });

  it('shows others’ text as text, and a dash for none', () => {
    const wrapper = table();

    expect(wrapper.find('td b').exists()).toBe(false);
    expect(wrapper.findAll('tr.entry td:last-child').map((cell) => cell.text())).toEqual(['—', 'odd', '—']);
  });

  it('turns pages, stays within them when rows go, and begins at the first when searching', async() => {
    const rows = Array.from({ length: 25 }, (_, index) => ({ id: String(index), name: `n${ index }`, size: index }));
    const wrapper = table({ rows, perPage: 10, searchable: true });

    await wrapper.get('[data-testid="irsa-table-next"]').trigger('click');
    await wrapper.get('[data-testid="irsa-table-next"]').trigger('click');
    expect(wrapper.get('.pages').text()).toContain('21 to 25 of 25');
    expect(wrapper.get('[data-testid="irsa-table-next"]').attributes('disabled')).toBeDefined();
    await wrapper.setProps({ rows: rows.slice(0, 15) });
    expect(wrapper.get('.pages').text()).toContain('11 to 15 of 15');
    await wrapper.get('[data-testid="irsa-table-previous"]').trigger('click');
    expect(wrapper.get('.pages').text()).toContain('1 to 10 of 15');
    await wrapper.get('[data-testid="irsa-table-next"]').trigger('click');
    await wrapper.get('input').setValue('n');
    expect(wrapper.get('.pages').text()).toContain('1 to 10 of 15');
  });

  it('opens a row below the one that is asked for', () => {
    const wrapper = table({ opened: ['b'] }, { under: '<p class="more">more</p>', 'row-actions': '<button class="act">act</button>' });

    expect(wrapper.findAll('.more')).toHaveLength(1);
    expect(wrapper.findAll('.act')).toHaveLength(3);
    expect(wrapper.get('tr.opened td').attributes('colspan')).toBe('4');
  });
});
