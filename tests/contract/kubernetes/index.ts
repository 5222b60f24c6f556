import { afterAll, beforeAll, describe } from 'vitest';
import { definitionCases } from './definitions.cases';
import { errorCases } from './errors.cases';
import { issuerCases } from './issuers.cases';
import { managedCases } from './managed.cases';
import { patchCases } from './patches.cases';
import { readingCases } from './reading.cases';
import { rightCases } from './rights.cases';
import { printSummary } from '../summary';
import { Comparison, type KubeTarget } from './target';
import { tokenCases } from './tokens.cases';
import { workloadCases } from './workloads.cases';

/** All cases about Kubernetes, against one target. */
export function kubernetesCases(name: string, start: () => Promise<KubeTarget>): void {
  describe(`Kubernetes: ${ name }`, () => {
    let comparison: Comparison | undefined;
    const current = (): Comparison => {
      if (!comparison) {
        throw new Error('the target has not started');
      }

      return comparison;
    };

    beforeAll(async() => {
      comparison = new Comparison(await start());
    });
    afterAll(async() => {
      if (comparison) {
        const { compared, target } = comparison;

        printSummary(`kubernetes-${ target.name }-${ target.version }`, [`${ target.name } ${ target.version }: ${ compared } answers compared`]);
        await comparison.target.stop();
      }
    });

    tokenCases(current);
    issuerCases(current);
    rightCases(current);
    patchCases(current);
    managedCases(current);
    errorCases(current);
    readingCases(current);
    definitionCases(current);
    workloadCases(current);
  });
}
