import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cluster } from '../../pkg/irsa/domain/chain/test-facts';
import { IrsaError } from '../../pkg/irsa/domain/errors';
import { createGateways } from '../../pkg/irsa/gateways/index';
import { observePods } from '../../pkg/irsa/gateways/kubernetes/workloads';
import { readAccount } from '../../pkg/irsa/gateways/observe/account';
import { observeHosting, observeJwks } from '../../pkg/irsa/gateways/observe/hosting';
import { lookAtServers, observeIssuerSetup } from '../../pkg/irsa/gateways/observe/issuer';
import { findKeyUse, observeKeySecrets, observeKeyUses, observeOutputs, observeSigners } from '../../pkg/irsa/gateways/observe/key-uses';
import { observeOutput } from '../../pkg/irsa/gateways/observe/output';
import { observeServers, observeServersByHand } from '../../pkg/irsa/gateways/observe/servers';
import { observeWebhookSite } from '../../pkg/irsa/gateways/observe/webhook-place';
import { readOperationLog } from '../../pkg/irsa/gateways/rancher/apps';
import { observeFleet } from '../../pkg/irsa/gateways/rancher/fleet';
import { readSetting } from '../../pkg/irsa/gateways/rancher/settings';
import { TransportError, type Transport } from '../../pkg/irsa/gateways/transport';
import { printSummary } from '../contract/summary';
import { JSON_ANSWERS, XML_ANSWERS, type LyingAnswer } from './answers';
import { createTally } from './tally';

const tally = createTally();
const ACCOUNT = { namespace: 'shop', name: 'reader' };
const OUTPUT = { kind: 'clusteroutput' as const, namespace: 'shop', name: 'logs' };
const gateways = (transport: Transport) => createGateways({ transport, direct: transport, credentialId: 'a:b' });

afterAll(() => printSummary('hostile-readers', [`Hostile input, further gateways: ${ tally.summary() }`]));

/** Gives every right and serves every group, so that the reader goes on; lies about everything else. */
function lying({ status, body, contentType = 'application/json' }: LyingAnswer): Transport {
  return {
    async request({ url }) {
      const said = /selfsubjectaccessreviews$/.test(url) ? '{"status":{"allowed":true}}' : /\/apis(\/[^/]*)?$/.test(url) ? '{"kind":"APIGroup","name":"x","versions":[{"groupVersion":"x/v1"}],"preferredVersion":{"groupVersion":"x/v1"}}' : undefined;

      return said ? { status: 200, headers: { 'content-type': 'application/json' }, body: said } : { status, headers: { 'content-type': contentType }, body };
    },
  };
}

/** What gateways.test.ts has no place for. */
const READERS: Record<string, (transport: Transport) => Promise<unknown>> = {
  findKeyUse:           async(transport) => [await findKeyUse(transport, 'c', OUTPUT), await findKeyUse(transport, 'c', { kind: 'backup', name: 'x' }), await findKeyUse(transport, 'c', { ...OUTPUT, kind: 'deployment' })],
  observeFleet:         (transport) => observeFleet(transport),
  observeHosting:       (transport) => observeHosting(gateways(transport), { name: 'acme', region: 'eu-central-1' }),
  observeIssuerSetup:   (transport) => observeIssuerSetup(gateways(transport), { ...cluster(), cluster: { ...cluster().cluster, distribution: 'rke2' } }),
  observeJwks:          (transport) => observeJwks(transport, 'c'),
  observeKeySecrets:    (transport) => observeKeySecrets(transport, 'c', [{ namespace: 'shop', name: 'keys' }], OUTPUT),
  observeKeyUses:       (transport) => observeKeyUses(transport, 'c'),
  observeOutput:        (transport) => observeOutput(transport, 'c', OUTPUT),
  observeOutputs:       (transport) => observeOutputs(transport, 'c'),
  observePods:          (transport) => observePods(transport, 'c', 'shop'),
  observeServers:       (transport) => observeServers(transport, { id: 'c', provisioningId: 'fleet-default/c' }),
  observeServersByHand: (transport) => observeServersByHand(transport, { id: 'c' }),
  lookAtServers:        (transport) => lookAtServers(gateways(transport), cluster()),
  observeSigners:       (transport) => observeSigners(transport, 'c', ACCOUNT),
  observeWebhookSite:   (transport) => observeWebhookSite(transport, { id: 'c', distribution: 'k3s' }),
  readAccount:          (transport) => readAccount(transport, 'c', ACCOUNT),
  readOperationLog:     (transport) => readOperationLog(transport, 'c', ACCOUNT),
  readSetting:          (transport) => readSetting(transport, 'shell-image'),
};

/** Called by those that are listed, with the same answers. */
const INSIDE: Record<string, string> = {
  observeDeployments: 'observeFleet',
  observeIssuer:      'observeCluster',
  observeNodes:       'observeWebhookPlace',
  observeProvider:    'observeHosting',
  readJwks:           'observeJwks',
};

it.each(Object.entries(READERS))('%s ends in something known', async(place, read) => {
  for (const answer of [...JSON_ANSWERS, ...XML_ANSWERS]) {
    await tally.one(place, answer.name, async() => {
      await read(lying(answer)).catch((error: unknown) => expect(error instanceof IrsaError || error instanceof TransportError ? 'known' : error).toBe('known'));
    });
  }
});

it('whatever reads a cluster, Rancher or AWS is lied to here or in gateways.test.ts', () => {
  const folder = path.resolve('pkg/irsa/gateways');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const readers = sources.flatMap((text) => [...text.matchAll(/^export (?:async )?function ((?:observe|find|read|lookAt)[A-Z]\w*)\(/gm)].map(([, name = '']) => name));
  const tests = ['gateways', 'readers'].map((name) => readFileSync(path.resolve(`tests/hostile/${ name }.test.ts`), 'utf8')).join('\n');

  expect(readers.length).toBeGreaterThan(30);
  expect(readers.filter((name) => !new RegExp(`\\b${ name }\\(`).test(tests) && !INSIDE[name])).toEqual([]);
  expect(Object.values(INSIDE).filter((name) => !new RegExp(`\\b${ name }\\(`).test(tests))).toEqual([]);
});
