import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { reactive } from 'vue';
import type { UnbornCluster } from '../domain/issuer/birth';
import ClusterBirth from './ClusterBirth.vue';

const MINE = ['audit-log-maxage=30', 'service-account-issuer=https://mine.example'];
const OURS = 'service-account-issuer=https://irsa-new.s3.eu-central-1.amazonaws.com';

function open(args: string[] = MINE, more: object = {}) {
  const resource = reactive<UnbornCluster>({ metadata: { name: 'new' }, spec: { rkeConfig: { machineGlobalConfig: { 'kube-apiserver-arg': [...args] }, ...more } } });
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key };
  const view = mount(ClusterBirth, { props: { resource }, global: { provide: { store: { getters, commit: () => undefined } } } });
  const type = (id: string, text: string) => view.get(`[data-testid="irsa-birth-${ id }"]`).setValue(text);

  return {
    view, type,
    tick:     (is: boolean) => view.get('[data-testid="irsa-birth-on"] input').setValue(is),
    args:     () => resource.spec!.rkeConfig!.machineGlobalConfig!['kube-apiserver-arg'],
    resource,
    warnings: () => view.findAll('[data-testid="irsa-birth-warning"]').map((one) => one.text()).join(' '),
  };
}

describe('an issuer from the first start', () => {
  it('takes the place of one that was written under Advanced, says so, and gives it back', async() => {
    const { tick, type, args, warnings } = open();

    await tick(true);
    await type('name', 'irsa-new');
    expect(args()).toEqual(MINE);
    await type('region', 'eu-central-1');
    expect(args()).toEqual(['audit-log-maxage=30', OURS]);
    expect(warnings()).toContain('irsa.birth.replaces {"entries":"service-account-issuer=https://mine.example"}');
    // While a name is typed that is none yet.
    await type('name', 'irsa-new.');
    expect(args()).toEqual(MINE);
    await type('name', 'irsa-new');
    expect(args()).toEqual(['audit-log-maxage=30', OURS]);
    await tick(false);
    expect(args()).toEqual(MINE);
  });

  it('gives back what was written while it was off', async() => {
    const { tick, type, args, resource } = open([]);

    await tick(true);
    await type('region', 'eu-central-1');
    await tick(false);
    expect(args()).toBeUndefined();
    resource.spec!.rkeConfig!.machineGlobalConfig!['kube-apiserver-arg'] = [...MINE];
    await tick(true);
    await tick(false);
    expect(args()).toEqual(MINE);
  });

  it('stands when one comes back to the page, and leaves nothing of its own behind', async() => {
    const { tick, args } = open(['a=b', OURS]);

    expect(args()).toEqual(['a=b', OURS]);
    await tick(false);
    expect(args()).toEqual(['a=b']);
  });

  it('says that selected machines would have other arguments, and that Rancher cannot sign for a region', async() => {
    const { tick, type, warnings } = open([], { machineSelectorConfig: [{ config: { 'kube-apiserver-arg': ['a=b'] } }] });

    await tick(true);
    expect(warnings()).toContain('irsa.birth.selected');
    await type('region', 'eu-central-1');
    expect(warnings()).not.toContain('REGION_NOT_SIGNED');
    await type('region', 'mx-central-1');
    expect(warnings()).toContain('REGION_NOT_SIGNED');
  });
});
