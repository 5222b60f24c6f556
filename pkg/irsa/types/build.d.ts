/** Made by the build: registers what lies in folders with a meaning to Rancher (l10n, chart, models, …). */
declare module '@rancher/auto-import' {
  import type { IPlugin } from '@shell/core/types';

  export function importTypes(plugin: IPlugin): void;
}
