import { afterAll, beforeAll, describe } from 'vitest';
import { eksCases } from './eks.cases';
import { gatewayCases } from './gateways.cases';
import { providerCases } from './providers.cases';
import { rolePolicyCases } from './role-policies.cases';
import { roleCases } from './roles.cases';
import { objectCases } from './s3-objects.cases';
import { bucketCases } from './s3.cases';
import { stsCases } from './sts.cases';
import { printSummary } from '../summary';
import { Comparison, type AwsTarget } from './target';

/** All cases about AWS, against one target. */
export function awsCases(name: string, start: () => Promise<AwsTarget>): void {
  describe(`AWS: ${ name }`, () => {
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
        const { compared, differences, target } = comparison;

        printSummary(`aws-${ target.name }`, [`${ target.name }: ${ compared } answers compared; ${ differences.length } known to differ from AWS`, ...differences.map((one) => `  - ${ one }`)]);
        await target.stop();
      }
    });

    gatewayCases(current);
    providerCases(current);
    roleCases(current);
    rolePolicyCases(current);
    stsCases(current);
    bucketCases(current);
    objectCases(current);
    eksCases(current);
  });
}
