import { flushPromises } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { binding, ROLE_ARN } from '../domain/chain/test-facts';
import { rancherBackup } from '../presets/rancher-backup';
import LoggingForm from './logging.vue';
import { open, type Opening, type Values } from './test-form';

const ROLE = 'eks.amazonaws.com/role-arn';
const OTHER_ROLE = 'arn:aws:iam::111122223333:role/typed-by-hand';
const ANNOTATED = { serviceAccount: { annotations: { [ROLE]: ROLE_ARN } } };
const KEYED = { s3: { enabled: true, credentialSecretName: 'keys', credentialSecretNamespace: 'default', bucketName: 'b-own', region: 'eu-west-1', endpoint: 's3.eu-west-1.amazonaws.com', folder: '' } };

type Form = Awaited<ReturnType<typeof open>>;
const fields = (view: Form['view']) => view.findAll('[data-testid="irsa-chart-role"] input').map((input) => (input.element as HTMLInputElement).value);
const modes = (view: Form['view']) => view.findAll('[data-testid="irsa-chart-mode"] input').map((input) => (input.element as HTMLInputElement).checked);

/** A form with a role chosen and answered, then Rancher's YAML editor. */
async function edited(opening: Opening = {}): Promise<Form> {
  const form = await open({ values: structuredClone(KEYED), ...opening });

  await form.choose(0);
  await form.turn('YAML');

  return form;
}

describe('a chart’s form behind Rancher’s YAML editor', () => {
  it('writes the role into what is sent, beside what was typed there', async() => {
    const { install, edit, sent, run } = await edited();

    edit((values) => Object.assign(values, { debug: true, note: 'a: "b"\n# c' }));
    await install();
    expect(run).toHaveBeenCalledTimes(1);
    expect(sent()).toMatchObject({ ...ANNOTATED, debug: true, note: 'a: "b"\n# c', s3: { bucketName: 'b-own', credentialSecretName: '' } });
  });

  it('makes the role for the bucket that was typed there', async() => {
    const { install, edit, sent, run } = await edited();

    edit((values) => ((values.s3 as Values).bucketName = 'b-typed'));
    await install();
    expect(sent().s3).toMatchObject({ bucketName: 'b-typed' });
    expect(JSON.stringify(run.mock.calls)).toContain('b-typed');
    expect(JSON.stringify(run.mock.calls)).not.toContain('b-own');
  });

  it('goes on where it was sent in vain, with the bucket that was typed since', async() => {
    const { install, edit, sent, run } = await edited();

    await install();
    edit((values) => ((values.s3 as Values).bucketName = 'b-typed'));
    await install();
    expect(run).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(run.mock.calls.at(-1))).toContain('b-typed');
    expect(sent()).toMatchObject({ ...ANNOTATED, s3: { bucketName: 'b-typed' } });
  });

  it('leaves a role that was typed there alone', async() => {
    const { install, edit, sent, run } = await edited();

    edit((values) => (values.serviceAccount = { annotations: { [ROLE]: OTHER_ROLE } }));
    await install();
    expect(sent().serviceAccount).toEqual({ annotations: { [ROLE]: OTHER_ROLE } });
    expect(run).not.toHaveBeenCalled();
  });

  it('leaves a key that was typed there alone', async() => {
    const { install, edit, sent, run } = await edited();

    edit((values) => ((values.s3 as Values).credentialSecretName = 'typed'));
    await install();
    expect(sent()).not.toHaveProperty('serviceAccount');
    expect(run).not.toHaveBeenCalled();
  });

  it('takes the role out of what is sent where another way was chosen, and never one that was typed', async() => {
    for (const typed of [undefined, OTHER_ROLE]) {
      const { choose, turn, edit, install, sent } = await open({ mode: 'edit', target: binding(), values: { ...structuredClone(ANNOTATED), s3: { enabled: false } } });

      await choose(2);
      await turn('YAML');
      if (typed) {
        edit((values) => (values.serviceAccount = { annotations: { [ROLE]: typed } }));
      }
      await install();
      expect(sent().serviceAccount).toEqual({ annotations: typed ? { [ROLE]: typed } : {} });
    }
  });

  it('keeps an annotation out that was taken out there, and takes it off the account too', async() => {
    const { view, turn, edit, install, installed, sent, run } = await open({ form: LoggingForm, mode: 'edit', there: true, target: binding(), values: { loggingServiceAccountAnnotations: { root: { [ROLE]: ROLE_ARN } } } });

    await turn('YAML');
    edit((values) => (values.loggingServiceAccountAnnotations = {}));
    await install();
    await installed();
    expect(sent()).toEqual({ loggingServiceAccountAnnotations: {} });
    expect(run).not.toHaveBeenCalled();
    view.unmount();
  });

  it.each<[string, number | undefined, Values, string[]]>([
    ['keeps its role', undefined, { eks: { [ROLE]: ROLE_ARN } }, ['shop/reader']],
    ['is given another', 2, { root: { [ROLE]: ROLE_ARN }, eks: { [ROLE]: OTHER_ROLE } }, ['shop/reader']],
    ['loses it too', undefined, {}, ['shop/reader', 'cattle-logging-system/rancher-logging-eks-fluentd']],
  ])('takes the role off the second fluentd only where what is sent has none for it: it %s', async(_what, mode, typed, released) => {
    const { choose, turn, edit, install, installed, run } = await open({
      form: LoggingForm, mode: 'edit', there: true, target: binding(),
      values: { additionalLoggingSources: { eks: { enabled: true } }, loggingServiceAccountAnnotations: { root: { [ROLE]: ROLE_ARN }, eks: { [ROLE]: ROLE_ARN } } },
    });

    if (mode) {
      await choose(mode);
    }
    await turn('YAML');
    edit((values) => (values.loggingServiceAccountAnnotations = typed));
    vi.useFakeTimers();
    await install();
    await installed();
    await vi.advanceTimersByTimeAsync(3_100);
    vi.useRealTimers();
    expect((run.mock.calls as unknown as [{ title: { args: { account: string } } }][]).map(([plan]) => plan.title.args.account)).toEqual(released);
  });

  it('leaves the text as it was typed where nothing is to be written', async() => {
    const { view, turn, install } = await open({ values: rancherBackup.values({ roleArn: ROLE_ARN, audience: 'sts.amazonaws.com', bucket: 'acme-backups', region: 'eu-central-1' }), there: true });

    await turn('YAML');
    view.vm.valuesYaml += '# mine\n';
    const typed = view.vm.valuesYaml;

    await install();
    expect(view.vm.valuesYaml).toBe(typed);
  });

  it('changes nothing in AWS for a text that cannot be read', async() => {
    const { view, install, run } = await edited();

    view.vm.valuesYaml = 'a: [';
    await expect(install()).rejects.toThrow('flow collection');
    expect(run).not.toHaveBeenCalled();
  });

  it('is as it was left when somebody comes back', async() => {
    const form = await open({ values: structuredClone(KEYED) });

    await form.choose(0);
    await form.view.get('[data-testid="irsa-chart-role"] input').setValue('b-answered');
    await form.turn('YAML');
    await form.turn('FORM');
    expect(modes(form.view)).toEqual([true, false, false]);
    expect(fields(form.view)).toContain('b-answered');
    // And what the role took the place of comes back with another way still.
    await form.choose(1);
    expect(form.sent()).toEqual(KEYED);
  });

  it('says what the values say where they were changed since', async() => {
    const form = await edited({ there: true });

    form.edit((values) => {
      values.serviceAccount = { annotations: { [ROLE]: OTHER_ROLE } };
      (values.s3 as Values).bucketName = 'b-typed';
    });
    // Rancher's page takes the text for its values when it is sent: here in vain.
    await form.install();
    await form.turn('FORM');
    expect(modes(form.view)).toEqual([true, false, false]);
    expect(fields(form.view)).toContain('b-typed');
    await form.install();
    expect(JSON.stringify(form.sent())).toContain(OTHER_ROLE);
  });

  it('keeps other answers when a bucket was typed there, and takes that one', async() => {
    const form = await edited();

    await form.turn('FORM');
    const [, folder] = form.view.findAll('[data-testid="irsa-chart-role"] input');

    await folder!.setValue('prod');
    await form.turn('YAML');
    form.edit((values) => ((values.s3 as Values).bucketName = 'b-typed'));
    form.run.mockRejectedValueOnce(new Error('refused'));
    await expect(form.install()).rejects.toThrow();
    await form.turn('FORM');
    expect(fields(form.view).slice(0, 2)).toEqual(['b-typed', 'prod']);
    await form.install();
    expect(form.sent()).toMatchObject({ ...ANNOTATED, s3: { bucketName: 'b-typed', folder: 'prod' } });
  });

  it('does its part where the page is at another step, which takes the form down as well', async() => {
    const form = await open({ values: structuredClone(KEYED) });

    await form.choose(0);
    await form.turn('HELM');
    await form.install();
    expect(form.sent()).toMatchObject({ ...ANNOTATED, s3: { bucketName: 'b-own', credentialSecretName: '' } });
  });

  it('says where to answer, and sends nothing, where the editor came before any question', async() => {
    const form = await open({ credentials: [], values: structuredClone(KEYED) });

    await form.view.findAll('[data-testid="irsa-chart-mode"] input')[0]!.setValue(true);
    await form.turn('YAML');
    await expect(form.install()).rejects.toThrow('irsa.chart.goBack');
  });

  it('never loses values on a page that it does not know', async() => {
    const form = await edited({ isKnown: false });

    await expect(form.install()).rejects.toThrow('irsa.chart.goBack');
    expect(form.run).not.toHaveBeenCalled();
  });
});

describe('what is not answered yet', () => {
  it('is named, and the keyboard is led there', async() => {
    const { view, choose, install, run } = await open();

    await choose(0);
    await expect(install()).rejects.toThrow(/irsa.chart.incomplete.*irsa.preset.parameter.bucket.label.*irsa.preset.problem.required/);
    await vi.waitFor(() => expect(document.activeElement).toBe(view.get('input[data-testid="irsa-parameter-bucket"]').element));
    expect(run).not.toHaveBeenCalled();
  });
});

describe('the plan in the form', () => {
  const shown = (view: Form['view']) => view.findAll('[data-testid="irsa-chart-values"] .line').map((line) => [line.classes().find((name) => name === 'added' || name === 'removed'), line.text().replace(/.*?(?=s3\.|serviceAccount\.)/, '')]);

  it('shows what becomes of the chart’s values', async() => {
    const { view, choose } = await open({ values: structuredClone(KEYED), there: true });

    await choose(0);
    await view.get('[data-testid="irsa-chart-plan"]').trigger('click');
    await flushPromises();
    expect(shown(view)).toEqual([
      ['added', `serviceAccount.annotations.eks.amazonaws.com/role-arn: ${ ROLE_ARN }`],
      ['removed', 's3.credentialSecretName: keys'],
      ['removed', 's3.credentialSecretNamespace: default'],
    ]);
  });

  it('shows what goes out of them with the role', async() => {
    const { view, choose } = await open({ mode: 'edit', target: binding(), values: structuredClone(ANNOTATED) });

    await choose(2);
    expect(shown(view)).toEqual([['removed', `serviceAccount.annotations.eks.amazonaws.com/role-arn: ${ ROLE_ARN }`]]);
  });
});
