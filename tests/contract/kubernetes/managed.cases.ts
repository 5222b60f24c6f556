import { beforeAll, describe, expect, it } from 'vitest';
import { observedAccount } from '../../../pkg/irsa/gateways/kubernetes/accounts';
import type { Comparison, Fields, KubeAsked } from './target';

const ROLE = 'eks.amazonaws.com/role-arn';
const ARN = 'arn:aws:iam::111122223333:role/reader-role';
const MOZILLA = 'Mozilla/5.0 (X11; Linux x86_64)';

/** Who wrote which field of an account, and when: what we tell by whether a pod is older than its account's annotation. */
export function managedCases(comparison: () => Comparison): void {
  describe('who wrote what', () => {
    let see: Comparison;
    let accounts: string;
    let namespace: string;

    const make = (agent: string, metadata: Fields, more: Fields = {}) => see.done({ method: 'POST', path: accounts, body: { metadata, ...more }, agent });
    const merge = (name: string, metadata: Fields, agent: string, more: Fields = {}): KubeAsked => ({ method: 'PATCH', path: `${ accounts }/${ name }`, contentType: 'application/merge-patch+json', body: { metadata, ...more }, agent });
    const entries = ({ metadata }: Fields) => metadata.managedFields?.map(({ manager, operation, fieldsV1 }: Fields) => [manager, operation, fieldsV1]);
    const annotations = (names: string[], isWhole = false) => ({ 'f:metadata': { 'f:annotations': { ...(isWhole && names.length ? { '.': {} } : {}), ...Object.fromEntries(names.map((name) => [`f:${ name }`, {}])) } } });
    const timeOf = ({ metadata }: Fields, who: string): number => Date.parse(metadata.managedFields.find(({ manager }: Fields) => manager === who).time);

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
      accounts = `/api/v1/namespaces/${ namespace }/serviceaccounts`;
    });

    it('is noted of an account that is made with an annotation, and of each that writes one after', async() => {
      const made = await make(MOZILLA, { name: 'made', annotations: { [ROLE]: ARN, keep: '1' }, labels: { l: '1' } });
      const { 'f:metadata': whole } = annotations([ROLE, 'keep'], true);

      see.gives('made', made.metadata.managedFields, [{
        manager: 'Mozilla', operation: 'Update', apiVersion: 'v1', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), fieldsType: 'FieldsV1', fieldsV1: { 'f:metadata': { ...whole, 'f:labels': { '.': {}, 'f:l': {} } } }
      }]);
      see.gives('as we read it', observedAccount(namespace, 'made', made as Parameters<typeof observedAccount>[2]).annotatedAt, made.metadata.managedFields[0].time);
      const added = await see.done(merge('made', { annotations: { own: '1' } }, 'curl/8'));

      see.gives('another adds its own', entries(added), expect.arrayContaining([['curl', 'Update', annotations(['own'])], ['Mozilla', 'Update', { 'f:metadata': { ...whole, 'f:labels': { '.': {}, 'f:l': {} } } }]]));
      const taken = await see.done(merge('made', { annotations: { [ROLE]: `${ ARN }-2` } }, 'curl/8'));

      see.gives('another changes one', entries(taken), expect.arrayContaining([['curl', 'Update', annotations([ROLE, 'own'])], ['Mozilla', 'Update', { 'f:metadata': { 'f:annotations': { '.': {}, 'f:keep': {} }, 'f:labels': { '.': {}, 'f:l': {} } } }]]));
      const same = await see.done(merge('made', { annotations: { [ROLE]: `${ ARN }-2` } }, 'wget/1'));

      see.gives('who writes what stands there has nothing', [entries(same), same.metadata.resourceVersion], [entries(taken), taken.metadata.resourceVersion]);
      const gone = await see.done(merge('made', { annotations: null }, 'wget/1'));

      see.gives('what is taken away is nobody’s', entries(gone), [['Mozilla', 'Update', { 'f:metadata': { 'f:labels': { '.': {}, 'f:l': {} } } }]]);
    });

    it('has the time of a manager’s last change, and no other', async() => {
      const made = await make('one/1', { name: 'timed', annotations: { a: '1' } });

      await new Promise((resolve) => setTimeout(resolve, 1100));
      const other = await see.done(merge('timed', { annotations: { b: '1' } }, 'two/1'));

      see.gives('one is as before, two later', [timeOf(other, 'one'), timeOf(other, 'two') > timeOf(made, 'one')], [timeOf(made, 'one'), true]);
      see.gives('the older comes first', entries(other).map(([manager]: string[]) => manager), ['one', 'two']);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      const own = await see.done(merge('timed', { annotations: { a: '2' } }, 'one/1'));

      see.gives('another value of its own', [timeOf(own, 'one') > timeOf(other, 'two'), entries(own)[1]], [true, ['one', 'Update', annotations(['a'], true)]]);
      const removed = await see.done(merge('timed', { annotations: { a: null } }, 'two/1'));

      see.gives('what another took away', [timeOf(removed, 'one'), timeOf(removed, 'two')], [timeOf(own, 'one'), timeOf(own, 'two')]);
    });

    it('is not noted of an account that was made plain, whoever annotates it: then it is not known since when', async() => {
      const made = await make(MOZILLA, { name: 'plain' });
      const bound = await see.done(merge('plain', { annotations: { [ROLE]: ARN } }, MOZILLA));

      see.gives('plain', [entries(made), entries(bound)], [undefined, undefined]);
      see.gives('as we read it', observedAccount(namespace, 'plain', bound as Parameters<typeof observedAccount>[2]).annotatedAt, undefined);
    });

    it('calls a manager as it asks to be called, else as its client begins', async() => {
      const managers = async(name: string, agent: string, query = '') => (await see.done({ method: 'POST', path: `${ accounts }${ query }`, body: { metadata: { name, annotations: { a: '1' } } }, agent })).metadata.managedFields.map(({ manager }: Fields) => manager);

      see.gives('asked', await managers('asked', 'curl/8', '?fieldManager=mine'), ['mine']);
      see.gives('no name before the slash', await managers('slash', '/8'), ['unknown']);
      see.gives('a long one', await managers('long', 'x'.repeat(200)), ['x'.repeat(128)]);
      await see.refuses('a long name', { ...merge('asked', { annotations: { a: '2' } }, 'curl/8'), path: `${ accounts }/asked?fieldManager=${ 'y'.repeat(129) }` }, { code: 422, reason: 'Invalid', message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes' });
    });

    it('is kept by a PUT that leaves it out, and forgotten where it is sent empty', async() => {
      const { metadata, ...rest } = await make('one/1', { name: 'put', annotations: { a: '1', b: '1' } });
      const { managedFields: _left, ...left } = metadata;
      const put = (given: Fields): KubeAsked => ({ method: 'PUT', path: `${ accounts }/put`, body: { ...rest, metadata: { ...left, resourceVersion: undefined, ...given } }, agent: 'two/1' });

      see.gives('left out', entries(await see.done(put({ annotations: { a: '2', b: '1' } }))), expect.arrayContaining([['one', 'Update', annotations(['b'], true)], ['two', 'Update', annotations(['a'])]]));
      see.gives('sent empty', entries(await see.done(put({ annotations: { a: '3', b: '1' }, managedFields: [] }))), undefined);
      see.gives('and then no more', entries(await see.done(merge('put', { annotations: { c: '1' } }, 'two/1'))), undefined);
    });

    it('is told of every other field, too', async() => {
      const { metadata: { uid } } = await see.post(`/api/v1/namespaces/${ namespace }/configmaps`, { metadata: { name: 'owner' } });
      const ofOwner = { '.': {}, [`k:${ JSON.stringify({ uid }) }`]: {} };
      const made = await make('one/1', { name: 'whole', finalizers: ['x.io/y'], ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }] }, { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'p' }], secrets: [{ name: 's' }] });

      see.gives('made', entries(made), [['one', 'Update', {
        'f:automountServiceAccountToken': {}, 'f:imagePullSecrets': {}, 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x.io/y"': {} }, 'f:ownerReferences': ofOwner }, 'f:secrets': { '.': {}, 'k:{"name":"s"}': {} }
      }]]);
      const changed = await see.done(merge('whole', { finalizers: ['x.io/z'] }, 'two/1', { automountServiceAccountToken: true, secrets: [{ name: 't' }] }));

      see.gives('changed', entries(changed), expect.arrayContaining([
        ['one', 'Update', { 'f:imagePullSecrets': {}, 'f:metadata': { 'f:finalizers': {}, 'f:ownerReferences': ofOwner }, 'f:secrets': {} }],
        ['two', 'Update', { 'f:automountServiceAccountToken': {}, 'f:metadata': { 'f:finalizers': { 'v:"x.io/z"': {} } }, 'f:secrets': { 'k:{"name":"t"}': {} } }],
      ]));
      await see.done(merge('whole', { finalizers: null }, 'two/1'));
    });

    it('is told of an apply by what it says', async() => {
      const apply = (name: string, given: Fields): KubeAsked => ({ method: 'PATCH', path: `${ accounts }/${ name }?fieldManager=app`, contentType: 'application/apply-patch+yaml', body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, annotations: given } }, agent: 'curl/8' });

      see.gives('makes', entries(await see.done(apply('applied', { a: '1' }))), [['app', 'Apply', annotations(['a'])]]);
      await make('one/1', { name: 'unnoted' });
      await see.done(merge('unnoted', { annotations: { b: '1' } }, 'one/1'));
      see.gives('of one that nothing was noted of', entries(await see.done(apply('unnoted', { a: '1' }))), [['app', 'Apply', annotations(['a'])], ['before-first-apply', 'Update', annotations(['b'], true)]]);
    });
  });
}
