export { planAddAudience } from './add-audience';
export { planBind } from './bind';
export type { BindWish, WishedPermissions, WishedRole } from './bind-wish';
export { planEnable } from './enable';
export { planInstallWebhook } from './install-webhook';
export { planMendTrust } from './mend-trust';
export { planOpenSts } from './open-sts';
export { planRestart } from './restart';
export { planTightenTrust } from './tighten-trust';
