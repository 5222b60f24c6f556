import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import CopyBlock from './CopyBlock.vue';

/** With a character that shows nothing, which the page names. */
const TEXT = 'aws iam get-role\u200b\n  --role-name x\n';
const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string) => key };

function open(clipboard?: { writeText: (text: string) => Promise<void> }) {
  Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });

  return mount(CopyBlock, { attachTo: document.body, props: { text: TEXT, label: 'commands' }, global: { provide: { store: { getters, commit: () => undefined } } } });
}

async function copied(view: ReturnType<typeof open>): Promise<string | undefined> {
  const taken: string[] = [];
  const event = Object.assign(new Event('copy', { bubbles: true, cancelable: true }), { clipboardData: { setData: (_type: string, text: string) => taken.push(text) } });

  view.get('pre').element.dispatchEvent(event);
  await flushPromises();

  return taken[0];
}

afterEach(() => {
  Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
  document.body.replaceChildren();
});

describe('text to take away', () => {
  it('is copied as it is, and the button says so', async() => {
    const writeText = vi.fn(async() => undefined);
    const view = open({ writeText });

    await view.get('[data-testid="irsa-copy"]').trigger('click');
    await flushPromises();
    expect(writeText).toHaveBeenCalledWith(TEXT);
    expect(view.get('[data-testid="irsa-copy"]').text()).toBe('Copied');
    expect(view.get('[role="status"]').text()).toBe('');
  });

  it.each([
    { what: 'no clipboard, as without https', clipboard: undefined },
    { what: 'a clipboard that refuses', clipboard: { writeText: async() => Promise.reject(new Error('NotAllowedError')) } },
  ])('is selected, and that is said, where there is $what', async({ clipboard }) => {
    const view = open(clipboard);

    await view.get('[data-testid="irsa-copy"]').trigger('click');
    await flushPromises();
    expect(view.get('[data-testid="irsa-copy"]').text()).toBe('Copy');
    expect(view.get('[role="status"]').text()).toContain('The text is selected: press Ctrl+C');
    expect(getSelection()!.toString()).toBe(view.get('pre').element.textContent);
    expect(document.activeElement).toBe(view.get('pre').element);
    // What is on the page names the character; what is taken has it.
    expect(await copied(view)).toBe(TEXT);
    expect(view.get('[data-testid="irsa-copy"]').text()).toBe('Copied');
    expect(view.get('[role="status"]').text()).toBe('');
  });

  it('is taken in part as it was selected', async() => {
    const view = open();
    const range = document.createRange();

    range.setStart(view.get('pre').element.firstChild!, 0);
    range.setEnd(view.get('pre').element.firstChild!, 3);
    getSelection()!.removeAllRanges();
    getSelection()!.addRange(range);
    expect(await copied(view)).toBeUndefined();
  });
});
