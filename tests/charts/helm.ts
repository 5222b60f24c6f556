import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { fetchHelm } from '../../scripts/helm.mjs';
import { root } from '../../scripts/paths.mjs';

/** A Kubernetes object as a chart renders it. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  // What is in it differs by kind; tests look into it by name.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  [part: string]: any;
}

export interface Rendering {
  values?: object;
  /** `v1.36.3`; none: Helm's own. */
  version?: string;
  /** API groups that the cluster is to have besides Kubernetes' own. */
  apis?: string[];
  namespace?: string;
  release?: string;
  /** Folder of another chart than the webhook's. */
  chart?: string;
}

/** Real Helm; undefined on machines that its binaries do not run on. */
export const programs = await fetchHelm();

export const webhookChart = path.join(root, 'assets/charts/pod-identity-webhook');

/** @throws Error with what Helm said */
export async function helm(args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(programs!.helm, args, { maxBuffer: 16 * 1024 * 1024 })).stdout;
  } catch (error) {
    // Without the command line, whose words would stand for Helm's own.
    throw new Error((error as { stderr?: string }).stderr || String(error));
  }
}

/** `helm template` of the webhook chart, or of another one. @throws Error with what Helm said */
export async function render({ values = {}, version, apis = [], namespace = 'pod-identity-webhook', release = 'pod-identity-webhook', chart = webhookChart }: Rendering = {}): Promise<Rendered[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'irsa-chart-'));

  try {
    writeFileSync(path.join(folder, 'values.json'), JSON.stringify(values));
    const text = await helm([
      'template', release, chart, '--namespace', namespace, '--values', path.join(folder, 'values.json'), ...(version ? ['--kube-version', version] : []), ...apis.flatMap((api) => ['--api-versions', api])
    ]);

    return parseAllDocuments(text).map((document) => {
      // A key that stands twice is an error of the document, and Helm lets it through.
      if (document.errors.length) {
        throw new Error(document.errors.join('\n'));
      }

      return document.toJS() as Rendered | null;
    }).filter((object) => object !== null);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The one object of a kind (and name). @throws Error when there is none, or more than one */
export function only(objects: Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));

  if (found.length !== 1) {
    throw new Error(`${ found.length } objects of kind ${ kind } ${ name ?? '' }`);
  }

  return found[0]!;
}
