import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { RemedyId, StsReach } from '../domain/facts';
import HostRow from './HostRow.vue';

const ENTRY: StsReach['entry'] = { domain: 'sts.%.amazonaws.com', name: 'irsa-sts', uid: 'u', stays: false };
const row = (remedies: RemedyId[], value: Partial<StsReach> = {}) => mount(HostRow, { props: { reach: { known: true, value: { host: 'sts.eu-central-1.amazonaws.com', state: 'allowed', ...value } }, remedies } });

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

  it('is told of S3 in a bucket’s region in its own words', () => {
    const view = row(['close-sts'], { host: 's3.eu-central-1.amazonaws.com', entry: { ...ENTRY, domain: 's3.eu-central-1.amazonaws.com', name: 'irsa-s3' } });

    expect(view.get('[data-testid="irsa-s3-row"] dd').text()).toContain('s3.eu-central-1.amazonaws.com');
    expect(view.find('[data-testid="irsa-close-s3"]').exists()).toBe(true);
    expect(view.get('dt').text()).toBe('Buckets in AWS S3');
  });
});
