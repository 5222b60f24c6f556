import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { nextTick } from 'vue';
import ChoiceBox from './ChoiceBox.vue';
import MenuButton from './MenuButton.vue';
import RadioGroup from './RadioGroup.vue';
import SelectField from './SelectField.vue';
import TextField from './TextField.vue';

const tooShort = (value: unknown) => String(value ?? '').length < 3 ? '<b>too short</b>' : undefined;

describe('a text field', () => {
  it('has its label, hands what it is given to the input, and says what is typed', async() => {
    const field = mount(TextField, { props: { label: 'Name', value: 'a', required: true, help: 'Any.' }, attrs: { 'data-testid': 'name', class: 'mine', placeholder: 'x' } });
    const input = field.get<HTMLInputElement>('input');

    expect(field.get('label').attributes('for')).toBe(input.attributes('id'));
    expect([input.attributes('data-testid'), input.attributes('placeholder'), input.attributes('aria-required'), input.classes(), field.classes()]).toEqual(['name', 'x', 'true', [], ['mine']]);
    expect(field.get(`[id="${ input.attributes('aria-describedby') }"]`).text()).toBe('Any.');
    await input.setValue('ab');
    expect(field.emitted('update:value')).toEqual([['ab']]);
  });

  it('says what is wrong once somebody has been there, as text', async() => {
    const field = mount(TextField, { props: { label: 'Name', value: 'a', rules: [tooShort] } });

    expect(field.find('.problem').exists()).toBe(false);
    await field.get('input').trigger('focusin');
    await field.get('input').trigger('focusout');
    expect(field.get('.problem').text()).toBe('<b>too short</b>');
    expect(field.get('input').attributes('aria-invalid')).toBe('true');
    await field.setProps({ value: 'abc' });
    expect(field.find('.problem').exists()).toBe(false);
  });

  it('may have several lines, or an input of somebody else’s under its label, and counts where it is told to', async() => {
    expect(mount(TextField, { props: { label: 'Text', lines: 4, value: 'a\nb' } }).get<HTMLTextAreaElement>('textarea').element.value).toBe('a\nb');
    const own = mount(TextField, { props: { label: 'Key' }, slots: { field: '<input :id="params.id" type="password">' } });

    expect(own.get('label').attributes('for')).toBe(own.get('input[type=password]').attributes('id'));
    const number = mount(TextField, { props: { label: 'N', value: 1, valueModifiers: { number: true } } as { label: string }, attrs: { type: 'number' } });

    await number.get('input').setValue('3');
    expect(number.emitted('update:value')).toEqual([[3]]);
  });
});

describe('a list to choose from', () => {
  it('shows the label of its value, emits values, and tells when it opens', async() => {
    const field = mount(SelectField, { props: { label: 'Cluster', options: [{ value: 'a', label: 'Alpha' }, { value: 'b', label: 'Beta' }], value: 'a' }, attrs: { 'append-to-body': false }, attachTo: document.body });

    expect(field.get('.vs__selected').text()).toBe('Alpha');
    expect(field.get('[role=combobox]').attributes('aria-label')).toBe('Cluster');
    field.get<HTMLInputElement>('.vs__search').element.focus();
    await nextTick();
    expect(document.querySelector('[role=option]')).toBeNull();
    await field.get('.vs__search').trigger('keydown', { key: 'ArrowDown' });
    expect(field.emitted('open')).toHaveLength(1);
    const options = [...document.querySelectorAll<HTMLElement>('[role=option]')];

    expect(options.map((option) => option.textContent?.trim())).toEqual(['Alpha', 'Beta']);
    options[1]!.click();
    expect(field.emitted('update:value')).toEqual([['b']]);
    await nextTick();
    await nextTick();
    expect(document.querySelector('[role=option]')).toBeNull();
    expect(document.activeElement).toBe(field.get('.vs__search').element);
    field.unmount();
  });

  it('opens and closes where it is pressed, and closes at Escape without telling what is around it', async() => {
    const keys: string[] = [];
    const field = mount(SelectField, { props: { label: 'Cluster', options: ['a', 'b'] }, attrs: { 'append-to-body': false }, attachTo: document.body });
    const listen = ({ key }: KeyboardEvent) => keys.push(key);
    const isOpen = () => !!document.querySelector('[role=option]');

    document.addEventListener('keydown', listen);
    await field.get('label').trigger('mousedown');
    expect(isOpen()).toBe(true);
    await field.get('.vs__dropdown-toggle').trigger('mousedown');
    expect(isOpen()).toBe(false);
    await field.get('.vs__search').trigger('keydown', { key: 'Enter' });
    expect(isOpen()).toBe(true);
    await field.get('.vs__search').trigger('keydown', { key: 'Escape' });
    expect(isOpen()).toBe(false);
    expect(keys).toEqual([]);
    document.removeEventListener('keydown', listen);
    field.unmount();
  });

  it('cannot be used while it is loading', () => {
    const field = mount(SelectField, { props: { label: 'Cluster', options: ['a'], value: 'a', loading: true } });

    expect(field.find('.icon-spinner').exists()).toBe(true);
    expect(field.get('.vs__search').attributes('disabled')).toBeDefined();
    expect(field.find('.vs__selected').exists()).toBe(false);
  });
});

describe('choices', () => {
  it('are ticked, and described', async() => {
    const box = mount(ChoiceBox, { props: { label: 'Yes', description: 'Why', checked: false } });

    await box.get('input').setValue(true);
    expect(box.emitted('update:checked')).toEqual([[true]]);
    expect(box.get(`[id="${ box.get('input').attributes('aria-describedby') }"]`).text()).toBe('Why');
  });

  it('are one of several', async() => {
    const group = mount(RadioGroup, { props: { name: 'g', label: 'Which', value: 'a', options: [{ value: 'a', label: 'A' }, { value: 'b', label: 'B' }] } });
    const [a, b] = group.findAll<HTMLInputElement>('input');

    expect([a!.element.checked, b!.element.checked]).toEqual([true, false]);
    await b!.setValue(true);
    expect(group.emitted('update:value')).toEqual([['b']]);
  });
});

it('a menu tells which of its entries was chosen', async() => {
  const menu = mount(MenuButton, { props: { label: 'Actions', entries: [{ label: 'One' }, { label: 'Two', note: 'quietly' }] } });

  // jsdom has no popovers.
  menu.get<HTMLElement>('[role=menu]').element.hidePopover ??= () => undefined;
  expect(menu.get('[aria-haspopup=menu]').attributes('popovertarget')).toBe(menu.get('[role=menu]').attributes('id'));
  await menu.findAll('[role=menuitem]')[1]!.trigger('click');
  expect(menu.emitted('choose')).toEqual([[{ label: 'Two', note: 'quietly' }]]);
});
