import { GetAccountSummaryCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsCases } from './aws';
import { sandboxAws } from './aws/sandbox';
import { clientOptions, type AwsTarget } from './aws/target';

awsCases('sandbox', sandboxAws);

describe('the address of the sandbox’s AWS', () => {
  let target: AwsTarget;
  const summary = async(change: object): Promise<unknown> => new IAMClient({ ...clientOptions(target, 'us-east-1'), ...change }).send(new GetAccountSummaryCommand({}));

  beforeAll(async() => {
    target = await sandboxAws();
  });
  afterAll(() => target.stop());

  it('verifies signatures as AWS’ own hosts do', async() => {
    const { accessKeyId } = target.credentials;

    await expect(summary({})).resolves.toMatchObject({ SummaryMap: { Roles: 0 } });
    await expect(summary({ credentials: { accessKeyId, secretAccessKey: 'wrong' } })).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', $metadata: { httpStatusCode: 403 } });
    await expect(summary({ credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } })).rejects.toMatchObject({ name: 'InvalidClientTokenId', $metadata: { httpStatusCode: 403 } });
    await expect(summary({ region: 'eu-central-1' })).rejects.toMatchObject({ name: 'SignatureDoesNotMatch', message: expect.stringContaining('scoped to a valid region') });
    await expect(summary({ signer: { sign: <T>(request: T) => Promise.resolve(request) } })).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });
});
