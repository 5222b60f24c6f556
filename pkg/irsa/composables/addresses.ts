/** Name of the product: in the side menu, in paths and as prefix of every word. */
export const PRODUCT = 'irsa';
/** What the dashboard calls the cluster of pages that belong to none. */
export const NO_CLUSTER = '_';
export const CLUSTERS = `c-cluster-${ PRODUCT }-clusters`;
export const CLUSTER = `${ CLUSTERS }-cluster`;
export const BINDINGS = `c-cluster-${ PRODUCT }-bindings`;
export const FLEET = `c-cluster-${ PRODUCT }-fleet`;
export const SETTINGS = `c-cluster-${ PRODUCT }-settings`;
