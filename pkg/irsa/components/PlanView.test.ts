import { mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { PlanRun } from '../composables/use-plan-run';
import type { Preflight } from '../plans/rights/preflight';
import type { Plan, Step, StepState } from '../plans/plan';
import PlanView from './PlanView.vue';

const step = (id: string, target: Step['target'], change: Step['change']): Step => ({
  id, target, change, title: { key: 'irsa.copy' }, call: { aws: { service: 'iam', command: 'CreateRole', input: {} } }
});
const plan = (over: Partial<Plan> = {}): Plan => ({
  id:        'bind',
  title:     { key: 'irsa.copy' },
  steps:     [step('create-role', 'iam', 'create'), step('upgrade', 'helm', 'change'), step('restart', 'kubernetes', 'restart'), step('verify', 'sts', 'check')],
  documents: [{ id: 'trust', after: '{"Version":"2012-10-17"}', size: 412, quota: 2048 }],
  warnings:  [],
  ...over,
});
const state = (id: string, status: StepState['status'], over: Partial<StepState> = {}): StepState => ({ id, status, attempts: 1, ...over });
const run = (over: Partial<PlanRun> = {}): PlanRun => ({ status: 'idle', steps: {}, ...over });
const show = (props: { plan?: Plan; run?: PlanRun; forbidden?: string; preflight?: Preflight } = {}) => mount(PlanView, {
  props: { plan: plan(), run: run(), ...props },
  attachTo: document.body,
  global:   { mocks: { $route: { params: { cluster: '_', id: 'c-eks01' }, query: { credential: 'cattle-global-data:cc-x' } } } },
});
const button = (view: ReturnType<typeof show>, id: string) => view.find<HTMLButtonElement>(`[data-testid="irsa-${ id }"]`);

describe('a plan before it runs', () => {
  it('lists every step with what it will do, and counts', () => {
    const view = show();

    expect(view.findAll('li').map((row) => row.get('.word').text())).toEqual(['will create', 'will change', 'will restart', 'will check']);
    expect(view.get('[data-testid="irsa-plan-summary"]').text()).toBe('1 AWS change, 1 Helm change, 1 restart, 1 check');
    expect(button(view, 'apply').text()).toBe('Apply 3 changes');
    expect(view.text()).toContain('412 of 2,048 characters');
  });

  it('applies on a click, once asked', async() => {
    const view = show();

    await button(view, 'apply').trigger('click');
    expect(view.emitted('apply')).toHaveLength(1);
  });

  it('shows the documents and the commands on tabs that arrow keys reach', async() => {
    const view = show();
    const tabs = () => view.findAll('[role="tab"]');

    expect(tabs().map((tab) => tab.text())).toEqual(['Steps', 'Trust policy', 'AWS CLI', 'Terraform', 'CloudFormation']);
    await view.get('[role="tablist"]').trigger('keydown', { key: 'ArrowRight' });
    expect(tabs()[1]!.attributes('aria-selected')).toBe('true');
    expect(view.get('[data-testid="irsa-policy"]').text()).toContain('2012-10-17');
    await view.get('[data-testid="irsa-tab-cli"]').trigger('click');
    await vi.waitFor(() => expect(view.text()).toContain('#!/bin/sh'), { timeout: 10_000 });
    await view.get('[role="tablist"]').trigger('keydown', { key: 'End' });
    expect(tabs()[4]!.attributes('aria-selected')).toBe('true');
  });

  it('says so where a form would hold nothing, and why', async() => {
    const view = show({ plan: plan({ steps: [{ ...plan().steps[0]!, call: { wait: { until: { rollout: { clusterId: 'c', kind: 'Deployment', namespace: 'n', name: 'x' } } } } }] }) });

    await view.get('[data-testid="irsa-tab-terraform"]').trigger('click');
    await vi.waitFor(() => expect(view.get('[data-testid="irsa-export-none"]').text()).toContain('steps in order'));
    await view.get('[data-testid="irsa-tab-cloudformation"]').trigger('click');
    await vi.waitFor(() => expect(view.get('[data-testid="irsa-export-none"]').text()).toContain('changes nothing there'));
  });

  it('downloads the very text that is shown', async() => {
    const made: Blob[] = [];

    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${ made.push(blob) }`, revokeObjectURL: () => undefined }));
    // The test's DOM cannot follow a link.
    const followed = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    const view = show();

    await view.get('[data-testid="irsa-tab-cli"]').trigger('click');
    await vi.waitFor(() => expect(view.find('[data-testid="irsa-download-plan.sh"]').exists()).toBe(true));
    await view.get('[data-testid="irsa-download-plan.sh"]').trigger('click');
    expect(followed).toHaveBeenCalledOnce();
    expect(await made[0]!.text()).toBe(view.get('pre').element.textContent);
    followed.mockRestore();
  });

  it('wants a yes where somebody else’s role would be changed', async() => {
    const view = show({ plan: plan({ consent: { text: { key: 'irsa.copy' } } }) });

    expect(button(view, 'apply').element.disabled).toBe(true);
    await view.get('[data-testid="irsa-consent"] label').trigger('click');
    expect(button(view, 'apply').element.disabled).toBe(false);
  });

  it('says so when there is nothing to do, and offers nothing to apply', () => {
    const view = show({ plan: plan({ steps: [], documents: [] }), forbidden: 'not here' });

    expect(view.find('[data-testid="irsa-nothing-to-do"]').exists()).toBe(true);
    expect(view.text()).not.toContain('not here');
    expect(button(view, 'apply').exists()).toBe(false);
  });

  it('is held back for what is missing, by name', async() => {
    const preflight = {
      rights:    [{ clusterId: 'local', verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name: 'reader' }, { clusterId: 'local', verb: '*', group: '*', resource: '*' }],
      aws:       [{ action: 'iam:CreateRole', resource: 'arn:aws:iam::1:role/x' }],
      unsure:    [{ action: 'iam:PutRolePolicy', resource: 'arn:aws:iam::1:role/x' }],
      unchecked: [{ kind: 'refused' as const, text: { key: 'irsa.copy' }, aws: { action: 'iam:GetUser' } }, { kind: 'unreachable' as const, text: { key: 'irsa.copy' } }],
    };
    const view = show({ preflight });
    const told = view.get('[data-testid="irsa-held-back"]').text();

    expect(button(view, 'apply').element.disabled).toBe(true);
    expect(told).toContain('create serviceaccounts/token reader in namespace shop of local');
    expect(told).toContain('Everything in local');
    expect(told).toContain('iam:CreateRole on arn:aws:iam::1:role/x');
    expect(view.get('[data-testid="irsa-not-asked"]').text()).toMatch(/iam:PutRolePolicy on .*iam:GetUser is refused/s);
    await view.get('[data-testid="irsa-ask-again"]').trigger('click');
    expect(view.emitted('ask-again')).toHaveLength(1);
    await view.setProps({ preflight: { ...preflight, rights: [], aws: [] } });
    expect(button(view, 'apply').element.disabled).toBe(false);
    expect(view.find('[data-testid="irsa-held-back"]').exists()).toBe(false);
  });

  it('cannot be applied by who may not, but read and taken away', () => {
    const view = show({ forbidden: 'You lack the right' });

    expect(button(view, 'apply').exists()).toBe(false);
    expect(view.text()).toContain('You lack the right');
    expect(view.find('[data-testid="irsa-tab-cli"]').exists()).toBe(true);
  });
});

describe('a plan while it runs', () => {
  const running = run({
    status: 'running',
    steps:  {
      'create-role': state('create-role', 'done', { startedAt: 1_000, endedAt: 1_800 }),
      upgrade:       state('upgrade', 'waiting', { startedAt: Date.now(), note: { key: 'irsa.cluster.looking' } }),
    },
  });

  it('says where it is, what it waits for and how long each step took', () => {
    const view = show({ run: running });

    expect(button(view, 'apply').text()).toBe('Applying 2 of 4');
    expect(button(view, 'apply').element.disabled).toBe(true);
    expect(view.get('[data-testid="irsa-step-create-role"]').text()).toContain('0.8 s');
    expect(view.get('[data-testid="irsa-step-upgrade"]').attributes('data-status')).toBe('waiting');
    expect(view.get('[data-testid="irsa-step-upgrade"]').text()).toContain('Looking at the cluster');
  });

  it('shows its steps, whatever was being read when it was applied', async() => {
    const view = show();

    await view.get('[data-testid="irsa-tab-trust"]').trigger('click');
    await view.setProps({ run: running });
    expect(view.get('[data-testid="irsa-tab-steps"]').attributes('aria-selected')).toBe('true');
  });

  it('can be stopped after the step under way, not left by Escape', async() => {
    const view = show({ run: running });

    await view.trigger('keydown', { key: 'Escape' });
    expect(view.emitted('cancel')).toBeUndefined();
    await button(view, 'stop').trigger('click');
    expect(view.emitted('stop')).toHaveLength(1);
    await view.setProps({ run: { ...running, status: 'stopping' } });
    expect(button(view, 'stop').element.disabled).toBe(true);
  });
});

describe('a plan after it ran', () => {
  it('shows the ARN that AWS gave', () => {
    const view = show({ run: run({ status: 'done', check: { at: 1, result: 'verified', assumedRoleArn: 'arn:aws:sts::1:assumed-role/x/y' } }) });

    expect(view.get('[data-testid="irsa-verified-arn"]').text()).toBe('arn:aws:sts::1:assumed-role/x/y');
    expect(view.get('[data-testid="irsa-outcome"]').attributes('data-result')).toBe('verified');
    expect(button(view, 'done').exists()).toBe(true);
  });

  it('does not call it verified in green where no webhook hands it to pods', () => {
    const view = show({ run: run({ status: 'done', check: { at: 1, result: 'verified' } }), plan: plan({ warnings: [{ key: 'irsa.warning.noWebhook', args: { cluster: 'x' } }] }) });

    expect(view.get('[data-testid="irsa-outcome"]').text()).toContain('no webhook runs');
    expect(view.get('[data-testid="irsa-outcome"] .icon').classes()).toContain('icon-warning');
  });

  it('does not call it verified when AWS refused', () => {
    const refused = run({ status: 'done', check: { at: 1, result: 'refused', aws: { code: 'AccessDenied', message: 'Not authorized' } } });
    const view = show({ run: refused });

    expect(view.get('[data-testid="irsa-outcome"]').text()).toContain('not verified');
    expect(view.get('[data-testid="irsa-aws-answer"]').text()).toContain('AccessDenied: Not authorized');
  });

  it('says what failed, why and what to do, and offers to go on', async() => {
    const view = show({
      run: run({
        status:  'failed',
        steps:   { 'create-role': state('create-role', 'failed') },
        failure: { what: { key: 'irsa.copy' }, why: { key: 'irsa.copied' }, todo: { key: 'irsa.cancel' } },
      }),
    });

    expect(view.get('[data-testid="irsa-outcome"]').text()).toMatch(/Copy\s*Copied\s*Cancel/);
    expect(button(view, 'apply').text()).toBe('Apply again');
    await button(view, 'apply').trigger('click');
    expect(view.emitted('apply')).toHaveLength(1);
  });
});
