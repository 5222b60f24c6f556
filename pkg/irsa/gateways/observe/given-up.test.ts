import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterRef } from '../../domain/facts';
import { createGateways } from '../index';
import { TransportError, type Transport } from '../transport';
import { observeClusterBrief } from './brief';
import { observeCluster } from './cluster';
import { unknown } from './known';

const REF: ClusterRef = { id: 'c-1', name: 'one', distribution: 'rke2', origin: 'rancher', editable: true, connected: true };
const abort = () => new TransportError('aborted', 'canceled', true);

/** Says yes to every right; whatever else is asked ends when the page is left, AWS later than the cluster. */
const transport: Transport = {
  async request({ url, body }) {
    if (url.endsWith('selfsubjectaccessreviews')) {
      return { status: 201, headers: {}, body: JSON.stringify({ ...JSON.parse(body ?? '{}') as object, status: { allowed: true } }) };
    }
    await new Promise((resolve) => setTimeout(resolve, url.includes('amazonaws') ? 20 : 5));
    throw abort();
  },
};

/** A page that is left gives up its looks; browsers print every refusal that nobody took as an error of the page. */
describe('a look that is given up', () => {
  const untaken: unknown[] = [];
  const note = (error: unknown): void => {
    untaken.push(error);
  };

  beforeEach(() => {
    untaken.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it.each([
    ['at a cluster', () => observeCluster(createGateways({ transport, direct: transport, credentialId: 'cattle-global-data:cc-x' }), REF)],
    ['at one of many', () => observeClusterBrief(createGateways({ transport, direct: transport, credentialId: 'cattle-global-data:cc-x' }), REF, { account: async() => unknown('not-asked', ''), roles: async() => unknown('not-asked', '') }, { onlyBound: true })],
  ])('%s ends as a whole, and leaves no refusal that nobody takes', async(_name, observe) => {
    await expect(observe()).rejects.toMatchObject({ reason: 'aborted' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(untaken).toEqual([]);
  });
});
