import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CREDENTIAL } from '../sandbox/scenario/scenario.ts';
import { encodings } from './support/encodings';
import { Stage, type Visit } from './support/stage';
import { apply, openCluster, reviewBackup } from './support/steps';

/**
 * The walk that follows every journey is worth what it finds: each place and each encoding gets a secret here, and must give it back.
 * The planted one is the cloud credential's own secret key, which no script of the page has ever seen.
 */
describe('the walk for secrets', () => {
  let stage: Stage;
  let visit: Visit;
  const secret = CREDENTIAL.secretKey;

  beforeAll(async() => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());
  beforeEach(async() => {
    await stage.sandbox.reset();
    visit = await stage.visit();
  });
  afterEach(() => visit.leave());

  /** How a visit ends that leaves no secret behind, and how one that does: in words of the error that fails its test. */
  const ending = (): Promise<string> => visit.leave().then(() => '', (error: unknown) => String(error));

  /** What was found, by place. */
  const found = async(): Promise<string[]> => [...new Set((await visit.secrets.findings()).map((finding) => finding.split(': ')[0]!))];

  /** Plants inside the page. */
  const PLANTS: [place: string, plant: (secret: string) => unknown][] = [
    ['localStorage', (planted) => localStorage.setItem('x', planted)],
    ['sessionStorage', (planted) => sessionStorage.setItem('x', planted)],
    ['values ever written to storage', (planted) => {
      localStorage.setItem('x', planted);
      localStorage.removeItem('x');
    }],
    ['IndexedDB', (planted) => new Promise<void>((resolve) => {
      const request = indexedDB.open('x', 1);

      request.onupgradeneeded = () => request.result.createObjectStore('s').put({ deep: [planted] }, 'k');
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
    })],
    ['Cache API', (planted) => caches.open('x').then((cache) => cache.put('/x', new Response(planted)))],
    ['cookies that scripts can read', (planted) => (document.cookie = `x=${ encodeURIComponent(planted) }`)],
    ['history.state', (planted) => history.replaceState({ ...history.state, deep: { planted } }, '')],
    ['entries ever put into history', (planted) => {
      const before = history.state;

      history.replaceState({ planted }, '');
      history.replaceState(before, '');
    }],
    ['address, name and referrer', (planted) => (window.name = planted)],
    ['Vuex state', (planted) => {
      const { $store } = (document.querySelector('#app') as unknown as { __vue_app__: { config: { globalProperties: { $store: { state: Record<string, unknown> } } } } }).__vue_app__.config.globalProperties;

      // An object of its own, so that nothing of the page is shown anew for it.
      Object.defineProperty($store.state, 'planted', { value: { deep: new Map([['k', planted]]) }, enumerable: true, configurable: true });
    }],
    ['growls', (planted) => {
      const { $store } = (document.querySelector('#app') as unknown as { __vue_app__: { config: { globalProperties: { $store: { dispatch(action: string, growl: object): void } } } } }).__vue_app__.config.globalProperties;

      $store.dispatch('growl/error', { title: 'x', message: planted });
    }],
    ['text and attributes of the page', (planted) => document.body.setAttribute('data-x', planted)],
    ['text ever shown', async(planted) => {
      const element = document.createElement('p');

      element.textContent = planted;
      document.body.append(element);
      await new Promise((resolve) => setTimeout(resolve, 50));
      element.remove();
    }],
    ['values of fields', (planted) => {
      const field = document.createElement('input');

      document.body.append(field);
      field.value = planted;
    }],
    ['what was copied or made to a file', (planted) => navigator.clipboard.writeText(planted)],
    ['what was copied or made to a file', (planted) => URL.createObjectURL(new Blob([planted]))],
    ['URLs asked, and their referrers', (planted) => fetch(`/v1/x?a=${ encodeURIComponent(planted) }`).then(() => undefined)],
    ['URLs asked, and their referrers', (planted) => {
      const socket = new WebSocket(`${ location.origin.replace('http', 'ws') }/v1/subscribe?a=${ btoa(planted) }`);

      return new Promise<void>((resolve) => {
        for (const event of ['close', 'error', 'open']) {
          socket.addEventListener(event, () => resolve());
        }
      });
    }],
    // eslint-disable-next-line no-console
    ['console', (planted) => console.debug(planted)],
    ['downloaded files', (planted) => {
      const link = document.createElement('a');

      link.href = `data:text/plain,${ encodeURIComponent(planted) }`;
      link.download = 'x.txt';
      document.body.append(link);
      link.click();
      link.remove();
    }],
  ];

  it('finds none before one is planted, and one in each place', async() => {
    await openCluster(visit, 'local');
    expect(await ending()).toBe('');
    const missed: string[] = [];

    for (const [place, plant] of PLANTS) {
      visit = await stage.visit();
      await visit.goto('/home');
      await visit.page.locator('a[href*="/irsa/clusters"]').first().waitFor({ state: 'attached' });
      await visit.page.evaluate(plant as (planted: string) => Promise<void>, secret);
      await visit.page.waitForTimeout(100);
      const said = await ending();

      if (!said.includes(`\n${ place }: secret key of the `)) {
        missed.push(`${ place }: ${ String(plant).slice(0, 60) }`);
      }
      expect(said).not.toContain(secret);
    }
    expect(missed).toEqual([]);
  });

  it('finds one in a document that was left, in a page that was closed, and in a visit that nobody ended', async() => {
    const plant = () => visit.page.evaluate((planted) => (window as unknown as { __traces: { written: string[] } }).__traces.written.push(planted), secret);

    await visit.goto('/home');
    await plant();
    await visit.goto('/home');
    expect(await ending()).toContain('values ever written to storage: secret key');

    // As the dashboard leaves it when somebody logs in or out, and as Back does.
    for (const leave of [(to: string) => location.assign(to), () => location.reload()]) {
      visit = await stage.visit();
      await visit.goto('/home');
      await plant();
      await Promise.all([visit.page.waitForEvent('load'), visit.page.evaluate(leave, '/dashboard/home').catch(() => undefined)]);
      expect(await visit.page.evaluate(() => (window as unknown as { __traces: { written: string[] } }).__traces.written.join(''))).not.toContain(secret);
      expect(await ending()).toContain('values ever written to storage: secret key');
    }

    visit = await stage.visit();
    await visit.goto('/home');
    await plant();
    await visit.page.close();
    expect(await ending()).toContain('values ever written to storage: secret key');

    const other = await Stage.open();

    visit = await other.visit();
    await visit.goto('/home');
    await plant();
    await expect(other.close()).rejects.toThrow('values ever written to storage: secret key');
  });

  it('finds one in each form that the plan on the page can be taken away in, opened or not', async() => {
    visit.secrets.add('name of a bucket', 'acme-most-secret-bucket');
    await openCluster(visit, 'local');
    await reviewBackup(visit, 'acme-most-secret-bucket');
    expect(await ending()).toContain('\nexported plans: name of a bucket');
  });

  it('leaves out what is excused, and nothing else', async() => {
    visit.secrets.excuse(/^localStorage: secret key of the (account|cloud credential) /, 'planted');
    await visit.goto('/home');
    await visit.page.evaluate((planted) => localStorage.setItem('x', planted), secret);
    expect(await ending()).toMatch(/:\nvalues ever written to storage: [^\n]*$/);
  });

  it('finds one in the logs of the sandbox', async() => {
    await visit.goto('/home');
    await stage.sandbox.world.aws.send({ method: 'POST', host: 'iam.amazonaws.com', url: '/', headers: {}, body: Buffer.from(new URLSearchParams({ Action: 'GetRole', Version: '2010-05-08', RoleName: secret }).toString()) });
    expect(await found()).toEqual(['the sandbox’s log of AWS calls']);
    stage.sandbox.world.aws.clearCalls();
    // eslint-disable-next-line no-console
    console.debug(`    planted on purpose: ${ Buffer.from(secret).toString('base64') }`);
    expect(await found()).toEqual(['what the sandbox’s process said']);
    expect(await ending()).toContain('\nwhat the sandbox’s process said: secret key');
  });

  it('finds every encoding', async() => {
    await visit.goto('/home');
    const quoted = 'a"secret<&>with/signs+and\\more==';

    visit.secrets.add('with signs', quoted);
    for (const [how, written] of [...encodings(quoted), ['inside base64', Buffer.from(`xy${ quoted }z`).toString('base64')], ['inside base64url', Buffer.from(`x${ quoted }`).toString('base64url')]] as const) {
      await visit.page.evaluate((text) => (window.name = text), `before ${ written } after`);
      expect(await found(), how).toEqual(['address, name and referrer']);
    }
    await visit.page.evaluate(() => (window.name = ''));
  });

  it('learns tokens, session and the credentials that STS gives, and finds them', async() => {
    await openCluster(visit, 'local');
    await reviewBackup(visit);
    expect(await apply(visit)).toBe('verified');
    const known = await visit.secrets.secrets();

    expect([...new Set(known.map(({ name }) => name))]).toEqual(expect.arrayContaining(['secret key of the account', 'R_SESS', 'token of a service account', 'signature of a token of a service account', 'SecretAccessKey of an assumed role', 'SessionToken of an assumed role']));
    for (const { name, value } of known) {
      await visit.page.evaluate((text) => (window.name = text), value);
      expect(await visit.secrets.findings(), name).not.toEqual([]);
    }
    await visit.page.evaluate(() => (window.name = ''));
    expect(await visit.secrets.findings()).toEqual([]);
  });
});
