import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { RemedyId, StsReach } from '../domain/facts';
import StsRow from './StsRow.vue';

const ENTRY: StsReach['entry'] = { domain: 'sts.%.amazonaws.com', name: 'irsa-sts', uid: 'u', stays: false };
const row = (remedies: RemedyId[], value: Partial<StsReach> = {}) => mount(StsRow, { props: { sts: { known: true, value: { host: 'sts.eu-central-1.amazonaws.com', state: 'allowed', ...value } }, remedies } });

describe('whether Rancher forwards to STS', () => {
  it.each([
    ['taken back', 'close-sts', { entry: ENTRY }, 'sts.%.amazonaws.com'],
    ['allowed', 'open-sts', { state: 'openable' as const }, 'sts.eu-central-1.amazonaws.com'],
  ])('can be %s', async(_name, id, value, said) => {
    const view = row(['restart', id as RemedyId], value);

    expect(view.get('dd').text()).toContain(said);
    await view.get(`[data-testid="irsa-${ id }"]`).trigger('click');
    expect(view.emitted('mend')).toEqual([[id]]);
  });

  it('is not offered to be changed by who may not', () => {
    expect(row(['restart'], { entry: ENTRY, missing: { clusterId: 'local', verb: 'delete', group: 'management.cattle.io', resource: 'proxyendpoints' } }).find('section').exists()).toBe(false);
  });
});
