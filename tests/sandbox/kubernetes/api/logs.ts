import type { HttpAnswer, KubeObject } from '../../contracts.ts';
import { at, fieldsIn, textOf } from '../copy.ts';
import { badRequest } from '../errors.ts';
import { plainText } from './answers.ts';

/** What containers wrote, by pod. */
export class Logs {
  private readonly lines = new Map<string, string[]>();

  write(pod: KubeObject, container: string, text: string): void {
    const key = keyOf(pod, container);

    this.lines.set(key, [...this.lines.get(key) ?? [], ...text.split('\n')]);
  }

  read(pod: KubeObject, container: string): string[] {
    return this.lines.get(keyOf(pod, container)) ?? [];
  }

  forget(pod: KubeObject): void {
    [...this.lines.keys()].filter((key) => key.startsWith(`${ pod.metadata.uid ?? '' }/`)).forEach((key) => this.lines.delete(key));
  }
}

function keyOf(pod: KubeObject, container: string): string {
  return `${ pod.metadata.uid ?? '' }/${ container }`;
}

/** GET pods/log (registry/core/pod/strategy.go LogLocation). */
export function logAnswer(logs: Logs, pod: KubeObject, query: URLSearchParams): HttpAnswer {
  const names = fieldsIn(at(pod, 'spec', 'containers')).map((container) => textOf(container.name));
  const all = [...names, ...fieldsIn(at(pod, 'spec', 'initContainers')).map((container) => textOf(container.name))];
  const chosen = query.get('container') || (names.length === 1 ? names[0] : undefined);

  if (chosen === undefined) {
    throw badRequest(`a container name must be specified for pod ${ pod.metadata.name }, choose one of: [${ names.join(' ') }]`);
  }
  if (!all.includes(chosen)) {
    throw badRequest(`container ${ chosen } is not valid for pod ${ pod.metadata.name }`);
  }
  if (at(pod, 'status', 'phase') === 'Pending') {
    throw badRequest(`container "${ chosen }" in pod "${ pod.metadata.name }" is waiting to start: ContainerCreating`);
  }
  const tail = query.get('tailLines');
  const lines = logs.read(pod, chosen);
  const text = (tail === null ? lines : lines.slice(-Number(tail))).join('\n');

  return plainText(200, text === '' ? '' : `${ text }\n`);
}
