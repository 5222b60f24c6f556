/**
 * All that we show, behind one import: pages, what mounts inside Rancher's own, and the forms of charts. Most of each is what all of them
 * share, so that the second costs next to nothing; and as one piece it compresses best.
 */
// First, so that what is alike stands together: rules beside rules and pages beside pages compress better (1 KB, gzip).
import './domain/index';
import './presets/index';
import './plans/index';
import './plans/export/index';
import './composables/engine';

export { default as form } from './chart/pod-identity-webhook.vue';
export { default as loggingForm } from './chart/logging.vue';
export { default as backupForm } from './chart/rancher-backup.vue';
export { default as bindings } from './pages/Bindings.vue';
export { default as cluster } from './pages/Cluster.vue';
export { default as clusters } from './pages/Clusters.vue';
export { default as fleet } from './pages/Fleet.vue';
export { default as panel } from './surfaces/IdentityPanel.vue';
export { default as settings } from './pages/Settings.vue';
export { default as birth } from './surfaces/ClusterBirth.vue';
export { default as backupPanel } from './surfaces/BackupPanel.vue';
export { default as outputPanel } from './surfaces/OutputPanel.vue';
export { default as tab } from './surfaces/ClusterTab.vue';
