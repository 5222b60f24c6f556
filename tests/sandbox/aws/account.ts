import type { AwsCall, AwsRequest, Faults, HttpAnswer, Internet, IssuerHost } from '../contracts.ts';
import { addProvider } from './iam/providers.ts';
import { addRole } from './iam/roles.ts';
import type { NewRole } from './iam/roles.ts';
import { readIdentityPolicy } from './policy/document.ts';
import { newBucket } from './s3/bucket.ts';
import { AwsServer } from './server.ts';
import { QUOTAS } from './state.ts';
import type { AccessKey, AccountState, Bucket, EksCluster, Provider, Quotas, Role } from './state.ts';

export interface AwsAccountOptions {
  accountId: string;
  /** Default `aws`. */
  partition?: string;
  /** Where clusters and buckets lie unless told otherwise. */
  region: string;
  /** `policy` is a policy document of the principal; absent: it may all. `session`: temporary credentials. */
  accessKeys: { id: string; secret: string; principalArn: string; policy?: object; tags?: Tags; session?: AccessKey['session'] }[];
  /** Whose public documents the internet has; asked at every request. */
  issuers: () => IssuerHost[];
  faults?: Faults;
  clock?: () => number;
  /** Milliseconds until what was written in IAM has reached STS. */
  propagation?: number;
  quotas?: Partial<Quotas>;
}

type Tags = Record<string, string>;

/** One AWS account, its services, and the public hosts of the internet that AWS runs. */
export interface AwsAccount extends Internet {
  /** What the account holds, for tests to look at. */
  readonly state: AccountState;
  /** A request that came to an address of the sandbox's own (`listenAws`), not to a host of AWS. */
  sendDirect(request: AwsRequest): Promise<HttpAnswer>;
  calls(): AwsCall[];
  clearCalls(): void;
  seedRole(role: { name: string; path?: string; trust: object; inline?: Record<string, object>; attached?: string[]; tags?: Tags; maxSession?: number }): Role;
  seedProvider(provider: { url: string; clientIds?: string[]; tags?: Tags }): Provider;
  /** `owner`: another account's number, for a name that is taken. */
  seedBucket(name: string, region?: string, owner?: string): Bucket;
  seedCluster(cluster: Omit<EksCluster, 'region'> & { region?: string }): EksCluster;
  /** A customer managed policy that can be attached. */
  seedPolicy(name: string, document?: object): string;
}

function mapOf(tags: Tags | undefined): Map<string, string> {
  return new Map(Object.entries(tags ?? {}));
}

/** Makes an account that holds nothing but its access keys. */
export function createAwsAccount(options: AwsAccountOptions): AwsAccount {
  const { accountId: id, partition = 'aws', region, clock = Date.now, propagation = 0 } = options;
  const server = new AwsServer({
    issuers: options.issuers,
    faults:  options.faults,
    propagation,
    clock,
    account: {
      id, partition, region, quotas: { ...QUOTAS, ...options.quotas }, roles: new Map(), providers: new Map(), policies: new Map(), buckets: new Map(), eksClusters: [],
      keys: new Map(options.accessKeys.map(({ policy, ...key }) => [key.id, { ...key, ...policy ? { policy: readIdentityPolicy(JSON.stringify(policy)) } : {} }])),
    }
  });
  const { state } = server;
  const seen = { readableAt: 0, usableAt: 0 };

  return {
    state,
    send:       (request) => server.send(request),
    sendDirect: (request) => server.sendDirect(request),
    calls:      () => server.calls.map((call) => ({ ...call, input: { ...call.input } })),
    clearCalls: () => {
      server.calls.length = 0;
    },
    seedRole: ({ trust, inline = {}, attached = [], tags, ...given }) => {
      const role: NewRole = { ...given, trust: JSON.stringify(trust), tags: mapOf(tags) };
      const added = Object.assign(addRole(state, role), seen);

      Object.entries(inline).forEach(([name, document]) => added.inline.set(name, JSON.stringify(document)));
      attached.forEach((arn) => added.attached.set(arn, arn.split('/').pop() ?? ''));

      return added;
    },
    seedProvider: ({ tags, ...given }) => Object.assign(addProvider(state, { ...given, tags: mapOf(tags) }), seen),
    seedBucket:   (name, at = region, owner?: string) => {
      const bucket = { ...newBucket(state, name, at), ...owner === undefined ? {} : { owner } };

      state.buckets.set(name, bucket);

      return bucket;
    },
    seedCluster: (given) => {
      const cluster = { region, ...given };

      state.eksClusters.push(cluster);

      return cluster;
    },
    seedPolicy: (name, document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] }) => {
      const arn = `arn:${ partition }:iam::${ id }:policy/${ name }`;

      state.policies.set(arn, JSON.stringify(document));

      return arn;
    },
  };
}
