import { importTypes } from '@rancher/auto-import';
import type { IPlugin } from '@shell/core/types';
import {
  description, icon, name, version
} from './package.json';

/** Called once by the dashboard at login: registrations only, everything behind them is loaded when it is opened. */
export default function(plugin: IPlugin): void {
  importTypes(plugin);
  plugin.metadata = {
    name, version, description, icon
  };
}
