import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cluster, value } from '../domain/chain/test-facts';
import type { ObservedBackupBucket } from '../domain/issuer/hosting';
import BackupPanel from './BackupPanel.vue';

const PAGE = '/c/local/backup/resources.cattle.io.backup/weekly';
const push = vi.fn();
const seen = vi.hoisted(() => ({ bucket: {} as object, account: '111122223333' as string | undefined }));

vi.mock('vue-router', () => ({ useRoute: () => ({ fullPath: PAGE, query: {} }), useRouter: () => ({ push }) }));
vi.mock('../composables/use-engine', () => ({ useEngine: () => async() => ({ backupBucket: async(_cluster: object, bucket: object) => ({ bucket, ...seen.bucket }) }) }));
vi.mock('../composables/current-cluster', () => ({ currentCluster: () => cluster().cluster }));
vi.mock('../composables/use-credentials', () => ({ useCredentials: () => ({ all: { value: [] }, load: async() => undefined }), preselect: () => 'aws' }));
vi.mock('../composables/use-temporary-keys', () => ({ useTemporaryCredentials: () => ({ standing: () => undefined }) }));
vi.mock('../composables/use-backup', async(original) => ({
  ...await original<object>(),
  observeBackup: async() => ({ chart: value({}), account: seen.account, identity: { roleArn: 'arn:aws:iam::111122223333:role/backup', policies: value([]), hasManaged: true } }),
}));

const SHUT = { reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'openable' }), seen: { known: false, why: { kind: 'unreachable', text: { key: 'not forwarded' } } } };
const look = (state: string): Partial<ObservedBackupBucket> => ({ reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'allowed' as const }), seen: value({ state, others: [] }) as ObservedBackupBucket['seen'] });

async function open({ bucket, filename, kind = 'backup' }: { bucket: object; filename?: string; kind?: string }) {
  seen.bucket = bucket;
  const spec = { storageLocation: { s3: { bucketName: 'acme-weekly', region: 'eu-central-1', endpoint: 's3.eu-central-1.amazonaws.com' } } };
  const getters = { 'i18n/exists': () => true, 'i18n/t': (key: string, args?: object) => args ? `${ key } ${ JSON.stringify(args) }` : key };
  const view = mount(BackupPanel, { props: { resource: { type: `resources.cattle.io.${ kind }`, metadata: { name: 'weekly', uid: 'u' }, spec, status: { filename } } }, global: { provide: { store: { getters, dispatch: vi.fn() } } } });

  await flushPromises();
  await vi.advanceTimersByTimeAsync(600);
  await flushPromises();
  const has = (id: string) => view.find(`[data-testid="irsa-backup-${ id }"]`).exists();

  return { view, offers: has('bucket') ? 'make' : has('open') ? 'open' : '', unseen: has('unseen'), code: view.get('[data-testid="irsa-backup-panel"]').attributes('data-findings') ?? '', text: view.text() };
}

beforeEach(() => {
  vi.useFakeTimers();
  push.mockReset();
  seen.account = '111122223333';
});
afterEach(() => vi.useRealTimers());

describe('a Backup’s bucket', () => {
  it('is offered to be made where a look says that it is not there, and afterwards one is back at the Backup', async() => {
    const { view, offers } = await open({ bucket: look('absent') });

    expect(offers).toBe('make');
    await view.get('[data-testid="irsa-backup-bucket"]').trigger('click');
    expect(push).toHaveBeenCalledWith(expect.objectContaining({ query: { plan: 'create-bucket', bucket: 'acme-weekly', region: 'eu-central-1', back: PAGE } }));
  });

  it('is not offered where this credential’s account is not the role’s: what is so is said', async() => {
    seen.account = '999988887777';
    const { offers, code, text } = await open({ bucket: look('absent') });

    expect([offers, code.includes('BACKUP_NO_BUCKET')]).toEqual(['', true]);
    expect(text).toContain('irsa.backup.noBucketElsewhere {"owner":"111122223333","account":"999988887777"}');
    seen.account = undefined;
    expect((await open({ bucket: look('absent') })).offers).toBe('make');
  });

  it('is looked for where Rancher forwards to S3 and not before: nothing is offered unseen but to have it seen', async() => {
    const { view, offers, unseen, text } = await open({ bucket: SHUT });

    expect([offers, unseen]).toEqual(['open', true]);
    expect(text).toContain('irsa.backupPanel.bucketUnseen {"bucket":"acme-weekly","why":"not forwarded"}');
    await view.get('[data-testid="irsa-backup-open"]').trigger('click');
    expect(push).toHaveBeenCalledWith(expect.objectContaining({ query: expect.objectContaining({ plan: 'open-sts', bucket: 'acme-weekly' }) as object }));
    expect(await open({ bucket: { ...SHUT, reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'closed' }) } })).toMatchObject({ offers: '', unseen: true });
  });

  it('leads to where S3 is shut again, where it was opened here and this person may', async() => {
    const opened = (missing?: object) => ({ ...look('here'), reach: value({ host: 's3.eu-central-1.amazonaws.com', state: 'allowed', entry: { domain: 's3.eu-central-1.amazonaws.com', name: 'irsa-s3', uid: 'u', stays: false }, missing }) });
    const { view } = await open({ bucket: opened() });

    await view.get('[data-testid="irsa-backup-close"]').trigger('click');
    expect(push).toHaveBeenCalledWith(expect.objectContaining({ query: expect.objectContaining({ plan: 'close-sts', bucket: 'acme-weekly', region: 'eu-central-1' }) as object }));
    for (const bucket of [look('here'), opened({ verb: 'delete' })]) {
      expect((await open({ bucket })).view.find('[data-testid="irsa-backup-close"]').exists()).toBe(false);
    }
  });

  it.each<[string, object]>([['nobody could look', SHUT], ['it may be another account’s', look('taken')]])('is not spoken of once the Backup was made, though %s', async(_why, bucket) => {
    const { offers, unseen, code } = await open({ bucket, filename: 'weekly-1.tar.gz' });

    expect([offers, unseen, code.includes('BACKUP_UNSEEN')]).toEqual(['', false, false]);
  });

  it('that is gone is said of a Backup that was made, too', async() => {
    expect(await open({ bucket: look('absent'), filename: 'weekly-1.tar.gz' })).toMatchObject({ offers: 'make' });
  });

  it.each([['taken', 'BACKUP_UNSEEN'], ['elsewhere', 'BACKUP_ELSEWHERE'], ['here', '']])('that is %s is not made', async(state, expected) => {
    const { offers, code } = await open({ bucket: look(state) });

    expect([offers, code.includes(expected)]).toEqual(['', true]);
  });

  it('of a Restore is never made: there is nothing in it', async() => {
    expect((await open({ bucket: look('absent'), kind: 'restore' })).text).toContain('irsa.backup.bucketAdvice');
    expect((await open({ bucket: look('absent'), kind: 'restore' })).offers).toBe('');
  });
});
