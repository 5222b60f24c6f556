import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpAnswer, KubeCluster } from '../../contracts.ts';
import { RANCHER_HEADERS, pageNotFound } from '../answers.ts';
import { fieldsOf, stringOf } from '../values.ts';
import { cachedPlugins, hasPlugin, pluginFile } from './installed-plugins.ts';
import { fileAnswer } from './static-files.ts';

/** What a built extension's package.json says. */
export interface Extension {
  name: string;
  version: string;
  annotations: Record<string, string>;
}

/** Without this annotation the dashboard leaves an extension out, with no word on the page. */
const DEFAULT_ANNOTATIONS = { 'catalog.cattle.io/ui-extensions-version': '>= 3.0.0 < 4.0.0' };

/** The extensions' index and files, as Rancher serves them under `/v1/uiplugins`. */
export class UiPlugins {
  private readonly folder: string | undefined;
  private readonly local: KubeCluster | undefined;

  /**
   * `folder` is a built extension (`dist-pkg/irsa-0.1.0`); read anew for each request, so that a rebuild shows, and there as long as its
   * UIPlugin is. Without it, there are those that were installed through the catalog of `local`.
   */
  constructor(folder: string | undefined, local?: KubeCluster) {
    this.folder = folder;
    this.local = local;
  }

  /** `path` is what follows `/v1/uiplugins`; strangers see no extension. */
  async handle(path: string, origin: string, known: boolean): Promise<HttpAnswer> {
    const built = await this.read();
    const extension = built && this.isInstalled(built) ? built : undefined;
    const file = /^\/([^/]+)\/([^/]+)\/plugin\/(.+)$/.exec(path);

    if (path === '' || path === '/') {
      return this.index(extension ?? (known ? this.installed()[0] : undefined), origin, known);
    }
    const plugin = known ? this.installed().find(({ name, version }) => name === file?.[1] && version === file[2]) : undefined;

    if (plugin && file) {
      return await pluginFile(plugin, file[3] ?? '') ?? pageNotFound();
    }
    if (!file || !this.folder || !known || file[1] !== extension?.name || file[2] !== extension?.version) {
      return pageNotFound();
    }

    return await fileAnswer(this.folder, file[3] ?? '', { 'cache-control': 'no-cache' }) ?? pageNotFound();
  }

  private isInstalled({ name }: Extension): boolean {
    return !this.local || hasPlugin(this.local, name);
  }

  private installed() {
    return this.folder || !this.local ? [] : cachedPlugins(this.local);
  }

  /** The extension as it is built now. */
  async read(): Promise<Extension | undefined> {
    if (!this.folder) {
      return undefined;
    }
    try {
      const manifest = fieldsOf(JSON.parse(await readFile(join(this.folder, 'package.json'), 'utf8')) as unknown);

      return {
        name:        stringOf(manifest.name),
        version:     stringOf(manifest.version),
        annotations: { ...DEFAULT_ANNOTATIONS, ...fieldsOf(fieldsOf(manifest.rancher).annotations) as Record<string, string> }
      };
    } catch {
      return undefined;
    }
  }

  private index(extension: Extension | undefined, origin: string, known: boolean): HttpAnswer {
    const entry = extension && {
      name:       extension.name,
      version:    extension.version,
      endpoint:   `${ origin }/v1/uiplugins/${ extension.name }/${ extension.version }/plugin`,
      metadata:   extension.annotations,
      CacheState: 'cached',
      Ready:      true,
    };

    return {
      status:  200,
      headers: { ...RANCHER_HEADERS, 'content-type': 'text/plain; charset=utf-8' },
      body:    JSON.stringify({ entries: entry && known ? { [entry.name]: entry } : {} })
    };
  }
}
