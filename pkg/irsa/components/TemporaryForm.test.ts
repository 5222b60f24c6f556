import { mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { useTemporaryCredentials } from '../composables/use-temporary-keys';
import TemporaryForm from './TemporaryForm.vue';

vi.mock('vue-router', () => ({ useRouter: () => ({ afterEach: () => () => undefined }) }));

const ID = 'ASIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const TOKEN = 'IQoJb3JpZ2luX2VjEJf//////////wEaDGV1LWNlbnRyYWwtMSJHMEUCIQ==';
const BLOCK = `export AWS_ACCESS_KEY_ID="${ ID }"\nexport AWS_SECRET_ACCESS_KEY="${ SECRET }"\nexport AWS_SESSION_TOKEN="${ TOKEN }"\nexport AWS_CREDENTIAL_EXPIRATION="2099-01-01T00:00:00Z"`;

let store: object;

beforeEach(() => {
  store = { getters: { 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key, 'i18n/exists': () => true }, commit: vi.fn(), subscribe: vi.fn() };
});

function open(props: Partial<{ creatable: boolean; onCreate(): void }> = {}) {
  const onHeld = vi.fn();
  const view = mount(TemporaryForm, { props: { onHeld, ...props }, global: { provide: { store } }, attachTo: document.body });
  let credentials!: ReturnType<typeof useTemporaryCredentials>;

  mount({ template: '<i/>', setup: () => {
    credentials = useTemporaryCredentials();
  } }, { global: { provide: { store } } });
  const field = (name: string) => view.get<HTMLInputElement>(`input[data-testid="irsa-temporary-${ name }"]`);
  const paste = async(into: string, text: string): Promise<Event> => {
    const event = Object.assign(new Event('paste', { bubbles: true, cancelable: true }), { clipboardData: { getData: () => text } });

    view.get(into).element.dispatchEvent(event);
    await nextTick();

    return event;
  };

  return {
    view, credentials, onHeld, field, paste, problem: () => view.find('[data-testid="irsa-temporary-problem"]')
  };
}

describe('the form for temporary credentials', () => {
  it.each(['textarea', 'input[data-testid="irsa-temporary-sessionToken"]'])('splits a block that is pasted into %s, which never holds it', async(into) => {
    const { view, field, paste, credentials, onHeld } = open();
    const event = await paste(into, BLOCK);

    expect(event.defaultPrevented).toBe(true);
    expect([field('accessKeyId'), field('secretAccessKey'), field('sessionToken')].map(({ element }) => element.value)).toEqual([ID, SECRET, TOKEN]);
    expect(view.get('textarea').element.value).toBe('');
    // Attributes too: style sheets can read them.
    expect(view.html()).not.toMatch(/ASIA|wJalr|IQoJ/);
    await view.get('form').trigger('submit');
    await vi.waitFor(() => expect(onHeld).toHaveBeenCalledOnce());
    expect(credentials.keys()).toEqual({ accessKeyId: ID, secretAccessKey: SECRET, sessionToken: TOKEN });
    expect(credentials.state.value).toMatchObject({ status: 'held', expires: Date.parse('2099-01-01T00:00:00Z') });
  });

  it('is empty again when it is done', async() => {
    const { view, paste } = open();

    await paste('textarea', BLOCK);
    await view.get('form').trigger('submit');
    await nextTick();
    expect([...view.element.querySelectorAll('input, textarea')].map((one) => (one as HTMLInputElement).value).join('')).toBe('');
    expect(view.html()).not.toMatch(/ASIA|wJalr|IQoJ/);
  });

  it('hides what is typed, and asks no password manager', () => {
    const { field, view } = open();

    for (const name of ['accessKeyId', 'secretAccessKey', 'sessionToken']) {
      expect(field(name).attributes()).toMatchObject({ type: 'password', autocomplete: 'off', 'data-lpignore': 'true' });
    }
    expect(view.get('textarea').attributes('autocomplete')).toBe('off');
  });

  it('takes a block that was typed or dropped, and keeps nothing of it in the box', async() => {
    const { view, field } = open();

    await view.get('textarea').setValue(BLOCK);
    await nextTick();
    await nextTick();
    expect(field('secretAccessKey').element.value).toBe(SECRET);
    expect(view.get('textarea').element.value).toBe('');
  });

  it('says when a block holds no keys', async() => {
    const { view } = open();

    await view.get('textarea').setValue('hello');
    expect(view.get('[data-testid="irsa-temporary-read"]').text()).toBe('No keys were found in what you pasted.');
  });

  it('takes three parts that are pasted one by one', async() => {
    const { view, field, paste, credentials, onHeld } = open();

    expect((await paste('input[data-testid="irsa-temporary-secretAccessKey"]', SECRET)).defaultPrevented).toBe(false);
    await field('accessKeyId').setValue(` ${ ID } `);
    await field('secretAccessKey').setValue(SECRET);
    await field('sessionToken').setValue(TOKEN);
    await view.get('form').trigger('submit');
    await vi.waitFor(() => expect(onHeld).toHaveBeenCalledOnce());
    expect(credentials.keys().accessKeyId).toBe(ID);
    expect(credentials.state.value.expires).toBeUndefined();
  });

  it('does not take a long-lived key, says why, and leads to a cloud credential', async() => {
    const onCreate = vi.fn();
    const { view, paste, problem, credentials } = open({ creatable: true, onCreate });

    await paste('textarea', BLOCK.replace(ID, 'AKIAIOSFODNN7EXAMPLE'));
    expect(problem().text()).toContain('irsa.temporary.problem.long-lived');
    await view.get('form').trigger('submit');
    expect(credentials.state.value.status).toBe('none');
    await view.get('[data-testid="irsa-temporary-create"]').trigger('click');
    expect(onCreate).toHaveBeenCalledOnce();
    expect([...view.element.querySelectorAll('input')].map((one) => one.value).join('')).toBe('');
  });

  it('says what is missing when one wants to go on without it', async() => {
    const { view, field, problem, onHeld } = open();

    expect(problem().exists()).toBe(false);
    await field('accessKeyId').setValue(ID);
    await field('secretAccessKey').setValue(SECRET);
    await view.get('form').trigger('submit');
    expect(problem().text()).toContain('no-token');
    expect(onHeld).not.toHaveBeenCalled();
  });
});
