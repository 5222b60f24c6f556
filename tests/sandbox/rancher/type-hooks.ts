import { json } from './answers.ts';
import { steveHeaders } from './steve/errors.ts';
import type { TypeHooks } from './steve/hooks.ts';
import { steveUrl } from './steve/schemas.ts';
import { stringOf, valueAt } from './values.ts';

/** What Rancher itself adds to its types in Steve. */
export function rancherHooks(): [string, TypeHooks][] {
  return [
    ['management.cattle.io.cluster', {
      decorate: ({ access, base, object, type }) => {
        const { name } = object.metadata;
        const self = steveUrl(base, 'management.cattle.io.clusters', name);
        const v3 = `${ base.origin }/v3/clusters/${ name }`;
        const owner = access.grants('update', type, undefined, name);

        return {
          links: {
            log: `${ self }?link=log`, projects: `${ self }?link=projects`, schemas: `${ self }?link=schemas`, subscribe: `${ self }?link=subscribe`,
            ...owner ? { shell: `${ v3.replace(/^http/, 'ws') }?shell=true` } : {}
          },
          actions: { ...owner ? { apply: `${ self }?action=apply`, importYaml: `${ v3 }?action=importYaml` } : {}, generateKubeconfig: `${ v3 }?action=generateKubeconfig` }
        };
      }
    }],
    ['provisioning.cattle.io.cluster', {
      decorate: ({ object }) => {
        const id = stringOf(valueAt(object, 'status.clusterName'));

        return id ? { relationships: [{ toId: id, toType: 'management.cattle.io.cluster', rel: 'applies', state: 'active', message: 'Resource is Ready' }] } : undefined;
      }
    }],
    ['ext.cattle.io.selfuser', {
      create: ({ base, user }) => json(201, {
        type:       'ext.cattle.io.selfuser',
        links:      { view: `${ base.origin }/apis/ext.cattle.io/v1/selfusers` },
        apiVersion: 'ext.cattle.io/v1',
        kind:       'SelfUser',
        metadata:   { generateName: 'su-', relationships: null, state: { error: false, message: 'Resource is current', name: 'active', transitioning: false } },
        status:     { userID: user.name }
      }, steveHeaders(base))
    }],
  ];
}
