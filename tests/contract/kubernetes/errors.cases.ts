import { beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from './target';

/** How requests are refused: the status, and the Status in the body. */
export function errorCases(comparison: () => Comparison): void {
  describe('refusals', () => {
    let see: Comparison;
    let accounts: string;
    let namespace: string;

    beforeAll(async() => {
      see = comparison();
      namespace = await see.namespace();
      accounts = `/api/v1/namespaces/${ namespace }/serviceaccounts`;
      await see.account(namespace, 'reader');
    });

    it('400: what cannot be read', async() => {
      await see.refuses('no JSON', { method: 'POST', path: accounts, body: '{' }, { code: 400, reason: 'BadRequest' });
      await see.refuses('another kind', { method: 'POST', path: accounts, body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } } }, { code: 400, reason: 'BadRequest', message: 'Pod in version "v1" cannot be handled as a ServiceAccount: converting (v1.Pod) to (core.ServiceAccount): unknown conversion' });
      await see.refuses('another namespace', { method: 'POST', path: accounts, body: { metadata: { name: 'x', namespace: 'other' } } }, { code: 400, reason: 'BadRequest', message: 'the namespace of the provided object does not match the namespace sent on the request' });
      await see.refuses('another name', { method: 'PUT', path: `${ accounts }/reader`, body: { metadata: { name: 'x' } } }, { code: 400, reason: 'BadRequest', message: 'the name of the object (x) does not match the name on the URL (reader)' });
      await see.refuses('a bad continue', { path: `${ accounts }?limit=1&continue=x` }, { code: 400, reason: 'BadRequest', message: 'invalid continue token: continue key is not valid: illegal base64 data at input byte 0' });
      await see.refuses('a bad field selector', { path: `${ accounts }?fieldSelector=spec.x%3D1` }, { code: 400, reason: 'BadRequest', message: '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"' });
      await see.refuses('a bad field selector of pods', { path: '/api/v1/pods?fieldSelector=spec.x%3D1' }, { code: 400, reason: 'BadRequest', message: 'field label not supported: spec.x' });
      await see.refuses('an annotation that is no text', { method: 'POST', path: accounts, body: { metadata: { name: 'x', annotations: { a: 1 } } } }, { code: 400, reason: 'BadRequest', message: 'ServiceAccount in version "v1" cannot be handled as a ServiceAccount: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.annotations of type string' });
      await see.refuses('a bad label selector', { path: `${ accounts }?labelSelector=a%3D%3D%3D` }, { code: 400, reason: 'BadRequest' });
    });

    it('401: nobody', async() => {
      await see.refuses('a token of nobody', { path: '/api/v1/pods', as: { token: 'x' } }, { code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    });

    it('403: not allowed', async() => {
      await see.refuses('list', { path: '/api/v1/serviceaccounts', as: 'olivia' }, { code: 403, reason: 'Forbidden', message: 'serviceaccounts is forbidden: User "olivia" cannot list resource "serviceaccounts" in API group "" at the cluster scope', details: { kind: 'serviceaccounts' } });
      await see.refuses('patch', { method: 'PATCH', path: `/apis/apps/v1/namespaces/${ namespace }/deployments/none`, contentType: 'application/merge-patch+json', body: {}, as: 'olivia' }, {
        code: 403, reason: 'Forbidden', message: `deployments.apps "none" is forbidden: User "olivia" cannot patch resource "deployments" in API group "apps" in the namespace "${ namespace }"`, details: { name: 'none', group: 'apps', kind: 'deployments' }
      });
      await see.refuses('a resource that nobody serves', { path: '/apis/example.com/v1/widgets', as: 'olivia' }, { code: 403, reason: 'Forbidden', message: 'widgets.example.com is forbidden: User "olivia" cannot list resource "widgets" in API group "example.com" at the cluster scope' });
      await see.refuses('the issuer’s keys', { path: '/openid/v1/jwks', as: 'olivia', accept: '*/*' }, { code: 403, reason: 'Forbidden', message: 'forbidden: User "olivia" cannot get path "/openid/v1/jwks"', details: {} });
    });

    it('404: not there', async() => {
      await see.refuses('an object', { path: `${ accounts }/none` }, { code: 404, reason: 'NotFound', message: 'serviceaccounts "none" not found', details: { name: 'none', kind: 'serviceaccounts' } });
      await see.refuses('a namespace to create in', { method: 'POST', path: '/api/v1/namespaces/none/serviceaccounts', body: { metadata: { name: 'x' } } }, { code: 404, reason: 'NotFound', message: 'namespaces "none" not found', details: { name: 'none', kind: 'namespaces' } });
      const { status, text } = await see.target.ask({ path: '/apis/example.com/v1/widgets' });

      see.gives('a resource that nobody serves', [status, text], [404, '404 page not found\n']);
      const list = await see.done({ path: '/api/v1/namespaces/none/serviceaccounts' });

      see.gives('a list in a namespace that is not there', list.items, []);
    });

    it('405, 406, 415: not so', async() => {
      await see.refuses('a method', { method: 'POST', path: `${ accounts }/reader`, body: {} }, { code: 405, reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource', details: {} });
      await see.refuses('to create without a namespace', { method: 'POST', path: '/api/v1/serviceaccounts', body: { metadata: { name: 'x' } } }, { code: 405, reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource', details: {} });
      await see.refuses('a form that it does not have', { path: accounts, accept: 'text/html' }, { code: 406, reason: 'NotAcceptable' });
      await see.refuses('a patch of no kind', { method: 'PATCH', path: `${ accounts }/reader`, contentType: 'application/json', body: {} }, { code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });
      await see.refuses('a form to write in', { method: 'POST', path: accounts, contentType: 'text/plain', body: 'x' }, { code: 415, reason: 'UnsupportedMediaType' });
    });

    it('422: not valid', async() => {
      await see.refuses('a name', { method: 'POST', path: accounts, body: { metadata: { name: 'A_B' } } }, { code: 422, reason: 'Invalid', details: { name: 'A_B', kind: 'ServiceAccount', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] } });
      await see.refuses('no name', { method: 'POST', path: accounts, body: { metadata: {} } }, { code: 422, reason: 'Invalid', message: 'ServiceAccount "" is invalid: metadata.name: Required value: name or generateName is required' });
      await see.refuses('the name of an annotation', { method: 'PATCH', path: `${ accounts }/reader`, contentType: 'application/merge-patch+json', body: { metadata: { annotations: { 'a b': 'x' } } } }, { code: 422, reason: 'Invalid' });
      await see.refuses('a workload without containers', { method: 'POST', path: `/apis/apps/v1/namespaces/${ namespace }/deployments`, body: { metadata: { name: 'x' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: {} } } } }, {
        code: 422, reason: 'Invalid', message: 'Deployment.apps "x" is invalid: spec.template.spec.containers: Required value'
      });
      await see.refuses('a selector that does not choose the template', { method: 'POST', path: `/apis/apps/v1/namespaces/${ namespace }/deployments`, body: { metadata: { name: 'x' }, spec: { selector: { matchLabels: { a: 'c' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } } } } }, {
        code: 422, reason: 'Invalid', message: expect.stringMatching(/^Deployment\.apps "x" is invalid: spec\.template\.metadata\.labels: Invalid value: .*: `selector` does not match template `labels`$/)
      });
    });
  });
}
