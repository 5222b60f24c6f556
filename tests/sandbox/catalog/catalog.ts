import type { HttpAnswer, KubeCluster, KubeObject, KubeUser } from '../contracts.ts';
import { ApiError, RANCHER_HEADERS, json, kubeStatusOf } from '../rancher/answers.ts';
import { forbidden, steveHeaders } from '../rancher/steve/errors.ts';
import type { ObjectCall, TypeHooks } from '../rancher/steve/hooks.ts';
import { steveUrl } from '../rancher/steve/schemas.ts';
import { fieldsOf, listOf, stringOf } from '../rancher/values.ts';
import type { Fields } from '../rancher/values.ts';
import { createHelmPod, createOperation, endHelmPod, removeApp, removeHelmPod, reportOperation, saveApp } from './apps.ts';
import type { NewOperation } from './apps.ts';
import type { Chart } from './chart.ts';
import { HelmError, decodeRelease, deploy, uninstall } from './helm.ts';
import { repositoryIndex, repositoryUrl } from './repositories.ts';
import type { ChartSources } from './repositories.ts';
import { settled } from './settled.ts';

export interface CatalogOptions {
  sources: ChartSources;
  /** Milliseconds between the states an operation goes through. */
  pace: number;
}

interface Step {
  operation: NewOperation;
  run: () => void | Promise<void>;
}

/** Rancher's app catalog: repositories, charts, and Helm run as the one who asks. */
export class Catalog {
  /**
   * Somebody takes Helm's pods away as soon as Helm has ended, before Rancher has seen how: then it calls every operation active
   * (rancher pkg/controllers/dashboard/helm/operations.go, onOperationChange).
   */
  losesPods = false;
  private readonly options: CatalogOptions;
  private readonly logs = new Map<string, string[]>();
  private readonly running = new Set<Promise<void>>();

  constructor(options: CatalogOptions) {
    this.options = options;
  }

  /** What the catalog adds to its types in Steve. */
  hooks(): [string, TypeHooks][] {
    return [
      ['catalog.cattle.io.clusterrepo', {
        decorate: ({ base, object }) => {
          const self = steveUrl(base, 'catalog.cattle.io.clusterrepos', object.metadata.name);

          return {
            links:   Object.fromEntries(['chart', 'icon', 'index', 'info'].map((link) => [link, `${ self }?link=${ link }`])),
            actions: { install: `${ self }?action=install`, upgrade: `${ self }?action=upgrade` }
          };
        },
        links:   { index: (call) => this.index(call), info: (call) => this.info(call), icon: (call) => this.icon(call) },
        actions: { install: (call, input) => this.deploy(call, input, 'install'), upgrade: (call, input) => this.deploy(call, input, 'upgrade') }
      }],
      ['catalog.cattle.io.app', {
        decorate: ({ base, object }) => ({
          actions:       { uninstall: `${ steveUrl(base, 'catalog.cattle.io.apps', object.metadata.namespace ?? '', object.metadata.name) }?action=uninstall` },
          relationships: listOf(fieldsOf(object.spec).resources).map(fieldsOf).map((resource) => ({
            rel: 'helmresource', toId: resource.namespace ? `${ stringOf(resource.namespace) }/${ stringOf(resource.name) }` : stringOf(resource.name), toType: schemaOfResource(resource), state: 'active', message: 'Resource is current'
          }))
        }),
        actions: { uninstall: (call, input) => this.uninstall(call, input) }
      }],
      ['catalog.cattle.io.operation', {
        decorate: ({ base, object }) => (fieldsOf(object.status).podCreated === true ? {
          links: { logs: `${ steveUrl(base, 'catalog.cattle.io.operations', object.metadata.namespace ?? '', object.metadata.name) }?link=logs` }
        } : undefined),
        links: { logs: ({ object }) => ({ status: 200, headers: { ...RANCHER_HEADERS, 'content-type': 'text/plain; charset=utf-8' }, body: this.log(object.metadata.namespace ?? '', object.metadata.name).join('\n') }) }
      }],
      ['secret', {
        show: ({ object, request }, resource) => {
          const release = request.query.get('includeHelmData') === 'true' ? decodeRelease(object) : undefined;

          return release ? { ...resource, data: { ...fieldsOf(resource.data), release: { ...release, manifest: release.manifest.map((one) => JSON.stringify(one)).join('\n---\n') } } } : resource;
        }
      }],
    ];
  }

  /** What Helm wrote during an operation. */
  log(namespace: string, operation: string): string[] {
    return this.logs.get(`${ namespace }/${ operation }`) ?? [];
  }

  /** Waits until no operation runs any more. */
  async idle(): Promise<void> {
    while (this.running.size) {
      await Promise.all(this.running);
    }
  }

  private chartsOf(repository: KubeObject): Chart[] {
    return this.options.sources.at(repositoryUrl(repository)) ?? [];
  }

  private index(call: ObjectCall): HttpAnswer {
    const self = steveUrl(call.base, 'catalog.cattle.io.clusterrepos', call.object.metadata.name);

    return json(200, repositoryIndex(call.object, this.chartsOf(call.object), self));
  }

  /**
   * Of a git repository from what was cloned; else fetched, as it is written, and of a kind that its address' end tells (rancher
   * pkg/catalogv2/content/content.go Icon).
   */
  private async icon({ object, request: { query } }: ObjectCall): Promise<HttpAnswer> {
    const { metadata } = this.find(object, query.get('chartName') ?? '', query.get('version') ?? '');
    const address = stringOf(metadata.icon);

    // Nothing is behind a host of the scenario's.
    if (stringOf(fieldsOf(object.spec).gitRepo) || /^https:\/\/[^/]+\.example\/.*\.svg$/.test(address)) {
      return svg(ICON);
    }
    if (!/^https?:/.test(address)) {
      throw new ApiError(500, 'ServerError', `Get "${ address.slice(0, 40) }": unsupported protocol scheme "${ address.split(':')[0] }"`);
    }
    const answer = await fetch(address);

    return address.endsWith('.svg') ? svg(await answer.text()) : svg(await answer.text(), 'text/plain; charset=utf-8');
  }

  private info(call: ObjectCall): HttpAnswer {
    const { query } = call.request;
    const chart = this.find(call.object, query.get('chartName') ?? '', query.get('version') ?? '');

    return json(200, {
      readme: chart.readme, appReadme: chart.readme, values: chart.values,
      chart:  { name: chart.name, version: chart.version, ...chart.metadata },
      ...chart.questions ? { questions: chart.questions } : {}
    });
  }

  private find(repository: KubeObject, name: string, version: string): Chart {
    const named = this.chartsOf(repository).filter((chart) => chart.name === name);

    if (!named.length) {
      throw new ApiError(500, 'ServerError', 'no chart name found');
    }
    const chart = version ? named.find((one) => one.version === version) : named[0];

    if (!chart) {
      throw new ApiError(500, 'ServerError', `no chart version found for ${ name }-${ version }`);
    }

    return chart;
  }

  private deploy(call: ObjectCall, input: Fields, action: 'install' | 'upgrade'): HttpAnswer {
    const { cluster: { kube }, object: repository, user } = call;
    const namespace = stringOf(input.namespace) || 'default';
    const charts = listOf(input.charts).map(fieldsOf);
    const steps = charts.map((wanted): Step & { chart: Chart } => {
      const chart = this.find(repository, stringOf(wanted.chartName), stringOf(wanted.version));
      const release = stringOf(wanted.releaseName) || chart.name;
      const file = `/home/shell/helm/${ chart.name }-${ chart.version.replace('+', '-') }.tgz`;
      const command = ['helm', 'upgrade', `--history-max=${ Number(input.historyMax ?? 10) }`, '--install=true', `--labels=catalog.cattle.io/cluster-repo-name=${ repository.metadata.name }`, `--namespace=${ namespace }`,
        '--timeout=10m0s', `--version=${ chart.version }`, `--wait=${ String(input.wait ?? true) }`, release, file];

      return {
        chart,
        operation: { action, release, namespace, chart: file, version: chart.version, command: action === 'install' ? ['helm', 'install', ...command.slice(4)] : command, repository: repository.metadata.name },
        run:       async() => {
          const { release: made, secret } = deploy(kube, user, {
            chart, release, namespace, values: fieldsOf(wanted.values), annotations: fieldsOf(wanted.annotations) as Record<string, string>, upgrade: action === 'upgrade'
          });

          if (input.wait !== false) {
            await settled(kube, made.manifest, this.options.pace);
          }
          saveApp(kube, made, secret, repository.metadata.name);
        }
      };
    });

    if (!steps.length) {
      throw new ApiError(500, 'ServerError', 'no chart name found');
    }
    ensureNamespace(kube, user, namespace, stringOf(input.projectId));

    return this.start(call, steps);
  }

  private uninstall(call: ObjectCall, input: Fields): HttpAnswer {
    const { cluster: { kube }, object: app, user } = call;
    const namespace = app.metadata.namespace ?? '';
    const release = app.metadata.name;

    return this.start(call, [{
      operation: { action: 'uninstall', release, namespace, command: ['helm', 'uninstall', `--namespace=${ namespace }`, release] },
      run:       () => {
        uninstall(kube, user, namespace, release, input.keepHistory === true);
        removeApp(kube, namespace, release);
      }
    }]);
  }

  /** Answers at once with the first operation; the work goes on behind it. */
  private start(call: ObjectCall, steps: Step[]): HttpAnswer {
    const { cluster: { kube } } = call;
    const last = steps[steps.length - 1];

    if (!last) {
      throw new Error('nothing to run');
    }
    const operation = createOperation(kube, last.operation);
    const work = this.work(kube, operation, steps);

    this.running.add(work);
    void work.finally(() => this.running.delete(work));

    return json(201, { type: 'chartActionOutput', links: {}, operationName: operation.metadata.name, operationNamespace: operation.metadata.namespace }, steveHeaders(call.base));
  }

  private async work(kube: KubeCluster, operation: KubeObject, steps: Step[]): Promise<void> {
    const lines: string[] = [];
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, this.options.pace).unref());

    this.logs.set(`${ operation.metadata.namespace }/${ operation.metadata.name }`, lines);
    await pause();
    const pod = createHelmPod(kube, operation);
    const write = (...texts: string[]): void => {
      lines.push(...texts);
      texts.forEach((text) => pod && kube.writeLog(pod, 'helm', text));
    };

    reportOperation(kube, operation, { podCreated: true });
    try {
      for (const step of steps) {
        write(step.operation.command.join(' '));
        await pause();
        await step.run();
        write(`Release "${ step.operation.release }" has been ${ step.operation.action === 'uninstall' ? 'uninstalled' : 'deployed' }. Happy Helming!`);
      }
      write('', '---------------------------------------------------------------------', 'SUCCESS: '.concat(steps[steps.length - 1]?.operation.command.join(' ') ?? ''), '---------------------------------------------------------------------');
      endHelmPod(kube, pod, 'Succeeded');
      reportOperation(kube, operation, { done: true });
    } catch (error) {
      const message = error instanceof HelmError ? error.message : kubeStatusOf(error)?.message;

      if (message === undefined) {
        throw error;
      }
      const action = steps[steps.length - 1]?.operation.action ?? 'install';
      const whole = `Error: ${ action === 'install' ? 'INSTALLATION FAILED: ' : action === 'upgrade' ? 'UPGRADE FAILED: ' : '' }${ message }`;

      write(whole);
      if (this.losesPods) {
        removeHelmPod(kube, pod);
      } else {
        endHelmPod(kube, pod, 'Failed');
      }
      reportOperation(kube, operation, { ...this.losesPods ? {} : { error: whole }, done: true });
    }
  }
}

function schemaOfResource(resource: Fields): string {
  const group = stringOf(resource.apiVersion).includes('/') ? `${ stringOf(resource.apiVersion).split('/')[0] }.` : '';

  return `${ group }${ stringOf(resource.kind).toLowerCase() }`;
}

/** Rancher makes the release's namespace, as the user, before Helm runs. */
function ensureNamespace(kube: KubeCluster, user: KubeUser, name: string, projectId: string): void {
  const type = kube.store.findType('', 'namespaces');

  if (!type || kube.store.get(type, undefined, name)) {
    return;
  }
  if (!kube.authorize(user, { verb: 'create', group: '', resource: 'namespaces' })) {
    throw forbidden(user, 'create', type);
  }
  kube.store.create(type, {
    apiVersion: 'v1', kind: 'Namespace',
    metadata:   { name, labels: projectId ? { 'field.cattle.io/projectId': projectId.split(':').pop() ?? '' } : {}, annotations: projectId ? { 'field.cattle.io/projectId': projectId } : {} }
  });
}

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#2453ff"/><path d="M18 20h28v8H18zm0 16h28v8H18z" fill="#fff"/></svg>';

function svg(body: string, type = 'image/svg+xml'): HttpAnswer {
  return { status: 200, headers: { ...RANCHER_HEADERS, 'content-type': type }, body };
}
