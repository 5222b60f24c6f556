import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { Partition } from '../facts';
import { isRegion, partitionFacts, partitionOfRegion, serviceHost } from './partitions';

interface SdkPartition { id: string; regionRegex: string; outputs: { dnsSuffix: string; implicitGlobalRegion: string }; regions: Record<string, unknown> }

/** The endpoint data that the SDK itself resolves hosts from; it is not exported, so it is read as a file. */
function sdkPartitions(): SdkPartition[] {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@aws-sdk/core/package.json'));
  const source = readFileSync(path.join(folder, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js'), 'utf8');

  return (JSON.parse(source.replace(/^export const partitionsInfo = /, '').replace(/;\s*$/, '')) as { partitions: SdkPartition[] }).partitions;
}

const partitions = sdkPartitions();
const regions = partitions.flatMap(({ id, regions }) => Object.keys(regions).filter((region) => !region.endsWith('-global')).map((region) => ({ id, region })));

interface ClientConfig { credentials: { accessKeyId: string; secretAccessKey: string }; region: string; requestHandler: object }

/** Host and signing region of a request that the SDK makes, without sending it. */
async function requestOf(send: (config: ClientConfig) => Promise<unknown>, region: string): Promise<{ host: string; signedFor: string }> {
  let seen = { host: '', signedFor: '' };
  const requestHandler = {
    handle: async({ hostname, headers }: { hostname: string; headers: Record<string, string> }) => {
      seen = { host: hostname, signedFor: /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '' };
      throw Object.assign(new Error('not sent'), { $retryable: undefined });
    },
  };

  await send({ credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'none' }, region, requestHandler }).catch(() => undefined);

  return seen;
}

describe('partitions, against the endpoint data of the SDK', () => {
  it('knows every partition', () => {
    expect(partitions.map(({ id }) => id).sort()).toEqual(['aws', 'aws-cn', 'aws-eusc', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-us-gov']);
    expect(regions.length).toBeGreaterThan(40);
  });

  it.each(partitions)('$id has the suffix $outputs.dnsSuffix', ({ id, outputs }) => {
    expect(partitionFacts(id as Partition)).toMatchObject({ id, dnsSuffix: outputs.dnsSuffix });
  });

  it.each(regions)('$region is in $id', ({ id, region }) => {
    expect(isRegion(region)).toBe(true);
    expect(partitionOfRegion(region)).toBe(id);
  });

  it.each(regions)('the host of STS in $region', async({ region }) => {
    const { host, signedFor } = await requestOf((config) => new STSClient({ ...config, maxAttempts: 1 }).send(new GetCallerIdentityCommand({})), region);

    expect(host).toBe(serviceHost('sts', region));
    expect(signedFor).toBe(region);
  });

  it.each(partitions)('IAM’s requests in $id are signed for its region', async({ id, outputs }) => {
    const { signedFor } = await requestOf((config) => new IAMClient({ ...config, maxAttempts: 1 }).send(new ListRolesCommand({})), id === 'aws-cn' ? 'cn-north-1' : outputs.implicitGlobalRegion);

    expect(signedFor).toBe(partitionFacts(id as Partition).iamRegion);
  });
});
