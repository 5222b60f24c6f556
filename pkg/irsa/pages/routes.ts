import type { RouteRecordRaw } from 'vue-router';

/** Name of the product: in the side menu, in paths and as prefix of every word. */
export const PRODUCT = 'irsa';
/** What the dashboard calls the cluster of pages that belong to none. */
export const NO_CLUSTER = '_';
export const CLUSTERS = `c-cluster-${ PRODUCT }-clusters`;
export const CLUSTER = `${ CLUSTERS }-cluster`;
export const SETTINGS = `c-cluster-${ PRODUCT }-settings`;

const meta = { product: PRODUCT, cluster: NO_CLUSTER };

export const routes: { parent: string; route: RouteRecordRaw }[] = [
  {
    parent: 'default',
    route:  {
      name:      CLUSTERS,
      path:      `/c/:cluster/${ PRODUCT }/clusters`,
      component: () => import(/* webpackChunkName: "clusters" */ './Clusters.vue'),
      meta,
    },
  },
  {
    parent: 'default',
    route:  {
      name:      CLUSTER,
      path:      `/c/:cluster/${ PRODUCT }/clusters/:id`,
      component: () => import(/* webpackChunkName: "cluster" */ './Cluster.vue'),
      meta,
    },
  },
  {
    parent: 'default',
    route:  {
      name:      SETTINGS,
      path:      `/c/:cluster/${ PRODUCT }/settings`,
      component: () => import(/* webpackChunkName: "settings" */ './Settings.vue'),
      meta,
    },
  },
];
