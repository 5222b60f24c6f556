import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { fetchHelm } from '../../../scripts/helm.mjs';
import { extensionDirectory } from '../../../scripts/paths.mjs';
import { packRepository } from '../../../scripts/repository.mjs';
import { fileFor, sendFile } from '../../../scripts/static-files.mjs';
import type { Chart } from '../../sandbox/catalog/chart.ts';
import type { KubeObject } from '../../sandbox/contracts.ts';

interface Entry { name: string; version: string; urls: string[]; annotations: Record<string, string> }

/** What `npm run package` makes, served on the loopback; its charts are rendered by Helm itself. */
export interface PackagedRepository {
  url: string;
  charts: Chart[];
  close(): void;
}

export async function servePackaged(): Promise<PackagedRepository> {
  const helm = (await fetchHelm())?.helm ?? 'helm';
  const target = mkdtempSync(path.join(tmpdir(), 'irsa-packaged-'));
  const server = createServer((request, answer) => {
    const file = fileFor(target, request.url!);

    return file ? sendFile(file, answer) : answer.writeHead(404).end();
  });

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${ (server.address() as AddressInfo).port }`;

  await packRepository({ built: extensionDirectory(), target, url });
  const { entries } = parse(readFileSync(path.join(target, 'index.yaml'), 'utf8')) as { entries: Record<string, Entry[]> };

  return {
    url,
    charts: Object.values(entries).flat().map((entry) => chartOf(helm, target, entry)),
    close() {
      server.close();
      rmSync(target, { recursive: true });
    },
  };
}

function chartOf(helm: string, target: string, { name, version, urls: [file = ''], ...metadata }: Entry): Chart {
  const packed = path.join(target, file);
  const show = (what: string) => execFileSync(helm, ['show', what, packed], { encoding: 'utf8' });
  const questions = execFileSync('tar', ['-tzf', packed], { encoding: 'utf8' }).includes('/questions.yaml') ? parse(execFileSync('tar', ['-xzOf', packed, `${ name }/questions.yaml`], { encoding: 'utf8' })) as Record<string, unknown> : undefined;

  return {
    name,
    version,
    metadata,
    values:   parse(show('values')) as Record<string, unknown>,
    readme:   show('readme'),
    questions,
    render:   ({ release, namespace, values }) => parseAllDocuments(execFileSync(helm, ['template', release, packed, '--namespace', namespace, '--values', '-'], { encoding: 'utf8', input: JSON.stringify(values) }))
      .map((document) => document.toJS() as KubeObject | null).filter((object): object is KubeObject => object !== null),
  };
}
