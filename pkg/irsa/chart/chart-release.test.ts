import { flushPromises } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import {
  binding, role, ROLE_ARN, value
} from '../domain/chain/test-facts';
import LoggingForm from './logging.vue';
import { open, type Opening, type Values } from './test-form';

const ROLE = 'eks.amazonaws.com/role-arn';
const EKS = { additionalLoggingSources: { eks: { enabled: true } } };

type Form = Awaited<ReturnType<typeof open>>;
const logging = (opening: Opening) => open({ form: LoggingForm, isNamed: true, target: binding({ account: { ...binding().account, roleArn: undefined } }), ...opening });
const trust = ({ run }: Form) => JSON.stringify((run.mock.calls as unknown as [{ documents: { id: string; after: string }[] }][])[0]![0].documents.find(({ id }) => id === 'trust'));

async function prepared(form: Form): Promise<void> {
  await form.choose(0);
  await form.view.get('input[data-testid="irsa-parameter-logGroup"]').setValue('/acme');
}

describe('the form of a release with other names', () => {
  it.each<[string, Opening, string, string]>([
    ['the release', { existing: { metadata: { name: 'logs', namespace: 'obs' } } }, 'obs', 'logs'],
    ['the namespace in its values', { values: { namespaceOverride: 'elsewhere' } }, 'elsewhere', 'rancher-logging'],
  ])('looks at the accounts that it makes, lets them in and follows them: %s', async(_what, opening, namespace, release) => {
    const form = await logging({ ...opening, values: { ...opening.values, ...structuredClone(EKS) } });

    await prepared(form);
    expect(form.looked).toHaveBeenCalledWith({ namespace, name: `${ release }-root-fluentd` });
    expect(form.view.get('[data-testid="irsa-chart-beside"]').text()).toContain(`${ namespace }/${ release }-eks-fluentd`);
    await form.install();
    expect(trust(form)).toMatch(new RegExp(`:${ namespace }:${ release }-root-fluentd.*:${ namespace }:${ release }-eks-fluentd`));
    expect(form.values.loggingServiceAccountAnnotations).toEqual({ root: { [ROLE]: ROLE_ARN }, eks: { [ROLE]: ROLE_ARN } });
    vi.useFakeTimers();
    form.looked.mockClear();
    await form.installed();
    await vi.advanceTimersByTimeAsync(3_100);
    vi.useRealTimers();
    expect(form.looked.mock.calls.map(([{ namespace: at, name }]) => `${ at }/${ name }`)).toEqual([`${ namespace }/${ release }-root-fluentd`, `${ namespace }/${ release }-eks-fluentd`]);
  });

  it('leaves the role once Helm has what was sent, whichever namespace the account is in, and not before', async() => {
    vi.useFakeTimers();
    const existing = { metadata: { name: 'logs', namespace: 'obs' } };
    const { choose, install, installed, landed, run, appAt } = await open({ form: LoggingForm, mode: 'edit', there: true, existing, target: binding(), values: { namespaceOverride: 'elsewhere', loggingServiceAccountAnnotations: { root: { [ROLE]: ROLE_ARN } } } });

    await choose(1);
    await install();
    await installed(false);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(run).not.toHaveBeenCalled();
    expect(appAt).toHaveBeenCalledWith(expect.any(String), existing.metadata);
    landed();
    await vi.advanceTimersByTimeAsync(3_100);
    vi.useRealTimers();
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('leaves a role untouched of which it could not say before what becomes of it', async() => {
    vi.useFakeTimers();
    const { choose, install, installed, run, looked } = await open({ form: LoggingForm, mode: 'edit', there: true, target: binding(), values: { loggingServiceAccountAnnotations: { root: { [ROLE]: ROLE_ARN } } } });

    looked.mockImplementationOnce(() => {
      throw new Error('refused');
    });
    await choose(1);
    await install();
    await installed();
    await vi.advanceTimersByTimeAsync(3_100);
    vi.useRealTimers();
    expect((run.mock.calls as unknown as [{ steps: { id: string }[] }][])[0]![0].steps.map(({ id }) => id)).toEqual(['remove-annotation', 'restart-deployments-web', 'pods-without-role']);
  });

  it('deletes the role that was ticked before somebody looked at Rancher’s editor and came back', async() => {
    vi.useFakeTimers();
    const { view, choose, turn, install, installed, run } = await open({ form: LoggingForm, mode: 'edit', there: true, target: binding({ role: value(role({ inlinePolicies: {}, managedPolicies: value([]) })) }), values: { loggingServiceAccountAnnotations: { root: { [ROLE]: ROLE_ARN } } } });

    await choose(1);
    await view.get('[data-testid="irsa-chart-delete"] input').setValue(true);
    await turn('YAML');
    await turn('FORM');
    expect((view.get('[data-testid="irsa-chart-delete"] input').element as HTMLInputElement).checked).toBe(true);
    await install();
    await installed();
    await vi.advanceTimersByTimeAsync(3_100);
    vi.useRealTimers();
    expect((run.mock.calls as unknown as [{ steps: { id: string }[] }][])[0]![0].steps.map(({ id }) => id)).toContain('delete-role');
  });

  it('lets in where the values in Rancher’s editor put it', async() => {
    const form = await logging({});

    await prepared(form);
    await form.turn('YAML');
    form.edit((values: Values) => (values.namespaceOverride = 'elsewhere'));
    await form.install();
    expect(trust(form)).toContain(':elsewhere:rancher-logging-root-fluentd');
  });

  it.each([['103.0.1+up4.4.0', true], ['103.1.0+up4.4.0', false]])('says of a chart that cannot give the role that it cannot: %s', async(version, isOld) => {
    const form = await logging({ version });

    await form.choose(0);
    await flushPromises();
    expect(form.view.find('[data-testid="irsa-chart-old"]').exists()).toBe(isOld);
  });
});
