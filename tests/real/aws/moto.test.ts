import { describe, expect, it } from 'vitest';
import { awsCases } from '../../contract/aws';
import { hasMoto, motoAws } from './moto';

describe.skipIf(!hasMoto())('moto', () => {
  awsCases('moto', motoAws);
});

it.skipIf(!hasMoto())('moto, started on a port that answers nobody else, ends when it is told to', async() => {
  const target = await motoAws();

  expect((await fetch(`${ target.url }/moto-api/`)).status).toBe(200);
  await target.stop();
  await expect(fetch(target.url)).rejects.toThrow();
});
