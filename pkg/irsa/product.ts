import type { IPlugin } from '@shell/core/types';
import { icon } from './assets/icon';
import { BINDINGS, CLUSTERS, NO_CLUSTER, PRODUCT, SETTINGS } from './pages/routes';

/** The product in the side menu and its pages. Called by the dashboard when its own products are there. */
export function addProduct(plugin: IPlugin, store: unknown): void {
  const { product, virtualType, basicType } = plugin.DSL(store, PRODUCT);
  const to = { name: CLUSTERS, params: { cluster: NO_CLUSTER } };

  product({
    inStore:             'management',
    // Typed as a function, used as an address.
    svg:                 icon as unknown as () => string,
    icon:                'user-check',
    removable:           false,
    showClusterSwitcher: false,
    showNamespaceFilter: false,
    weight:              50,
    to,
  });
  virtualType({
    name:       'clusters',
    labelKey:   'irsa.menu.clusters',
    namespaced: false,
    weight:     100,
    route:      to,
  });
  virtualType({
    name:       'bindings',
    labelKey:   'irsa.menu.bindings',
    namespaced: false,
    weight:     50,
    route:      { name: BINDINGS, params: { cluster: NO_CLUSTER } },
  });
  virtualType({
    name:       'settings',
    labelKey:   'irsa.menu.settings',
    namespaced: false,
    weight:     10,
    route:      { name: SETTINGS, params: { cluster: NO_CLUSTER } },
  });
  basicType(['clusters', 'bindings', 'settings']);
}
