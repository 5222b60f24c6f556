import type { IPlugin } from '@shell/core/types';
import { aboveForm } from './chart/above-form';
import words from './l10n/menu.en-us.yaml';
import {
  description, icon, name, version
} from './package.json';
import { addProduct } from './product';
import { CLUSTER, NO_CLUSTER } from './pages/routes';
import { routes, screen } from './routes';
import { addServiceAccounts } from './surfaces/service-accounts';

/**
 * Called once by the dashboard at every login: registrations only, everything behind them is loaded when it is opened.
 * Nothing of @shell is imported here, and the folders are not registered by `@rancher/auto-import`: it would have every Rancher
 * user load all of our words. The few that the side menu and the tab need travel along here, the others with our pages.
 */
export default function(plugin: IPlugin): void {
  plugin.metadata = {
    name, version, description, icon
  };
  plugin.addL10n('en-us', () => Promise.resolve(words));
  // A module with `init`, as older dashboards know it too; the type has only what came later.
  plugin.addProduct({ init: addProduct } as unknown as Parameters<IPlugin['addProduct']>[0]);
  plugin.addRoutes(routes);
  // Named by the chart's annotation `catalog.cattle.io/ui-component`; without us Rancher asks the chart's own questions.
  plugin.register('chart', 'pod-identity-webhook', screen('form'));
  // In place of Rancher's own forms, which they show whole; without us Rancher shows them itself.
  plugin.register('chart', 'rancher-backup', aboveForm(screen('backupForm'), 'rancher-backup/index'));
  plugin.register('chart', 'logging', aboveForm(screen('loggingForm'), 'logging/index'));
  // TabLocation.RESOURCE_DETAIL_PAGE: without `context` it is there for clusters of every provider.
  plugin.addTab('resource-detail-page', { resource: ['provisioning.cattle.io.cluster'] }, {
    name:      'irsa',
    labelKey:  'irsa.menu.tab',
    weight:    -1,
    component: screen('tab'),
  });
  // TabLocation.CLUSTER_CREATE_RKE2: where an RKE2 or K3s cluster is made, and edited.
  plugin.addTab('cluster-create-rke2', { resource: ['provisioning.cattle.io.cluster'] }, {
    name:      'irsa',
    labelKey:  'irsa.menu.tab',
    weight:    -1,
    component: screen('birth'),
  });
  // PanelLocation.DETAILS_MASTHEAD: on the pages that show, make and edit one.
  plugin.addPanel('details-masthead', { resource: ['logging.banzaicloud.io.clusteroutput', 'logging.banzaicloud.io.output'] }, { component: screen('outputPanel') });
  plugin.addPanel('details-masthead', { resource: ['resources.cattle.io.backup', 'resources.cattle.io.restore'] }, { component: screen('backupPanel') });
  // PanelLocation.DETAILS_MASTHEAD: under the title, in the old page and in the new one.
  plugin.addPanel('details-masthead', { resource: ['serviceaccount', 'pod'], mode: ['detail'] }, { component: screen('panel') });
  addServiceAccounts(plugin, (id, query) => ({ name: CLUSTER, params: { cluster: NO_CLUSTER, id }, query }));
}
