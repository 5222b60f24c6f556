import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { ROLE_ARN } from '../domain/chain/test-facts';
import { unbound } from '../plans/test-facts';
import { rancherBackup } from '../presets/rancher-backup';
import { open, type Opening, type Values } from './test-form';

const ROLE = 'eks.amazonaws.com/role-arn';
const ANNOTATED = { serviceAccount: { annotations: { [ROLE]: ROLE_ARN } } };
const bound = (more: Record<string, string> = {}) => rancherBackup.values({ roleArn: ROLE_ARN, audience: 'sts.amazonaws.com', bucket: 'acme-backups', folder: 'a', region: 'eu-central-1', ...more });

type Form = Awaited<ReturnType<typeof open>>;
const s3Of = ({ view }: Form) => (view.vm.chartValues as { s3: Values }).s3;
const planned = ({ run }: Form) => JSON.stringify(run.mock.calls);

/** An upgrade of a chart that has its role. */
const upgrade = (opening: Opening = {}) => open({ mode: 'edit', there: true, target: unbound(), values: bound(), ...opening });

/** What is typed into Rancher's own form, which writes it into the values. */
async function below(form: Form, typed: Values): Promise<void> {
  Object.assign(s3Of(form), typed);
  await flushPromises();
}

describe('what is typed into Rancher’s own form below', () => {
  it.each<[string, Values, string]>([
    ['another bucket', { bucketName: 'acme-new' }, 'arn:aws:s3:::acme-new/a/*'],
    ['another folder', { folder: 'b' }, 'arn:aws:s3:::acme-backups/b/*'],
    ['no folder', { folder: '' }, 'arn:aws:s3:::acme-backups/*'],
  ])('is what the role may do after an upgrade: %s', async(_what, typed, resource) => {
    const form = await upgrade();

    await below(form, typed);
    await form.install();
    expect(form.run).toHaveBeenCalledTimes(1);
    expect(planned(form)).toContain(resource);
    expect(form.values).toMatchObject({ ...ANNOTATED, s3: { bucketName: 'acme-backups', folder: 'a', ...typed } });
  });

  it('holds in the same breath as the button', async() => {
    const form = await upgrade();

    s3Of(form).bucketName = 'acme-new';
    await form.install();
    expect(planned(form)).toContain('acme-new');
  });

  it('takes another region’s host along', async() => {
    const form = await upgrade();

    await below(form, { region: 'eu-west-1' });
    await form.install();
    expect(form.values.s3).toMatchObject({ region: 'eu-west-1', endpoint: 's3.eu-west-1.amazonaws.com' });
  });

  it.each([
    ['s3-fips.eu-central-1.amazonaws.com', 's3-fips.eu-central-1.amazonaws.com'],
    ['minio.acme.example', 's3.eu-central-1.amazonaws.com'],
  ])('keeps a host of AWS’ own, and no other maker’s: %s', async(endpoint, kept) => {
    const form = await upgrade();

    await below(form, { endpoint, bucketName: 'acme-new' });
    await form.install();
    expect(form.values.s3).toMatchObject({ bucketName: 'acme-new', endpoint: kept });
  });

  it('is a key: then the role goes out, as chosen above', async() => {
    const form = await upgrade();

    await below(form, { credentialSecretName: 'keys', credentialSecretNamespace: 'default' });
    expect(form.view.findAll('[data-testid="irsa-chart-mode"] input').map((input) => (input.element as HTMLInputElement).checked)).toEqual([false, true, false]);
    expect(form.view.find('[data-testid="irsa-chart-leaves"]').exists()).toBe(true);
    await form.install();
    expect(form.values).toMatchObject({ serviceAccount: { annotations: {} }, s3: { credentialSecretName: 'keys', bucketName: 'acme-backups' } });
    expect(form.values.serviceAccount).toEqual({ annotations: {} });
    expect(form.run).not.toHaveBeenCalled();
  });

  it('is what is installed, and shown above, though something else was answered there before', async() => {
    const form = await open({ values: { s3: {} } });
    const fields = () => form.view.findAll('[data-testid="irsa-chart-role"] input');

    await form.choose(0);
    await fields()[0]!.setValue('acme-backups');
    await fields()[1]!.setValue('a');
    await flushPromises();
    const made = form.own.made.mock.calls.length;

    await below(form, { folder: 'b', region: 'eu-west-1' });
    expect((fields()[1]!.element as HTMLInputElement).value).toBe('b');
    await form.install();
    expect(planned(form)).toContain('arn:aws:s3:::acme-backups/b/*');
    expect(form.values.s3).toMatchObject({ bucketName: 'acme-backups', folder: 'b', region: 'eu-west-1' });
    expect(made).toBeGreaterThan(0);
  });

  it('is not lost where the role is chosen after it', async() => {
    const form = await open({ values: { s3: { enabled: true, bucketName: 'b-own', region: 'eu-west-1' } } });

    await below(form, { bucketName: 'b-typed' });
    await form.choose(0);
    await form.install();
    expect(planned(form)).toContain('b-typed');
    expect(form.values).toMatchObject({ ...ANNOTATED, s3: { bucketName: 'b-typed' } });
  });

  it('does not make that form anew while it is typed into', async() => {
    const form = await upgrade();
    const before = form.own.made.mock.calls.length;

    await below(form, { region: 'eu-w' });
    await below(form, { region: 'eu-west-1' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(form.own.made.mock.calls.length).toBe(before);
  });

  it('holds an upgrade back that nobody can look at, and lets one go that changes nothing', async() => {
    const form = await upgrade({ credentials: [] });

    await below(form, { bucketName: 'acme-new' });
    await expect(form.install()).rejects.toThrow('irsa.chart.chooseFirst');
    const same = await upgrade({ credentials: [] });

    await expect(same.install()).resolves.toBeUndefined();
  });
});
