import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { removeApp } from '../../sandbox/catalog/apps.ts';
import { uninstall } from '../../sandbox/catalog/helm.ts';
import { put } from '../../sandbox/scenario/put.ts';
import type { World } from '../../sandbox/scenario/world.ts';
import { PROD_EKS, type Visit } from './stage';

type Values = Record<string, unknown>;

/** A chart of Rancher's in a cluster of the scenario, and the account that talks to AWS. */
export interface Release { cluster: string; id: string; chart: string; namespace: string; account: string }

export const BACKUP: Release = { cluster: 'local', id: 'local', chart: 'rancher-backup', namespace: 'cattle-resources-system', account: 'rancher-backup' };
export const LOGGING: Release = { cluster: 'prod-eks', id: PROD_EKS, chart: 'rancher-logging', namespace: 'cattle-logging-system', account: 'rancher-logging-root-fluentd' };
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';

/** Rancher's own pages ask for what is not there yet. */
export const PROVOKED = /404.*(catalog\.cattle\.io\.apps|v1\/namespaces|monitoring|schemaDefinitions|\/meta\/proxy\/iam)/;

/** What Rancher's own forms read, whoever looks at the page: keys that lie in Secrets of the cluster, and nothing that came into being here. */
export function excuseSecrets({ secrets }: Visit): void {
  secrets.excuse(/^Vuex state: secret key of the (account|cloud credential) /, 'Rancher’s own forms for backups and outputs read secrets, to offer them');
}

/** As if nobody had ever installed it. */
export function neverInstalled(world: World, { cluster, chart, namespace }: Release): void {
  const kube = world.kube(cluster);

  for (const release of [chart, `${ chart }-crd`]) {
    uninstall(kube, { name: 'system:admin', groups: ['system:masters'] }, namespace, release, false);
    removeApp(kube, namespace, release);
  }
}

/** The values that the release was given last, whole. */
export function valuesOf(world: World, { cluster, chart, namespace }: Release): Values | undefined {
  const { store } = world.kube(cluster);
  const app = store.get(store.findType('catalog.cattle.io', 'apps')!, namespace, chart);

  return app && structuredClone((app.spec as { values: Values }).values);
}

/** Annotations that somebody wishes on the account: what Helm writes of itself is left out. */
export function annotationsOf(world: World, { cluster, namespace, account }: Release): Record<string, string> | undefined {
  const { store } = world.kube(cluster);
  const { annotations = {} } = store.get(store.findType('', 'serviceaccounts')!, namespace, account)?.metadata ?? {};

  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !name.startsWith('meta.helm.sh/')));
}

/** Opens the page that installs the chart, or upgrades it where it is there, at the step of its values. */
export async function openForm(visit: Visit, world: World, release: Release): Promise<void> {
  const { chart, namespace, id } = release;
  const { version } = world.sources.at('https://git.rancher.io/charts')!.find(({ name }) => name === chart)!;
  const upgrade = valuesOf(world, release) ? `&namespace=${ namespace }&name=${ chart }` : '';

  await visit.goto(`/c/${ id }/apps/charts/install?repo-type=cluster&repo=rancher-charts&chart=${ chart }&version=${ encodeURIComponent(version) }${ upgrade }`);
  await visit.page.getByRole('button', { name: 'Next' }).click();
  await visit.page.getByRole('button', { name: /^(Install|Save changes)$/ }).waitFor();
}

export async function chooseRole({ page }: Visit): Promise<void> {
  await page.getByTestId('irsa-chart-mode').getByText('IAM role').click();
  await page.getByTestId('irsa-chart-role').waitFor();
}

/** Turns the form to Rancher's YAML editor and changes the values there. */
export async function editYaml({ page }: Visit, change: (values: Values) => void): Promise<void> {
  await page.getByTestId('btn-group-options-view').getByText('Edit YAML').click();
  await page.locator('.CodeMirror').first().waitFor();
  const values = parse(await page.evaluate(() => (document.querySelector('.CodeMirror') as unknown as { CodeMirror: { getValue(): string } }).CodeMirror.getValue())) as Values;

  change(values);
  await page.evaluate((text) => (document.querySelector('.CodeMirror') as unknown as { CodeMirror: { setValue(text: string): void } }).CodeMirror.setValue(text), stringify(values));
}

/** Presses Install or Save, and waits until Helm has done it and Rancher's page has gone on; gives the values that came of it. */
export async function save({ page }: Visit, world: World, release: Release): Promise<Values> {
  const { store } = world.kube(release.cluster);
  const revision = () => store.get(store.findType('catalog.cattle.io', 'apps')!, release.namespace, release.chart)?.metadata.resourceVersion;
  const before = revision();

  await page.getByRole('button', { name: /^(Install|Save changes)$/ }).click();
  await expect.poll(revision, { timeout: 60_000 }).not.toBe(before);
  await page.waitForURL((url) => !url.pathname.endsWith('/charts/install'));

  return valuesOf(world, release)!;
}

/** The extension is uninstalled, and comes back when the function that is given is called. Pages that are open keep it until they are loaded again. */
export function withoutExtension(world: World): () => void {
  const kube = world.kube('local');
  const type = kube.store.findType('catalog.cattle.io', 'uiplugins')!;
  const [plugin] = kube.store.list(type);
  const { name, namespace } = plugin!.metadata;

  kube.store.delete(type, namespace, name);

  return () => {
    put(kube, 'catalog.cattle.io', 'uiplugins', { metadata: { name, namespace }, spec: plugin!.spec, status: plugin!.status });
  };
}
