import { describe, expect, it } from 'vitest';
import type { TransportAnswer, TransportRequest } from '../gateways/transport';
import type { Step, StepState } from './plan';
import { runInNoTime } from './test-run';

const app = { namespace: 'identity', name: 'webhook' };
const step: Step = {
  id:     'upgrade-webhook',
  target: 'helm',
  change: 'change',
  title:  { key: 'x' },
  call:   { rancher: { verb: 'POST', path: '/k8s/clusters/c/v1/catalog.cattle.io.clusterrepos/irsa?action=upgrade', body: {} } },
  until:  { helmOperation: { clusterId: 'c', app } },
  helm:   { release: app.name, namespace: app.namespace, chart: 'webhook', version: '1', repo: 'irsa', values: {} },
};
const uninstall: Step = { ...step, until: { helmOperation: { clusterId: 'c', app, removed: true } } };
const json = (body: unknown): TransportAnswer => ({ status: 200, headers: {}, body: JSON.stringify(body) });

interface Look { operation?: object; app?: { version?: number; state?: string; message?: string }; log?: string }

/** Runs a step of Helm's; `look` says what a cluster shows at each look after the step was sent, the last one for good. */
async function run(one: Step, before: Look['app'], looks: Look[]) {
  const states: StepState[] = [];
  const slept: number[] = [];
  let sent = false;
  let at = -1;
  const shown = (): Look => looks[Math.min(at, looks.length - 1)] ?? {};
  const reply = ({ method, url }: TransportRequest): TransportAnswer => {
    if (method === 'POST') {
      sent = true;

      return json({ operationName: 'helm-operation-1', operationNamespace: app.namespace });
    }
    if (url.includes('operations/identity/')) {
      at++;

      return json({ metadata: { name: 'helm-operation-1', state: { name: 'active' } }, ...shown().operation });
    }
    if (url.includes('/log?')) {
      return { status: shown().log === undefined ? 404 : 200, headers: {}, body: shown().log ?? '{}' };
    }
    const there = sent ? shown().app : before;

    return json({ data: url.includes('apps') && there ? [{ metadata: app, spec: { version: there.version }, status: { summary: { state: there.state ?? 'deployed', message: there.message } } }] : [] });
  };

  return { states, result: await runInNoTime([one], { iam: {}, reply, states, slept }), waited: slept.reduce((sum, one) => sum + one, 0) };
}

const running = { metadata: { name: 'helm-operation-1', state: { name: 'in-progress', transitioning: true } }, status: { podCreated: true, podName: 'helm-operation-1', podNamespace: 'cattle-system' } };

describe('a Helm operation', () => {
  it('is done with a revision that is new, not with the one from before', async() => {
    expect((await run(step, { version: 3 }, [{ app: { version: 3 } }, { operation: running, app: { version: 3 } }, { app: { version: 4 } }])).result).toMatchObject({ status: 'done' });
    expect((await run(step, undefined, [{}, { app: { version: 1 } }])).result).toMatchObject({ status: 'done' });
  });

  it('says how far it is before Helm has written a line', async() => {
    const begun = { ...running, status: {} };
    const { states } = await run(step, undefined, [{ operation: begun }, { operation: running }, { operation: running, log: 'helm install webhook' }, { operation: running, log: 'helm install webhook' }, { app: { version: 1 } }]);
    const notes = states.flatMap(({ note }) => note?.key.startsWith('irsa.run.helm') ? note.key : []);

    expect([...new Set(notes)]).toEqual(['irsa.run.helmPod', 'irsa.run.helmSilent', 'irsa.run.helm']);
  });

  it('that ended at the old revision has failed, within a minute, though Rancher calls it active and the release deployed', async() => {
    const { result, waited } = await run(step, { version: 3 }, [{ app: { version: 3 } }]);

    expect(result).toMatchObject({ status: 'failed', error: { code: 'HELM_SILENT', what: { key: 'irsa.error.HELM_SILENT.what' }, why: { args: { release: 'webhook', operation: 'helm-operation-1' } } } });
    expect(waited).toBeLessThan(60_000);
  });

  it('that ended with no release to see has failed', async() => {
    expect((await run(step, undefined, [{}])).result).toMatchObject({ status: 'failed', error: { code: 'HELM_SILENT' } });
  });

  it('is told in Helm’s words where they were read before its pod went', async() => {
    const log = 'helm upgrade --install webhook\nError: UPGRADE FAILED: values don\'t meet the specifications of the schema(s)';

    expect((await run(step, { version: 3 }, [{ operation: running, app: { version: 3 }, log }, { app: { version: 3 } }])).result).toMatchObject({ status: 'failed', error: { code: 'HELM_REFUSED', why: { args: { message: log.split('Error: ')[1] } } } });
  });

  it('is told in the App’s words where the new revision failed; one that failed before is no news', async() => {
    expect((await run(step, { version: 3 }, [{ app: { version: 4, state: 'failed', message: 'timed out' } }])).result).toMatchObject({ status: 'failed', error: { code: 'HELM_REFUSED', why: { args: { message: 'timed out' } } } });
    expect((await run(step, { version: 3, state: 'failed' }, [{ app: { version: 3, state: 'failed' } }, { app: { version: 4 } }])).result).toMatchObject({ status: 'done' });
  });

  it('that should have taken a release away and has not is told within a minute', async() => {
    const { result, waited } = await run(uninstall, { version: 3 }, [{ app: { version: 3 } }]);

    expect(result).toMatchObject({ status: 'failed', error: { code: 'HELM_SILENT' } });
    expect(waited).toBeLessThan(60_000);
    expect((await run(uninstall, { version: 3 }, [{ app: { version: 3 } }, {}])).result).toMatchObject({ status: 'done' });
  });
});
