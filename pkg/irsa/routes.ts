import type { RouteRecordRaw } from 'vue-router';
import {
  BINDINGS, CLUSTER, CLUSTERS, FLEET, NO_CLUSTER, PRODUCT, SETTINGS
} from './pages/routes';

type Screens = typeof import('./screens');

/** Loads what is shown when it is first opened. */
export const screen = <Name extends keyof Screens>(name: Name) => async(): Promise<Screens[Name]> => (await import(/* webpackChunkName: "irsa" */ './screens'))[name];

const route = (name: string, path: string, component: () => Promise<unknown>): { parent: string; route: RouteRecordRaw } => ({
  parent: 'default',
  route:  {
    name, path: `/c/:cluster/${ PRODUCT }/${ path }`, component: component as RouteRecordRaw['component'] & object, meta: { product: PRODUCT, cluster: NO_CLUSTER }
  },
});

export const routes = [
  route(CLUSTERS, 'clusters', screen('clusters')),
  route(CLUSTER, 'clusters/:id', screen('cluster')),
  route(BINDINGS, 'bindings', screen('bindings')),
  route(FLEET, 'fleet', screen('fleet')),
  route(SETTINGS, 'settings', screen('settings')),
];
