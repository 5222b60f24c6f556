import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { hidden, value } from '../../domain/chain/test-facts';
import type { ObservedIssuer } from '../../domain/issuer/setup';
import type { Engine } from '../../composables/use-engine';
import { SELF_MANAGED, servers } from '../../plans/test-issuer-facts';
import HandChecklist from './HandChecklist.vue';
import HostForm from './HostForm.vue';
import IssuerCard from './IssuerCard.vue';
import IssuerSteps from './IssuerSteps.vue';
import KeysField from './KeysField.vue';
import RotateKeys from './RotateKeys.vue';
import ServerTable from './ServerTable.vue';

const ISSUER = 'https://irsa-edge-0123456789ab.s3.eu-central-1.amazonaws.com';
const BUCKET = { issuer: ISSUER, bucket: { name: 'irsa-edge-0123456789ab', region: 'eu-central-1' } };
const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key };
const global = { provide: { store: { getters, commit: () => undefined } } };
const state = (view: VueWrapper, id: string) => view.get(`[data-testid="${ id }"]`).attributes('data-state');

describe('servers', () => {
  it('are shown with what each runs with, and one that does not tell as that', () => {
    const view = mount(ServerTable, { global, props: { issuer: ISSUER, servers: [{ name: 'a', args: [] }, { name: 'b', args: [`service-account-issuer+=${ ISSUER }`] }, { name: 'c', args: [`service-account-issuer=${ ISSUER }`] }, { name: 'd' }] } });

    expect(['a', 'b', 'c', 'd'].map((name) => state(view, `irsa-server-${ name }`))).toEqual(['none', 'accepted', 'only', 'unseen']);
    expect(view.get('[data-testid="irsa-server-d"]').text()).toContain('irsa.issuerRoom.unseen');
  });

  it('are gone through one after the other, a phase at a time, and only the next one is told what to do', async() => {
    const view = mount(HandChecklist, { global, props: { distribution: 'rke2' as const, issuer: ISSUER, phases: ['accept', 'sign'], token: 'https://old', servers: [{ name: 'a', args: [`service-account-issuer+=${ ISSUER }`] }, { name: 'b', args: [] }] } });
    const states = () => ['accept-a', 'accept-b', 'sign-a', 'sign-b', 'token'].map((line) => state(view, `irsa-hand-${ line }`));

    expect(states()).toEqual(['done', 'current', 'later', 'later', 'later']);
    expect(view.findAll('pre').map((one) => one.text())).toEqual([`kube-apiserver-arg+:\n  - "service-account-issuer+=${ ISSUER }"`, 'sudo systemctl restart rke2-server']);
    await view.setProps({ token: ISSUER, servers: ['a', 'b'].map((name) => ({ name, args: [`service-account-issuer-=${ ISSUER }`] })) });
    expect(states()).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(view.find('pre').exists()).toBe(false);
    // And then a day passes, which the list counts, too.
    expect(state(view, 'irsa-hand-wait')).toBe('current');
    await view.setProps({ retirable: 1, due: true });
    expect(state(view, 'irsa-hand-wait')).toBe('done');
  });
});

it('tells who has an issuer already to look where, before the list is written and the server restarts', () => {
  const view = mount(HandChecklist, { global, props: { distribution: 'k3s' as const, issuer: ISSUER, phases: ['accept'], servers: [{ name: 'a', args: ['service-account-issuer=https://old'] }] } });
  const [first, list, restart] = view.findAll('pre').map((one) => one.text());

  expect(first).toContain('grep -rns service-account-issuer');
  expect(list).toContain('service-account-issuer=https://old');
  expect(restart).toBe('sudo systemctl restart k3s');
  expect(view.text()).toContain('irsa.issuerRoom.hand.check');
});

describe('servers that do not tell', () => {
  const open = (servers: { name: string; args?: string[] }[], more: object = {}) => mount(HandChecklist, { global, props: { distribution: 'k3s' as const, issuer: ISSUER, phases: ['accept', 'sign'], servers, ...more } });
  const tick = (view: VueWrapper) => view.get('[data-testid="irsa-hand-blind"]').get('input').setValue(true);

  it('are ticked by a person, and those behind them are told what to do', async() => {
    const view = open([{ name: 'a' }, { name: 'b', args: [] }, { name: 'c' }]);
    const states = () => ['accept-a', 'accept-b', 'accept-c', 'sign-a'].map((line) => state(view, `irsa-hand-${ line }`));

    expect(states()).toEqual(['current', 'later', 'later', 'later']);
    await tick(view);
    expect(states()).toEqual(['done', 'current', 'later', 'later']);
    // It tells by itself: no person's word is taken for it.
    expect(view.find('[data-testid="irsa-hand-blind"]').exists()).toBe(false);
    await view.setProps({ servers: [{ name: 'a' }, { name: 'b', args: [`service-account-issuer+=${ ISSUER }`] }, { name: 'c' }] });
    expect(states()).toEqual(['done', 'done', 'current', 'later']);
    await tick(view);
    expect(states()).toEqual(['done', 'done', 'done', 'current']);
    // What one tells is worth more than what was said of it.
    await view.setProps({ servers: [{ name: 'a', args: [] }, { name: 'b', args: [`service-account-issuer+=${ ISSUER }`] }, { name: 'c' }] });
    expect(states()).toEqual(['current', 'done', 'done', 'later']);
  });

  it('are told what to do also where nobody sees which there are', async() => {
    const view = open([]);
    const line = (phase: string) => state(view, `irsa-hand-${ phase }-irsa.issuerRoom.hand.each`);

    expect([line('accept'), line('sign')]).toEqual(['current', 'later']);
    expect(view.findAll('pre').at(-1)!.text()).toBe('sudo systemctl restart k3s');
    await tick(view);
    expect([line('accept'), line('sign')]).toEqual(['done', 'current']);
  });
});

describe('the old issuer, on the machines', () => {
  const open = (more: object) => mount(HandChecklist, { global, props: { distribution: 'k3s' as const, issuer: ISSUER, phases: ['retire' as const], servers: [{ name: 'a', args: [`service-account-issuer-=${ ISSUER }`] }], ...more } });

  it('is not told how to go before its day is over', async() => {
    const view = open({ retirable: Date.now() + 3_600_000, due: false });

    expect([state(view, 'irsa-hand-wait'), state(view, 'irsa-hand-retire-a')]).toEqual(['current', 'later']);
    expect(view.find('pre').exists()).toBe(false);
    expect(view.find('[data-testid="irsa-hand-waited"]').exists()).toBe(false);
    await view.setProps({ due: true });
    expect([state(view, 'irsa-hand-wait'), state(view, 'irsa-hand-retire-a')]).toEqual(['done', 'current']);
    expect(view.find('pre').exists()).toBe(true);
  });

  it('goes when a person says that the day is over, where no server tells', async() => {
    const view = open({});

    expect(view.find('pre').exists()).toBe(false);
    await view.get('[data-testid="irsa-hand-waited"]').get('input').setValue(true);
    expect(state(view, 'irsa-hand-retire-a')).toBe('current');
    expect(view.find('pre').exists()).toBe(true);
  });

  it('is a step that opens when it may be done', async() => {
    const view = mount(IssuerSteps, { global, props: { step: 'switch' as const, stage: 'retire' as const, notBefore: Date.now() + 1000 } });
    const button = () => view.get<HTMLButtonElement>('[data-testid="irsa-issuer-step-retire"]').element;

    expect(button().disabled).toBe(true);
    expect(button().textContent).toContain('irsa.issuerRoom.hand.until');
    await view.setProps({ notBefore: undefined });
    expect(button().disabled).toBe(false);
  });
});

it('forgets an issuer that was taken away by deleting our file, and never tells to sign with it', async() => {
  const view = mount(HandChecklist, { global, props: { distribution: 'k3s' as const, issuer: ISSUER, phases: ['retire'], back: true, due: true, servers: [{ name: 'a', args: [`service-account-issuer+=${ ISSUER }`] }] } });

  expect(state(view, 'irsa-hand-retire-a')).toBe('current');
  expect(view.findAll('pre').map((one) => one.text())).toEqual(['sudo rm -f /etc/rancher/k3s/config.yaml.d/90-irsa.yaml && sudo systemctl restart k3s']);
  await view.setProps({ servers: [{ name: 'a', args: [] }] });
  expect(state(view, 'irsa-hand-retire-a')).toBe('done');
});

describe('the form of where', () => {
  const open = (waiting = false) => mount(HostForm, { global, props: { target: BUCKET, suggested: BUCKET, waiting } });
  const button = (view: VueWrapper) => view.get<HTMLButtonElement>('[data-testid="irsa-host-choose"]').element;

  it.each([['irsa.edge', 'eu-central-1', true], ['irsa-edge', 'here', true], ['irsa-edge', 'eu-central-1', false]])('takes %s in %s: refused %s', async(name, region, refused) => {
    const view = open();

    await view.get('[data-testid="irsa-bucket-name"]').setValue(name);
    await view.get('[data-testid="irsa-bucket-region"]').setValue(region);
    expect(button(view).disabled).toBe(refused);
    await view.get('form').trigger('submit');
    expect(view.emitted('choose')?.[0]).toEqual(refused ? undefined : [{ issuer: 'https://irsa-edge.s3.eu-central-1.amazonaws.com', bucket: { name, region } }, undefined]);
  });

  it('gives a bucket behind CloudFront another name than the public one, and offers it where CloudFront is', async() => {
    const view = open();
    const kinds = () => view.findAll('input[type="radio"]');

    expect(kinds()).toHaveLength(3);
    await kinds()[1]!.setValue();
    await view.get('form').trigger('submit');
    expect(view.emitted('choose')?.[0]).toEqual([expect.objectContaining({ bucket: { ...BUCKET.bucket, name: `${ BUCKET.bucket.name }-cf` } }), 'cloudfront']);
    await view.get('[data-testid="irsa-bucket-region"]').setValue('us-gov-west-1');
    expect(kinds()).toHaveLength(2);
  });

  it('waits while keys are to be pasted', () => {
    expect(button(open(true)).disabled).toBe(true);
  });
});

describe('keys by paste', () => {
  it('say where they are none', async() => {
    const view = mount(KeysField, { global, props: { value: '{"keys": [}', label: 'JWKS' } });

    await view.get('textarea').trigger('focusin');
    await flushPromises();
    expect(view.text()).toMatch(/line 1, column/);
  });

  it('show no command that rotates before the next key is published', async() => {
    const setup = { target: BUCKET, jwks: { known: false as const, why: { kind: 'forbidden' as const, text: { key: 'x' } } } };
    const view = mount(RotateKeys, { global, props: { next: '', setup, distribution: 'k3s' as const } });

    await flushPromises();
    expect(view.find('[data-testid="irsa-rotate-blocked"]').exists()).toBe(true);
    expect(view.text()).not.toContain('rotate-ca');
  });

  it('are published on a host of one’s own by its admin: files, a script where it is CloudFront, and no rotation before a look found them', async() => {
    const issuer = 'https://d111111abcdef8.cloudfront.net';
    const key = async() => ({ ...await crypto.subtle.exportKey('jwk', (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])).publicKey), alg: 'ES256', use: 'sig' });
    const live = JSON.stringify({ keys: [await key()] });
    const next = JSON.stringify({ keys: [await key()] });
    const setup = (jwks?: string) => ({ target: { issuer }, jwks: { known: true as const, value: live }, documents: jwks === undefined ? { known: false as const, why: { kind: 'unreachable' as const, text: { key: 'x' } } } : { known: true as const, value: { jwks } } });
    const view = mount(RotateKeys, { global, props: { next, setup: setup(live), distribution: 'k3s' as const } });

    await expect.poll(() => view.findAll('pre').map((one) => one.text()).filter((one) => /cloudfront list-distributions|^{"keys"/.test(one)).length).toBe(2);
    expect(view.text()).not.toContain('rotate-ca');
    const both = view.findAll('pre').map((one) => one.text()).find((one) => one.startsWith('{"keys"'))!;

    expect((JSON.parse(both) as { keys: object[] }).keys).toHaveLength(2);
    await view.setProps({ setup: setup() });
    await flushPromises();
    expect(view.text()).not.toContain('rotate-ca');
    await view.get('[data-testid="irsa-rotate-confirm"]').get('input').setValue(true);
    expect(view.text()).toContain('rotate-ca');
    await view.setProps({ setup: setup(both) });
    await expect.poll(() => view.find('[data-testid="irsa-rotate-publish"]').exists() || view.find('[data-testid="irsa-rotate-look"]').exists()).toBe(false);
    expect(view.find('[data-testid="irsa-rotate-ready"]').exists()).toBe(true);
  });
});

describe('an issuer on a host of one’s own that no browser reads', () => {
  const OWN = 'https://oidc.example.com';
  const PROVIDER = value({ arn: 'arn:aws:iam::111122223333:oidc-provider/oidc.example.com' });

  /** @param entry  how the servers have it */
  async function card(entry: string, provider: ObservedIssuer['provider']): Promise<VueWrapper> {
    const setup: ObservedIssuer = { target: { issuer: OWN }, jwks: value('{"keys":[]}'), servers: value(servers(['service-account-issuer=https://old.example', `service-account-issuer${ entry }=${ OWN }`])), documents: hidden('unreachable'), provider };
    const engine = { issuer: () => Promise.resolve(setup) } as unknown as Engine;
    const view = mount(IssuerCard, { global, props: { observed: SELF_MANAGED, engine: () => Promise.resolve(engine), mayHost: true } });

    await flushPromises();

    return view;
  }
  const next = (view: VueWrapper) => view.get('[data-testid="irsa-issuer-next"]').text();
  const shown = (view: VueWrapper) => view.get('[data-testid="irsa-issuer-state"]').text();

  it('is not called published, nor signed with, where IAM does not know it either', async() => {
    const view = await card('+', value(null));

    expect(shown(view)).toContain('irsa.issuerCard.stage.lost');
    expect(next(view)).toContain('irsa.issuerCard.next.gone');
    expect(view.find('[data-testid="irsa-issuer-blind"]').exists()).toBe(false);
    await view.get('[data-testid="irsa-issuer-menu"]').trigger('click');
    expect(view.html()).toContain('irsa-issuer-host');
  });

  it('comes with the command that tells whether it is there, where IAM knows it', async() => {
    const view = await card('+', PROVIDER);

    expect(shown(view)).toBe('irsa.issuerCard.stage.switch {"use":"accepted","blind":"true"}');
    expect(next(view)).toContain('irsa.issuerCard.next.switch');
    expect(view.get('[data-testid="irsa-issuer-blind"] code').text()).toBe(`curl --fail ${ OWN }/openid/v1/jwks`);
    expect((await card('-', PROVIDER)).find('[data-testid="irsa-issuer-blind"]').exists()).toBe(true);
  });
});
