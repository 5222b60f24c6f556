import { beforeAll, describe, expect, it } from 'vitest';
import { observedAccount } from '../../../pkg/irsa/gateways/kubernetes/accounts';
import { accountPart } from '../../../pkg/irsa/plans/account-part';
import type { Step } from '../../../pkg/irsa/plans/plan';
import { restartPart } from '../../../pkg/irsa/plans/restart-part';
import { cluster, unbound, wish } from '../../../pkg/irsa/plans/test-facts';
import { known } from '../../../pkg/irsa/plans/value';
import { workload } from '../../sandbox/kubernetes/testing.ts';
import { type Comparison, type Fields, type KubeAsked } from './target';

const ROLE = 'eks.amazonaws.com/role-arn';
const ARN = 'arn:aws:iam::111122223333:role/reader-role';
const KINDS = [['Deployment', 'deployments'], ['StatefulSet', 'statefulsets'], ['DaemonSet', 'daemonsets']] as const;

/** The request of a plan's step, as the runner would send it. */
function requestOf({ call }: Step): KubeAsked {
  if (!('kubernetes' in call)) {
    throw new Error('not asked of Kubernetes');
  }
  const { verb, path, contentType, body } = call.kubernetes;

  return { method: verb, path, contentType, body };
}

/** Patches: our plans' own, and the three kinds as such. */
export function patchCases(comparison: () => Comparison): void {
  describe('patches', () => {
    let see: Comparison;
    let namespace: string;
    const accounts = () => `/api/v1/namespaces/${ namespace }/serviceaccounts`;
    const apps = (plural: string) => `/apis/apps/v1/namespaces/${ namespace }/${ plural }`;
    const patch = (path: string, contentType: string, body: unknown): KubeAsked => ({ method: 'PATCH', path, contentType: `application/${ contentType }+json`, body });
    const annotate = (account: Fields | undefined, name: string) => {
      const target = unbound({ account: observedAccount(namespace, name, account as Parameters<typeof observedAccount>[2]), owner: { kind: 'nobody' } }, { namespace, name });

      return requestOf(accountPart(cluster(), wish({ target }), { namespace, name, audience: 'sts.amazonaws.com' }, known(ARN)).steps[0]!);
    };

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
    });

    it('annotate an account once, and refuse when somebody changed it since', async() => {
      await see.account(namespace, 'reader', { keep: 'me' });
      const before = await see.done({ path: `${ accounts() }/reader` });
      const request = annotate(before, 'reader');
      const after = await see.done(request);

      see.gives('annotated', [after.metadata.annotations, after.metadata.resourceVersion === before.metadata.resourceVersion], [{ keep: 'me', [ROLE]: ARN }, false]);
      await see.refuses('with an old version', request, {
        code: 409, reason: 'Conflict', message: 'Operation cannot be fulfilled on serviceaccounts "reader": the object has been modified; please apply your changes to the latest version and try again', details: { name: 'reader', kind: 'serviceaccounts' }
      });
      const again = await see.done({ ...request, body: { metadata: { annotations: { [ROLE]: ARN } } } });

      see.gives('annotated with what it has', again.metadata.resourceVersion, after.metadata.resourceVersion);
    });

    it('make an account with its annotation, and refuse to make it twice', async() => {
      const request = annotate(undefined, 'made');
      const { metadata } = await see.done(request);

      see.gives('made', [request.method, metadata.annotations], ['POST', { [ROLE]: ARN }]);
      await see.refuses('made twice', request, { code: 409, reason: 'AlreadyExists', message: 'serviceaccounts "made" already exists', details: { name: 'made', kind: 'serviceaccounts' } });
    });

    it.each(KINDS)('restart a %s once, however often they are sent', async(kind, plural) => {
      const { metadata } = await see.post(apps(plural), { ...workload(kind, 'app', kind === 'StatefulSet' ? { serviceName: 'app' } : {}), metadata: { name: 'app' } });
      const target = unbound({ workloads: [{ kind, namespace, name: 'app', replicas: 1 }], pods: [] }, { namespace, name: 'default' });
      const restart = (at: number) => requestOf(restartPart({ ...cluster(), at }, target, known(ARN), 'sts.amazonaws.com').steps[0]!);
      const at = Date.parse('2026-01-02T03:04:05.678Z');
      const first = await see.done(restart(at));
      const second = await see.done(restart(at));
      const third = await see.done(restart(at + 1));

      see.gives(`${ kind }: generations`, [metadata.generation, first.metadata.generation, second.metadata.generation, third.metadata.generation], [1, 2, 2, 3]);
      see.gives(`${ kind }: annotation`, first.spec.template.metadata.annotations, { 'kubectl.kubernetes.io/restartedAt': '2026-01-02T03:04:05.678Z' });
      see.gives(`${ kind }: containers are left`, first.spec.template.spec.containers.map((one: Fields) => [one.name, one.image]), [['app', 'example.com/app:1']]);
      await see.refuses(`${ kind }: not there`, { ...restart(at), path: `${ apps(plural) }/none` }, { code: 404, reason: 'NotFound', message: `${ plural }.apps "none" not found`, details: { name: 'none', group: 'apps', kind: plural } });
    });

    it('merge, strategically or by RFC 7386, and by RFC 6902', async() => {
      const path = `${ apps('deployments') }/merged`;

      await see.post(apps('deployments'), { ...workload('Deployment', 'merged', { replicas: 0 }), metadata: { name: 'merged', annotations: { a: '1', b: '2' } } });
      const containers = async(request: KubeAsked) => (await see.done(request)).spec.template.spec.containers.map(({ name, image, env }: Fields) => ({ name, image, env }));

      see.gives('strategic: by the key', await containers(patch(path, 'strategic-merge-patch', { spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'X', value: '1' }] }, { name: 'more', image: 'm:1' }] } } } })), [
        { name: 'app', image: 'example.com/app:1', env: [{ name: 'X', value: '1' }] }, { name: 'more', image: 'm:1' }
      ]);
      see.gives('strategic: a list of nothing', await containers(patch(path, 'strategic-merge-patch', { spec: { template: { spec: { containers: [{ name: 'more', $patch: 'delete' }] } } } })), [{ name: 'app', image: 'example.com/app:1', env: [{ name: 'X', value: '1' }] }]);
      see.gives('merge: the list is replaced', await containers(patch(path, 'merge-patch', { spec: { template: { spec: { containers: [{ name: 'other', image: 'o:1' }] } } } })), [{ name: 'other', image: 'o:1' }]);
      see.gives('merge: null removes', (await see.done(patch(path, 'merge-patch', { metadata: { annotations: { a: null, none: null } } }))).metadata.annotations, expect.toSatisfy((given: Fields) => given.b === '2' && !('a' in given) && !('none' in given)));
      see.gives('json', (await see.done(patch(path, 'json-patch', [{ op: 'test', path: '/metadata/annotations/b', value: '2' }, { op: 'add', path: '/metadata/annotations/eks.amazonaws.com~1role-arn', value: ARN }]))).metadata.annotations, expect.objectContaining({ b: '2', [ROLE]: ARN }));
      await see.refuses('json: a test that fails', patch(path, 'json-patch', [{ op: 'test', path: '/metadata/annotations/b', value: '3' }]), { code: 422, reason: 'Invalid', message: 'the server rejected our request due to an error in our request', details: {} });
      await see.refuses('json: a path that is not there', patch(path, 'json-patch', [{ op: 'remove', path: '/metadata/annotations/none' }]), { code: 422, reason: 'Invalid' });
    });

    it('say in a dry run what they would do, and do nothing', async() => {
      const before = await see.account(namespace, 'dry');
      const path = `${ accounts() }/dry`;
      const dry = await see.done({ ...patch(path, 'merge-patch', { metadata: { annotations: { [ROLE]: ARN } } }), path: `${ path }?dryRun=All` });
      const after = await see.done({ path });

      see.gives('dry run: answer', [dry.metadata.annotations, dry.metadata.resourceVersion], [{ [ROLE]: ARN }, before.metadata.resourceVersion]);
      see.gives('dry run: kept', [after.metadata.annotations, after.metadata.resourceVersion], [undefined, before.metadata.resourceVersion]);
      see.gives('dry run: created', [(await see.target.ask({ method: 'POST', path: `${ accounts() }?dryRun=All`, body: { metadata: { name: 'dryer' } } })).status, (await see.target.ask({ path: `${ accounts() }/dryer` })).status], [201, 404]);
      see.gives('dry run: deleted', [(await see.target.ask({ method: 'DELETE', path: `${ path }?dryRun=All` })).status, (await see.target.ask({ path })).status], [200, 200]);
      await see.refuses('dry run of something else', { ...patch(path, 'merge-patch', {}), path: `${ path }?dryRun=Some` }, { code: 422, reason: 'Invalid' });
    });

    it('may not change what is fixed', async() => {
      await see.post(apps('deployments'), { ...workload('Deployment', 'fixed', { replicas: 0 }), metadata: { name: 'fixed' } });
      await see.refuses('selector', patch(`${ apps('deployments') }/fixed`, 'merge-patch', { spec: { selector: { matchLabels: { app: 'other' } }, template: { metadata: { labels: { app: 'other' } } } } }), {
        code: 422, reason: 'Invalid', message: expect.stringMatching(/^Deployment\.apps "fixed" is invalid: spec\.selector: Invalid value: .*: field is immutable$/)
      });
      await see.refuses('name', patch(`${ accounts() }/reader`, 'merge-patch', { metadata: { name: 'other' } }), { code: 400, reason: 'BadRequest', message: 'the name of the object (other) does not match the name on the URL (reader)' });
      await see.refuses('an annotation that is no text', patch(`${ accounts() }/reader`, 'merge-patch', { metadata: { annotations: { a: 1 } } }), { code: 422, reason: 'Invalid', message: expect.stringMatching(/^ "" is invalid: patch: Invalid value: .*: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string$/), details: { causes: [{ reason: 'FieldValueInvalid', field: 'patch' }] } });
    });
  });
}
